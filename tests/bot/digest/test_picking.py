"""How highlights are picked: none twice in a round, no book too often, favourites and kept highlights earlier."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest.picking import Candidates, Progress, draw, pick, progress
from bot.schedule.history import History, record
from bot.schedule.plan import Filter, Theme
from bot.search.index import Index
from corpus.model import Library


def books_with(books: Sequence[int], favourites: Sequence[int] = ()) -> Candidates:
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
    new_round = record(history, "", "", ids).new_round
    began = history.began if new_round is None else history.turn + new_round
    turns = {**history.turns, **{id_: history.turn + 1 + number for number, id_ in enumerate(ids)}}
    return ids, replace(
        history, turn=history.turn + len(ids), began=began, turns=turns, kept=history.kept - set(ids)
    )


def pick_many(fitting: Candidates, picks: int, history: History | None = None, salt: str = "") -> list[str]:
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
def test_no_highlight_is_picked_twice_in_a_round(books: list[int], count: int, picks: int, salt: str) -> None:
    fitting, history = books_with(books), History()
    picked_ids: list[str] = []
    for _ in range(picks):
        ids, history = pick_and_record(history, fitting, count, salt)
        assert len(ids) == len(set(ids)) == min(count, len(fitting)), (
            "fewer than asked for only if there are no more"
        )
        picked_ids += ids
    size = len(fitting)
    for begin in range(0, len(picked_ids), size):
        round_ids = picked_ids[begin : begin + size]
        assert len(round_ids) == len(set(round_ids))


@pytest.mark.slow
@given(st.data())
def test_changed_notes_do_not_restart_the_round(data: st.DataObject) -> None:
    """Highlights are added, removed and added again. Each one that is present during a round comes once in it."""
    all_ids = {f"{number % 5}.{number}" for number in range(30)}
    present = set(data.draw(st.sets(st.sampled_from(sorted(all_ids)), min_size=5)))
    history = History()
    in_round: set[str] = set()
    for _ in range(60):
        if data.draw(st.integers(0, 9)) == 0:
            present = set(data.draw(st.sets(st.sampled_from(sorted(all_ids)), min_size=1)))
        order = sorted(present, key=lambda id_: random.Random(id_).random())
        fitting = make_candidates(order, [int(id_[0]) for id_ in order])
        before = history.began
        ids, history = pick_and_record(history, fitting)
        if history.began != before:
            assert present <= in_round, "a round must not end before all present highlights were shown"
            in_round = set()
        assert not in_round & set(ids)
        in_round |= set(ids)


def test_picks_do_not_depend_on_the_order_of_the_notes() -> None:
    fitting = books_with([5, 9, 2, 30])
    reversed_ = make_candidates(list(fitting.ids)[::-1], fitting.books.tolist()[::-1])
    assert pick_many(fitting, 100) == pick_many(reversed_, 100)


@pytest.mark.parametrize("salt", "abc")
def test_a_large_book_does_not_crowd_out_others(salt: str) -> None:
    fitting = books_with([90, *[1] * 10])
    picked_ids = pick_many(fitting, 100, salt=salt)
    assert sorted(picked_ids) == sorted(fitting.ids)
    from_large = [id_.startswith("0.") for id_ in picked_ids[:20]]
    assert sum(from_large) <= 11, "the large book gets at most every second pick"
    two_books = pick_many(books_with([90, 10]), 100, salt=salt)
    assert sum(id_.startswith("1.") for id_ in two_books[:20]) >= 9


def test_books_of_every_size_are_picked() -> None:
    fitting = books_with([100, 50, 20, 10, 5, 3, 2, 1, 1, 1])
    picked_ids = pick_many(fitting, 60)
    counts = [sum(id_.startswith(f"{book}.") for id_ in picked_ids) for book in range(10)]
    assert max(counts) <= 20
    assert counts[0] >= counts[4]
    assert all(first[0] != second[0] for first, second in pairwise(picked_ids))


def mean_position(picked_ids: Sequence[str], ids: set[str]) -> float:
    return sum(picked_ids.index(id_) for id_ in ids) / len(ids) / len(picked_ids)


@pytest.mark.slow
def test_favourites_are_picked_a_little_earlier() -> None:
    fitting = books_with([20] * 10, favourites=range(0, 200, 5))
    favourite = {fitting.ids[place] for place in range(0, 200, 5)}
    positions = [mean_position(pick_many(fitting, 200, salt=str(salt)), favourite) for salt in range(5)]
    assert 0.2 < sum(positions) / 5 < 0.45
    assert all(position < 0.5 for position in positions)


@pytest.mark.slow
def test_highlights_not_shown_for_long_are_picked_a_little_earlier() -> None:
    fitting = books_with([10] * 20)
    long_ago = set(list(fitting.ids)[::2])
    turns = {id_: 1 + number for number, id_ in enumerate(sorted(long_ago))}
    turns |= {id_: 1801 + number for number, id_ in enumerate(sorted(set(fitting.ids) - long_ago))}
    history = History(turn=2000, began=2000, turns=turns)  # no highlight was shown in the last quarter
    positions = [mean_position(pick_many(fitting, 200, history, str(salt)), long_ago) for salt in range(10)]
    assert 0.3 < sum(positions) / 10 < 0.47


@pytest.mark.long
@pytest.mark.parametrize("books", [[100], [10] * 10, [1] * 100, [91, 1, 1, 1, 1, 1, 1, 1, 1, 1]])
def test_a_kept_highlight_is_picked_sooner_in_the_next_round_but_only_once(books: list[int]) -> None:
    fitting = books_with(books)
    positions = []
    for salt in range(20):
        history = History()
        for _ in range(50):
            _, history = pick_and_record(history, fitting, salt=str(salt))
        kept = next(iter(history.turns))
        history = replace(history, kept=frozenset({kept}))
        assert kept not in pick_many(fitting, 50, history, str(salt)), (
            "it must not be picked again in the same round"
        )
        for _ in range(50):
            _, history = pick_and_record(history, fitting, salt=str(salt))
        picked_ids = pick_many(fitting, 100, history, str(salt))
        positions.append(picked_ids.index(kept))
        assert picked_ids.count(kept) == 1
    assert sum(positions) / 20 < 25


def test_highlights_marked_never_are_not_picked() -> None:
    fitting = books_with([5, 5])
    history = History(never=frozenset({"0.1", "1.3"}))
    assert set(pick_many(fitting, 40, history)) == set(fitting.ids) - {"0.1", "1.3"}
    assert progress(fitting, history) == Progress(0, 8)
    assert pick(books_with([1]), History(never=frozenset({"0.0"})), 3) == []
    assert pick(books_with([]), History(), 3) == []


def test_a_quarter_of_all_highlights_is_shown_before_one_is_repeated() -> None:
    picked_ids = pick_many(books_with([3] * 8), 480)
    last: dict[str, int] = {}
    for position, id_ in enumerate(picked_ids):
        assert position - last.get(id_, -99) >= 24 / 4
        last[id_] = position


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
    picked_ids = pick_many(everything, len(everything) - len(tagged), rest)
    assert set(picked_ids) == set(everything.ids) - set(tagged.ids)


def test_progress_counts_shown_and_left() -> None:
    fitting, history = books_with([2, 3]), History()
    assert progress(fitting, history) == Progress(0, 5)
    for _ in range(3):
        _, history = pick_and_record(history, fitting)
    assert progress(fitting, history) == Progress(3, 2)
    _, history = pick_and_record(history, fitting, 4)
    assert progress(fitting, history) == Progress(2, 3), "two picks ended the first round, two began the next"


def test_what_is_being_posted_comes_only_if_nothing_else_fits() -> None:
    fitting = books_with([2, 2])
    every = set(fitting.ids)
    shown = History(4, 0, {id_: turn for turn, id_ in enumerate(sorted(every), 1)})
    for posted in every:
        others, new_round = draw(fitting, replace(shown, under_way=frozenset({posted})), 4)
        assert ({fitting.ids[place] for place in others}, new_round) == (every - {posted}, 0)
    assert len(pick(fitting, replace(shown, under_way=frozenset(every)), 4)) == 1
