"""What a unit test is. `pytest -m unit` runs only these, in about 20 seconds.

A unit test is quick, and no property test. It imports no library of a platform, starts no server and no process, and opens no
database. A module's imports decide whether it can hold unit tests. A run of the unit tests does not import the other modules, as
importing the platforms takes longer than running all unit tests.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests import ROOT

SERVERS = {
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
    "command_line",
    "irc_platform",
}
"""A test module that imports one of these names starts a server or a process, or opens a database."""
SERVER_FIXTURES = {"postgres", "process", "state_url", "start", "start_process", "town", "model_folder"}
"""Fixtures that start a server, a process or a platform, or open a database."""
PLATFORM_LIBRARIES = {
    "aiohttp",
    "alembic",
    "asyncpg",
    "discord",
    "dulwich",
    "mcp",
    "prometheus_client",
    "simcord",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "typer",
}
"""Libraries of the platforms and databases."""
_LIGHT_ADAPTERS = ("explanation", "render", "transcript")
"""Modules of `adapters.terminal` that import none of the libraries."""
_NO_UNIT_TESTS = re.compile(
    rf"^(?:from|import) (?:.*\b(?:{'|'.join(sorted(SERVERS))})\b"
    rf"|(?:{'|'.join(sorted(PLATFORM_LIBRARIES))})\b"
    rf"|tests\.\w+_server\b"
    rf"|(?:tests\.)?adapters\b(?!\.terminal\.(?:{'|'.join(_LIGHT_ADAPTERS)})\b))",
    re.MULTILINE,
)


@cache
def may_hold_unit_tests(path: Path) -> bool:
    """Says whether a test module may hold unit tests, by its imports. `path` may be a folder: its `conftest.py` decides."""
    file = path / "conftest.py" if path.is_dir() else path
    return path == ROOT / "tests" or not (file.is_file() and _NO_UNIT_TESTS.search(file.read_text("utf-8")))


@cache
def lies_among_unit_tests(module: Path) -> bool:
    """Says whether a module may hold unit tests, and so may each folder that it is in."""
    folders = (folder for folder in module.parents if folder.is_relative_to(ROOT / "tests"))
    return may_hold_unit_tests(module) and all(map(may_hold_unit_tests, folders))


def imported_libraries() -> set[str]:
    """Returns the `PLATFORM_LIBRARIES` that this process has imported."""
    return PLATFORM_LIBRARIES & sys.modules.keys()


_FORBIDDEN = {
    "os.fork": "starts a process",
    "os.posix_spawn": "starts a process",
    "subprocess.Popen": "starts a process",
    "sqlite3.connect": "opens a database",
}
"""Names of Python's audit events (https://docs.python.org/3/library/audit_events.html) that no unit test may cause."""
if sys.platform != "win32":  # there an event loop connects two sockets of its own
    _FORBIDDEN |= {"socket.bind": "opens a socket", "socket.connect": "opens a socket"}
_watched: list[set[str]] = []
"""For the unit test that runs: what it did that it must not do. Empty while no unit test runs."""


def _on_event(event: str, arguments: tuple[object, ...]) -> None:
    if _watched and event in _FORBIDDEN:
        is_local_socket = event.startswith("socket.") and isinstance(
            arguments[1], str | bytes
        )  # a file, not a port
        if not is_local_socket:
            _watched[-1].add(_FORBIDDEN[event])


sys.addaudithook(_on_event)


@contextmanager
def watched() -> Iterator[set[str]]:
    """Yields a set that fills with what a unit test must not do: "starts a process", "opens a socket", "opens a database"."""
    _watched.append(set())
    try:
        yield _watched[-1]
    finally:
        _watched.pop()
