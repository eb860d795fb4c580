"""Fixtures for all tests: the sample notes as a library, a bot over them, a PostgreSQL server."""

import gc
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import is_hypothesis_test, settings

from bot.chat.conversation import Bot
from bot.search.index import Index
from corpus.load import SAMPLE_NOTES, load
from corpus.model import Library
from tests.examples import ALL_EXAMPLES, QUICK_DIVISOR
from tests.postgres import NoPostgresError, PostgresServer

# Machines are noisy, so no example has a deadline. The checks before a change lands always try the same examples.
settings.register_profile(
    "quick", deadline=None, derandomize=bool(os.environ.get("CI")), max_examples=ALL_EXAMPLES // QUICK_DIVISOR
)
settings.register_profile("landing", settings.get_profile("quick"), max_examples=ALL_EXAMPLES // 3)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=ALL_EXAMPLES)
settings.load_profile("quick")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Uses one worker per core for unit tests and two for all tests, because many of those wait for servers and processes."""
    cores = os.cpu_count() or 1
    return cores if config.option.markexpr == "unit" else 2 * cores


SERVER_NAMES = {
    "SlackServer",
    "DiscordServer",
    "GitServer",
    "ReadwiseServer",
    "PostgresServer",
    "analects",
    "fork_server",
    "subprocess",
    "BotProcess",
    "Database",
    "open_state",
    "opener",
    "start_process",
}
"""A test module that imports one of these names starts a server or a process, or opens a database."""
_IMPORTS_A_SERVER = re.compile(rf"^(?:from|import) .*\b(?:{'|'.join(sorted(SERVER_NAMES))})\b", re.MULTILINE)
SERVER_FIXTURES = {"postgres", "process", "state_url", "start", "start_process", "town", "model_folder"}
"""Fixtures that start a server, a process or a platform, or open a database."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skips a module that imports a server, a process or a database if only unit tests run.

    Importing the platforms takes longer than running the unit tests.
    """
    if config.option.markexpr != "unit" or not collection_path.match("test_*.py"):
        return None
    return True if _IMPORTS_A_SERVER.search(collection_path.read_text("utf-8")) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests as `unit` and `extras`.

    A unit test is quick, starts no server, process or platform, opens no database and is no property test. A test that uses the
    embedding model is marked `extras`.
    """
    for item in items:
        assert isinstance(item, pytest.Function)
        starts_server = SERVER_NAMES & vars(item.module).keys() or SERVER_FIXTURES & set(item.fixturenames)
        slow = any(item.get_closest_marker(name) for name in ("long", "slow"))
        if not (starts_server or slow or is_hypothesis_test(item.function) or "[postgres" in item.name):
            item.add_marker("unit")
        if "model_folder" in item.fixturenames:
            item.add_marker("extras")


def pytest_collection_finish() -> None:
    """Hides all imported modules and collected tests from the garbage collector: they live until the end of the run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sample() -> Library:
    return load(SAMPLE_NOTES)


@pytest.fixture(scope="session")
def bot(sample: Library) -> Bot:
    return Bot(Index.build(sample))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for all tests. `await postgres.fresh()` gives a test its own empty state."""
    try:
        server = PostgresServer().__enter__()
    except NoPostgresError as error:
        pytest.skip(str(error))
    yield server
    server.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgres"])
async def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """`DATABASE_URL` of an empty state. A test that uses it runs twice, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.sqlite3'}"
    return await request.getfixturevalue("postgres").fresh()  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def empty_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parent of each test's working folder. pytest's `mktemp` would be slow, because it lists all earlier folders each time."""
    return tmp_path_factory.mktemp("empty")


def host_settings() -> set[str]:
    from bot.settings import Settings

    return {*map(str.upper, Settings.model_fields), "SECRETS_DIR"} & os.environ.keys()


@pytest.fixture(autouse=True)
def _hide_host_settings(monkeypatch: pytest.MonkeyPatch, empty_folders: Path) -> None:
    """Hides settings and `.env` files of the machine from the tests."""
    for name in host_settings():
        monkeypatch.delenv(name)
    monkeypatch.setenv("EMBEDDING_MODEL", "off")  # tests that need a model set it themselves
    monkeypatch.chdir(mkdtemp(dir=empty_folders))


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    """Restores logging after a test, because a bot in this process changes it."""
    root = logging.getLogger()
    handlers, level, own_level = root.handlers[:], root.level, logging.getLogger("analects").level
    hooks = sys.unraisablehook, threading.excepthook, warnings.showwarning
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("analects").setLevel(own_level)
    sys.unraisablehook, threading.excepthook, warnings.showwarning = hooks
