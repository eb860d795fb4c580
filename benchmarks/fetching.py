"""Measures fetching an account from Readwise: `analects sync` and a first `analects run`, over an API on loopback.

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

SAMPLE_INTERVAL_S = 0.05
TIMEOUT_S = 900.0


def _serve(connection: Connection, sources: int, highlights: int, per_page: int, letters: int) -> None:
    asyncio.run(_run_server(connection, sources, highlights, per_page, letters))


async def _run_server(
    connection: Connection, sources: int, highlights: int, per_page: int, letters: int
) -> None:
    generator = random.Random(1)
    async with ReadwiseServer(per_page) as server:
        for number in range(sources):
            source = server.account.add_source(f"Volume {number}", author=f"Author {number % 40}")
            for _ in range(highlights // sources):
                words = [generator.choice(WORDS) for _ in range(letters // 6)]
                server.account.add_highlight(source, f"{' '.join(words)}, {generator.random()}.")
        connection.send(server.settings)
        await asyncio.to_thread(connection.recv)


class Watch:
    """Samples the memory and processor time of a process and its children."""

    def __init__(self, process: int) -> None:
        self._process = process
        self.peak_mb = 0.0
        self.used_s: dict[int, float] = {}
        self._task = asyncio.create_task(self._sample())

    async def _sample(self) -> None:
        while True:
            memory_mb = 0.0
            for member in _process_tree(self._process):
                with suppress(OSError, IndexError, ValueError):
                    memory_mb += _own_memory_mb(member)
                    self.used_s[member] = _processor_s(member)
            self.peak_mb = max(self.peak_mb, memory_mb)
            await asyncio.sleep(SAMPLE_INTERVAL_S)

    def end(self) -> dict[str, float]:
        self._task.cancel()
        return {
            "processor_s": round(sum(self.used_s.values()), 1),
            "peak_mb": round(self.peak_mb),
        }


def _process_tree(process: int) -> Iterator[int]:
    """Yields a process and its descendants."""
    yield process
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text(encoding="ascii").split():
                yield from _process_tree(int(child))


def _own_memory_mb(process: int) -> float:
    """Returns the proportional set size: memory that several processes share is divided among them."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    return 0.0


def _processor_s(process: int) -> float:
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


def _print(command: str, found: dict[str, float]) -> None:
    sys.stdout.write(json.dumps({"command": command, **found}) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures fetching an account from Readwise.")
    parser.add_argument("--highlights", type=int, default=50_000)
    parser.add_argument("--sources", type=int, default=800)
    parser.add_argument("--per-page", type=int, default=1000)
    parser.add_argument("--letters", type=int, default=250)
    options = parser.parse_args()
    highlights = options.highlights // options.sources * options.sources
    own_end, server_end = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve,
        args=(server_end, options.sources, highlights, options.per_page, options.letters),
        daemon=True,
    )
    server.start()
    settings = own_end.recv()
    try:
        asyncio.run(measure(settings, highlights))
    finally:
        own_end.send(None)
        server.join()


if __name__ == "__main__":
    main()
