"""The process is stopped or killed while it works (fault 12)."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.processes import analects
from tests.slack_server import SlackServer, Timing, delayed, rate_limited


async def test_a_stop_signal_during_an_answer_lets_it_finish(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.settings) as bot:
        await bot.ready()
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", delayed(0.5))
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.until(lambda: bool(slack.calls("chat.postMessage")))
        assert await bot.terminate() == 0
        assert len(slack.replies_to(question)) == 1


@pytest.mark.long
async def test_a_stop_signal_during_a_rate_limit_does_not_wait_for_it(tmp_path: Path) -> None:
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


async def test_a_stop_signal_before_the_connection_ends_the_program(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        await slack.go_down()
        async with analects(tmp_path, slack.settings) as bot:
            await bot.says("cannot be reached")
            assert await bot.terminate() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_a_stop_signal_while_notes_are_read_ends_the_program(tmp_path: Path) -> None:
    """In a container the bot is process 1. A signal ends process 1 only if it handles the signal."""
    notes = tmp_path / "notes"
    notes.mkdir()
    for number in range(3000):
        (notes / f"{number}.md").write_text(f"# Book {number}\n\n## Highlights\n- Lamp {number} burns oil.\n")
    async with (
        SlackServer() as slack,
        analects(tmp_path, {**slack.settings, "CORPUS_PATH": str(notes)}) as bot,
    ):
        while not handles(bot.process.pid, signal.SIGTERM):  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert await bot.terminate() == 0
        assert bot.log == ""


def handles(process: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    caught = int(status.split("SigCgt:")[1].split()[0], 16)
    return bool(caught >> number - 1 & 1)


@pytest.mark.long
async def test_a_post_is_not_repeated_after_a_kill_while_it_was_sent(tmp_path: Path) -> None:
    """The next process cannot know whether the post arrived, so it does not post again."""
    async with SlackServer(timing=Timing(retries=())) as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        async with analects(tmp_path, slack.settings) as bot:
            await bot.ready()
            slack.faults.order("chat.postMessage", delayed(0.3), times=1)
            question = await slack.mention(ann, general, "what about memory?")
            await slack.until(lambda: bool(slack.calls("chat.postMessage")))
            await bot.kill()
        async with analects(tmp_path, slack.settings) as bot:
            await bot.ready()
            for _ in range(3):
                await slack.redeliver(question)
            later = await slack.mention(ann, general, "and sleep?")
            await slack.reply_to(later)
            await slack.quiet()
            posts = [
                call for call in slack.calls("chat.postMessage") if call.arguments["thread_ts"] == question.ts
            ]
            assert len(posts) == 1, "the claim's lease has not ended: another process may still be posting"
