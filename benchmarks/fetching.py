"""What it takes to fetch an account from Readwise: `analects sync` and a first `analects run`, over an API on loopback.

    python -m benchmarks.fetching [--highlights 50000] [--sources 800] [--per-page 1000] [--letters 250]

Prints one line of JSON for each: seconds until everything was there, processor seconds of the program, and the most memory that it
and its helper processes held at one time, in MB. The API is in a process of its own and not counted.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.slack_latency import WORDS
from tests.processes import Process, analects
from tests.readwise_server import ReadwiseServer
from tests.slack_server.remote import RemoteSlack

LOOK_EVERY_S = 0.05
TIMEOUT_S = 900.0


def _serve(told: Connection, sources: int, highlights: int, per_page: int, letters: int) -> None:
    asyncio.run(_serving(told, sources, highlights, per_page, letters))


async def _serving(told: Connection, sources: int, highlights: int, per_page: int, letters: int) -> None:
    dice = random.Random(1)
    async with ReadwiseServer(per_page) as server:
        for number in range(sources):
            source = server.account.add_source(f"Volume {number}", author=f"Author {number % 40}")
            for _ in range(highlights // sources):
                words = [dice.choice(WORDS) for _ in range(letters // 6)]
                server.account.add_highlight(source, f"{' '.join(words)}, {dice.random()}.")
        told.send(server.settings)
        await asyncio.to_thread(told.recv)


class Watch:
    """Samples what a process and its children hold and have used."""

    def __init__(self, process: int) -> None:
        self._process = process
        self.peak_mb = 0.0
        self.used_s: dict[int, float] = {}
        self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while True:
            held = 0.0
            for each in _family(self._process):
                with suppress(OSError, IndexError, ValueError):
                    held += _own_memory_mb(each)
                    self.used_s[each] = _used_s(each)
            self.peak_mb = max(self.peak_mb, held)
            await asyncio.sleep(LOOK_EVERY_S)

    def end(self) -> dict[str, float]:
        self._task.cancel()
        return {
            "processor_s": round(sum(self.used_s.values()), 1),
            "peak_mb": round(self.peak_mb),
        }


def _family(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text(encoding="ascii").split():
                yield from _family(int(child))


def _own_memory_mb(process: int) -> float:
    """Proportional set size: of memory that several processes share, each counts its part."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    return 0.0


def _used_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _measured(bot: Process, until: str, highlights: int) -> dict[str, float]:
    began, watch = time.monotonic(), Watch(bot.process.pid)
    if until == "end":
        assert await bot.ends(TIMEOUT_S) == 0, bot.log
    else:
        await bot.says(f": {highlights} added, ", timeout=TIMEOUT_S)
        await bot.says(f"read, {highlights} highlights", timeout=TIMEOUT_S)
    return {"took_s": round(time.monotonic() - began, 1), **watch.end()}


async def measure(settings: dict[str, str], highlights: int) -> None:
    common = {**settings, "EMBEDDING_MODEL": "", "SYNC_INTERVAL": "1h"}
    with tempfile.TemporaryDirectory() as name:
        async with analects(Path(name), common, "sync", fresh=True) as bot:
            _print("sync", await _measured(bot, "end", highlights))
        async with analects(Path(name), common, "sync", "--full", fresh=True) as bot:
            _print("sync --full", await _measured(bot, "end", highlights))
    with tempfile.TemporaryDirectory() as name:
        async with (
            RemoteSlack() as slack,
            analects(Path(name), {**common, **slack.settings}, fresh=True) as bot,
        ):
            _print("run", await _measured(bot, "taken over", highlights))
            await bot.terminate()


def _print(what: str, found: dict[str, float]) -> None:
    sys.stdout.write(json.dumps({"command": what, **found}) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="What it takes to fetch an account.")
    parser.add_argument("--highlights", type=int, default=50_000)
    parser.add_argument("--sources", type=int, default=800)
    parser.add_argument("--per-page", type=int, default=1000)
    parser.add_argument("--letters", type=int, default=250)
    asked = parser.parse_args()
    highlights = asked.highlights // asked.sources * asked.sources
    mine, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, asked.sources, highlights, asked.per_page, asked.letters), daemon=True
    )
    server.start()
    settings = mine.recv()
    try:
        asyncio.run(measure(settings, highlights))
    finally:
        mine.send(None)
        server.join()


if __name__ == "__main__":
    main()
