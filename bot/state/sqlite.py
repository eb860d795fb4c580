"""SQLite in WAL mode. A file that is damaged, or was written by a newer version, is examined without writing to it."""

import sqlite3
from collections.abc import Container
from contextlib import closing
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.state.claims import NEWER, StateError

BUSY_TIMEOUT_S = 2.0
"""How long to wait for another process that writes, in seconds."""


def engine(url: str) -> AsyncEngine:
    """An engine that connects when it is first used."""
    made = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,  # with one connection, transactions of one process never interleave
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_S},
    )

    @event.listens_for(made.sync_engine, "connect")
    def _prepare(connection: sqlite3.Connection, record: object) -> None:
        del record
        try:
            cursor = connection.cursor()
            cursor.execute(
                "PRAGMA journal_mode=WAL"
            )  # readers never wait, and a kill loses nothing that was committed
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.close()
        except Exception:
            connection.close()  # SQLAlchemy would leave it open
            raise

    return made


def check(url: str, known: Container[str]) -> None:
    """Raises StateError if the file is damaged, or holds tables of a version that is not in `known`.

    A file that does not exist, is empty, or cannot be read without writing beside it is left to the real opening.
    """
    path = _path(url)
    if path is None or not path.is_file() or not path.stat().st_size:
        return
    in_use = path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro" if in_use else "immutable=1"  # with no log beside it, nothing is created beside it
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=BUSY_TIMEOUT_S)
        ) as file:
            result = file.execute("PRAGMA quick_check(1)").fetchone()
            if result != ("ok",):
                raise StateError(DAMAGED)
            has = file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            versions = file.execute("SELECT version_num FROM alembic_version").fetchall() if has[0] else ()
    except sqlite3.OperationalError:  # locked, or WAL cannot create its files
        return
    except sqlite3.DatabaseError:
        raise StateError(DAMAGED) from None
    if any(version not in known for (version,) in versions):
        raise StateError(NEWER)


def describe(error: BaseException) -> str:
    """SQLite's own message; it holds no path and no value."""
    return str(error).splitlines()[0]


DAMAGED = (
    "the file is damaged, or no database; it is left untouched: restore a copy, or move it away to start anew"
)


def _path(url: str) -> Path | None:
    """The file; None for a database in memory, or one named with options of its own."""
    try:
        named = make_url(url).database
    except ArgumentError:
        return None
    return None if not named or named.startswith(("file:", ":")) else Path(named)
