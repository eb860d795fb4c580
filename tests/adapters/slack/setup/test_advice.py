"""An operator does exactly what the log advises. It works as promised and breaks nothing else (fault 56)."""

import re

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import Channel, SlackServer, User

OTHER_TEAM = "T0OTHER001"


def advised_settings(log: str, place: str) -> dict[str, str]:
    """The settings that the log line about a place recommends."""
    (line,) = [line for line in log.splitlines() if "not answered" in line and place in line]
    return dict(re.findall(r"(ALLOWED_\w+)=(\S+)", line))


async def is_answered(slack: SlackServer, user: User, place: Channel | None) -> bool:
    if place is None:
        question = await slack.direct_message(user, "what about memory?")
    else:
        question = await slack.mention(user, place, "what about memory?")
    await slack.quiet()
    return any("highlight" in slack.visible_text(reply) for reply in slack.replies_to(question))


@pytest.mark.long
@pytest.mark.parametrize(
    "listed_before",
    ["nothing", *(pytest.param(listing, marks=pytest.mark.long) for listing in ("a channel", "a server"))],
)
@pytest.mark.parametrize("goal", ["shared channel", "stranger's message", "unlisted channel"])
async def test_following_the_advice_in_the_log_works_and_breaks_nothing(
    start: Starting, listed_before: str, goal: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack:
        ann, eve = slack.user("ann"), slack.user("eve", team=OTHER_TEAM)
        general, other = slack.channel("general", [ann]), slack.channel("other", [ann])
        shared = slack.channel("shared", [ann, eve], shared_with=[OTHER_TEAM])
        before = {
            "nothing": {},
            "a channel": {"ALLOWED_CHANNELS": f"slack:{general.id},discord:7"},
            "a server": {"ALLOWED_SERVERS": "slack:T0HOME0001,discord:7"},
        }[listed_before]
        places: list[tuple[User, Channel | None]] = [
            (ann, general),
            (ann, other),
            (ann, shared),
            (ann, None),
            (eve, None),
        ]
        async with start(slack, **before):
            answered_before = [await is_answered(slack, *place) for place in places]
        asker, place, id_in_log = {
            "shared channel": (ann, shared, shared.id),
            "stranger's message": (eve, None, OTHER_TEAM),
            "unlisted channel": (ann, other, other.id),
        }[goal]
        if answered_before[places.index((asker, place))]:
            pytest.skip("it is allowed already")
        advice = advised_settings(caplog.text, id_in_log)
        assert set(before) <= {*advice, "ALLOWED_CHANNELS", "ALLOWED_SERVERS"}
        assert all(
            entry in advice[name].split(",")
            for name in advice
            for entry in before.get(name, "").split(",")
            if entry
        )
        async with start(slack, **{**before, **advice}):
            answered_after = [await is_answered(slack, *place) for place in places]
        assert answered_after[places.index((asker, place))], "the advice works"
        assert all(now for now, then in zip(answered_after, answered_before, strict=True) if then), (
            "all places that were answered before still are"
        )


async def test_only_people_in_allowed_people_are_answered(
    start: Starting, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack:
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        async with start(slack, ALLOWED_PEOPLE=f"slack:{ann.id},discord:7"):
            assert await is_answered(slack, ann, general)
            assert await is_answered(slack, ann, None)
            assert not await is_answered(slack, bob, general)
            assert not await is_answered(slack, bob, None)
            reply = await slack.reply_to(await slack.slash(bob, general, "/highlight", "random"))
            assert "only certain people" in slack.visible_text(reply)
            assert reply.ephemeral_to == bob.id
            await slack.open_home(bob)
            assert "only certain people" in slack.visible_text(await slack.home_for(bob))
        advice = advised_settings(caplog.text, bob.id)
        assert advice == {"ALLOWED_PEOPLE": f"slack:{bob.id},discord:7,slack:{ann.id}"}
        async with start(slack, **advice):
            assert await is_answered(slack, bob, general)
            assert await is_answered(slack, ann, general)
