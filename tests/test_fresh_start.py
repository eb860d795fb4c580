"""Each command starts in a new Python that has imported nothing yet.

Other tests fork their processes from a server that has imported everything, so they would not notice a broken import.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

NOT_FOR_A_QUESTION = {
    # the standard library
    "http.client", "multiprocessing", "sqlite3",
    # other packages
    "aiohttp", "alembic", "charset_normalizer", "discord", "dulwich", "fasttext", "frontmatter", "markdown_it",
    "numpy.fft", "numpy.ma", "numpy.polynomial", "numpy.random", "prometheus_client", "rapidfuzz",
    "regex", "rich.markdown", "rich.progress", "scipy", "sentencepiece", "slack_sdk", "spellchecker", "sqlalchemy", "tenacity",
    "watchfiles", "yaml",
    # what reads notes, talks and serves
    "adapters.serve", "adapters.slack", "adapters.sources", "bot.chat.conversation", "bot.chat.small_talk",
    "bot.library.reloading", "bot.semantic", "bot.state.database", "corpus.folder.read", "corpus.folder.state",
    "corpus.formats.layouts", "corpus.formats.reader", "corpus.merging", "corpus.privacy.scan",
}  # fmt: skip
"""Modules that a question from the command line does without if the notes are in the cache. Each takes time at every start."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("ask sleep", 0),
        pytest.param("random", 0, marks=pytest.mark.long),
        pytest.param("chat", 0, marks=pytest.mark.long),
        pytest.param("highlights", 0, marks=pytest.mark.long),
        pytest.param("check", 0, marks=pytest.mark.long),
        pytest.param("setup slack", 0, marks=pytest.mark.long),
        pytest.param("setup discord --application 123456789012345678", 0, marks=pytest.mark.long),
        pytest.param("health", 1, marks=pytest.mark.long),  # no bot is running
        ("doctor", 1),  # no platform has tokens
        ("run", 2),
    ],
)
def test_each_command_starts_in_a_new_python(command: str, code: int, tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "bot", *command.split()],
        input="quit\n", capture_output=True, text=True, timeout=100, cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "STATE_PATH": str(tmp_path), "HTTP_PORT": "1"},
    )  # fmt: skip
    assert "Traceback" not in process.stderr
    assert process.returncode == code, process.stderr


@pytest.mark.parametrize(
    "platform",
    [
        "adapters.slack.platform",
        pytest.param("adapters.discord.platform", marks=pytest.mark.long),
        pytest.param("adapters.serve", marks=pytest.mark.long),
    ],
)
def test_each_platform_is_imported_first(platform: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {platform}"], cwd=ROOT, timeout=100, check=True)


def loaded_modules(variables: dict[str, str], *arguments: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    program = (
        f"import atexit, sys; sys.argv = ['analects', *{list(arguments)!r}]; "
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
        "from adapters.terminal.main import main; main()"
    )
    process = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, timeout=100, check=True, cwd=ROOT,
        env={**os.environ, **variables},
    )  # fmt: skip
    return set(process.stderr.split())


def test_a_question_imports_only_what_answers_it(tmp_path: Path) -> None:
    variables = {"STATE_PATH": str(tmp_path), "EMBEDDING_MODEL": "off"}
    loaded_modules(variables, "ask", "why do we forget?")  # writes the cache
    assert loaded_modules(variables, "ask", "why do we forget?") & NOT_FOR_A_QUESTION == set()
