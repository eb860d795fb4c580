"""Who asked how much in the last minute, in PostgreSQL, for replicas that share the limits on questions.

Hashes of the names are stored for a minute; the questions are not.
"""

from collections.abc import Sequence
from hashlib import blake2b

from sqlalchemy import BigInteger, bindparam, delete, func, select

from bot.state.database.engine import Database
from bot.state.database.tables import asked
from bot.state.shared_limits import WINDOW_S, Limited


class DatabaseAsked:
    """Counts questions of all replicas in a sliding window. Methods raise StateError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_question(self, event: str, limits: Sequence[Limited]) -> str | None:
        """Counts a question towards all limits, once, however many replicas receive it.

        If a limit is reached, the question is not counted, and the name of the first such limit is returned. A lock per name keeps
        two replicas from both using the last free slot.
        """
        now = self._database.now()
        ids = {_number(limit.name): limit for limit in limits}
        async with self._database.begin() as connection:
            for number in sorted(ids):  # a fixed order prevents deadlock
                await connection.execute(select(func.pg_advisory_xact_lock(number)))
            recent = (asked.c.name.in_(ids), asked.c.at > now - WINDOW_S)
            mine = func.count().filter(asked.c.event == event)
            query = select(asked.c.name, func.count(), mine).where(*recent).group_by(asked.c.name)
            found = {name: (count, own) for name, count, own in await connection.execute(query)}
            for number, one in ids.items():
                count, own = found.get(number, (0, 0))
                if count >= one.limit and not own:
                    return one.name
            rows = [{"number": number} for number in ids]
            new = self._database.insert_new(asked).values(
                name=bindparam("number", type_=BigInteger), event=event, at=now
            )
            await connection.execute(new, rows)
        return None

    async def sweep(self) -> int:
        """Deletes what no longer counts; returns how many rows."""
        async with self._database.begin() as connection:
            past = asked.c.at <= self._database.now() - WINDOW_S
            return int((await connection.execute(delete(asked).where(past))).rowcount)


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(errors="replace"), digest_size=8).digest(), signed=True)
