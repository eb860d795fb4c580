"""Fixtures for all tests: the sample notes as a library, a bot over them, a PostgreSQL server."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest
from hypothesis import is_hypothesis_test, settings

from tests.examples import ALL_EXAMPLES, QUICK_DIVISOR
from tests.unit import (
    SERVER_FIXTURES,
    imported_libraries,
    lies_among_unit_tests,
    may_hold_unit_tests,
    watched,
)

# Imported where they are needed: with several workers, the process that only hands out the tests needs none of them.
if TYPE_CHECKING:
    from bot.chat.conversation import Bot
    from corpus.model import Library
    from tests.postgres import PostgresServer

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


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skips modules and folders that cannot hold unit tests if only unit tests run. tests/unit.py says why."""
    if config.option.markexpr != "unit" or not (
        collection_path.is_dir() or collection_path.match("test_*.py")
    ):
        return None
    return None if may_hold_unit_tests(collection_path) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks tests as `unit` (tests/unit.py says what that is) and, if they use the embedding model, as `extras`."""
    for item in items:
        assert isinstance(item, pytest.Function)
        slow = any(item.get_closest_marker(name) for name in ("long", "slow"))
        starts_server = "[postgres" in item.name or not SERVER_FIXTURES.isdisjoint(item.fixturenames)
        if not (starts_server or slow or is_hypothesis_test(item.function)) and lies_among_unit_tests(
            item.path
        ):
            item.add_marker("unit")
        if "model_folder" in item.fixturenames:
            item.add_marker("extras")
    if (
        config.option.markexpr == "unit"
    ):  # before Hypothesis sees its tests: it would read the source of the whole program
        others = [item for item in items if item.get_closest_marker("unit") is None]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.get_closest_marker("unit") is not None]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with only_allowed_of_a_unit_test(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with only_allowed_of_a_unit_test(item):
        return (yield)


@contextmanager
def only_allowed_of_a_unit_test(item: pytest.Item) -> Iterator[None]:
    """Fails a unit test that does what a unit test must not do."""
    if item.get_closest_marker("unit") is None:
        yield
        return
    with watched() as seen:
        yield
    if seen:
        pytest.fail(
            f"This is no unit test, because it {' and '.join(sorted(seen))}: tests/unit.py says how they are told apart."
        )


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Hides all imported modules and collected tests from the garbage collector: they live until the end of the run."""
    gc.disable()
    try:
        result = yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
    if session.config.option.markexpr == "unit" and (imported := imported_libraries()):
        pytest.exit(
            f"A module with unit tests imports {', '.join(sorted(imported))}: tests/unit.py has to leave it out.",
            4,
        )
    return result


@pytest.fixture(scope="session")
def sample() -> Library:
    from corpus.load import SAMPLE_NOTES, load

    return load(SAMPLE_NOTES)


@pytest.fixture(scope="session")
def bot(sample: Library) -> Bot:
    from bot.chat.conversation import Bot
    from bot.search.index import Index

    return Bot(Index.build(sample))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for all tests. `await postgres.fresh()` gives a test its own empty state."""
    from tests.postgres import NoPostgresError, PostgresServer

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


@cache
def setting_names() -> set[str]:
    from bot.settings import Settings

    return {*map(str.upper, Settings.model_fields), "SECRETS_DIR"}


@pytest.fixture(autouse=True)
def _surroundings(empty_folders: Path) -> Iterator[None]:
    """Hides settings and `.env` files of the machine from a test, and restores what a bot in this process changes.

    It is one fixture and changes the environment itself, because a fixture takes as long as many a test.
    """
    folder, root, own_logger = Path.cwd(), logging.getLogger(), logging.getLogger("analects")
    hidden = {name: os.environ.pop(name) for name in setting_names().intersection(os.environ)}
    os.environ["EMBEDDING_MODEL"] = "off"  # tests that need a model set it themselves
    os.chdir(mkdtemp(dir=empty_folders))
    handlers, level, own_level = root.handlers[:], root.level, own_logger.level
    hooks = sys.unraisablehook, threading.excepthook, warnings.showwarning
    yield
    sys.unraisablehook, threading.excepthook, warnings.showwarning = hooks
    for logger, its_level in ((root, level), (own_logger, own_level)):
        if logger.level != its_level:  # setting a level empties a cache of all loggers
            logger.setLevel(its_level)
    root.handlers[:] = handlers
    os.chdir(folder)
    os.environ.pop("EMBEDDING_MODEL", None)
    os.environ.update(hidden)
