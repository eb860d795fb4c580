"""The command line with a Readwise API and a git host on loopback. Each command runs in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.private_files import locked
from tests.adapters.sources.command_line import Analects
from tests.git_server import GitServer
from tests.readwise_server import Account, Fault, ReadwiseServer


@pytest.mark.long
async def test_a_token_is_enough_for_an_answer(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    answer = await analects.json("ask", "what does the moon hold?")
    assert answer["quotes"][0]["highlight"]["source"]["title"] == "The Tide Clock"
    assert "fetching now" in analects.errors
    requests_before = len(readwise_with_book.requests)
    assert (await analects.json("ask", "what is a harbour?"))["found"]
    assert len(readwise_with_book.requests) == requests_before, "fetched notes are read without a network"


async def test_sync_reports_what_was_added_changed_and_removed(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    counts = await analects.json("sync")
    assert {name: counts[name] for name in ("sources", "highlights", "added", "changed", "removed")} == {
        "sources": 1, "highlights": 2, "added": 2, "changed": 0, "removed": 0,
    }  # fmt: skip
    assert counts["took_ms"] > 0
    (book,) = readwise_with_book.account.sources.values()
    first, second = book.highlights.values()
    readwise_with_book.account.change(first, "Water keeps its own hours.")
    readwise_with_book.account.delete(second)
    counts = await analects.json("sync")
    assert (counts["added"], counts["changed"], counts["removed"]) == (0, 1, 1)
    assert [highlight["text"] for highlight in await lines(analects)] == ["Water keeps its own hours."]
    assert "1 highlight of 1 source: " in await analects("sync", "--full")


async def lines(analects: Analects) -> list[Any]:
    output = await analects("highlights", "--json")
    return [json.loads(line) for line in output.splitlines()]


async def test_check_says_how_fresh_the_notes_are(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    report = await analects.json("check")
    assert report["shapes"] == {"readwise": 1}
    assert report["newest"] == readwise_with_book.account.now().astimezone().date().isoformat()
    assert report["synced"]["readwise"].startswith(readwise_with_book.account.now().date().isoformat())
    assert "Readwise synced" in await analects("check")


async def test_a_refused_token_is_one_sentence_and_exit_code_2(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    analects.settings["READWISE_TOKEN"] = "zebra-token"
    for command in (["sync", "--json"], ["ask", "--json", "anything"], ["run"]):
        analects.settings["SLACK_BOT_TOKEN"], analects.settings["SLACK_APP_TOKEN"] = "", ""
        assert await analects(*command) == ""
        assert analects.code == 2
    assert await analects("sync", "--json") == ""
    sentences = [line for line in analects.errors.splitlines() if "READWISE_TOKEN" in line]
    assert len(sentences) == 1


@pytest.mark.long
async def test_if_readwise_is_down_sync_exits_with_1_and_fetched_notes_stay(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    await analects("sync")
    readwise_with_book.always = Fault("status", 503)
    assert await analects("sync", "--json") == ""
    assert analects.code == 1
    assert (await analects.json("ask", "what is a harbour?"))["found"]


@pytest.mark.long
async def test_if_readwise_is_down_before_the_first_fetch_ask_says_so(
    analects: Analects, readwise_with_book: ReadwiseServer, tmp_path: Path
) -> None:
    readwise_with_book.always = Fault("status", 503)
    assert await analects("ask", "--json", "what is a harbour?") == ""
    assert analects.code == 1
    assert "(HTTP 503); check the network, or try again later" in analects.errors
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "Harbours.md").write_text("# Harbours\n\n## Highlights\n- A harbour is a door.\n")
    analects.settings["CORPUS_PATH"] = str(notes)
    assert (await analects.json("ask", "what is a harbour?"))["found"]
    assert "Readwise" in analects.errors


async def test_another_accounts_token_deletes_nothing_until_it_is_forced(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    await analects("sync")
    readwise_with_book.accounts["zebra-token"] = Account(first_id=900_000)
    analects.settings["READWISE_TOKEN"] = "zebra-token"
    await analects("sync", "--full")
    assert analects.code == 1
    assert "--full --force" in analects.errors
    assert len(await lines(analects)) == 2
    await analects("sync", "--full", "--force")
    assert analects.code == 0
    assert await lines(analects) == []


async def test_a_highlight_in_readwise_and_in_a_note_keeps_the_notes_id(
    analects: Analects, readwise_with_book: ReadwiseServer, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "The Tide Clock.md").write_text(
        "# The Tide Clock\n\n## Metadata\n- Author: [[Mara Quill]]\n- Full Title: The Tide Clock\n\n## Highlights\n"
        "- Water keeps its own calendar, and the moon holds the pen. ([View Highlight](https://read.readwise.io/read/01tide))\n"
        "- A harbour is a promise that the land makes.\n"
        "- Salt. ([View Highlight](https://read.readwise.io/read/01salt))\n"
    )
    (book,) = readwise_with_book.account.sources.values()
    readwise_with_book.account.add_highlight(book, "Salt.")
    readwise_with_book.account.add_highlight(book, "Only in the account, and of no note.")
    token = analects.settings.pop("READWISE_TOKEN")
    analects.settings["CORPUS_PATH"] = str(notes)
    alone = {highlight["text"]: highlight["id"] for highlight in await lines(analects)}
    assert len(alone) == 3
    analects.settings["READWISE_TOKEN"] = token
    both = {highlight["text"]: highlight["id"] for highlight in await lines(analects)}
    assert alone.items() <= both.items()
    assert len(both) == 4


async def test_with_a_token_and_no_folder_the_sample_notes_are_left_out(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    assert {highlight["source"]["title"] for highlight in await lines(analects)} == {"The Tide Clock"}


async def test_with_the_option_corpus_only_that_folder_is_read(
    analects: Analects, readwise_with_book: ReadwiseServer, tmp_path: Path
) -> None:
    await analects("sync")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# A\n\n## Highlights\n- Just this.\n")
    output = await analects("highlights", "--json", "--corpus", str(tmp_path / "notes"))
    assert [json.loads(line)["text"] for line in output.splitlines()] == ["Just this."]


async def test_sync_without_a_service_exits_with_2(analects: Analects) -> None:
    del analects.settings["READWISE_TOKEN"]
    await analects("sync")
    assert analects.code == 2
    assert "READWISE_TOKEN, CORPUS_GIT" in analects.errors


async def test_questions_are_answered_from_a_git_repository_or_a_folder_in_it(
    analects: Analects, readwise_with_book: ReadwiseServer, host: GitServer
) -> None:
    vault = host.create()
    vault.commit(
        {
            "Reading/Gulls.md": "# Gulls\n\n## Highlights\n- Gulls remember faces and forgive none.\n",
            "Diary/today.md": "# Today\n\n## Highlights\n- Nothing happened.\n",
        }
    )
    analects.settings |= host.settings
    paths = [highlight["path"] for highlight in await lines(analects)]
    assert {path.split("/")[0] for path in paths} == {"Reading", "Diary", "@readwise"}
    analects.settings["CORPUS_PATH"] = "Reading"
    paths = [highlight["path"] for highlight in await lines(analects)]
    assert {path for path in paths if not path.startswith("@")} == {"Gulls.md"}
    assert (await analects.json("ask", "what do gulls remember?"))["found"]
    analects.settings["CORPUS_PATH"] = "Nowhere"
    skipped = (await analects.json("check"))["skipped"]
    assert any("there is no such folder" in entry["reason"] for entry in skipped)


async def test_while_another_process_fetches_the_notes_that_have_arrived_are_read(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    await analects("sync")
    (analects.state / "fetched" / "readwise.json").unlink()  # as if the first run had not ended
    with locked(analects.state / "fetched" / "readwise.lock"):
        assert (await analects.json("ask", "what is a harbour?"))["found"]
        assert "another process is fetching" in analects.errors
        await analects("sync")
        assert analects.code == 1


async def test_colours_favourites_and_tags_arrive(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    (book,) = readwise_with_book.account.sources.values()
    readwise_with_book.account.add_highlight(
        book, "Gulls remember faces.", color="Pink", is_favorite=True, tags=[{"id": 5, "name": "birds"}]
    )
    (gull,) = (highlight for highlight in await lines(analects) if highlight["favorite"])
    assert (gull["color"], gull["tags"]) == ("pink", ["birds"])
    (found,) = (await analects.json("ask", "tag:birds gulls"))["quotes"]
    assert (found["highlight"]["color"], found["highlight"]["favorite"]) == ("pink", True)


async def test_sync_says_why_check_counts_fewer_highlights(
    analects: Analects, readwise_with_book: ReadwiseServer, tmp_path: Path
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.md").write_text(
        "---\ntags: [private]\n---\n# Mine\n\n## Highlights\n- A harbour is a promise that the land makes.\n"
    )
    analects.settings["CORPUS_PATH"] = str(tmp_path / "notes")
    assert "2 highlights of 1 source: 2 added" in await analects("sync")
    assert "without copies of what is private" in analects.errors
    report = await analects.json("check")
    assert report["highlights"] == 1
    assert report["private"] >= 1
