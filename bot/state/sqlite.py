"""SQLite in WAL mode. A file that is damaged, or was written by a newer version, is looked at without a single write."""

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

BUSY = 2.0
"""Seconds to wait for another process that writes."""


def engine(url: str) -> AsyncEngine:
    """Connects when asked to."""
    made = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,  # one connection: transactions of one process never interleave
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": BUSY},
    )

    @event.listens_for(made.sync_engine, "connect")
    def _prepare(connection: sqlite3.Connection, record: object) -> None:
        del record
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait; a kill loses nothing committed
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.close()
        except Exception:
            connection.close()  # SQLAlchemy leaves a connection open that could not be prepared
            raise

    return made


def look(url: str, known: Container[str]) -> None:
    """Whether the file can be used: `known` are the versions of the tables. Raises StateError.

    A file that is not there, empty, or can't be read without writing beside it is left to the real opening.
    """
    path = _path(url)
    if path is None or not path.is_file() or not path.stat().st_size:
        return
    in_use = path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro" if in_use else "immutable=1"  # without a log beside it nothing is created beside it
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=BUSY)) as file:
            told = file.execute("PRAGMA quick_check(1)").fetchone()
            if told != ("ok",):
                raise StateError(DAMAGED)
            has = file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            versions = file.execute("SELECT version_num FROM alembic_version").fetchall() if has[0] else ()
    except sqlite3.OperationalError:  # locked, or no place for what WAL needs
        return
    except sqlite3.DatabaseError:
        raise StateError(DAMAGED) from None
    if any(version not in known for (version,) in versions):
        raise StateError(NEWER)


def said(error: BaseException) -> str:
    """SQLite's own words: they name no path and no value."""
    return str(error).splitlines()[0]


DAMAGED = (
    "the file is damaged, or no database; it is left as it is: put a copy back, or move it away to begin anew"
)


def _path(url: str) -> Path | None:
    """The file; None for one in memory, or one that is named with options of its own."""
    try:
        named = make_url(url).database
    except ArgumentError:
        return None
    return None if not named or named.startswith(("file:", ":")) else Path(named)
