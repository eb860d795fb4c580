"""Someone writes a direct message to the bot. It answers in the conversation; no mention is needed."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


async def test_direct_messages_are_answered_in_their_conversation(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        question = await slack.direct_message(ann, "how does memory work?")
        answer = await slack.reply_to(question)
        assert answer.thread_ts is None
        more = await slack.direct_message(ann, "more")
        assert "nothing more to show" not in slack.visible_text(await slack.reply_to(more))
        threaded = await slack.direct_message(ann, "and sleep?", thread_ts=question.ts)
        assert (await slack.reply_to(threaded)).thread_ts == question.ts
        help_message = await slack.direct_message(ann, "help")
        assert "/highlight random" in slack.visible_text(await slack.reply_to(help_message))
