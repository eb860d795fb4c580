"""Slack sends an event twice, as after a lost acknowledgement. There is one answer (fault 1)."""

from pathlib import Path

from tests.adapters.slack.conftest import Starting
from tests.processes import analects
from tests.slack_server import SlackServer


async def test_event_redelivered(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        asked = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.redeliver(asked)
        await slack.reply_to(asked)
        await slack.quiet()
        await slack.redeliver(asked)
        await slack.quiet()
        assert len(slack.replies_to(asked)) == 1
        assert all(attempt.acked_at for attempt in asked.attempts)
        assert bot.service.counts["repeated"] == 2


async def test_event_redelivered_after_a_restart(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        async with analects(tmp_path, slack.settings) as bot:
            await bot.ready()
            asked = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
            await slack.reply_to(asked)
            assert await bot.terminate() == 0
        async with analects(tmp_path, slack.settings) as bot:
            await bot.ready()
            await slack.redeliver(asked)
            await slack.acknowledged(asked)
            later = await slack.mention(ann, slack.channel("random", [ann]), "and sleep?")
            await slack.reply_to(later)
            assert len(slack.replies_to(asked)) == 1
