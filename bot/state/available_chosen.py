"""Choices in a database that may be unavailable. While it is unavailable, the last known choices apply and cannot be changed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from bot.state.chosen import ChosenStore, Kind
from bot.state.claims import StateError

T = TypeVar("T")


class StoredChosen(ChosenStore, Protocol):
    """Choices in a database. Methods raise StateError."""

    async def all_chosen(self) -> Mapping[tuple[Kind, str], str]:
        """Everything that is stored, by kind and place."""


class TryStore(Protocol):
    """Runs `work` on the store of the open database; None if that failed."""

    async def __call__(self, work: Callable[[StoredChosen], Awaitable[T]], /) -> T | None: ...


class AvailableChosen:
    """Implements `ChosenStore`."""

    def __init__(self, try_store: TryStore) -> None:
        self._try_store = try_store
        self._known: dict[tuple[Kind, str], str] = {}
        """The choices last read from the database or written to it."""

    async def load_chosen(self, kind: Kind, place: str) -> str | None:
        async def load(store: StoredChosen) -> tuple[str | None]:
            return (await store.load_chosen(kind, place),)

        loaded = await self._try_store(load)
        if loaded is not None and loaded[0] is not None:
            self._known[kind, place] = loaded[0]
        return self._known.get((kind, place))

    async def save_chosen(self, kind: Kind, place: str, value: str) -> None:
        async def save(store: StoredChosen) -> bool:
            await store.save_chosen(kind, place, value)
            return True

        if not await self._try_store(save):
            raise StateError("it is unavailable just now")
        self._known[kind, place] = value

    async def restore(self, store: StoredChosen) -> int:
        """Restores known choices the database has lost; returns how many. Raises StateError."""
        lost = self._known.items() - (await store.all_chosen()).items()
        for (kind, place), value in lost:
            await store.save_chosen(kind, place, value)
        return len(lost)

    async def learn(self, store: StoredChosen) -> None:
        """Loads all stored choices. Raises StateError."""
        self._known = dict(await store.all_chosen())
