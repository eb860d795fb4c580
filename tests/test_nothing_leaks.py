"""Tokens, questions, notes and names with marked words go through every path, at every level, with every failure. Fault 40.

They are found in no log, in nothing that is served over HTTP, in no traceback, no report of `doctor`, no dump of the settings, and
not in the state. (Paths of notes stand in the report of `check`, whose reader owns the notes; the cache holds what is public in
them.)
"""

import asyncio
import re
import sqlite3
from pathlib import Path

import aiohttp
import pytest

from bot.settings import load_settings
from tests import marked
from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import Process, analects
from tests.slack_server import SlackServer

UNREACHABLE = f"postgresql://zquser:{marked.PASSWORD}@127.0.0.1:9/zqdatabase"


def nothing_in(told: str, slack: SlackServer, discord: DiscordServer, tokens: list[str], where: str) -> None:
    secrets = {
        value for name, value in (slack.http_settings | slack.settings | discord.settings).items()
        if not name.endswith("_URL")
    }  # fmt: skip
    secrets |= {"xoxb-", "xapp-", "ticket=", "/hooks/", "Traceback", "zq"}
    secrets |= set(tokens)
    for secret in secrets:
        at = told.find(secret)
        assert at < 0, f"{secret} in {where}: …{told[max(0, at - 200) : at + 100]}"


@pytest.mark.long
@pytest.mark.parametrize(
    ("level", "form", "state"),
    [
        ("DEBUG", "json", "good"),
        pytest.param("INFO", "text", "damaged", marks=pytest.mark.long),
        pytest.param("WARNING", "json", "unreachable", marks=pytest.mark.long),
    ],
)
async def test_no_marked_word_appears(level: str, form: str, state: str, tmp_path: Path) -> None:
    notes = marked.corpus(tmp_path)
    variables = {
        "CORPUS_PATH": str(notes), "LOG_LEVEL": level, "LOG_FORMAT": form, "QUOTES_PER_ANSWER": "2",
        "QUESTIONS_PER_MINUTE": "90,60", "STATE_PATH": str(tmp_path / "state"),
    }  # fmt: skip
    if state == "damaged":
        (tmp_path / "state").mkdir()
        (tmp_path / "state" / "state.sqlite3").write_bytes(b"SQLite format 3\0zqstate" * 400)
    elif state == "unreachable":
        variables["DATABASE_URL"] = UNREACHABLE
    async with SlackServer() as slack, DiscordServer() as discord:
        tokens: list[str] = []
        discord.backend.subscribers.append(
            lambda event, payload: tokens.append(payload["token"]) if event == "INTERACTION_CREATE" else None
        )
        settings = settings_with(discord, **slack.settings, **variables)
        async with analects(tmp_path, settings, before=marked.HOOKS) as bot:
            await asyncio.gather(slack.connected(), discord.connected())
            await discord.until(lambda: discord.backend.commands.get(None))
            await asyncio.gather(marked.on_slack(slack), marked.on_discord(discord))
            assert len(tokens) > 5
            served = await http(bot) if level != "WARNING" else ""
            await marked.of_notes(notes, bot.says)
            served += await http(bot) if level != "WARNING" else ""
            nothing_in(served, slack, discord, tokens, "HTTP")
            assert await bot.terminate() == 0
        nothing_in(bot.log.replace(str(tmp_path), ""), slack, discord, tokens, "the log")
        for word in (
            "ValueError at",
            "refused in",
            "no notes at",
            *(["answered "] if level != "WARNING" else []),
        ):
            assert word in bot.log, "all of it was met, and is told"
        nothing_in(stored_text(tmp_path / "state"), slack, discord, tokens, "the state")
        nothing_in(await doctor(tmp_path, settings), slack, discord, tokens, "doctor")


async def http(bot: Process) -> str:
    """Everything that is served."""
    found = re.search(r"http://[\d.:]+", await bot.says("listening on http"))
    assert found is not None
    told = ""
    async with aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz", "/metrics", "/zqmissing?zqquestion", "/slack/events"):
            async with session.get(found[0] + path) as response:
                told += await response.text()
    assert "analects_answers_total" in told
    return told


def stored_text(state: Path) -> str:
    """Everything in the state except the cache. (The filter of a digest is stored too: here, a tag that is not marked.)"""
    told = ""
    for path in state.rglob("*"):
        if path.is_file() and "cache" not in path.parts and b"zqstate" not in path.read_bytes():
            told += path.name + path.read_bytes().decode("latin-1")
    database = state / "state.sqlite3"
    if "SQLite format" in told:
        with sqlite3.connect(database) as connection:
            (count,) = connection.execute("select count(*) from events").fetchone()
        assert count > 5
    return told


async def doctor(folder: Path, settings: dict[str, str]) -> str:
    """What it prints, with the right tokens and with wrong ones."""
    told = ""
    wrong = {"SLACK_BOT_TOKEN": "xoxb-9-zqwrong", "DISCORD_TOKEN": "zqwrong.b.c"}
    for variables in (settings, settings | wrong):
        async with analects(folder, variables, "doctor", "--json") as running:
            assert running.process.stdout is not None
            told += (await running.process.stdout.read()).decode()
            await running.ends()
            told += running.log
    return told.replace(str(folder), "")


@pytest.mark.parametrize("command", ["run", "ask", "doctor", "check"])
async def test_a_defect_ends_in_one_line_without_text(command: str, tmp_path: Path) -> None:
    """A line with its kind and place, and exit code 1: a traceback would end with the text."""
    notes = marked.corpus(tmp_path)
    failing = "def fail(*given, **named): raise ValueError(f'zqpassage {given} {named}')\n"
    module, function = (
        ("adapters.serve", "assemble") if command == "run" else ("corpus.folder.state", "library_of")
    )
    before = f"{failing}import {module}; {module}.{function} = fail\n"
    options = ("zqquestion",) if command == "ask" else ()
    variables = {"CORPUS_PATH": str(notes), "SLACK_BOT_TOKEN": "xoxb-1-zq", "SLACK_APP_TOKEN": "xapp-1-zq"}
    async with analects(tmp_path, variables, command, *options, before=before) as running:
        assert await running.ends() == 1
    assert "bug: ValueError at <string>:" in running.log
    assert len(running.lines) <= 2
    assert "zq" not in running.log


def test_a_dump_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "DISCORD_TOKEN",
        "DATABASE_URL",
        "READWISE_TOKEN",
        "READWISE_WEBHOOK_SECRET",
        "CORPUS_GIT_TOKEN",
    ):
        monkeypatch.setenv(name, f"zq{name.lower()}")
    settings = load_settings()
    for told in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert "zq" not in told
