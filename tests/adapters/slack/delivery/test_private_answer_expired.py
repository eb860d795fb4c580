"""The response_url of a command has expired. The answer does not become public (fault 33)."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, Timing


async def test_an_answer_to_an_expired_command_is_not_posted(start: Starting) -> None:
    async with SlackServer(timing=Timing(response_url=0.0)) as slack, start(slack) as bot:
        ann = slack.user("ann")
        await slack.slash(ann, slack.channel("general", [ann]), "/highlight", "search memory")
        await slack.until(lambda: bool(slack.calls("response_url")))
        await slack.quiet()
        assert bot.service.counts["given_up"] == 1
        assert slack.posts() == []
        assert len(slack.calls("response_url")) == 1
