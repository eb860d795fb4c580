"""Choices, in the database."""

from collections.abc import Mapping

from sqlalchemy import select, update

from bot.state.chosen import Kind
from bot.state.database.engine import Database
from bot.state.database.tables import chosen


class DatabaseChosen:
    """Choices in the database. Methods raise StateError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_chosen(self, kind: Kind, place: str) -> str | None:
        query = select(chosen.c.value).where(chosen.c.kind == kind, chosen.c.place == place)
        async with self._database.begin() as connection:
            value = await connection.scalar(query)
        return None if value is None else str(value)

    async def save_chosen(self, kind: Kind, place: str, value: str) -> None:
        key, row = {"kind": kind, "place": place}, {"at": self._database.now(), "value": value}
        async with self._database.begin() as connection:
            await connection.execute(self._database.insert_new(chosen).values(**key, **row))
            mine = (chosen.c.kind == kind) & (chosen.c.place == place)
            await connection.execute(update(chosen).where(mine).values(**row))

    async def all_chosen(self) -> Mapping[tuple[Kind, str], str]:
        """Everything that is stored, by kind and place."""
        async with self._database.begin() as connection:
            rows = (await connection.execute(select(chosen.c.kind, chosen.c.place, chosen.c.value))).all()
        return {(kind, place): value for kind, place, value in rows}
