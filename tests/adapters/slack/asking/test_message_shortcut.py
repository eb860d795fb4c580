"""Someone chooses "Find highlights about this" on a message."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


async def test_only_the_person_who_chooses_the_shortcut_sees_the_highlights(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        message = await slack.say(bob, general, "I keep forgetting what I read: how does memory work?")
        shortcut = await slack.shortcut(ann, message, "find_highlights")
        answer = await slack.reply_to(shortcut)
        assert answer.ephemeral_to == ann.id
        assert slack.posts() == []
