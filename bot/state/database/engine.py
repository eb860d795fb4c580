"""The database that holds the state: SQLite in `STATE_PATH`, or the one that `DATABASE_URL` names. It is opened once, and shared by
all modules that read and write its tables (`bot.state.database.claims`, …).

Times are seconds since 1970. On PostgreSQL they come from the database, so that replicas with different clocks agree on leases. On
SQLite they come from the process, which shares its machine's clock with every other process that can open the file.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import ColumnElement, Float, Table, cast, extract, func, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.state.claims import RejectedError, StateError
from bot.state.database import sqlite as sqlite_file
from bot.state.database.schema import known_versions, update_tables

FILE = "state.sqlite3"
UNKNOWN = "DATABASE_URL is not supported: use postgresql://… or sqlite:///…"


def address(database_url: str | None, folder: Path) -> str:
    """The URL of the database. Creates the folder for a file in it. Raises StateError."""
    if database_url is not None:
        return database_url
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(f"cannot create the folder STATE_PATH: {error.strerror}") from None
    return f"sqlite:///{folder / FILE}"


class Database:
    """An open database with its tables up to date. Every SQLAlchemy error becomes a StateError, or a RejectedError if only a value
    of the statement is wrong."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Callable[[], float] | None = None,
        file: sqlite_file.WatchedFile | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._file = file
        self._closed = False
        self._in_use = 0
        self._unused = asyncio.Event()
        """Set while no transaction runs. The engine would leave a connection open that is in use as it is disposed of."""
        self._unused.set()

    @classmethod
    async def open(cls, url: str, clock: Callable[[], float] | None = None) -> Self:
        """Connects, and brings the tables up to date. `clock` replaces the clock described above. Raises StateError."""
        if _scheme(url) == "sqlite":
            await asyncio.to_thread(sqlite_file.check, url, known_versions())
        opened = cls(_engine(url), clock, sqlite_file.watched(url) if _scheme(url) == "sqlite" else None)
        try:
            async with opened.begin() as connection:
                await connection.run_sync(update_tables)
        except BaseException:
            await opened.close()
            raise
        return opened

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """One transaction. Raises StateError, also if the file was gone when the transaction ended."""
        if self._closed:
            raise StateError("it is closed")
        self._in_use += 1
        self._unused.clear()
        try:
            async with self._engine.connect() as connection:
                if self._closed:
                    raise StateError("it is closed")
                self.check()
                async with connection.begin():
                    yield connection
                if self._file is not None:
                    self._file.record()
        except (SQLAlchemyError, OSError, sqlite3.Error, UnicodeError) as error:
            if _is_about_a_value(error):
                raise RejectedError("a value cannot be stored") from None
            raise StateError(_describe(error)) from None
        finally:
            self._in_use -= 1
            if not self._in_use:
                self._unused.set()

    def check(self) -> None:
        """Raises ReplacedError if the file is not the one that was opened, or was changed by somebody else."""
        if self._file is not None:
            self._file.check()

    @property
    def is_file(self) -> bool:
        """Whether it is a file, which belongs to one process."""
        return self._file is not None

    def now(self) -> ColumnElement[float]:
        """The time, as part of a statement."""
        if self._clock is not None:
            return literal(self._clock(), Float)
        if self._engine.dialect.name == "postgresql":
            return cast(extract("epoch", func.clock_timestamp()), Float)
        return literal(time.time(), Float)

    def insert_new(self, table: Table) -> "postgresql.Insert | sqlite.Insert":
        """An insert that does nothing if a row with this key exists."""
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        return insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key.columns))

    async def close(self) -> None:
        """Closes all connections, once the transactions that use them have ended. Further ones raise StateError."""
        self._closed = True
        try:
            await self._unused.wait()
        finally:
            await self._engine.dispose()


def _scheme(url: str) -> str:
    """The kind of database, without the driver: "postgresql"."""
    return url.partition("://")[0].lower().partition("+")[0]


def _engine(url: str) -> AsyncEngine:
    if _scheme(url) in ("postgres", "postgresql"):
        from bot.state.database import postgres  # SQLite does not need asyncpg

        return postgres.engine(url)
    if _scheme(url) != "sqlite":
        raise StateError(UNKNOWN)
    try:
        return sqlite_file.engine("sqlite+aiosqlite://" + url.partition("://")[2])
    except (ArgumentError, NoSuchModuleError):
        raise StateError(UNKNOWN) from None


def _cause(error: Exception) -> BaseException:
    """The error of the driver."""
    cause: BaseException = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return cause.__cause__ or cause


def _is_about_a_value(error: Exception) -> bool:
    """Whether only a value is wrong: too long, a NUL, half of a surrogate pair."""
    cause = _cause(error)
    if isinstance(cause, UnicodeError | sqlite3.DataError | sqlite3.IntegrityError):
        return True
    state = getattr(cause, "sqlstate", None) or ""
    return (state[:2] in ("22", "23") and state != "22023") or type(cause).__name__ == "DataError"


def _describe(error: Exception) -> str:
    """The reason in words, without the statement, the address or the password."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        return sqlite_file.describe(cause)
    if isinstance(cause, SQLAlchemyError):
        return f"the database fails: {type(cause).__name__}"
    from bot.state.database import postgres

    return postgres.describe(cause)
