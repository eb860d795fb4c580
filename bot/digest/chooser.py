"""Quotes to show next in a scope: the pick, out of what the notes hold now and of what was shown."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar
from weakref import ReferenceType, WeakValueDictionary, ref

from bot.answering import listing
from bot.chat.conversation import Bot
from bot.digest.picking import Left, Stock, left, pick
from bot.model import Quote
from bot.schedule.history import History, Shown, noted
from bot.schedule.plan import Filter
from bot.search.index import Index
from bot.state.claims import StateError
from bot.state.fallback import Keeper

T = TypeVar("T")

MOST_STOCKS = 16
MOST_REMEMBERED = 1_000
"""Scopes of which is remembered what was shown, while the database can't be used."""
MOST_CHOICES = 8
"""Times that is chosen anew where another process shows something in the same scope at the same time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Highlights to show, and what is to be kept of that."""

    quotes: tuple[Quote, ...]
    shown: Shown
    after: int
    """The last turn before these."""


@dataclass(slots=True)
class Chooser:
    """Chooses for digests and for `/highlight random`."""

    bot: Bot
    keeper: Keeper
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "choosing"))
    """Apart from those of questions, which may all be busy."""
    _stocks: OrderedDict[str, tuple[ReferenceType[Index], Stock]] = field(default_factory=OrderedDict)
    """None keeps old notes in memory."""
    _memory: OrderedDict[str, History] = field(default_factory=OrderedDict)
    _one_by_one: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """For each scope: of two who ask at once the second has what follows."""

    async def choose(
        self, scope: str, only: Filter | None, count: int, salt: str = "", ids: Sequence[str] = ()
    ) -> Choice:
        """The next highlights, or those with these ids where all of them are still there. Raises StateError."""
        history = await self.history(scope, only)
        return await self._apart(lambda: self._choice(history, scope, only, count, salt, ids))

    async def show(self, scope: str, only: Filter | None, count: int) -> tuple[Quote, ...]:
        """The next highlights, noted as shown. Raises StateError."""
        async with self._one_by_one.setdefault(scope, asyncio.Lock()):
            return await self._show(scope, only, count)

    async def at_random(self, scope: str, count: int) -> tuple[Quote, ...]:
        """The next highlights, noted as shown: in memory, where the database can't be used."""
        async with self._one_by_one.setdefault(scope, asyncio.Lock()):
            try:
                return await self._show(scope, None, count)
            except StateError:
                return await self._remember(scope, count)

    async def has(self, highlight: str) -> bool:
        """Whether this highlight is there to be shown."""
        return await self._apart(lambda: highlight in self.stock(None).at)

    async def _show(self, scope: str, only: Filter | None, count: int) -> tuple[Quote, ...]:
        for tried in range(1, MOST_CHOICES + 1):
            choice = await self.choose(scope, only, count)
            after = choice.after if tried < MOST_CHOICES else None
            if await self.keeper.kept(lambda shelf, one=choice, after=after: shelf.show(one.shown, after)):  # type: ignore[misc]
                break
        return choice.quotes

    async def _remember(self, scope: str, count: int) -> tuple[Quote, ...]:
        history = self._memory.pop(scope, History())
        choice = await self._apart(lambda: self._choice(history, scope, None, count, "", ()))
        turns = {one: history.turn + number for number, one in enumerate(choice.shown.ids, 1)}
        turn = history.turn + len(turns)
        self._memory[scope] = replace(
            history, turn=turn, began=choice.shown.began, turns={**history.turns, **turns}
        )
        if len(self._memory) > MOST_REMEMBERED:
            self._memory.popitem(last=False)
        return choice.quotes

    async def left(self, scope: str, only: Filter | None) -> Left:
        """How much of the round is over. Raises StateError."""
        history = await self.history(scope, only)
        return await self._apart(lambda: left(self.stock(only), history))

    async def history(self, scope: str, only: Filter | None) -> History:
        """What was shown. Raises StateError."""
        return await self.keeper.kept(lambda shelf: shelf.history(scope, _key(only)))

    def stock(self, only: Filter | None) -> Stock:
        """What fits, made anew when the notes have changed."""
        return self._stock(self.bot.index, only)

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _stock(self, index: Index, only: Filter | None) -> Stock:
        known = self._stocks.pop(_key(only), None)
        if known is None or known[0]() is not index:
            known = (ref(index), Stock.of(index, only))
        self._stocks[_key(only)] = known
        if len(self._stocks) > MOST_STOCKS:
            self._stocks.popitem(last=False)
        return known[1]

    def _choice(
        self, history: History, scope: str, only: Filter | None, count: int, salt: str, ids: Sequence[str]
    ) -> Choice:
        index = self.bot.index
        stock = self._stock(index, only)
        places = [stock.at[one] for one in ids if one in stock.at]
        if not ids or len(places) < len(ids):
            places = pick(stock, history, count, salt)
        quotes = listing.quotes_of([int(stock.passages[place]) for place in places], index)
        shown = noted(history, scope, _key(only), [stock.ids[place] for place in places])
        return Choice(quotes, shown, history.turn)


def _key(only: Filter | None) -> str:
    return only.key if only else ""
