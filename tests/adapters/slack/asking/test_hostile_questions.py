"""Many people ask hostile questions at once, with a note full of hostile passages. Nobody has to wait (faults 27, 47)."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest

from tests.processes import Process, analects
from tests.slack_server import SlackServer

MAX_WAIT_S = 1.0
"""Limit for the time that `/healthz` takes, in seconds."""
QUESTIONS = (
    "memory " * 1_600,
    " ".join(f"word{number}" for number in range(1_500)),
    "a" * 10_000,
    "(" * 10_000,
    "author:nobodyxyz " * 600,
    "#a" + "/" * 10_000,
    "🇩🇪" * 3_000,
    " " * 10_000 + "memory",
    '"memory" ' * 1_200,
    "记忆睡眠" * 2_500,
)
NOTE = "# Hostile\n\n" + "\n\n".join(
    f"- {passage} ([View Highlight](https://read.readwise.io/read/h{number}))"
    for number, passage in enumerate(
        ("memory " * 8_000, "🇩🇪" * 20_000 + "memory", "memory" + "\u0301" * 20_000)
    )
)


async def longest_health_check_s(bot: Process, done: asyncio.Event) -> float:
    """The longest time, in seconds, that `/healthz` took until `done` was set."""
    url = (await bot.says("listening on")).rsplit(" ", 1)[1]
    slowest = 0.0
    async with aiohttp.ClientSession() as http:
        while not done.is_set():
            began = time.perf_counter()
            async with http.get(f"{url}/healthz") as response:
                assert response.status == 200
            slowest = max(slowest, time.perf_counter() - began)
            await asyncio.sleep(0.02)
    return slowest


@pytest.mark.long
async def test_hostile_questions_keep_nobody_waiting(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "hostile.md").write_text(NOTE, encoding="utf-8")
    done = asyncio.Event()
    async with SlackServer() as slack:
        settings = {**slack.settings, "CORPUS_PATH": str(tmp_path / "notes")}
        async with analects(tmp_path, settings) as bot:
            await bot.ready()
            polling = asyncio.create_task(longest_health_check_s(bot, done))
            deliveries = []
            for number, question in enumerate(QUESTIONS):
                person = slack.user(f"person{number}")
                channel = slack.channel(f"channel{number}", [person])
                deliveries.append(await slack.mention(person, channel, question))
            await asyncio.gather(*(slack.reply_to(delivery) for delivery in deliveries))
            done.set()
            assert await polling < MAX_WAIT_S
