"""The bot does not answer strangers, shared channels and places that are not listed (fault 32)."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import HOME_TEAM, SlackServer

OTHER_TEAM = "T0OTHER001"


async def test_strangers_and_shared_channels_get_no_answer(
    start: Starting, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack, start(slack):
        ann, eve = slack.user("ann"), slack.user("eve", team=OTHER_TEAM)
        shared = slack.channel("shared", [ann, eve], shared_with=[OTHER_TEAM])
        for user in (ann, eve):
            await slack.mention(user, shared, "what about memory?")
            await slack.slash(user, shared, "/highlight", "random public")
        await slack.direct_message(eve, "what about memory?")
        await slack.quiet()
        assert slack.posts() == []
        assert {slack.visible_text(message) for message in slack.ephemerals()} == {wording.NOT_HERE}, (
            "only commands are answered"
        )
        assert (
            f"add ALLOWED_CHANNELS=slack:{shared.id} and ALLOWED_SERVERS=slack:home to the settings"
            in caplog.text
        )
        assert f"add ALLOWED_SERVERS=slack:{OTHER_TEAM},slack:home to the settings" in caplog.text


async def test_a_shared_channel_is_answered_if_it_is_listed(start: Starting) -> None:
    async with SlackServer() as slack:
        eve = slack.user("eve", team=OTHER_TEAM)
        shared = slack.channel("shared", [eve], shared_with=[OTHER_TEAM])
        async with start(slack, ALLOWED_CHANNELS=f"slack:{shared.id}"):
            await slack.reply_to(await slack.mention(eve, shared, "what about memory?"))


async def test_only_listed_channels_their_threads_and_their_members_are_answered(start: Starting) -> None:
    async with SlackServer() as slack:
        ann, bob = slack.user("ann"), slack.user("bob")
        listed, other = slack.channel("listed", [ann]), slack.channel("other", [ann, bob])
        async with start(slack, ALLOWED_CHANNELS=f"slack:{listed.id}"):
            question = await slack.mention(ann, listed, "what about memory?")
            answer = await slack.reply_to(question)
            thread = await slack.mention(ann, listed, "and sleep?", thread_ts=answer.thread_ts)
            await slack.reply_to(thread)
            await slack.reply_to(await slack.direct_message(ann, "what about memory?"))
            silent = await slack.mention(ann, other, "what about memory?")
            for delivery in (
                await slack.direct_message(bob, "what about memory?"),
                await slack.slash(bob, other, "/highlight", "random"),
            ):
                assert slack.visible_text(await slack.reply_to(delivery)) == wording.NOT_HERE
            await slack.quiet()
            assert silent.acked
            assert not slack.replies_to(silent)


async def test_everyone_in_a_listed_workspace_is_answered(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, ALLOWED_SERVERS=f"slack:{HOME_TEAM}"):
        ann = slack.user("ann")
        await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "what about memory?"))
        await slack.reply_to(await slack.direct_message(ann, "what about memory?"))


async def test_guests_are_answered_in_channels_but_not_in_direct_messages(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        guest = slack.user("gus", guest=True)
        general = slack.channel("general", [guest])
        await slack.reply_to(await slack.mention(guest, general, "what about memory?"))
        direct = await slack.direct_message(guest, "what about memory?")
        assert slack.visible_text(await slack.reply_to(direct)) == wording.GUEST
