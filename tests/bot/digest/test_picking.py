"""How highlights are picked: none twice in a round, no book more often than others, favourites and kept ones earlier."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest.picking import Candidates, Progress, pick, progress
from bot.schedule.history import History, record
from bot.schedule.plan import Filter, Theme
from bot.search.index import Index
from corpus.model import Library


def stock(books: Sequence[int], favourites: Sequence[int] = ()) -> Candidates:
    """Candidates from books with these numbers of highlights. An id is "book.number"."""
    owners = [book for book, size in enumerate(books) for _ in range(size)]
    ids = [f"{book}.{number}" for book, size in enumerate(books) for number in range(size)]
    return make_candidates(ids, owners, favourites)


def make_candidates(ids: Sequence[str], owners: Sequence[int], favourites: Sequence[int] = ()) -> Candidates:
    favourite = np.isin(np.arange(len(ids)), favourites)
    names = [f"book {number}" for number in range(max(owners, default=-1) + 1)]
    return Candidates.create(list(ids), np.array(owners, np.int64), favourite, np.arange(len(ids)), names)


def pick_and_record(
    history: History, fitting: Candidates, count: int = 1, salt: str = ""
) -> tuple[list[str], History]:
    """Picks highlights. Returns their ids, and the history with them added, as the state would record it."""
    ids = [fitting.ids[place] for place in pick(fitting, history, count, salt)]
    began = record(history, "", "", ids).began
    turns = {**history.turns, **{one: history.turn + 1 + number for number, one in enumerate(ids)}}
    return ids, replace(
        history, turn=history.turn + len(ids), began=began, turns=turns, kept=history.kept - set(ids)
    )


def walk(fitting: Candidates, picks: int, history: History | None = None, salt: str = "") -> list[str]:
    history = history or History()
    picked_ids: list[str] = []
    for _ in range(picks):
        ids, history = pick_and_record(history, fitting, salt=salt)
        picked_ids += ids
    return picked_ids


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=8),
    st.integers(1, 10),
    st.integers(1, 60),
    st.text(max_size=3),
)
def test_nothing_comes_twice_in_a_round(books: list[int], count: int, picks: int, salt: str) -> None:
    fitting, history = stock(books), History()
    picked_ids: list[str] = []
    for _ in range(picks):
        ids, history = pick_and_record(history, fitting, count, salt)
        assert len(ids) == len(set(ids)) == min(count, len(fitting)), "fewer than asked: what there is"
        picked_ids += ids
    size = len(fitting)
    for begin in range(0, len(picked_ids), size):
        of_round = picked_ids[begin : begin + size]
        assert len(of_round) == len(set(of_round))


@pytest.mark.slow
@given(st.data())
def test_changed_notes_do_not_start_the_round_over(data: st.DataObject) -> None:
    """Highlights are added, removed and added again. Each one that is present during a round comes once in it."""
    everything = {f"{number % 5}.{number}" for number in range(30)}
    there = set(data.draw(st.sets(st.sampled_from(sorted(everything)), min_size=5)))
    history = History()
    in_round: set[str] = set()
    for _ in range(60):
        if data.draw(st.integers(0, 9)) == 0:
            there = set(data.draw(st.sets(st.sampled_from(sorted(everything)), min_size=1)))
        order = sorted(there, key=lambda one: random.Random(one).random())
        fitting = make_candidates(order, [int(one[0]) for one in order])
        before = history.began
        ids, history = pick_and_record(history, fitting)
        if history.began != before:
            assert there <= in_round, "a round ends when nothing of what is there is left"
            in_round = set()
        assert not in_round & set(ids)
        in_round |= set(ids)


def test_the_order_of_the_notes_does_not_matter() -> None:
    fitting = stock([5, 9, 2, 30])
    turned = make_candidates(list(fitting.ids)[::-1], fitting.books.tolist()[::-1])
    assert walk(fitting, 100) == walk(turned, 100)


@pytest.mark.parametrize("salt", "abc")
def test_a_large_book_does_not_crowd_out_others(salt: str) -> None:
    fitting = stock([90, *[1] * 10])
    picked_ids = walk(fitting, 100, salt=salt)
    assert sorted(picked_ids) == sorted(fitting.ids)
    first = [one.startswith("0.") for one in picked_ids[:20]]
    assert sum(first) <= 11, "no more than every other"
    two = walk(stock([90, 10]), 100, salt=salt)
    assert sum(one.startswith("1.") for one in two[:20]) >= 9


def test_books_of_every_size_are_drawn() -> None:
    fitting = stock([100, 50, 20, 10, 5, 3, 2, 1, 1, 1])
    picked_ids = walk(fitting, 60)
    counts = [sum(one.startswith(f"{book}.") for one in picked_ids) for book in range(10)]
    assert max(counts) <= 20
    assert counts[0] >= counts[4]
    assert all(one[0] != other[0] for one, other in pairwise(picked_ids))


def mean_place(picked_ids: Sequence[str], wanted: set[str]) -> float:
    return sum(picked_ids.index(one) for one in wanted) / len(wanted) / len(picked_ids)


@pytest.mark.slow
def test_favourites_come_a_little_earlier() -> None:
    fitting = stock([20] * 10, favourites=range(0, 200, 5))
    favourite = {fitting.ids[place] for place in range(0, 200, 5)}
    places = [mean_place(walk(fitting, 200, salt=str(salt)), favourite) for salt in range(5)]
    assert 0.2 < sum(places) / 5 < 0.45
    assert all(place < 0.5 for place in places)


@pytest.mark.slow
def test_highlights_not_seen_for_long_come_a_little_earlier() -> None:
    fitting = stock([10] * 20)
    long_ago = set(list(fitting.ids)[::2])
    turns = {one: 1 + number for number, one in enumerate(sorted(long_ago))}
    turns |= {one: 1801 + number for number, one in enumerate(sorted(set(fitting.ids) - long_ago))}
    history = History(turn=2000, began=2000, turns=turns)  # no highlight was shown in the last quarter
    places = [mean_place(walk(fitting, 200, history, str(salt)), long_ago) for salt in range(10)]
    assert 0.3 < sum(places) / 10 < 0.47


@pytest.mark.long
@pytest.mark.parametrize("books", [[100], [10] * 10, [1] * 100, [91, 1, 1, 1, 1, 1, 1, 1, 1, 1]])
def test_kept_highlights_come_sooner_in_the_next_round_once(books: list[int]) -> None:
    fitting = stock(books)
    places = []
    for salt in range(20):
        history = History()
        for _ in range(50):
            _, history = pick_and_record(history, fitting, salt=str(salt))
        kept = next(iter(history.turns))
        history = replace(history, kept=frozenset({kept}))
        assert kept not in walk(fitting, 50, history, str(salt)), "not again in the same round"
        for _ in range(50):
            _, history = pick_and_record(history, fitting, salt=str(salt))
        picked_ids = walk(fitting, 100, history, str(salt))
        places.append(picked_ids.index(kept))
        assert picked_ids.count(kept) == 1
    assert sum(places) / 20 < 25


def test_highlights_marked_never_are_not_picked() -> None:
    fitting = stock([5, 5])
    history = History(never=frozenset({"0.1", "1.3"}))
    assert set(walk(fitting, 40, history)) == set(fitting.ids) - {"0.1", "1.3"}
    assert progress(fitting, history) == Progress(0, 8)
    assert pick(stock([1]), History(never=frozenset({"0.0"})), 3) == []
    assert pick(stock([]), History(), 3) == []


def test_a_quarter_of_all_highlights_comes_between_two_appearances() -> None:
    picked_ids = walk(stock([3] * 8), 480)
    last: dict[str, int] = {}
    for place, one in enumerate(picked_ids):
        assert place - last.get(one, -99) >= 24 / 4
        last[one] = place


@pytest.mark.slow
def test_a_filter_has_its_own_round(sample: Library) -> None:
    """A filter's round may end many times. Without the filter, its highlights come again only after all others were shown."""
    index = Index.build(sample)
    everything, tagged = (
        Candidates.from_index(index),
        Candidates.from_index(index, Theme((Filter("tag", "favorite"),))),
    )
    assert 0 < len(tagged) < len(everything)
    history = History()
    for _ in range(3 * len(tagged)):
        ids, history = pick_and_record(history, tagged)
        assert set(ids) <= set(tagged.ids)
    rest = replace(history, began=0)
    picked_ids = walk(everything, len(everything) - len(tagged), rest)
    assert set(picked_ids) == set(everything.ids) - set(tagged.ids)


def test_progress_counts_shown_and_left() -> None:
    fitting, history = stock([2, 3]), History()
    assert progress(fitting, history) == Progress(0, 5)
    for _ in range(3):
        _, history = pick_and_record(history, fitting)
    assert progress(fitting, history) == Progress(3, 2)
    _, history = pick_and_record(history, fitting, 4)
    assert progress(fitting, history) == Progress(2, 3), "two of the first round, two of the next"
