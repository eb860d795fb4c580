"""Slack sends an event twice, as after a lost acknowledgement. There is one answer (fault 1)."""

from pathlib import Path

from tests.adapters.slack.conftest import Starting
from tests.processes import analects
from tests.slack_server import SlackServer


async def test_an_event_that_comes_twice_is_answered_once(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.redeliver(question)
        await slack.reply_to(question)
        await slack.quiet()
        await slack.redeliver(question)
        await slack.quiet()
        assert len(slack.replies_to(question)) == 1
        assert all(attempt.acked_at for attempt in question.attempts)
        assert bot.service.counts["repeated"] == 2


async def test_an_event_that_comes_again_after_a_restart_is_not_answered_again(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        async with analects(tmp_path, slack.settings) as bot:
            await bot.ready()
            question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
            await slack.reply_to(question)
            assert await bot.terminate() == 0
        async with analects(tmp_path, slack.settings) as bot:
            await bot.ready()
            await slack.redeliver(question)
            await slack.acknowledged(question)
            later = await slack.mention(ann, slack.channel("random", [ann]), "and sleep?")
            await slack.reply_to(later)
            assert len(slack.replies_to(question)) == 1
