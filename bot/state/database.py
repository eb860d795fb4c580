"""Claims in a database: SQLite in WAL mode, or what `DATABASE_URL` names. No SQLAlchemy type leaves this module.

Every statement stands alone and is atomic; times are seconds since 1970 of the claiming process.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Column, Connection, Float, MetaData, String, Table, delete, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.state.claims import KEPT, LEASE, Claim, StateError

metadata = MetaData()
events = Table(
    "events",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("state", String(8), nullable=False),  # claimed, posting, done
    Column("until", Float, nullable=False),  # end of the lease
    Column("at", Float, nullable=False, index=True),  # first claimed
    Column("message", String(255), nullable=False),  # id of the reply, "" without one
)

BUSY = 2.0
"""Seconds to wait for another process that writes."""
FILE = "state.sqlite3"


def address(database_url: str | None, folder: Path) -> str:
    """SQLAlchemy's URL for the state. Makes the folder. Raises StateError."""
    if database_url is None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"cannot make the folder STATE_PATH: {error.strerror}") from None
        return f"sqlite+aiosqlite:///{folder / FILE}"
    for plain, driver in (("sqlite://", "sqlite+aiosqlite://"), ("postgres://", "postgresql+asyncpg://"),
                          ("postgresql://", "postgresql+asyncpg://")):  # fmt: skip
        if database_url.startswith(plain):
            return driver + database_url.removeprefix(plain)
    return database_url


class DatabaseClaims:
    """Implements `Claims`."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock
        self._insert = (
            postgresql.insert(events) if engine.dialect.name == "postgresql" else sqlite.insert(events)
        ).on_conflict_do_nothing(index_elements=["key"])

    @classmethod
    async def open(cls, url: str, clock: Callable[[], float] = time.time) -> Self:
        """Connects and brings the tables up to date. Raises StateError."""
        try:
            engine = _engine(url)
        except (ArgumentError, NoSuchModuleError, ImportError):
            raise StateError("DATABASE_URL names no database that is known here, as postgresql://…") from None
        try:
            async with engine.begin() as connection:
                await connection.run_sync(_migrate)
            return cls(engine, clock)
        except (SQLAlchemyError, CommandError, OSError, sqlite3.Error) as error:
            await engine.dispose()
            raise StateError(_why(error)) from None

    async def claim(self, key: str) -> Claim:
        now = self._clock()
        values = {"key": key, "state": "claimed", "until": now + LEASE, "at": now, "message": ""}
        try:
            async with self._engine.begin() as connection:
                inserted = await connection.execute(self._insert.values(**values))
                if inserted.rowcount == 1:
                    return Claim.MINE
                taken = await connection.execute(
                    update(events)
                    .where(events.c.key == key, events.c.state != "done", events.c.until <= now)
                    .values(until=now + LEASE)
                )
                state = await connection.scalar(select(events.c.state).where(events.c.key == key))
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise StateError(_why(error)) from None
        if taken.rowcount == 1:
            return Claim.MINE if state == "claimed" else Claim.POSTING
        return Claim.DONE if state == "done" else Claim.HELD

    async def posting(self, key: str, lease: float = LEASE) -> None:
        await self._set(key, "posting", self._clock() + lease, "")

    async def done(self, key: str, message: str) -> None:
        await self._set(key, "done", self._clock(), message[:255])

    async def _set(self, key: str, state: str, until: float, message: str) -> None:
        values = {"state": state, "until": until, "message": message}
        try:
            async with self._engine.begin() as connection:
                changed = await connection.execute(update(events).where(events.c.key == key).values(**values))
                if changed.rowcount == 0:  # claimed while the database was away
                    await connection.execute(self._insert.values(key=key, at=self._clock(), **values))
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise StateError(_why(error)) from None

    async def sweep(self) -> int:
        try:
            async with self._engine.begin() as connection:
                gone = await connection.execute(delete(events).where(events.c.at < self._clock() - KEPT))
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise StateError(_why(error)) from None
        return int(gone.rowcount)

    async def close(self) -> None:
        await self._engine.dispose()


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,  # one connection: transactions of one process never interleave
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": BUSY},
    )

    @event.listens_for(engine.sync_engine, "connect")
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

    return engine


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "bot.state:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _why(error: Exception) -> str:
    """The reason in words, without statement, address or password."""
    if isinstance(error, CommandError):
        return "it was written by a newer version: use that version, or another STATE_PATH or DATABASE_URL"
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error) or isinstance(cause.__cause__, sqlite3.Error):
        return str(cause).splitlines()[0]
    return type(cause).__name__
