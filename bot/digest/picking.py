"""Which highlights are next. Pure: what there is and what was shown go in, a choice comes out, the same one each time.

What was shown in a scope (a channel, a person) is numbered: 1, 2, 3 … are its turns. A round begins at a turn; shown in it is what
has a later one. So a round needs no list: what joins the notes is not shown yet, what leaves them is not asked for, and
nothing starts over.

- Nothing comes twice in a round; the next one begins when nothing that fits is left. Its first picks are none of the last ones.
- First a book is chosen, by chance: one with a hundred highlights left is ten times as likely as one with a single one left, not a
  hundred times; and not the book of the pick before while another has something left.
- Then a highlight of it. Favourites count twice, and up to twice what was not seen for long; what somebody kept, much more. The
  weights of its highlights also make a book more likely.
- What somebody never wants to see again is as if it were not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from bot.schedule.history import History
from bot.schedule.plan import KINDS, Filter
from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index

FAVOURITE = frozenset({"favorite", "favourite", "favorites", "favourites"})
"""Tags of a favourite, as Readwise marks them and as people write them."""
FAVOURITE_WEIGHT, KEPT_WEIGHT = 2.0, 64.0
APART = 4
"""At least a quarter of what fits lies between two times of the same highlight."""


@dataclass(frozen=True, slots=True)
class Stock:
    """The highlights that fit, in any order; the arrays have one entry for each."""

    ids: Sequence[str]
    books: Longs
    """Numbers from 0."""
    favourite: Mask
    passages: Longs
    """Their numbers in the index."""
    seeds: Longs
    """A checksum of each id."""
    book_seeds: Longs
    """A checksum for each book."""
    at: Mapping[str, int]
    """Ids to places in the arrays."""

    @classmethod
    def of(cls, index: Index, only: Filter | None = None) -> "Stock":
        """Of the highlights of an index that have something to read and that the filter lets through."""
        highlights = index.library.highlights
        fits = np.array([bool(one.plain.strip()) for one in highlights], np.bool_)
        if index.quotable is not None:
            fits &= index.quotable
        if only is not None:
            fits &= index.facets.passages(KINDS[only.kind], only.value)
        passages = np.flatnonzero(fits)
        found = [highlights[passage] for passage in passages.tolist()]
        books = [f"{one.title}\0{one.url}\0{one.authors}" for one in index.sources]
        return cls.made(
            [one.id for one in found],
            index.source_of[passages].astype(np.int64),
            np.array([_is_favourite(one.tags) for one in found], np.bool_),
            passages,
            books,
        )

    @classmethod
    def made(
        cls, ids: Sequence[str], books: Longs, favourite: Mask, passages: Longs, names: Sequence[str]
    ) -> "Stock":
        """`names` are those of the books."""
        return cls(
            ids,
            books,
            favourite,
            passages,
            np.array([crc32(one.encode()) for one in ids], np.int64),
            np.array([crc32(one.encode("utf-8", "surrogatepass")) for one in names], np.int64),
            {one: place for place, one in enumerate(ids)},
        )

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Left:
    """How much of a round is over."""

    shown: int
    left: int


def pick(stock: Stock, history: History, count: int, salt: str = "") -> list[int]:
    """Places in the stock of the next highlights: `count` or as many as there are, none twice, in the order to show them.

    `salt` gives another chance to chance.
    """
    turns, open_ = _state(stock, history)
    weights = np.where(stock.favourite, FAVOURITE_WEIGHT, 1.0)
    weights[[stock.at[one] for one in history.kept if one in stock.at]] *= KEPT_WEIGHT
    places: list[int] = []
    began, turn = history.began, history.turn
    for one in history.under_way:
        turn += 1
        if one in stock.at:
            turns[stock.at[one]] = turn
    apart = int(open_.sum()) // APART
    before = int(stock.books[turns.argmax()]) if len(stock) and turns.max() > 0 else -1
    for _ in range(min(count, int(open_.sum()))):
        left = open_ & (turns <= began)
        left[places] = False
        if not left.any():
            began = turn
            left = open_.copy()
            left[places] = False
        rested = left & (turns <= turn - apart)
        chosen = _chosen(
            stock, rested if rested.any() else left, weights * _unseen(turns, turn), before, f"{turn}:{salt}"
        )
        turn += 1
        turns[chosen] = turn
        before = int(stock.books[chosen])
        places.append(chosen)
    return places


def left(stock: Stock, history: History) -> Left:
    """How many of what fits were shown in the round, and how many are left."""
    turns, open_ = _state(stock, history)
    waiting = int((open_ & (turns <= history.began)).sum())
    return Left(int(open_.sum()) - waiting, waiting)


def _state(stock: Stock, history: History) -> tuple[Longs, Mask]:
    """The turn in which each was last shown, 0 for never; and which may be shown at all."""
    turns = np.zeros(len(stock), np.int64)
    for name, turn in history.turns.items():
        if (place := stock.at.get(name)) is not None:
            turns[place] = turn
    open_ = np.ones(len(stock), np.bool_)
    open_[[stock.at[name] for name in history.never if name in stock.at]] = False
    return turns, open_


def _unseen(turns: Longs, turn: int) -> Floats:
    """From 1 for what was shown just now to 2 for what was not seen for longest."""
    age = (turn - turns).astype(np.float32)
    return 1 + age / max(float(age.max(initial=0)), 1.0)


def _chosen(stock: Stock, left: Mask, weights: Floats, before: int, salt: str) -> int:
    """One of those left: a book by the square root of its weights, then one of its highlights by theirs."""
    of_books = np.bincount(stock.books[left], weights[left], minlength=len(stock.book_seeds))
    if np.count_nonzero(of_books) > 1 and before >= 0:
        of_books[before] = 0
    books = np.flatnonzero(of_books)
    book = books[_drawn(stock.book_seeds[books], np.sqrt(of_books[books]), salt)]
    places = np.flatnonzero(left & (stock.books == book))
    return int(places[_drawn(stock.seeds[places], weights[places], salt)])


def _drawn(seeds: Longs, weights: Floats, salt: str) -> int:
    """One place by chance in proportion to its weight (Efraimidis and Spirakis), the same for the same salt."""
    bits = (seeds ^ crc32(salt.encode())).astype(np.uint64)
    for factor in (
        0x7FEB352D,
        0x846CA68B,
        0x9E3779B1,
    ):  # spreads bits: checksums of two salts differ by the same everywhere
        bits = ((bits ^ (bits >> np.uint64(16))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    chance = (bits.astype(np.float64) + 0.5) / 2**32
    return int(np.argmax(np.log(chance) / weights))


def _is_favourite(tags: Sequence[str]) -> bool:
    return any(tag.lstrip("#").casefold() in FAVOURITE for tag in tags)
