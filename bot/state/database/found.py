"""Lists of what was found, in the database."""

from sqlalchemy import delete, select

from bot.state.database.engine import Database
from bot.state.database.tables import found_lists
from bot.state.found_lists import FOUND_RETENTION_S, FoundList


class DatabaseFoundLists:
    """Implements `FoundLists`. Methods raise StateError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save_found(self, key: str, found: FoundList) -> None:
        row = {"key": key, "at": self._database.now(), "found": found.encode()}
        async with self._database.begin() as connection:
            await connection.execute(self._database.insert_new(found_lists).values(**row))

    async def load_found(self, key: str) -> FoundList | None:
        async with self._database.begin() as connection:
            text = await connection.scalar(select(found_lists.c.found).where(found_lists.c.key == key))
        try:
            return FoundList.decode(text) if text is not None else None
        except ValueError:
            return None

    async def sweep(self) -> int:
        """Deletes lists older than `FOUND_RETENTION_S`; returns how many."""
        expired = found_lists.c.at < self._database.now() - FOUND_RETENTION_S
        async with self._database.begin() as connection:
            deleted = await connection.execute(delete(found_lists).where(expired))
        return int(deleted.rowcount)
