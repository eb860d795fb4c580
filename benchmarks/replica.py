"""Measures how many questions one replica can answer.

The replica is `analects run` with 10,000 highlights. A Slack server on loopback asks as fast as it can.

    python -m benchmarks.replica [--questions 1500] [--highlights 10000] [--postgres]

Prints one line of JSON: questions answered per second (limited by the Slack server, which uses most of a core), processor
milliseconds of the replica per question (1000 divided by it is what one core can answer), the milliseconds to the post at ten
questions per second, and resident memory.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.slack_latency import WORDS, write_notes
from tests.postgres import PostgresServer
from tests.processes import Process, analects
from tests.slack_server.remote import RemoteSlack

CHANNELS = 60
QUESTIONS_PER_S, QUESTIONS_TIMED = 10.0, 150
"""Questions per second and their number while times are measured."""


def processor_s(process: Process) -> float:
    """Returns the processor seconds that a process has used."""
    fields = Path(f"/proc/{process.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: Process) -> float:
    """Returns the resident memory of a process in MB."""
    pages = int(Path(f"/proc/{process.process.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Askers:
    """People who ask in many channels."""

    def __init__(self, slack: RemoteSlack) -> None:
        self.slack = slack
        self.places: list[tuple[str, str]] = []
        self.asked: list[tuple[str, str, float]] = []

    async def join(self) -> None:
        for number in range(CHANNELS):
            user = (await self.slack.do("user", name=f"user{number}"))["id"]
            room = (await self.slack.do("channel", name=f"room{number}", members=[user]))["id"]
            self.places.append((user, room))

    async def ask(self) -> None:
        number = len(self.asked)
        user, room = self.places[number % CHANNELS]
        text = f"{WORDS[number % len(WORDS)]} and {WORDS[number * 7 % len(WORDS)]} in the {WORDS[number * 3 % len(WORDS)]}?"
        self.asked.append(("", "", 0.0))
        message = await self.slack.do("mention", user=user, channel=room, text=text)
        self.asked[number] = (message["channel"], message["ts"], time.time())

    async def wait_for_answers(self, count: int) -> None:
        await self.slack.do("wait", posts=count, since=count, timeout=300)

    async def flood(self, questions: int) -> float:
        """Asks eight questions at a time. Returns the seconds until all are answered."""
        before, began, remaining = len(self.asked), time.monotonic(), iter(range(questions))

        async def ask_next() -> None:
            for _ in remaining:
                await self.ask()

        await asyncio.gather(*(ask_next() for _ in range(8)))
        await self.wait_for_answers(before + questions)
        return time.monotonic() - began

    async def ask_steadily(self) -> list[float]:
        """Asks at a steady rate. Returns the milliseconds from each question to its post."""
        before, began = len(self.asked), time.monotonic()
        for number in range(QUESTIONS_TIMED):
            await asyncio.sleep(max(0.0, began + number / QUESTIONS_PER_S - time.monotonic()))
            await self.ask()
        await self.wait_for_answers(before + QUESTIONS_TIMED)
        posted_at = {
            (post["channel"], post["thread_ts"]): post["at"]
            for post in (await self.slack.do("posts"))["posts"]
        }
        return sorted((posted_at[channel, ts] - float(ts)) * 1000 for channel, ts, _ in self.asked[before:])


async def measure(questions: int, highlights: int, postgres: bool) -> dict[str, float | str]:
    with tempfile.TemporaryDirectory() as name:
        corpus = Path(name) / "notes"
        corpus.mkdir()
        write_notes(corpus, highlights)
        async with AsyncExitStack() as stack:
            variables = {"CORPUS_PATH": str(corpus), "QUESTIONS_PER_MINUTE": "99999,99999"}
            if postgres:
                variables["DATABASE_URL"] = await stack.enter_context(PostgresServer()).create()
            slack = await stack.enter_async_context(RemoteSlack())
            bot = await stack.enter_async_context(analects(Path(name), slack.settings | variables))
            await bot.says("analects: ready", timeout=120)
            askers = Askers(slack)
            await askers.join()
            await askers.flood(100)
            used = processor_s(bot)
            took = await askers.flood(questions)
            used = processor_s(bot) - used
            waits = await askers.ask_steadily()
            return {
                "state": "postgres" if postgres else "sqlite", "highlights": highlights,
                "answered_a_second": round(questions / took, 1), "processor_ms": round(used / questions * 1000, 2),
                "p50_ms": round(statistics.median(waits), 1), "p99_ms": round(waits[int(len(waits) * 0.99) - 1], 1),
                "resident_mb": round(resident_mb(bot)),
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="How many questions one replica can answer.")
    parser.add_argument("--questions", type=int, default=1500)
    parser.add_argument("--highlights", type=int, default=10_000)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    sys.stdout.write(
        json.dumps(asyncio.run(measure(options.questions, options.highlights, options.postgres))) + "\n"
    )


if __name__ == "__main__":
    main()
