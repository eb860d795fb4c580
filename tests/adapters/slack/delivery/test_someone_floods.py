"""Someone asks two hundred questions at once. They get a few answers and one notice; others do not wait (fault 31)."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


async def test_a_person_who_asks_too_much_gets_one_notice_and_others_are_answered(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann])
        for number in range(200):
            await slack.mention(ann, general, f"what about memory {number}?")
        elsewhere = await slack.mention(bob, slack.channel("random", [bob]), "what about memory?")
        await slack.reply_to(elsewhere)
        await slack.quiet()
        assert len(slack.posts(general)) == 10
        assert [message.ephemeral_to for message in slack.ephemerals(ann)] == [ann.id]
        assert bot.service.waiting == 0


async def test_a_channel_that_asks_too_much_gets_one_notice(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUESTIONS_PER_MINUTE="2,5"):
        people = [slack.user(f"user{number}") for number in range(10)]
        general = slack.channel("general", people)
        for user in people:
            await slack.mention(user, general, "what about memory?")
        await slack.quiet()
        assert len(slack.posts(general)) == 5
        assert len(slack.ephemerals()) == 1
