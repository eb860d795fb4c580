"""Which highlights come next. Pure: candidates and history go in, a choice comes out, always the same one.

What is shown in a scope (a channel, a person) is numbered 1, 2, 3 …: its turns. A round begins at a turn, and a highlight was
shown in the round if its turn is later. A round therefore needs no list: new highlights count as not shown yet, deleted ones are
never asked for, and nothing starts over when notes change.

- Nothing comes twice in a round. The next round begins when no matching highlight is left, but not with the highlights shown last.
- A book is drawn first, in proportion to the square root of its weight: a book with a hundred highlights left is ten times as
  likely as one with a single highlight, not a hundred times. The book of the previous pick is skipped while another one has
  something left.
- Then one of its highlights is drawn. Favourites weigh twice as much; a highlight that has not been seen for a long time weighs
  up to twice as much; one that somebody kept weighs much more. The weight of a book is the sum of the weights of its highlights.
- What is being posted counts as shown. It does not come again at the same time, unless nothing else fits.
- Highlights marked "Not this one" do not take part, nor do snoozed ones until the snooze ends.
- Highlights marked 'less often' take part in one round of four, drawn separately for each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.answering import themes
from bot.runtime.stable_hash import stable_hash
from bot.schedule.history import History
from bot.schedule.plan import EVERYTHING, Theme
from bot.search.arrays import Floats, Longs, Mask
from bot.search.favourites import is_favourite
from bot.search.index import Index
from corpus.passages import heads

FAVOURITE_WEIGHT, KEPT_WEIGHT = 2.0, 64.0
"""Factors on the weight of a highlight; the usual weight is 1."""
LESS_DIVISOR = 4
"""A highlight marked "less often" takes part in one of this many rounds."""
MIN_DISTANCE_DIVISOR = 4
"""At least a quarter of the highlights that fit lies between two appearances of the same one."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The highlights that fit, in any order. Each sequence and array has one entry per highlight; `books` holds indices into
    `book_names`."""

    ids: Sequence[str]
    books: Longs
    favourite: Mask
    passages: Longs
    """Numbers of the passages in the index."""
    less: Mask
    """Which of them are marked "less often": each takes part in one of `LESS_DIVISOR` rounds."""
    book_names: Sequence[str]
    """Unique and stable names of the books."""
    position: Mapping[str, int]
    """By id, the position in the arrays."""

    @classmethod
    def from_index(
        cls, index: Index, theme: Theme = EVERYTHING, today: date = date.min, worth: Mask | None = None
    ) -> "Candidates":
        """The highlights of an index that have text, fit the theme on a day and are worth showing; if none is, all that fit.

        Shape of `worth`: (passages,).
        """
        highlights = index.library.highlights
        fits = np.array([one.has_text for one, _ in heads(highlights)], np.bool_)
        if index.quotable is not None:
            fits &= index.quotable
        if theme != EVERYTHING:
            fits &= themes.fitting(theme, index, today)
        if worth is not None and (fits & worth).any():
            fits &= worth
        passages = np.flatnonzero(fits)
        ids, favourite = [], []
        for (one, _), fit in zip(heads(highlights), fits.tolist(), strict=True):
            if (
                fit
            ):  # of each only these two are kept: all heads at once would take 20 MB in a library of 100,000
                ids.append(one.id)
                favourite.append(one.favorite or any(map(is_favourite, one.tags)))
        return cls.create(
            ids,
            index.source_of[passages].astype(np.int64),
            np.array(favourite, np.bool_),
            passages,
            [f"{source.title}\0{source.url}\0{source.authors}" for source in index.sources],
            themes.of_categories_or_titles(theme.less, index)[passages],
        )

    @classmethod
    def create(
        cls,
        ids: Sequence[str],
        books: Longs,
        favourite: Mask,
        passages: Longs,
        book_names: Sequence[str],
        less: Mask | None = None,
    ) -> "Candidates":
        positions = {one: position for position, one in enumerate(ids)}
        seldom = np.zeros(len(ids), np.bool_) if less is None else less
        return cls(ids, books, favourite, passages, seldom, book_names, positions)

    def in_round(self, began: int) -> Mask:
        """The highlights that take part in the round that began at this turn. Shape (highlights,)."""
        taking_part = ~self.less
        for position in np.flatnonzero(self.less).tolist():
            taking_part[position] = stable_hash(self.ids[position], f"round {began}") % LESS_DIVISOR == 0
        return taking_part

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a round."""

    shown: int
    left: int


def pick(candidates: Candidates, history: History, count: int, salt: str = "") -> list[int]:
    """Positions of the next highlights, in the order to show them: `count`, or as many as there are, all different.

    Another `salt` draws differently.
    """
    return draw(candidates, history, count, salt)[0]


def draw(
    candidates: Candidates, history: History, count: int, salt: str = ""
) -> tuple[list[int], int | None]:
    """The same, and the number of the first one that belongs to a new round; None if all belong to the current one."""
    turns, allowed = _turns_and_allowed(candidates, history)
    weights = np.where(candidates.favourite, FAVOURITE_WEIGHT, 1.0)
    weights[[candidates.position[one] for one in history.kept if one in candidates.position]] *= KEPT_WEIGHT
    began, turn = history.began, history.turn
    min_distance = int(allowed.sum()) // MIN_DISTANCE_DIVISOR
    last_book = int(candidates.books[turns.argmax()]) if len(candidates) and turns.max() > 0 else -1
    picked: list[int] = []
    new_round: int | None = None
    taking_part = candidates.in_round(history.began)
    free = np.array([one not in history.under_way for one in candidates.ids], np.bool_)
    for _ in range(min(count, int(allowed.sum()))):
        left = allowed & taking_part & (turns <= began)
        is_over = not left.any()
        if is_over:
            taking_part = candidates.in_round(turn)
            left = allowed & taking_part
            if not left.any():  # only highlights marked "less often" are left
                left = allowed
        if (left & free).any():
            left = left & free
        elif picked:
            break
        if is_over:
            began, new_round = turn, len(picked)
        rested = left & (turns <= turn - min_distance)
        chosen = _draw_highlight(
            candidates,
            rested if rested.any() else left,
            weights * _unseen_factor(turns, turn),
            last_book,
            f"{turn}:{salt}",
        )
        turn += 1
        turns[chosen] = turn
        last_book = int(candidates.books[chosen])
        picked.append(chosen)
        allowed[chosen] = False
    return picked, new_round


def progress(candidates: Candidates, history: History) -> Progress:
    """How many of the highlights that fit were shown in the round, and how many are left."""
    turns, allowed = _turns_and_allowed(candidates, history)
    allowed &= candidates.in_round(history.began)
    left = int((allowed & (turns <= history.began)).sum())
    return Progress(int(allowed.sum()) - left, left)


def _turns_and_allowed(candidates: Candidates, history: History) -> tuple[Longs, Mask]:
    """The turn in which each highlight was last shown (0 for never), and which may be shown at all."""
    turns = np.zeros(len(candidates), np.int64)
    for name, turn in history.turns.items():
        if (position := candidates.position.get(name)) is not None:
            turns[position] = turn
    allowed = np.ones(len(candidates), np.bool_)
    aside = history.never | history.snoozed
    allowed[[candidates.position[name] for name in aside if name in candidates.position]] = False
    return turns, allowed


def _unseen_factor(turns: Longs, turn: int) -> Floats:
    """From 1 for what was shown just now to 2 for what was not seen for longest."""
    age = (turn - turns).astype(np.float32)
    return 1 + age / max(float(age.max(initial=0)), 1.0)


def _draw_highlight(candidates: Candidates, left: Mask, weights: Floats, last_book: int, salt: str) -> int:
    """Draws a book, then one of its highlights; the position of the highlight."""
    book_weights = np.bincount(candidates.books[left], weights[left], minlength=len(candidates.book_names))
    if np.count_nonzero(book_weights) > 1 and last_book >= 0:
        book_weights[last_book] = 0
    books = np.flatnonzero(book_weights)
    names = [candidates.book_names[one] for one in books.tolist()]
    book = books[_draw(names, np.sqrt(book_weights[books]), salt)]
    positions = np.flatnonzero(left & (candidates.books == book))
    ids = [candidates.ids[one] for one in positions.tolist()]
    return int(positions[_draw(ids, weights[positions], salt)])


def _draw(names: Sequence[str], weights: Floats, salt: str) -> int:
    """Draws one of the names in proportion to its weight, always the same one for the same salt, whatever their order.

    Efraimidis and Spirakis, "Weighted random sampling with a reservoir" (2006): the highest log(u) / weight wins, where u is
    uniform in (0, 1). Here u is a hash of the name and the salt.
    """
    hashes = [stable_hash(name, salt) for name in names]
    uniform = (np.array(hashes, np.float64) + 0.5) / 2**32
    return int(np.argmax(np.log(uniform) / weights))
