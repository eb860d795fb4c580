"""A mention arrives as `app_mention` and as `message`. There is one answer (fault 2)."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import EVERY_EVENT, Installation, SlackServer


async def test_mention_arrives_twice(start: Starting) -> None:
    async with SlackServer(installation=Installation(events=EVERY_EVENT)) as slack, start(slack):
        ann = slack.user("ann")
        asked = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        assert asked.twin is not None
        await slack.reply_to(asked)
        await slack.quiet()
        assert len(slack.replies_to(asked)) == 1
        assert asked.twin.acked
