"""Limits on questions: what counts as a question, and who is told about a limit (fault 71)."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, delayed, server_error


async def test_buttons_pages_and_the_home_tab_do_not_count_as_questions(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUESTIONS_PER_MINUTE="2,30", QUOTES_PER_ANSWER="1"):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        answer = await slack.reply_to(await slack.mention(ann, general, "memory"))
        for _ in range(4):
            await slack.open_home(ann)
        await slack.home_for(ann)
        await slack.press(ann, answer, "more")
        await slack.choose(ann, answer, "From “")
        await slack.quiet()
        await slack.reply_to(await slack.mention(ann, general, "and sleep?"))
        assert wording.TOO_MANY not in str([slack.visible_text(message) for message in slack.ephemerals(ann)])
        for _ in range(2):
            await slack.mention(ann, general, "and sleep?")
        await slack.until(
            lambda: (
                wording.TOO_MANY in str([slack.visible_text(message) for message in slack.ephemerals(ann)])
            )
        )
        await slack.quiet()
        notices = [slack.visible_text(message) for message in slack.ephemerals(ann)]
        assert notices.count(wording.TOO_MANY) == 1


async def test_each_command_over_the_limit_gets_a_notice(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUESTIONS_PER_MINUTE="1,30"):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        await slack.reply_to(await slack.slash(ann, general, "/highlight", "random"))
        for _ in range(2):
            notice = await slack.reply_to(await slack.slash(ann, general, "/highlight", "random"))
            assert slack.visible_text(notice) == wording.TOO_MANY


async def test_a_notice_that_was_not_delivered_is_sent_with_the_next_question(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUESTIONS_PER_MINUTE="1,30"):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        await slack.reply_to(await slack.mention(ann, general, "memory"))
        fault = slack.faults.order("chat.postEphemeral", server_error(), times=1)
        await slack.mention(ann, general, "and sleep?")
        await slack.until(lambda: fault.hits == 1)
        await slack.quiet()
        await slack.mention(ann, general, "and sleep?")
        await slack.until(lambda: bool(slack.ephemerals(ann)))
        assert slack.visible_text(slack.ephemerals(ann)[0]) == wording.TOO_MANY


@pytest.mark.long
async def test_a_full_queue_gets_one_notice(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUESTIONS_PER_MINUTE="500,500") as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        slack.faults.order("chat.postMessage", delayed(0.5), times=1)
        for _ in range(70):
            await slack.mention(ann, general, "memory")
        await slack.until(lambda: bool(slack.ephemerals(ann)))
        await slack.until(lambda: bot.service.waiting == 0, timeout=60)
        assert bot.service.counts["overflow"] > 1
        assert [slack.visible_text(message) for message in slack.ephemerals(ann)] == [wording.BUSY]
