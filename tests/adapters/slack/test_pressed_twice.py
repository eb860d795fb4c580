"""A button is pressed twice, or by two people at once. A button stands below a message from a response_url (fault 60)."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


@pytest.mark.parametrize("action", ["share", "source", "another", "more"])
async def test_a_button_that_is_pressed_twice_acts_once(start: Starting, action: str) -> None:
    async with SlackServer() as slack, start(slack, QUOTES_PER_ANSWER="1"):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        command_text = {
            "share": "search memory",
            "another": "random",
            "source": "search memory",
            "more": "search memory",
        }[action]
        private = await slack.reply_to(await slack.slash(ann, general, "/highlight", command_text))
        before = len(slack.posts()) + len(slack.ephemerals(ann))
        for _ in range(2):
            if action == "source":
                await slack.choose(ann, private, "From “")
            else:
                await slack.press(ann, private, action)
        await slack.until(lambda: len(slack.posts()) + len(slack.ephemerals(ann)) > before)
        await slack.quiet()
        assert len(slack.posts()) + len(slack.ephemerals(ann)) == before + 1


async def test_more_pressed_by_two_people_is_answered_once_for_each(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUOTES_PER_ANSWER="1"):
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        answer = await slack.reply_to(await slack.mention(ann, general, "memory"))
        for user in (ann, bob, ann, bob):
            await slack.press(user, answer, "more")
        await slack.quiet()
        assert len(slack.posts()) <= 2
        assert all(len(slack.ephemerals(user)) <= 1 for user in (ann, bob))


async def test_another_pressed_by_two_people_is_posted_once(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob], creator=ann)
        await slack.slash(ann, general, "/highlight", "digest now")
        await slack.until(lambda: len(slack.posts(general)) == 1)
        (digest,) = slack.posts(general)
        await slack.press(ann, digest, "digest:another")
        await slack.press(bob, digest, "digest:another")
        await slack.until(lambda: len(slack.posts(general)) == 2)
        await slack.quiet()
        assert len(slack.posts(general)) == 2


@pytest.mark.parametrize("action", ["another", "source", "remove"])
async def test_buttons_work_where_the_bot_is_not_a_member(start: Starting, action: str) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        place = slack.channel("place", [ann], bot=False)
        shown = await slack.reply_to(await slack.slash(ann, place, "/highlight", "random public"))
        assert shown.ephemeral_to is None
        label = {"source": wording.SHOW_SOURCE, "remove": wording.REMOVE}.get(action)
        await (slack.choose(ann, shown, label) if label else slack.press(ann, shown, action))
        if action == "remove":
            await slack.until(lambda: shown.deleted)
        else:
            await slack.until(lambda: len(slack.posts(place)) + len(slack.ephemerals(ann)) == 2)


async def test_a_source_can_be_shown_again_later(start: Starting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.events.presses.SAME_PRESS_S", 0.05)
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "memory"))
        for number in (1, 2):
            await slack.choose(ann, answer, "From “")
            await slack.until(lambda number=number: len(slack.ephemerals(ann)) == number)  # type: ignore[misc]
            await slack.quiet()
