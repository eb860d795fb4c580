"""The README cannot rot: what the machine can run in it is run, and its tables are those of the code."""

import os
import re
import subprocess
import sys

import pytest

from adapters.terminal.transcript import talk
from bot.answering.answer import answer
from bot.chat.conversation import Bot
from bot.model import Question
from bot.settings import Settings
from tests import ROOT, fork_server

README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```\w*\n(.*?)```", README, re.S)
    assert found is not None
    return found.group(1).strip()


def table(mark: str) -> list[list[str]]:
    found = re.search(rf"<!-- {mark} -->\n((?:\|.*\n)+)", README)
    assert found is not None
    rows = [
        [cell.strip() for cell in line.strip("|\n ").split(" | ")] for line in found.group(1).splitlines()
    ]
    return rows[2:]


def analects(*arguments: str, stdin: str = "") -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = fork_server.run(arguments, environment, ROOT, stdin.encode()) or subprocess.run(
        [sys.executable, "-m", "bot", *arguments], input=stdin.encode(), capture_output=True, cwd=ROOT, timeout=120, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_the_first_command_answers() -> None:
    command = block("ask").rsplit("analects ", 1)[1]
    assert command.startswith("ask ")
    assert "▌" in analects("ask", command.split('"')[1])


@pytest.mark.parametrize("line", block("runs").splitlines())
def test_every_example_runs(line: str) -> None:
    words = [part.strip("'\"") for part in re.findall(r"'[^']*'|\"[^\"]*\"|\S+", line)]
    assert words[0] == "analects"
    told = analects(*words[1:], stdin="quit\n")
    assert words[1] == "chat" or "▌" in told


def test_the_shown_conversation_is_real(bot: Bot) -> None:
    shown = README.split("```text\n", 1)[1].split("```", 1)[0]
    said = re.findall(r"you › (.*)", shown)
    told = talk(Bot(bot.index, quotes=1), said)

    def bare(text: str) -> str:
        return " ".join(text.replace("▌", "").split())

    for answered, part in zip(told.lines, shown.split("you › ")[1:], strict=True):
        expected = bare(part.split("\n", 1)[1])
        assert bare(answered).startswith(expected)


def shown_default(name: str) -> str:
    """A setting's default as the README shows it."""
    words = {
        "corpus_path": "the sample notes",
        "state_path": "the user's state folder",
        "log_format": "by terminal",
        "digest_zone": "the host's",
        "digest_grace": "`6h`",
        "sync_interval": "`15m`",
    }
    default = Settings.model_fields[name].default
    if name in words:
        return words[name]
    if default is None or default == ():
        return "–"
    return f"`{','.join(map(str, default)) if isinstance(default, tuple) else default}`"


def test_the_table_of_settings_is_the_code() -> None:
    expected = [
        [f"`{name.upper()}`", shown_default(name), field.description]
        for name, field in Settings.model_fields.items()
    ]
    assert table("settings") == expected


def test_the_example_settings_are_the_code() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = [line.lstrip("# ").split("=")[0] for line in lines if re.match(r"#? ?[A-Z_]+=", line)]
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.S | re.M)
    assert listed is not None
    for name in re.findall(r'"([A-Za-z0-9_.-]+)', listed.group(1)):
        assert f"[{name}](https://pypi.org/project/{name}/)" in README, name


@pytest.mark.parametrize("page", ["README.md", "docs/notes.md", "docs/operating.md", "docs/replicas.md"])
def test_every_link_has_a_target(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target, part in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
        there = (ROOT / page).parent / target if target else ROOT / page
        assert there.exists(), target
        if part:
            headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.M)
            assert part in [re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings], part


def test_every_picture_is_shown() -> None:
    for picture in (ROOT / "docs").glob("*.png"):
        assert f"(docs/{picture.name})" in README


@pytest.mark.parametrize(
    "question", re.findall(r"`([^`]+)`", README.split("| you write |")[1].split("\n\n")[0])
)
def test_every_operator_finds_something_in_the_sample_notes(question: str, bot: Bot) -> None:
    assert answer(Question(question), bot.index).found
