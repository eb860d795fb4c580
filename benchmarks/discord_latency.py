"""From MESSAGE_CREATE to the reply's POST: this bot with 10,000 highlights compared with a minimal discord.py bot, each on a
Discord server on loopback.

    python -m benchmarks.discord_latency [--questions 200] [--highlights 10000]

Each bot is a process. Questions are asked one at a time, alternating between the bots. Prints one line of JSON with the medians in
milliseconds, and the time to complete a name. Exits with 1 if this bot's median is more than 10 ms above that of the minimal bot.
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
from pathlib import Path

from benchmarks.generate import library, questions
from corpus.model import Library
from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import analects, environment

MAX_ADDED_MS = 10.0
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
async def bare(variables: Mapping[str, str], folder: Path) -> AsyncIterator[None]:
    """The minimal bot."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MINIMAL_CLIENT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env=environment(variables, folder),
    )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        await process.wait()


def notes(folder: Path, made: Library) -> None:
    """The library as notes, one for each source."""
    by_source: dict[str, list[str]] = {}
    for one in made.highlights:
        by_source.setdefault(one.source.title, []).append(f"- {one.text}")
    for number, (title, passages) in enumerate(by_source.items()):
        text = "\n".join(passages)
        (folder / f"{number}.md").write_text(f"# {title}\n\n## Highlights\n{text}\n", "utf-8")


async def waits(server: DiscordServer, asked_for: list[str]) -> AsyncIterator[float]:
    """Milliseconds of each question, asked one after the other."""
    room = server.channel("room")
    for number, text in enumerate(asked_for):
        asked = time.monotonic()
        said = server.ask("ann", room, text)
        await server.answered(room, said)
        if number >= WARM_UP_QUESTIONS:
            yield (server.rest.replied[said.id] - asked) * 1000


def completions(folder: Path) -> float:
    """The longest time in milliseconds to complete a title or author while it is typed."""
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
    wanted = questions(made, count + WARM_UP_QUESTIONS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notes").mkdir()
        notes(folder / "notes", made)
        many = {"CORPUS_PATH": str(folder / "notes"), "QUESTIONS_PER_MINUTE": "99999,99999"}
        ours, theirs = [], []
        async with (
            DiscordServer() as one,
            DiscordServer() as other,
            bare(settings_with(other), folder),
            analects(folder, settings_with(one, **many)) as bot,
        ):
            await bot.ready()
            await other.connected()
            first, second = waits(one, wanted), waits(other, wanted)
            for _ in range(count):
                ours.append(await anext(first))
                theirs.append(await anext(second))
        completing = completions(folder / "notes")
    mine, plain = statistics.median(ours), statistics.median(theirs)
    return {
        "questions": count, "highlights": highlights, "median_ms": round(mine, 2), "bare_median_ms": round(plain, 2),
        "above_ms": round(mine - plain, 2), "p95_ms": round(statistics.quantiles(ours, n=20)[-1], 2),
        "bare_p95_ms": round(statistics.quantiles(theirs, n=20)[-1], 2), "slowest_completion_ms": round(completing, 2),
        "cpus": os.cpu_count() or 0,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description="From MESSAGE_CREATE to the reply's POST, beside a bare discord.py bot."
    )
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--highlights", type=int, default=10_000)
    asked = parser.parse_args()
    told = asyncio.run(compare(asked.questions, asked.highlights))
    sys.stdout.write(json.dumps(told) + "\n")
    sys.exit(0 if told["above_ms"] <= MAX_ADDED_MS else 1)


if __name__ == "__main__":
    main()
