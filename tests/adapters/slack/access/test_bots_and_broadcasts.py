"""Other bots, the bot itself and pings of everyone get no answer (fault 7)."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import EVERY_EVENT, Installation, SlackServer


async def test_bots_and_broadcasts_get_no_answer(start: Starting) -> None:
    async with SlackServer(installation=Installation(events=EVERY_EVENT)) as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        await slack.bot_message(general, "what about memory?", mention=True)
        for ping in ("<!channel>", "<!here>", "<!everyone>", "<!subteam^S1|@readers>"):
            await slack.mention(ann, general, "", markup=f"{ping} what about memory?")
        event = {
            "type": "app_mention", "user": slack.bot_user, "channel": general.id, "ts": "1700000000.000001",
            "text": f"<@{slack.bot_user}> memory",
        }  # fmt: skip
        await slack.deliver(event, general)
        await slack.quiet()
        assert slack.posts() == []
