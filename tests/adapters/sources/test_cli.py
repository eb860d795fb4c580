"""The command line over a Readwise API and a git host on loopback, each command in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.private_files import locked
from tests import ROOT, fork_server
from tests.git_server import GitServer
from tests.readwise_server import Account, Fault, ReadwiseServer

TOKENS = ("readwise-token-of-the-tests", "git-token-of-the-tests", "zebra-token")


class Analects:
    """The command line with a state of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.settings: dict[str, str] = {"STATE_PATH": str(state), "EMBEDDING_MODEL": "off", "HTTP_PORT": ""}
        self.code = 0
        self.errors = ""

    async def __call__(self, *arguments: str) -> str:
        usual = {name: value for name, value in os.environ.items() if not name.endswith(("_TOKEN", "_PATH"))}
        environment = {**usual, "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **self.settings}
        forked = await fork_server.start(list(arguments), environment, ROOT)
        process = forked or await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, env=environment, cwd=ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        out, errors = await asyncio.gather(process.stdout.read(), process.stderr.read())
        told = out.decode()
        self.code, self.errors = await process.wait(), errors.decode()
        if forked is not None:
            await forked.close()
        assert not any(token in told + self.errors for token in TOKENS)
        return told

    async def json(self, *arguments: str) -> Any:
        told = await self(*arguments, "--json")
        assert self.code == 0, self.errors
        return json.loads(told)


@pytest.fixture
def analects(tmp_path: Path, readwise: ReadwiseServer) -> Analects:
    program = Analects(tmp_path / "state")
    program.settings |= readwise.settings
    return program


@pytest.fixture
def tide(readwise: ReadwiseServer) -> ReadwiseServer:
    book = readwise.account.add_source("The Tide Clock", author="Mara Quill")
    readwise.account.add_highlight(book, "Water keeps its own calendar, and the moon holds the pen.")
    readwise.account.add_highlight(book, "A harbour is a promise that the land makes.")
    return readwise


@pytest.mark.long
async def test_a_token_is_enough_for_an_answer(analects: Analects, tide: ReadwiseServer) -> None:
    answer = await analects.json("ask", "what does the moon hold?")
    assert answer["quotes"][0]["highlight"]["source"]["title"] == "The Tide Clock"
    assert "fetching now" in analects.errors
    asked = len(tide.requests)
    assert (await analects.json("ask", "what is a harbour?"))["found"]
    assert len(tide.requests) == asked, "what was fetched once is read without a network"


async def test_sync_tells_what_came_of_it(analects: Analects, tide: ReadwiseServer) -> None:
    told = await analects.json("sync")
    assert {name: told[name] for name in ("sources", "highlights", "added", "changed", "removed")} == {
        "sources": 1, "highlights": 2, "added": 2, "changed": 0, "removed": 0,
    }  # fmt: skip
    assert told["took_ms"] > 0
    (book,) = tide.account.sources.values()
    first, second = book.highlights.values()
    tide.account.change(first, "Water keeps its own hours.")
    tide.account.delete(second)
    told = await analects.json("sync")
    assert (told["added"], told["changed"], told["removed"]) == (0, 1, 1)
    assert [highlight["text"] for highlight in await lines(analects)] == ["Water keeps its own hours."]
    assert "1 highlight of 1 source: " in await analects("sync", "--full")


async def lines(analects: Analects) -> list[Any]:
    told = await analects("highlights", "--json")
    return [json.loads(line) for line in told.splitlines()]


async def test_check_tells_how_fresh_it_is(analects: Analects, tide: ReadwiseServer) -> None:
    told = await analects.json("check")
    assert told["shapes"] == {"readwise": 1}
    assert told["newest"] == tide.account.now().astimezone().date().isoformat()
    assert told["synced"]["readwise"].startswith(tide.account.now().date().isoformat())
    assert "Readwise synced" in await analects("check")


async def test_a_refused_token_is_one_sentence_and_exit_code_2(
    analects: Analects, tide: ReadwiseServer
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
async def test_a_service_that_is_away_is_exit_code_1_and_what_was_fetched_stays(
    analects: Analects, tide: ReadwiseServer
) -> None:
    await analects("sync")
    tide.always = Fault("status", 503)
    assert await analects("sync", "--json") == ""
    assert analects.code == 1
    assert (await analects.json("ask", "what is a harbour?"))["found"]


@pytest.mark.long
async def test_a_service_that_is_away_before_anything_was_fetched_is_told(
    analects: Analects, tide: ReadwiseServer, tmp_path: Path
) -> None:
    tide.always = Fault("status", 503)
    assert await analects("ask", "--json", "what is a harbour?") == ""
    assert analects.code == 1
    assert "Readwise" in analects.errors
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "Harbours.md").write_text("# Harbours\n\n## Highlights\n- A harbour is a door.\n")
    analects.settings["CORPUS_PATH"] = str(notes)
    assert (await analects.json("ask", "what is a harbour?"))["found"]
    assert "Readwise" in analects.errors


async def test_another_accounts_token_deletes_nothing_until_it_is_forced(
    analects: Analects, tide: ReadwiseServer
) -> None:
    await analects("sync")
    tide.accounts["zebra-token"] = Account(first_id=900_000)
    analects.settings["READWISE_TOKEN"] = "zebra-token"
    await analects("sync", "--full")
    assert analects.code == 1
    assert "--full --force" in analects.errors
    assert len(await lines(analects)) == 2
    await analects("sync", "--full", "--force")
    assert analects.code == 0
    assert await lines(analects) == []


async def test_the_same_highlight_in_a_vault_keeps_the_id_of_the_note(
    analects: Analects, tide: ReadwiseServer, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "The Tide Clock.md").write_text(
        "# The Tide Clock\n\n## Metadata\n- Author: [[Mara Quill]]\n- Full Title: The Tide Clock\n\n## Highlights\n"
        "- Water keeps its own calendar, and the moon holds the pen. ([View Highlight](https://read.readwise.io/read/01tide))\n"
        "- A harbour is a promise that the land makes.\n"
        "- Salt. ([View Highlight](https://read.readwise.io/read/01salt))\n"
    )
    (book,) = tide.account.sources.values()
    tide.account.add_highlight(book, "Salt.")
    tide.account.add_highlight(book, "Only in the account, and of no note.")
    token = analects.settings.pop("READWISE_TOKEN")
    analects.settings["CORPUS_PATH"] = str(notes)
    alone = {highlight["text"]: highlight["id"] for highlight in await lines(analects)}
    assert len(alone) == 3
    analects.settings["READWISE_TOKEN"] = token
    both = {highlight["text"]: highlight["id"] for highlight in await lines(analects)}
    assert alone.items() <= both.items()
    assert len(both) == 4


async def test_with_a_token_and_no_folder_the_sample_notes_are_left_out(
    analects: Analects, tide: ReadwiseServer
) -> None:
    assert {highlight["source"]["title"] for highlight in await lines(analects)} == {"The Tide Clock"}


async def test_corpus_on_the_command_line_is_all_that_is_read(
    analects: Analects, tide: ReadwiseServer, tmp_path: Path
) -> None:
    await analects("sync")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# A\n\n## Highlights\n- Just this.\n")
    told = await analects("highlights", "--json", "--corpus", str(tmp_path / "notes"))
    assert [json.loads(line)["text"] for line in told.splitlines()] == ["Just this."]


async def test_nothing_to_fetch_from_is_exit_code_2(analects: Analects) -> None:
    del analects.settings["READWISE_TOKEN"]
    await analects("sync")
    assert analects.code == 2
    assert "READWISE_TOKEN, CORPUS_GIT" in analects.errors


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitServer]:
    (tmp_path / "host").mkdir()
    with GitServer(tmp_path / "host") as server:
        yield server


async def test_a_repository_is_answered_from_and_a_folder_in_it(
    analects: Analects, tide: ReadwiseServer, host: GitServer
) -> None:
    vault = host.create()
    vault.commit(
        {
            "Reading/Gulls.md": "# Gulls\n\n## Highlights\n- Gulls remember faces and forgive none.\n",
            "Diary/today.md": "# Today\n\n## Highlights\n- Nothing happened.\n",
        }
    )
    analects.settings |= host.settings
    told = await lines(analects)
    assert {one["path"].split("/")[0] for one in told} == {"Reading", "Diary", "@readwise"}
    analects.settings["CORPUS_PATH"] = "Reading"
    told = await lines(analects)
    assert {one["path"] for one in told if not one["path"].startswith("@")} == {"Gulls.md"}
    assert (await analects.json("ask", "what do gulls remember?"))["found"]
    analects.settings["CORPUS_PATH"] = "Nowhere"
    told = (await analects.json("check"))["skipped"]
    assert any("there is no such folder" in one["reason"] for one in told)


async def findings(analects: Analects) -> dict[str, tuple[bool, str]]:
    told = json.loads(await analects("doctor", "--json"))
    return {one["check"]: (one["ok"], f"{one['finding']} {one['fix'] or ''}") for one in told}


@pytest.mark.long
async def test_doctor_tries_the_token_the_repository_and_the_folder(
    analects: Analects, tide: ReadwiseServer, host: GitServer
) -> None:
    analects.settings |= host.settings
    found = await findings(analects)
    assert found["Readwise"] == (True, "the token is valid ")
    assert not found["Readwise sync"][0]
    assert not found["git"][0]
    host.create().commit({"a.md": "# A\n\n## Highlights\n- Gulls remember faces.\n"})
    await analects("sync")
    found = await findings(analects)
    assert all(found[name][0] for name in ("Readwise", "Readwise sync", "git", "git sync", "notes"))
    assert "Newest highlight" in found["notes"][1]
    analects.settings |= {"READWISE_TOKEN": "zebra-token", "CORPUS_GIT_TOKEN": "zebra-token"}
    found = await findings(analects)
    assert not found["Readwise"][0]
    assert "https://readwise.io/access_token" in found["Readwise"][1]
    assert "CORPUS_GIT_TOKEN" in found["git"][1]


@pytest.mark.long
async def test_a_sync_that_failed_shows_in_check_and_doctor_until_one_works(
    analects: Analects, tide: ReadwiseServer
) -> None:
    await analects("sync")
    assert "sync_failed" not in await analects.json("check")
    tide.always = Fault("status", 401)
    await analects("sync")
    assert analects.code == 2
    told = await analects.json("check")
    assert told["highlights"] == 2
    assert told["synced"]["readwise"] is not None
    assert told["sync_failed"]["readwise"]["problem"].startswith(
        "READWISE_TOKEN: Readwise refuses this token"
    )
    assert "The last attempt, less than a minute ago, failed: READWISE_TOKEN" in " ".join(
        (await analects("check")).split()
    )
    tide.always = None
    ok, finding = (await findings(analects))["Readwise sync"]
    assert not ok
    assert "last fetched" in finding
    assert "https://readwise.io/access_token" in finding
    await analects("sync")
    assert "sync_failed" not in await analects.json("check")
    assert (await findings(analects))["Readwise sync"][0]


async def test_while_another_process_fetches_what_has_arrived_is_read(
    analects: Analects, tide: ReadwiseServer
) -> None:
    await analects("sync")
    (analects.state / "fetched" / "readwise.json").unlink()  # as if the first run were not through
    with locked(analects.state / "fetched" / "readwise.lock"):
        assert (await analects.json("ask", "what is a harbour?"))["found"]
        assert "another process is fetching" in analects.errors
        await analects("sync")
        assert analects.code == 1


async def test_colours_favourites_and_tags_arrive(analects: Analects, tide: ReadwiseServer) -> None:
    (book,) = tide.account.sources.values()
    tide.account.add_highlight(
        book, "Gulls remember faces.", color="Pink", is_favorite=True, tags=[{"id": 5, "name": "birds"}]
    )
    (gull,) = (highlight for highlight in await lines(analects) if highlight["favorite"])
    assert (gull["color"], gull["tags"]) == ("pink", ["birds"])
    (found,) = (await analects.json("ask", "tag:birds gulls"))["quotes"]
    assert (found["highlight"]["color"], found["highlight"]["favorite"]) == ("pink", True)


async def test_sync_says_what_check_counts_otherwise(
    analects: Analects, tide: ReadwiseServer, tmp_path: Path
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.md").write_text(
        "---\ntags: [private]\n---\n# Mine\n\n## Highlights\n- A harbour is a promise that the land makes.\n"
    )
    analects.settings["CORPUS_PATH"] = str(tmp_path / "notes")
    assert "2 highlights of 1 source: 2 added" in await analects("sync")
    assert "without copies of what is private" in analects.errors
    told = await analects.json("check")
    assert told["highlights"] == 1
    assert told["private"] >= 1


async def test_doctor_names_a_setting_that_does_nothing_alone(analects: Analects) -> None:
    analects.settings["CORPUS_GIT_TOKEN"] = "zebra-token"
    told = await analects("doctor")
    assert "CORPUS_GIT_TOKEN is set, and CORPUS_GIT is not" in told
