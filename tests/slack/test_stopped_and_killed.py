"""The process is told to stop, or killed, with work in hand (fault 12)."""

import time
from pathlib import Path

from tests.slack.processes import analects
from tests.slack_server import SlackServer, Timing, delayed, rate_limited


async def test_told_to_stop_while_it_answers(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.settings) as bot:
        await bot.ready()
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", delayed(0.5))
        asked = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.until(lambda: bool(slack.calls("chat.postMessage")))
        assert await bot.terminate() == 0
        assert len(slack.replies_to(asked)) == 1


async def test_told_to_stop_while_it_waits_for_a_rate_limit(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.settings) as bot:
        await bot.ready()
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", rate_limited(50))
        await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.until(lambda: bool(slack.calls("chat.postMessage")))
        began = time.monotonic()
        assert await bot.terminate() == 0
        assert time.monotonic() - began < 15
        assert "Traceback" not in bot.log


async def test_told_to_stop_before_it_is_connected(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        await slack.go_down()
        async with analects(tmp_path, slack.settings) as bot:
            await bot.says("not reached")
            assert await bot.terminate() == 0


async def test_killed_while_it_posts(tmp_path: Path) -> None:
    """Whether the post arrived nobody knows: the one that comes after does not post it again."""
    async with SlackServer(timing=Timing(retries=())) as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        async with analects(tmp_path, slack.settings) as bot:
            await bot.ready()
            slack.faults.order("chat.postMessage", delayed(0.3), times=1)
            asked = await slack.mention(ann, general, "what about memory?")
            await slack.until(lambda: bool(slack.calls("chat.postMessage")))
            await bot.kill()
        async with analects(tmp_path, slack.settings) as bot:
            await bot.ready()
            for _ in range(3):
                await slack.redeliver(asked)
            later = await slack.mention(ann, general, "and sleep?")
            await slack.reply_to(later)
            await slack.quiet()
            posts = [
                call for call in slack.calls("chat.postMessage") if call.arguments["thread_ts"] == asked.ts
            ]
            assert len(posts) == 1, "its lease still holds: somebody may be at it"
