"""`analects run` over a Readwise API and a Slack workspace on loopback."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from adapters.sources.readwise_store import ReadwiseStore
from tests.processes import Process, analects
from tests.readwise_server import Fault, ReadwiseServer
from tests.slack_server import SlackServer

INTERVAL_S = 2.0


async def reply_to_mention(slack: SlackServer, question: str) -> str:
    """What the bot answers to a mention."""
    ann = slack.user("ann")
    channel = slack.channel("general", [ann])
    message = await slack.mention(ann, channel, question)
    await slack.until(lambda: bool(slack.replies_to(message)))
    return json.dumps([reply.blocks for reply in slack.replies_to(message)], ensure_ascii=False)


async def answers(slack: SlackServer, question: str, words: str, there: bool) -> float:
    """Asks until the answer has these words, or has not; the seconds that it took."""
    began = time.monotonic()
    while (words in await reply_to_mention(slack, question)) is not there:
        assert time.monotonic() - began < 30
    return time.monotonic() - began


@pytest.mark.long
async def test_a_new_highlight_is_answered_from_and_a_deleted_one_is_not(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    book = readwise.account.add_source("The Tide Clock", author="Mara Quill")
    readwise.account.add_highlight(book, "A harbour is a promise that the land makes.")
    settings = {
        **readwise.settings,
        "SYNC_INTERVAL": f"{INTERVAL_S:.0f}s",
        "QUESTIONS_PER_MINUTE": "9999,9999",
    }
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        await answers(slack, "what is a harbour?", "a promise that the land makes", True)
        gull = readwise.account.add_highlight(book, "Gulls remember faces and forgive none.")
        assert await answers(slack, "what do gulls remember?", "forgive none", True) < 2 * INTERVAL_S + 3
        readwise.account.delete(gull)
        assert await answers(slack, "what do gulls remember?", "forgive none", False) < 2 * INTERVAL_S + 3
        assert "harbour" in await reply_to_mention(slack, "what is a harbour?")
        status, ready = await bot.get("/readyz")
        assert status == 200
        assert ready["syncs"]["readwise"]["problem"] is None  # type: ignore[index]
        assert ready["library"]["newest"] == readwise.account.now().astimezone().date().isoformat()  # type: ignore[index]
        assert settings["READWISE_TOKEN"] not in bot.log + json.dumps(ready) + await metrics(bot)
        assert 'analects_sync_ok{source="readwise"} 1.0' in await metrics(bot)
        assert await bot.terminate() == 0


async def metrics(bot: Process) -> str:
    url = (await bot.says("listening on")).rsplit(" ", 1)[1]
    async with aiohttp.ClientSession() as session, session.get(url + "/metrics") as response:
        return await response.text()


@pytest.mark.long
async def test_a_token_refused_while_it_runs_makes_this_source_stale_and_nothing_else(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    book = readwise.account.add_source()
    readwise.account.add_highlight(book, "A harbour is a promise that the land makes.")
    settings = {**readwise.settings, "SYNC_INTERVAL": "1s"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        await bot.says(" added, ")
        readwise.always = Fault("status", 401)
        await bot.says("READWISE_TOKEN")
        assert "promise" in await reply_to_mention(slack, "what is a harbour?")
        assert (await bot.get("/readyz"))[0] == 200
        readwise.always = None
        await bot.says("Readwise can be reached again")


async def test_a_refused_token_at_the_start_ends_it_with_2(tmp_path: Path, readwise: ReadwiseServer) -> None:
    settings = {**readwise.settings, "READWISE_TOKEN": "zebra-token"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        assert await bot.ends() == 2
        assert "READWISE_TOKEN" in bot.lines[-1]
        assert "zebra" not in bot.log


async def test_it_starts_while_readwise_is_away(tmp_path: Path, readwise: ReadwiseServer) -> None:
    readwise.account.fill(1, 1)
    readwise.always = Fault("status", 503)
    settings = {**readwise.settings, "SYNC_INTERVAL": "1s"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        readwise.always = None
        await bot.says(" added, ")


async def test_what_has_arrived_is_answered_from_before_the_rest_has(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    first = readwise.account.add_source("The Tide Clock")
    readwise.account.add_highlight(first, "A harbour is a promise that the land makes.")
    readwise.account.fill(1, 3)
    readwise.per_page = 1
    readwise.faults[2] = Fault("slow")  # the second page never comes
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **readwise.settings}) as bot:
        await bot.ready()
        await answers(slack, "what is a harbour?", "a promise that the land makes", True)
        assert " added, " not in bot.log
        assert await bot.terminate() == 0


async def test_the_webhook_asks_for_a_sync_now(tmp_path: Path, readwise: ReadwiseServer) -> None:
    book = readwise.account.add_source()
    readwise.account.add_highlight(book, "A harbour is a promise that the land makes.")
    settings = {**readwise.settings, "SYNC_INTERVAL": "1h", "READWISE_WEBHOOK_SECRET": "quiet tide"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        await bot.says(" added, ")
        readwise.account.add_highlight(book, "Gulls remember faces and forgive none.")
        url = (await bot.says("listening on")).rsplit(" ", 1)[1] + "/readwise/webhook"
        told = {"event_type": "readwise.highlight.created", "secret": "loud tide"}
        async with aiohttp.ClientSession() as session:
            for body, status in (
                (b"", 200),
                (json.dumps(told).encode(), 403),
                (b"[1", 403),
                (b'{"secret": 5}', 403),
                (json.dumps({**told, "secret": "quiet tide"}).encode(), 200),
            ):
                async with session.post(url, data=body) as response:
                    assert response.status == status, body
        await bot.says("Readwise: 1 added")
        assert "tide" not in bot.log.replace("Tide", "")


async def test_it_starts_while_readwise_takes_its_time(tmp_path: Path, readwise: ReadwiseServer) -> None:
    readwise.always = Fault("slow")
    before = "from adapters.sources import syncs; syncs.CHECK_TIMEOUT_S = 0.2"
    async with (
        SlackServer() as slack,
        analects(tmp_path, {**slack.settings, **readwise.settings}, before=before) as bot,
    ):
        await bot.ready()
        assert "Readwise cannot be reached: no answer" in bot.log
        assert await bot.terminate() == 0


async def test_killed_between_pages_it_loses_and_doubles_nothing(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    readwise.account.fill(8, 5)
    readwise.per_page = 5
    for run, request in (("first", 4), ("full", 12)):
        readwise.requests.clear()
        readwise.faults = {request: Fault("slow")}  # it is killed while it waits for this page
        asked = asyncio.Event()
        readwise.before_answer = _at(request, asked)
        options = ["--full"] if run == "full" else []
        async with analects(tmp_path, readwise.settings, "sync", *options) as killed:
            await asyncio.wait_for(asked.wait(), 60)
            await killed.kill()
        readwise.faults = {}
        readwise.before_answer = lambda number: None
        book = readwise.account.add_source(f"Added after the {run} run")
        readwise.account.add_highlight(book, f"A sentence of its own, {run}.")
        async with analects(tmp_path, readwise.settings, "sync") as again:
            assert await again.ends() == 0
        store = ReadwiseStore(tmp_path / "state" / "fetched")
        there = {
            source.user_book_id: {highlight.id: highlight.text for highlight in source.highlights}
            for source in store.all_sources()
        }
        assert there == readwise.account.exported()
        readwise.account.fill(4, 5)


def _at(request: int, asked: asyncio.Event) -> Callable[[int], None]:
    def before_answer(number: int) -> None:
        if number == request:
            asked.set()

    return before_answer


@pytest.mark.long
async def test_what_becomes_private_in_readwise_leaves_the_notes_of_a_running_bot(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    book = readwise.account.add_source("The Tide Clock", author="Mara Quill")
    gull = readwise.account.add_highlight(book, "Gulls remember faces and forgive none.")
    readwise.account.add_highlight(book, "A harbour is a promise that the land makes.")
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "Gulls.md").write_text(
        "# Gulls\n\n## Highlights\n- Gulls remember faces and **forgive none**.\n- Salt is the memory of the sea.\n"
    )
    settings = {
        **readwise.settings,
        "CORPUS_PATH": str(notes),
        "SYNC_INTERVAL": f"{INTERVAL_S:.0f}s",
        "QUESTIONS_PER_MINUTE": "9999,9999",
    }
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        await answers(slack, "what is a harbour?", "a promise that the land makes", True)
        assert "forgive none" in await reply_to_mention(slack, "what do gulls remember?")
        readwise.account.change(gull, tags=[{"id": 1, "name": "private"}])
        assert await answers(slack, "what do gulls remember?", "forgive none", False) < 2 * INTERVAL_S + 3
        assert "memory of the sea" in await reply_to_mention(slack, "what is salt?")
