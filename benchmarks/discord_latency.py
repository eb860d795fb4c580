"""Measures the time from MESSAGE_CREATE to the reply's POST, for this bot with 10,000 highlights and for a minimal discord.py bot.

Each bot is connected to a Discord server on loopback.

    python -m benchmarks.discord_latency [--questions 200] [--highlights 10000]

Each bot is a process; this one answers by words alone. Questions are asked one at a time, alternating between the bots. Prints one
line of JSON with the medians in milliseconds, and the time to complete a name. Exits with 1 if this bot adds more than 10 ms, and
more than five times what the minimal bot takes.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from benchmarks.generate import library, questions
from corpus.model import Library
from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import analects, environment

MAX_ADDED_MS, MAX_ADDED_RATIO = 10.0, 5.0
"""How much longer this bot may take: so many milliseconds or, on a slow machine, so many times what the minimal bot takes."""
WARM_UP_QUESTIONS = 20
MINIMAL_CLIENT = """
import asyncio, os
import discord, yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

Route.BASE = os.environ["DISCORD_API_URL"]
intents = discord.Intents.none()
intents.guilds = intents.guild_messages = intents.dm_messages = True

class Bare(discord.AutoShardedClient):
    async def on_message(self, message):
        if self.user in message.mentions and not message.author.bot:
            await message.reply("an answer")

Bare(intents=intents).run(os.environ["DISCORD_TOKEN"], log_handler=None)
"""


@asynccontextmanager
async def run_minimal_bot(variables: Mapping[str, str], folder: Path) -> AsyncIterator[None]:
    """Runs the minimal bot."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MINIMAL_CLIENT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env=environment(variables, folder),
    )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        await process.wait()


def write_notes(folder: Path, library: Library) -> None:
    """Writes a library as notes, one for each source."""
    by_source: dict[str, list[str]] = {}
    for highlight in library.highlights:
        by_source.setdefault(highlight.source.title, []).append(f"- {highlight.text}")
    for number, (title, passages) in enumerate(by_source.items()):
        text = "\n".join(passages)
        (folder / f"{number}.md").write_text(f"# {title}\n\n## Highlights\n{text}\n", "utf-8")


async def ask_and_time(server: DiscordServer, texts: list[str]) -> AsyncIterator[float]:
    """Asks one question after the other, and yields the milliseconds that each took."""
    room = server.channel("room")
    for number, text in enumerate(texts):
        began = time.monotonic()
        message = server.ask("ann", room, text)
        await server.until(partial(server.rest.replied.__contains__, message.id))
        if number >= WARM_UP_QUESTIONS:
            yield (server.rest.replied[message.id] - began) * 1000


def slowest_completion_ms(folder: Path) -> float:
    """Returns the longest time, in milliseconds, to complete a title, author or tag while it is typed."""
    from bot.answering import listing
    from bot.search.index import Index
    from corpus.load import load

    index = Index.build(load(folder))
    taken = []
    for kind in ("title", "author", "tag"):
        for typed in ("", "b", "of", "the sta", "tha", "zzzz", "memory and sleep"):
            began = time.perf_counter()
            listing.complete(kind, typed, index, 25)
            taken.append((time.perf_counter() - began) * 1000)
    return max(taken)


async def compare(count: int, highlights: int) -> dict[str, float]:
    made = library(highlights)
    texts = questions(made, count + WARM_UP_QUESTIONS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notes").mkdir()
        write_notes(folder / "notes", made)
        variables = {
            "CORPUS_PATH": str(folder / "notes"),
            "QUESTIONS_PER_MINUTE": "99999,99999",
            "EMBEDDING_MODEL": "off",
        }
        own_times, minimal_times = [], []
        async with (
            DiscordServer() as own_server,
            DiscordServer() as minimal_server,
            run_minimal_bot(settings_with(minimal_server), folder),
            analects(folder, settings_with(own_server, **variables)) as bot,
        ):
            await bot.ready()
            await minimal_server.connected()
            first, second = ask_and_time(own_server, texts), ask_and_time(minimal_server, texts)
            for _ in range(count):
                own_times.append(await anext(first))
                minimal_times.append(await anext(second))
        completion_ms = slowest_completion_ms(folder / "notes")
    own_median, minimal_median = statistics.median(own_times), statistics.median(minimal_times)
    return {
        "questions": count, "highlights": highlights, "median_ms": round(own_median, 2), "bare_median_ms": round(minimal_median, 2),
        "above_ms": round(own_median - minimal_median, 2), "p95_ms": round(statistics.quantiles(own_times, n=20)[-1], 2),
        "bare_p95_ms": round(statistics.quantiles(minimal_times, n=20)[-1], 2), "slowest_completion_ms": round(completion_ms, 2),
        "cpus": os.cpu_count() or 0,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description="From MESSAGE_CREATE to the reply's POST, compared with a minimal discord.py bot."
    )
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--highlights", type=int, default=10_000)
    options = parser.parse_args()
    result = asyncio.run(compare(options.questions, options.highlights))
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["above_ms"] <= max(MAX_ADDED_MS, MAX_ADDED_RATIO * result["bare_median_ms"]) else 1)


if __name__ == "__main__":
    main()
