"""Claims in the database. Every statement stands alone and is atomic."""

from collections.abc import Callable
from typing import Self

from sqlalchemy import Column, Float, String, Table, delete, select, update

from bot.state.claims import KEPT, LEASE, Claim
from bot.state.database import Database, metadata

events = Table(
    "events",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("state", String(8), nullable=False),  # claimed, posting, done
    Column("until", Float, nullable=False),  # end of the lease
    Column("at", Float, nullable=False, index=True),  # first claimed
    Column("message", String(255), nullable=False),  # id of the reply, "" without one
)


class DatabaseClaims:
    """Implements `Claims`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, url: str, clock: Callable[[], float] | None = None) -> Self:
        """In a database of its own. Raises StateError."""
        return cls(await Database.open(url, clock))

    async def claim(self, key: str) -> Claim:
        now = self._database.now()
        fresh = {"key": key, "state": "claimed", "until": now + LEASE, "at": now, "message": ""}
        async with self._database.begin() as connection:
            inserted = await connection.execute(self._database.insert_new(events).values(**fresh))
            if inserted.rowcount == 1:
                return Claim.MINE
            taken = await connection.execute(
                update(events)
                .where(events.c.key == key, events.c.state != "done", events.c.until <= now)
                .values(until=now + LEASE)
            )
            state = await connection.scalar(select(events.c.state).where(events.c.key == key))
        if taken.rowcount == 1:
            return Claim.MINE if state == "claimed" else Claim.POSTING
        return Claim.DONE if state == "done" else Claim.HELD

    async def posting(self, key: str, lease: float = LEASE) -> None:
        await self._set(key, "posting", lease, "")

    async def done(self, key: str, message: str) -> None:
        await self._set(key, "done", 0.0, message[:255])

    async def _set(self, key: str, state: str, lease: float, message: str) -> None:
        now = self._database.now()
        values = {"state": state, "until": now + lease, "message": message}
        async with self._database.begin() as connection:
            changed = await connection.execute(update(events).where(events.c.key == key).values(**values))
            if changed.rowcount == 0:  # claimed while the database was away
                await connection.execute(self._database.insert_new(events).values(key=key, at=now, **values))

    async def sweep(self) -> int:
        async with self._database.begin() as connection:
            gone = await connection.execute(delete(events).where(events.c.at < self._database.now() - KEPT))
        return int(gone.rowcount)

    async def close(self) -> None:
        await self._database.close()
