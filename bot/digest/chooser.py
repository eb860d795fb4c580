"""Which quotes to show next in a scope: picked from what the notes hold now and what was shown before."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar
from weakref import ReferenceType, WeakValueDictionary, ref

from cachetools import LRUCache

from bot.answering import listing
from bot.chat.conversation import Bot
from bot.digest.picking import Candidates, Progress, pick, progress
from bot.model import Quote
from bot.schedule.history import History, Shown, record
from bot.schedule.plan import Filter
from bot.search.index import Index
from bot.state.claims import StateError
from bot.state.digest_store import DigestStore

T = TypeVar("T")

MAX_FILTERS_CACHED = 16
MAX_SCOPES_REMEMBERED = 1_000
"""Scopes whose history is kept in memory while the database cannot be used."""
MAX_CHOICES = 8
"""How often to choose again when another process shows something in the same scope at the same time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Highlights to show, and what to record about them."""

    quotes: tuple[Quote, ...]
    shown: Shown
    after: int
    """The last turn before these."""


@dataclass(slots=True)
class Chooser:
    """Chooses for digests and for `/highlight random`."""

    bot: Bot
    store: DigestStore
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "choosing"))
    """Its own thread: those of questions may all be busy."""
    _candidates: LRUCache[str, tuple[ReferenceType[Index], Candidates]] = field(
        default_factory=lambda: LRUCache(MAX_FILTERS_CACHED)
    )
    """By filter. The reference is weak so that no cache keeps an old index in memory."""
    _memory: LRUCache[str, History] = field(default_factory=lambda: LRUCache(MAX_SCOPES_REMEMBERED))
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """One per scope: of two people who ask at once, the second gets what follows."""

    async def choose(
        self, scope: str, only: Filter | None, count: int, salt: str = "", ids: Sequence[str] = ()
    ) -> Choice:
        """The next highlights, or those with these ids if all of them still exist. Raises StateError."""
        history = await self.history(scope, only)
        return await self._in_thread(lambda: self._choose(history, scope, only, count, salt, ids))

    async def show(self, scope: str, only: Filter | None, count: int) -> tuple[Quote, ...]:
        """The next highlights, recorded as shown. Raises StateError."""
        async with self._locks.setdefault(scope, asyncio.Lock()):
            return await self._show(scope, only, count)

    async def at_random(self, scope: str, count: int) -> tuple[Quote, ...]:
        """The next highlights, recorded as shown: in memory if the database cannot be used."""
        async with self._locks.setdefault(scope, asyncio.Lock()):
            try:
                return await self._show(scope, None, count)
            except StateError:
                return await self._show_from_memory(scope, count)

    async def has(self, highlight: str) -> bool:
        """Whether this highlight can be shown."""
        return await self._in_thread(lambda: highlight in self.candidates(None).position)

    async def progress(self, scope: str, only: Filter | None) -> Progress:
        """How much of the round is over. Raises StateError."""
        history = await self.history(scope, only)
        return await self._in_thread(lambda: progress(self.candidates(only), history))

    async def history(self, scope: str, only: Filter | None) -> History:
        """What was shown. Raises StateError."""
        return await self.store.history(scope, _key(only))

    def candidates(self, only: Filter | None) -> Candidates:
        """The highlights that fit, computed anew when the notes have changed."""
        return self._candidates_in(self.bot.index, only)

    async def _show(self, scope: str, only: Filter | None, count: int) -> tuple[Quote, ...]:
        for tried in range(1, MAX_CHOICES + 1):
            choice = await self.choose(scope, only, count)
            if await self.store.record_shown(choice.shown, choice.after if tried < MAX_CHOICES else None):
                break
        return choice.quotes

    async def _show_from_memory(self, scope: str, count: int) -> tuple[Quote, ...]:
        history = self._memory.get(scope, History())
        choice = await self._in_thread(lambda: self._choose(history, scope, None, count, "", ()))
        turns = {one: history.turn + number for number, one in enumerate(choice.shown.ids, 1)}
        self._memory[scope] = replace(
            history,
            turn=history.turn + len(turns),
            began=choice.shown.began,
            turns={**history.turns, **turns},
        )
        return choice.quotes

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _candidates_in(self, index: Index, only: Filter | None) -> Candidates:
        cached = self._candidates.get(_key(only))
        if cached is None or cached[0]() is not index:
            cached = (ref(index), Candidates.from_index(index, only))
            self._candidates[_key(only)] = cached
        return cached[1]

    def _choose(
        self, history: History, scope: str, only: Filter | None, count: int, salt: str, ids: Sequence[str]
    ) -> Choice:
        index = self.bot.index
        candidates = self._candidates_in(index, only)
        positions = [candidates.position[one] for one in ids if one in candidates.position]
        if not ids or len(positions) < len(ids):
            positions = pick(candidates, history, count, salt)
        quotes = listing.quotes_of([int(candidates.passages[one]) for one in positions], index)
        shown = record(history, scope, _key(only), [candidates.ids[one] for one in positions])
        return Choice(quotes, shown, history.turn)


def _key(only: Filter | None) -> str:
    return only.key if only else ""
