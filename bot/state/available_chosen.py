"""Choices in a database that may be unavailable: then what it held last counts, and nothing can be changed."""

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
    """Runs something on the store of the database that is open just now; None if that did not work."""

    async def __call__(self, work: Callable[[StoredChosen], Awaitable[T]], /) -> T | None: ...


class AvailableChosen:
    """Implements `ChosenStore`."""

    def __init__(self, try_store: TryStore) -> None:
        self._try_store = try_store
        self._known: dict[tuple[Kind, str], str] = {}
        """What the database held last."""

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
            raise StateError("it cannot be used just now")
        self._known[kind, place] = value

    async def restore(self, store: StoredChosen) -> int:
        """Stores what was known and is lost; returns how much that was. Raises StateError."""
        lost = self._known.items() - (await store.all_chosen()).items()
        for (kind, place), value in lost:
            await store.save_chosen(kind, place, value)
        return len(lost)

    async def learn(self, store: StoredChosen) -> None:
        """Takes over all that is stored. Raises StateError."""
        self._known = dict(await store.all_chosen())
