"""Fault 47: `/healthz` answers within a second while hostile notes are read in a thread."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from adapters.http_server import HttpServer
from adapters.metrics import Durations, Metrics, Watched
from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.library.reloading import Reloader
from bot.library.snapshot import load_snapshot
from bot.runtime.health import Health
from bot.service import Service
from bot.state.memory_claims import MemoryClaims
from corpus.folder.files import MAX_BYTES
from corpus.folder.read import MAX_LINES
from corpus.folder.selection import Rules as Selection
from tests.notes_on_disk import note, write

HOSTILE = (
    "- a\n",
    "> [!quote]\n> a\n",
    "```\n",
    "| a | b |\n|---|---|\n",
    "==========\n",
    "[",
    "==a",
    "#a ",
    "<a ",
    "  \t",
)
NOTE_CHARS = MAX_BYTES - 10_000
ATTEMPTS = 3
"""One good attempt is enough, because the machine may be busy."""


@pytest.fixture
def reloader(tmp_path: Path) -> Reloader:
    root = write(tmp_path / "notes", {"hedges.md": note("- Hedges shelter wrens in winter.")})
    snapshot = load_snapshot(root, Selection())
    return Reloader(Bot(snapshot.index), snapshot, root)


@pytest.fixture
async def server(bot: Bot) -> AsyncIterator[HttpServer]:
    health = Health()
    http_server = HttpServer(
        health, Metrics(Watched(Service(bot, Rules(), MemoryClaims()), health, None), Durations())
    )
    await http_server.start("127.0.0.1", 0, needed=True)
    yield http_server
    await http_server.close()


async def longest_answer_s(server: HttpServer, work: "asyncio.Future[object]") -> float:
    """The longest time that `/healthz` takes until `work` is done, in seconds."""
    longest = 0.0
    async with aiohttp.ClientSession() as session:
        while not work.done():
            began = time.monotonic()
            async with session.get(f"http://127.0.0.1:{server.port}/healthz") as response:
                assert response.status == 200
            longest = max(longest, time.monotonic() - began)
    return longest


@pytest.mark.long
@pytest.mark.parametrize("piece", HOSTILE)
async def test_healthz_answers_while_hostile_notes_are_read(
    reloader: Reloader, server: HttpServer, piece: str
) -> None:
    root = reloader.root
    assert isinstance(root, Path)
    times = min(NOTE_CHARS // len(piece), (MAX_LINES - 100) // max(1, piece.count("\n")))
    longest = []
    for attempt in range(ATTEMPTS):
        text = note(piece * times + f"\n\n- attempt {attempt}")
        (root / "hostile.md").write_text(text, encoding="utf-8")
        work: asyncio.Future[object] = asyncio.ensure_future(asyncio.to_thread(reloader.update))
        longest.append(await longest_answer_s(server, work))
        if longest[-1] < 1:
            break
    assert min(longest) < 1, longest
    assert reloader.status.stale_since is None
    assert reloader.status.skipped == 0
