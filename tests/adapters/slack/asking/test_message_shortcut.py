"""Someone chooses "Find highlights about this" on a message."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


async def test_message_shortcut(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        said = await slack.say(bob, general, "I keep forgetting what I read: how does memory work?")
        chosen = await slack.shortcut(ann, said, "find_highlights")
        answer = await slack.reply_to(chosen)
        assert answer.ephemeral_to == ann.id
        assert slack.posts() == []
