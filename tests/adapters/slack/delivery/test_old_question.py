"""A question arrives long after it was asked. It is counted, but not answered (fault 8)."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


async def test_a_question_older_than_ten_minutes_is_not_answered(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        await slack.mention(ann, general, "what about memory?", ago=601)
        recent = await slack.mention(ann, general, "what about memory?", ago=590)
        await slack.reply_to(recent)
        await slack.quiet()
        assert len(slack.posts()) == 1
        assert bot.service.counts["old"] == 1
