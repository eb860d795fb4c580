"""Slack cannot say whether a channel is shared or a person is a guest. Then the bot shows nothing to others (fault 57)."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import BOT_USER, SlackServer, error, rate_limited, server_error
from tests.slack_server.faults import Fault

OTHER_TEAM = "T0OTHER001"
FAULTS = [
    server_error(),
    rate_limited(30),
    server_error(500, "json"),
    error("internal_error"),
    error("fatal_error"),
]


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
async def test_if_it_is_unknown_whether_a_channel_is_shared_answers_are_private(
    start: Starting, fault: Fault
) -> None:
    async with SlackServer() as slack, start(slack, QUOTES_PER_ANSWER="1"):
        ann, eve = slack.user("ann"), slack.user("eve", team=OTHER_TEAM)
        general = slack.channel("general", [ann])
        answer = await slack.reply_to(await slack.mention(ann, general, "memory"))
        general.members.add(eve.id)
        general.shared_with.add(OTHER_TEAM)
        slack.faults.order("conversations.info", fault)
        public = await slack.reply_to(await slack.slash(ann, general, "/highlight", "random public"))
        assert public.ephemeral_to == ann.id
        more = await slack.reply_to(await slack.press(ann, answer, "more"))
        assert more.ephemeral_to == ann.id
        private = await slack.reply_to(await slack.slash(ann, general, "/highlight", "search memory"))
        reply = await slack.reply_to(await slack.press(ann, private, "share"))
        assert slack.visible_text(reply) == wording.UNSURE
        assert slack.posts() == [answer]


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
async def test_if_it_is_unknown_whether_a_person_is_a_guest_nothing_is_shown(
    start: Starting, fault: Fault
) -> None:
    async with SlackServer() as slack, start(slack):
        gus = slack.user("gus", guest=True)
        slack.faults.order("users.info", fault)
        reply = await slack.reply_to(await slack.direct_message(gus, "what about memory?"))
        assert slack.visible_text(reply) == wording.UNSURE
        await slack.open_home(gus)
        assert wording.UNSURE in slack.visible_text(await slack.home_for(gus))


async def test_one_failed_lookup_does_not_silence_a_colleague(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("users.info", server_error(), times=1)
        answer = await slack.reply_to(await slack.direct_message(ann, "what about memory?"))
        assert "highlight" in slack.visible_text(answer)


async def test_in_a_private_channel_without_the_bot_answers_are_private(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        secret = slack.channel("secret", [ann], private=True, bot=False)
        shown = await slack.reply_to(await slack.slash(ann, secret, "/highlight", "random public"))
        assert shown.ephemeral_to == ann.id
        secret.members.add(BOT_USER)
        shown = await slack.reply_to(await slack.slash(ann, secret, "/highlight", "random public"))
        assert shown.ephemeral_to is None


async def test_a_guest_is_told_where_to_ask(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        for gus in (slack.user("gus", guest=True), slack.user("solo", single_channel_guest=True)):
            reply = await slack.reply_to(await slack.direct_message(gus, "what about memory?"))
            assert slack.visible_text(reply) == wording.GUEST
            await slack.open_home(gus)
            home = slack.visible_text(await slack.home_for(gus))
            assert wording.ABOUT_APP in home
            assert wording.GUEST in home
            await slack.reply_to(await slack.mention(gus, slack.channel("open", [gus]), "what about memory?"))
