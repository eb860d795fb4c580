"""Secrets, questions, notes and names never leak, at any log level and after any failure (fault 40).

All of them contain marked words. None of these may appear in the log, in an HTTP response, in a traceback, in the report of
`doctor`, in a dump of the settings, or in the state. There are two exceptions: the report of `check` names note files, because its
reader owns the notes, and the cache stores the public part of the notes.
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


def assert_no_secret_in(
    output: str, slack: SlackServer, discord: DiscordServer, tokens: list[str], where: str
) -> None:
    secrets = {
        value for name, value in (slack.http_settings | slack.settings | discord.settings).items()
        if not name.endswith("_URL")
    }  # fmt: skip
    secrets |= {"xoxb-", "xapp-", "ticket=", "/hooks/", "Traceback", "zq"}
    secrets |= set(tokens)
    for secret in secrets:
        at = output.find(secret)
        assert at < 0, f"{secret} in {where}: …{output[max(0, at - 200) : at + 100]}"


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
    notes = marked.write_notes(tmp_path)
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
            await asyncio.gather(marked.act_on_slack(slack), marked.act_on_discord(discord))
            assert len(tokens) > 5
            pages = await http_pages(bot) if level != "WARNING" else ""
            await marked.break_notes(notes, bot.says)
            pages += await http_pages(bot) if level != "WARNING" else ""
            assert_no_secret_in(pages, slack, discord, tokens, "HTTP")
            assert await bot.terminate() == 0
        assert_no_secret_in(bot.log.replace(str(tmp_path), ""), slack, discord, tokens, "the log")
        for word in (
            "ValueError at",
            "refused in",
            "no notes at",
            *(["answered "] if level != "WARNING" else []),
        ):
            assert word in bot.log, "every failure must have happened and be in the log"
        assert_no_secret_in(stored_text(tmp_path / "state"), slack, discord, tokens, "the state")
        assert_no_secret_in(await doctor_output(tmp_path, settings), slack, discord, tokens, "doctor")


async def http_pages(bot: Process) -> str:
    """Returns the text of every page that the bot serves over HTTP."""
    found = re.search(r"http://[\d.:]+", await bot.says("listening on http"))
    assert found is not None
    output = ""
    async with aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz", "/metrics", "/zqmissing?zqquestion", "/slack/events"):
            async with session.get(found[0] + path) as response:
                output += await response.text()
    assert "analects_answers_total" in output
    return output


def stored_text(state: Path) -> str:
    """Returns all text in the state except the cache. A digest's filter is stored, too; here it is a tag without a marked word."""
    output = ""
    for path in state.rglob("*"):
        if path.is_file() and "cache" not in path.parts and b"zqstate" not in path.read_bytes():
            output += path.name + path.read_bytes().decode("latin-1")
    database = state / "state.sqlite3"
    if "SQLite format" in output:
        with sqlite3.connect(database) as connection:
            (count,) = connection.execute("select count(*) from events").fetchone()
        assert count > 5
    return output


async def doctor_output(folder: Path, settings: dict[str, str]) -> str:
    """Returns the output of `analects doctor`, with right and with wrong tokens."""
    output = ""
    wrong = {"SLACK_BOT_TOKEN": "xoxb-9-zqwrong", "DISCORD_TOKEN": "zqwrong.b.c"}
    for variables in (settings, settings | wrong):
        async with analects(folder, variables, "doctor", "--json") as running:
            assert running.process.stdout is not None
            output += (await running.process.stdout.read()).decode()
            await running.ends()
            output += running.log
    return output.replace(str(folder), "")


@pytest.mark.parametrize("command", ["run", "ask", "doctor", "check"])
async def test_an_unexpected_error_is_one_line_without_text(command: str, tmp_path: Path) -> None:
    """The line names the exception's type and place, and the exit code is 1. A traceback would show the exception's text."""
    notes = marked.write_notes(tmp_path)
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


async def test_an_error_in_the_background_is_one_line_without_text(tmp_path: Path) -> None:
    before = """
import asyncio
from adapters.terminal import run
follow = run.follow
async def fail():
    raise ValueError("zqpassage")
async def follow_and_fail(*given):
    asyncio.get_running_loop().create_task(fail())
    await follow(*given)
run.follow = follow_and_fail
"""
    async with SlackServer() as slack, analects(tmp_path, slack.settings, before=before) as bot:
        await bot.ready()
        assert "failed in the background: ValueError at <string>:" in bot.log
        assert await bot.terminate() == 0
    assert "zqpassage" not in bot.log


def test_a_dump_of_the_settings_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
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
    for output in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert "zq" not in output
