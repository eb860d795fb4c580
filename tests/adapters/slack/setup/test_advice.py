"""An operator follows the advice in the log to the letter. It works as promised and breaks nothing else (fault 56)."""

import re

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import Channel, SlackServer, User

OTHER_TEAM = "T0OTHER001"


def advised(log: str, place: str) -> dict[str, str]:
    """The settings that the log line about a place recommends."""
    (line,) = [line for line in log.splitlines() if "not answered" in line and place in line]
    return dict(re.findall(r"(ALLOWED_\w+)=(\S+)", line))


async def answered(slack: SlackServer, user: User, place: Channel | None) -> bool:
    if place is None:
        asked = await slack.direct_message(user, "what about memory?")
    else:
        asked = await slack.mention(user, place, "what about memory?")
    await slack.quiet()
    return any("highlight" in slack.visible_text(one) for one in slack.replies_to(asked))


@pytest.mark.long
@pytest.mark.parametrize(
    "listed", ["nothing", *(pytest.param(one, marks=pytest.mark.long) for one in ("a channel", "a server"))]
)
@pytest.mark.parametrize("wanted", ["shared channel", "stranger's message", "unlisted channel"])
async def test_the_advice_is_followed(
    start: Starting, listed: str, wanted: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack:
        ann, eve = slack.user("ann"), slack.user("eve", team=OTHER_TEAM)
        general, other = slack.channel("general", [ann]), slack.channel("other", [ann])
        shared = slack.channel("shared", [ann, eve], shared_with=[OTHER_TEAM])
        before = {
            "nothing": {},
            "a channel": {"ALLOWED_CHANNELS": f"slack:{general.id},discord:7"},
            "a server": {"ALLOWED_SERVERS": "slack:T0HOME0001,discord:7"},
        }[listed]
        places: list[tuple[User, Channel | None]] = [
            (ann, general),
            (ann, other),
            (ann, shared),
            (ann, None),
            (eve, None),
        ]
        async with start(slack, **before):
            could = [await answered(slack, *place) for place in places]
        asker, place, named = {
            "shared channel": (ann, shared, shared.id),
            "stranger's message": (eve, None, OTHER_TEAM),
            "unlisted channel": (ann, other, other.id),
        }[wanted]
        if could[places.index((asker, place))]:
            pytest.skip("it is allowed already")
        advice = advised(caplog.text, named)
        assert set(before) <= {*advice, "ALLOWED_CHANNELS", "ALLOWED_SERVERS"}
        assert all(
            entry in advice[name].split(",")
            for name in advice
            for entry in before.get(name, "").split(",")
            if entry
        )
        async with start(slack, **{**before, **advice}):
            can = [await answered(slack, *one) for one in places]
        assert can[places.index((asker, place))], "it gives what it promises"
        assert all(now for now, then in zip(can, could, strict=True) if then), "nothing is lost"


async def test_only_certain_people(start: Starting, caplog: pytest.LogCaptureFixture) -> None:
    async with SlackServer() as slack:
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        async with start(slack, ALLOWED_PEOPLE=f"slack:{ann.id},discord:7"):
            assert await answered(slack, ann, general)
            assert await answered(slack, ann, None)
            assert not await answered(slack, bob, general)
            assert not await answered(slack, bob, None)
            reply = await slack.reply_to(await slack.slash(bob, general, "/highlight", "random"))
            assert "only certain people" in slack.visible_text(reply)
            assert reply.ephemeral_to == bob.id
            await slack.open_home(bob)
            assert "only certain people" in slack.visible_text(await slack.home_for(bob))
        advice = advised(caplog.text, bob.id)
        assert advice == {"ALLOWED_PEOPLE": f"slack:{bob.id},discord:7,slack:{ann.id}"}
        async with start(slack, **advice):
            assert await answered(slack, bob, general)
            assert await answered(slack, ann, general)
