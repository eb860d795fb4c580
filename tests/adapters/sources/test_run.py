"""`analects run` over a Readwise API and a Slack workspace on loopback."""

from __future__ import annotations

import asyncio
import json
import re
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


async def seconds_until_answer(slack: SlackServer, question: str, words: str, has_words: bool) -> float:
    """Asks until the answer has these words (or lacks them, with `has_words` False). Returns the seconds that this took."""
    began = time.monotonic()
    while (words in await reply_to_mention(slack, question)) is not has_words:
        assert time.monotonic() - began < 30
    return time.monotonic() - began


@pytest.mark.long
async def test_new_highlights_are_quoted_and_deleted_ones_are_not(
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
        await seconds_until_answer(slack, "what is a harbour?", "a promise that the land makes", True)
        gull = readwise.account.add_highlight(book, "Gulls remember faces and forgive none.")
        assert (
            await seconds_until_answer(slack, "what do gulls remember?", "forgive none", True)
            < 2 * INTERVAL_S + 3
        )
        readwise.account.delete(gull)
        assert (
            await seconds_until_answer(slack, "what do gulls remember?", "forgive none", False)
            < 2 * INTERVAL_S + 3
        )
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
async def test_the_bot_keeps_answering_when_readwise_refuses_the_token(
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


async def test_a_token_that_is_refused_at_the_start_exits_with_2(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    settings = {**readwise.settings, "READWISE_TOKEN": "zebra-token"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        assert await bot.ends() == 2
        assert "READWISE_TOKEN" in bot.lines[-1]
        assert "zebra" not in bot.log


async def test_the_bot_starts_while_readwise_is_down(tmp_path: Path, readwise: ReadwiseServer) -> None:
    readwise.account.fill(1, 1)
    readwise.always = Fault("status", 503)
    settings = {**readwise.settings, "SYNC_INTERVAL": "1s"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        readwise.always = None
        await bot.says(" added, ")


async def test_highlights_are_quoted_before_the_fetch_has_ended(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    first = readwise.account.add_source("The Tide Clock")
    readwise.account.add_highlight(first, "A harbour is a promise that the land makes.")
    readwise.account.fill(1, 3)
    readwise.per_page = 1
    readwise.faults[2] = Fault("slow")  # the second page never comes
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **readwise.settings}) as bot:
        await bot.ready()
        await seconds_until_answer(slack, "what is a harbour?", "a promise that the land makes", True)
        assert " added, " not in bot.log
        assert await bot.terminate() == 0


async def test_the_webhook_starts_a_sync(tmp_path: Path, readwise: ReadwiseServer) -> None:
    book = readwise.account.add_source()
    readwise.account.add_highlight(book, "A harbour is a promise that the land makes.")
    settings = {**readwise.settings, "SYNC_INTERVAL": "1h", "READWISE_WEBHOOK_SECRET": "quiet tide"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        await bot.says(" added, ")
        readwise.account.add_highlight(book, "Gulls remember faces and forgive none.")
        url = (await bot.says("listening on")).rsplit(" ", 1)[1] + "/readwise/webhook"
        event = {"event_type": "readwise.highlight.created", "secret": "loud tide"}
        async with aiohttp.ClientSession() as session:
            for body, status in (
                (b"", 200),
                (json.dumps(event).encode(), 403),
                (b"[1", 403),
                (b'{"secret": 5}', 403),
                (json.dumps({**event, "secret": "quiet tide"}).encode(), 200),
            ):
                async with session.post(url, data=body) as response:
                    assert response.status == status, body
        await bot.says("Readwise: 1 added")
        assert "tide" not in bot.log.replace("Tide", "")


async def test_the_bot_starts_while_readwise_does_not_answer(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    readwise.always = Fault("slow")
    before = "from adapters.sources import syncs; syncs.CHECK_TIMEOUT_S = 0.2"
    async with (
        SlackServer() as slack,
        analects(tmp_path, {**slack.settings, **readwise.settings}, before=before) as bot,
    ):
        await bot.ready()
        assert bot.log.count("cannot be reached") == 1
        assert (
            "not checked: Readwise cannot be reached: no answer in 0 seconds. It tries again by itself"
            in bot.log
        )
        assert await bot.terminate() == 0


async def test_a_sync_that_is_killed_between_pages_loses_and_doubles_nothing(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    readwise.account.fill(8, 5)
    readwise.per_page = 5
    for run, request in (("first", 4), ("full", 12)):
        readwise.requests.clear()
        readwise.faults = {request: Fault("slow")}  # the process is killed while it waits for this page
        page_requested = asyncio.Event()
        readwise.before_answer = set_at_request(request, page_requested)
        options = ["--full"] if run == "full" else []
        async with analects(tmp_path, readwise.settings, "sync", *options) as killed:
            await asyncio.wait_for(page_requested.wait(), 60)
            await killed.kill()
        readwise.faults = {}
        readwise.before_answer = lambda number: None
        book = readwise.account.add_source(f"Added after the {run} run")
        readwise.account.add_highlight(book, f"A sentence of its own, {run}.")
        async with analects(tmp_path, readwise.settings, "sync") as again:
            assert await again.ends() == 0
        store = ReadwiseStore(tmp_path / "state" / "fetched")
        stored = {
            source.user_book_id: {highlight.id: highlight.text for highlight in source.highlights}
            for source in store.all_sources()
        }
        assert stored == readwise.account.exported()
        readwise.account.fill(4, 5)


def set_at_request(request: int, page_requested: asyncio.Event) -> Callable[[int], None]:
    def before_answer(number: int) -> None:
        if number == request:
            page_requested.set()

    return before_answer


@pytest.mark.long
async def test_the_first_fetch_does_not_have_all_notes_read_again(
    tmp_path: Path, readwise: ReadwiseServer
) -> None:
    book = readwise.account.add_source("The Tide Clock", author="Mara Quill")
    readwise.account.add_highlight(book, "A harbour is a promise that the land makes.")
    notes = tmp_path / "notes"
    notes.mkdir()
    for number in range(30):
        (notes / f"{number}.md").write_text(f"# Book {number}\n\n## Highlights\n- Gull number {number}.\n")
    settings = {**readwise.settings, "CORPUS_PATH": str(notes), "QUESTIONS_PER_MINUTE": "9999,9999"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        await seconds_until_answer(slack, "what is a harbour?", "a promise that the land makes", True)
        (read,) = re.findall(r"notes updated: (\d+) read", bot.log)
        assert int(read) < 30


@pytest.mark.long
async def test_a_running_bot_stops_quoting_what_becomes_private_in_readwise(
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
        await seconds_until_answer(slack, "what is a harbour?", "a promise that the land makes", True)
        assert "forgive none" in await reply_to_mention(slack, "what do gulls remember?")
        readwise.account.change(gull, tags=[{"id": 1, "name": "private"}])
        assert (
            await seconds_until_answer(slack, "what do gulls remember?", "forgive none", False)
            < 2 * INTERVAL_S + 3
        )
        assert "memory of the sea" in await reply_to_mention(slack, "what is salt?")
