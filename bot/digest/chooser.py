"""Which quotes to show next in a scope: picked from what the notes hold now and what was shown before."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from weakref import ReferenceType, WeakValueDictionary, ref

import numpy as np
from cachetools import LRUCache

from bot.answering import listing, lookup, themes
from bot.answering.statistics import statistics
from bot.answering.word_filters import local_today
from bot.answering.worth_showing import WorthShowing
from bot.chat.conversation import Bot
from bot.chat.wording import numbers
from bot.digest.daily_review import ReviewedHighlight, in_library
from bot.digest.picking import Candidates, Progress, draw, progress
from bot.model import Quote
from bot.schedule.history import History, Shown, record
from bot.schedule.plan import EVERYTHING, Theme
from bot.search.arrays import Mask
from bot.search.index import Index
from bot.state.claims import StateError
from bot.state.digest_store import DigestStore

T = TypeVar("T")

MAX_THEMES_CACHED = 32
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
    _candidates: LRUCache[tuple[Theme, date], tuple[ReferenceType[Index], Candidates]] = field(
        default_factory=lambda: LRUCache(MAX_THEMES_CACHED)
    )
    """By theme, and by day if it looks back. The reference is weak so that no cache keeps an old index in memory."""
    _worth: tuple[ReferenceType[Index], Mask] | None = None
    """What is worth showing in an index."""
    _worth_showing: WorthShowing = field(default_factory=WorthShowing)
    _memory: LRUCache[str, History] = field(default_factory=lambda: LRUCache(MAX_SCOPES_REMEMBERED))
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """One per scope: of two people who ask at once, the second gets what follows."""

    async def choose(
        self,
        scope: str,
        theme: Theme,
        count: int,
        salt: str = "",
        ids: Sequence[str] = (),
        day: date | None = None,
        key: str = "",
    ) -> Choice:
        """The next highlights, or those with these ids if all of them still exist. `day` is today where they are shown; `key` is
        that of the post that shows them.

        Raises StateError.
        """
        history = await self.history(scope, theme, key)
        return await self._in_thread(lambda: self._choose(history, scope, theme, count, salt, ids, day))

    def may_show(self, quotes: Sequence[Quote]) -> bool:
        """Whether all of these highlights are still in the library."""
        return lookup.as_shown(quotes, self.bot.index)

    async def show(self, scope: str, theme: Theme, count: int) -> tuple[Quote, ...]:
        """The next highlights, recorded as shown. Raises StateError."""
        async with self._locks.setdefault(scope, asyncio.Lock()):
            return await self._show(scope, theme, count)

    async def at_random(self, scope: str, count: int, theme: Theme = EVERYTHING) -> tuple[Quote, ...]:
        """The next highlights, recorded as shown: in memory if the database cannot be used."""
        async with self._locks.setdefault(scope, asyncio.Lock()):
            try:
                return await self._show(scope, theme, count)
            except StateError:
                return await self._show_from_memory(scope, theme, count)

    async def has(self, highlight: str) -> bool:
        """Whether this highlight is still in the notes."""
        return await self._in_thread(lambda: bool(lookup.of_ids([highlight], self.bot.index)))

    async def fits(self, theme: Theme, highlight: str) -> bool:
        """Whether this highlight fits a theme today."""
        return await self._in_thread(lambda: highlight in self.candidates(theme).position)

    async def reviewed(
        self, scope: str, theme: Theme, reviewed: Sequence[ReviewedHighlight]
    ) -> tuple[str, ...]:
        """Ids of the highlights of a Daily Review that may be shown in a scope, in its order. Raises StateError."""
        history = await self.history(scope, theme)
        aside = history.never | history.snoozed
        index = self.bot.index

        def shown() -> tuple[str, ...]:
            found = [one for one in in_library(reviewed, index) if one not in aside]
            if theme.never:
                fits = themes.fitting(theme, index, date.min)
                left = {index.library.highlights[one].id for one in np.flatnonzero(fits).tolist()}
                found = [one for one in found if one in left]
            return tuple(found)

        return await self._in_thread(shown)

    async def year_in_numbers(self, year: int) -> tuple[tuple[str, str], ...]:
        """The statistics of a year, in the reader's language."""
        found = await self._in_thread(lambda: statistics(self.bot.index, year))
        return numbers.statistics(found, year)

    async def progress(self, scope: str, theme: Theme) -> Progress:
        """How much of the round is over. Raises StateError."""
        history = await self.history(scope, theme)
        return await self._in_thread(lambda: progress(self.candidates(theme), history))

    async def history(self, scope: str, theme: Theme, key: str = "") -> History:
        """What was shown, or is being posted by another post than `key`. Raises StateError."""
        return await self.store.history(scope, theme.key, key)

    def candidates(self, theme: Theme, day: date | None = None) -> Candidates:
        """The highlights that fit, computed anew when the notes have changed."""
        return self._candidates_in(self.bot.index, theme, day)

    async def _show(self, scope: str, theme: Theme, count: int) -> tuple[Quote, ...]:
        for tried in range(1, MAX_CHOICES + 1):
            choice = await self.choose(scope, theme, count)
            if await self.store.record_shown(choice.shown, choice.after if tried < MAX_CHOICES else None):
                break
        return choice.quotes

    async def _show_from_memory(self, scope: str, theme: Theme, count: int) -> tuple[Quote, ...]:
        history = self._memory.get(scope, History())
        choice = await self._in_thread(lambda: self._choose(history, scope, theme, count, "", ()))
        turns = {one: history.turn + number for number, one in enumerate(choice.shown.ids, 1)}
        new_round = choice.shown.new_round
        self._memory[scope] = replace(
            history,
            turn=history.turn + len(turns),
            began=history.began if new_round is None else history.turn + new_round,
            turns={**history.turns, **turns},
        )
        return choice.quotes

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _candidates_in(self, index: Index, theme: Theme, day: date | None) -> Candidates:
        today = (day or local_today()) if theme.look_back else date.min
        cached = self._candidates.get((theme, today))
        if cached is None or cached[0]() is not index:
            self._forget_other_indexes(index)
            cached = (ref(index), Candidates.from_index(index, theme, today, self._worth_in(index)))
            self._candidates[theme, today] = cached
        return cached[1]

    def _forget_other_indexes(self, index: Index) -> None:
        """Frees the candidates of indexes that notes have replaced: 14 MB for each theme in a library of 100,000."""
        for one, (of, _) in list(self._candidates.items()):
            if of() is not index:
                del self._candidates[one]

    def _worth_in(self, index: Index) -> Mask:
        if self._worth is None or self._worth[0]() is not index:
            self._worth = (ref(index), self._worth_showing.mask(index))
        return self._worth[1]

    def _choose(
        self,
        history: History,
        scope: str,
        theme: Theme,
        count: int,
        salt: str,
        ids: Sequence[str],
        day: date | None = None,
    ) -> Choice:
        index = self.bot.index
        again = lookup.of_ids(ids, index)
        if ids and len(again) == len(set(ids)):
            return Choice(again, record(history, scope, theme.key, ids), history.turn)
        candidates = self._candidates_in(index, theme, day)
        positions, new_round = draw(candidates, history, count, salt)
        quotes = listing.quotes_of([int(candidates.passages[position]) for position in positions], index)
        shown = Shown(scope, theme.key, tuple(candidates.ids[position] for position in positions), new_round)
        return Choice(quotes, shown, history.turn)
