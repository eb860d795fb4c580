"""A mention arrives as `app_mention` and as `message`. There is one answer (fault 2)."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import EVERY_EVENT, Installation, SlackServer


async def test_a_mention_that_arrives_as_two_events_is_answered_once(start: Starting) -> None:
    async with SlackServer(installation=Installation(events=EVERY_EVENT)) as slack, start(slack):
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        assert question.twin is not None
        await slack.reply_to(question)
        await slack.quiet()
        assert len(slack.replies_to(question)) == 1
        assert question.twin.acked
