"""SQLite in WAL mode. A file that is damaged, or was written by a newer version, is examined without writing to it."""

import os
import sqlite3
from collections.abc import Container
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.state.claims import NEWER, ReplacedError, StateError

OWNER_ONLY = 0o600
DELETED = "its file was deleted while in use"
EXCHANGED = "its file was replaced while in use"
EMPTIED = "its file was emptied while in use"
OVERWRITTEN = "another program wrote to its file while it was in use"

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

    A file that does not exist, is empty, or cannot be read without creating files next to it is checked when it is opened.
    """
    path = _path(url)
    if path is None or not path.is_file() or not path.stat().st_size:
        return
    in_use = _beside(path, "-wal").exists()
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


def watched(url: str) -> "WatchedFile | None":
    """The file at this address, made readable only by its owner; None for a database that is not a plain file."""
    path = _path(url)
    if path is None:
        return None
    with suppress(OSError):  # what is wrong with the file is reported when it is opened
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))
        for one in (path, _beside(path, "-wal"), _beside(path, "-shm")):
            if one.exists():
                one.chmod(OWNER_ONLY)
    return WatchedFile(path)


class WatchedFile:
    """Notices when somebody deletes, replaces, empties or overwrites the file of an open database.

    SQLite itself does not: it continues to write to a file that will never be read again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: os.stat_result | None = None
        """The file as it was after the last transaction."""
        self._log: os.stat_result | None = None
        """The same of the `-wal` file, which holds the latest transactions."""

    def check(self) -> None:
        """Called before a transaction. Raises ReplacedError."""
        now = self._stat()
        if self._known is None:
            self._known = now
        elif (now.st_size, now.st_mtime_ns) != (self._known.st_size, self._known.st_mtime_ns):
            raise ReplacedError(OVERWRITTEN)

    def record(self) -> None:
        """Called after a transaction, before anything else is written. Raises ReplacedError."""
        self._known = self._stat()
        with suppress(OSError):
            self._log = _beside(self._path, "-wal").stat()

    def _stat(self) -> os.stat_result:
        try:
            now = self._path.stat()
        except OSError:
            self._drop_log()
            raise ReplacedError(DELETED) from None
        if self._known is not None and not os.path.samestat(now, self._known):
            self._drop_log()
            raise ReplacedError(EXCHANGED)
        if self._known is not None and now.st_size == 0:
            self._drop_log()
            raise ReplacedError(EMPTIED)
        return now

    def _drop_log(self) -> None:
        """Empties the log of the replaced file: SQLite would write it into the new one."""
        log = _beside(self._path, "-wal")
        with suppress(OSError):
            if self._log is not None and os.path.samestat(log.stat(), self._log):
                os.truncate(log, 0)


def describe(error: BaseException) -> str:
    """SQLite's own message; it holds no path and no value."""
    return str(error).splitlines()[0]


DAMAGED = "the file is damaged or not a SQLite database. It was not changed. Restore a backup, or move it away to start afresh"


def _beside(path: Path, suffix: str) -> Path:
    """The file that SQLite keeps next to the database. It inherits its permissions."""
    return path.with_name(path.name + suffix)


def _path(url: str) -> Path | None:
    """The file; None for a database in memory, or one given with SQLite options."""
    try:
        named = make_url(url).database
    except ArgumentError:
        return None
    return None if not named or named.startswith(("file:", ":")) else Path(named)
