"""Claims in the database. Every statement is atomic by itself."""

from collections.abc import Callable, Sequence
from typing import Self

from sqlalchemy import Float, bindparam, delete, select, update

from bot.state.claims import CLAIM_RETENTION_S, LEASE_S, STAGES, Claim, KnownClaim
from bot.state.database.engine import Database
from bot.state.database.tables import events


class DatabaseClaims:
    """Implements `Claims`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, url: str, clock: Callable[[], float] | None = None) -> Self:
        """Opens a database for claims alone. Raises StateError."""
        return cls(await Database.open(url, clock))

    async def claim(self, key: str) -> Claim:
        now = self._database.now()
        new_row = {"key": key, "state": "claimed", "until": now + LEASE_S, "at": now, "message": ""}
        async with self._database.begin() as connection:
            inserted = await connection.execute(self._database.insert_new(events).values(**new_row))
            if inserted.rowcount == 1:
                return Claim.MINE
            taken_over = await connection.execute(
                update(events)
                .where(events.c.key == key, events.c.state != "done", events.c.until <= now)
                .values(until=now + LEASE_S)
            )
            state = await connection.scalar(select(events.c.state).where(events.c.key == key))
        if taken_over.rowcount == 1:
            return Claim.MINE if state == "claimed" else Claim.POSTING
        return Claim.DONE if state == "done" else Claim.HELD

    async def renew(self, key: str, lease: float = LEASE_S) -> bool:
        return await self._set(key, "posting", lease, "")

    async def complete(self, key: str, message: str) -> None:
        await self._set(key, "done", 0.0, message[:255])

    async def _set(self, key: str, state: str, lease: float, message: str) -> bool:
        """Records a stage; whether it was recorded. An event that is done stays done."""
        now = self._database.now()
        values = {"state": state, "until": now + lease, "message": message}
        unfinished = (events.c.key == key, events.c.state != "done")
        async with self._database.begin() as connection:
            updated = await connection.execute(update(events).where(*unfinished).values(**values))
            if updated.rowcount:
                return True
            # Claimed in memory while the database was unavailable.
            new = await connection.execute(
                self._database.insert_new(events).values(key=key, at=now, **values)
            )
            return new.rowcount == 1

    async def restore(self, known: Sequence[KnownClaim]) -> None:
        now = self._database.now()
        async with self._database.begin() as connection:
            for stage in STAGES:
                rows = [{"id": one.key, "left": one.left_s} for one in known if one.stage == stage]
                if not rows:
                    continue
                until = now + bindparam("left", type_=Float)
                values = {"state": stage, "until": until, "message": ""}
                behind = events.c.state == "claimed" if stage == "posting" else events.c.state != stage
                if stage != "claimed":
                    mine = events.c.key == bindparam("id")
                    await connection.execute(update(events).where(mine, behind).values(**values), rows)
                new = self._database.insert_new(events).values(key=bindparam("id"), at=now, **values)
                await connection.execute(new, rows)

    async def abandoned(self, max_age_s: float) -> list[str]:
        now = self._database.now()
        unfinished = (events.c.state != "done", events.c.until <= now, events.c.at > now - max_age_s)
        async with self._database.begin() as connection:
            found = await connection.scalars(select(events.c.key).where(*unfinished).order_by(events.c.at))
        return list(found)

    async def sweep(self) -> int:
        expired = events.c.at < self._database.now() - CLAIM_RETENTION_S
        async with self._database.begin() as connection:
            deleted = await connection.execute(delete(events).where(expired))
        return int(deleted.rowcount)

    async def close(self) -> None:
        await self._database.close()
