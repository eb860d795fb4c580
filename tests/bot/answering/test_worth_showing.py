"""Highlights shown without a question are whole thoughts: in digests, in the terminal, on the Home tab."""

from datetime import date, timedelta
from random import Random

import pytest

from bot.answering import listing, lookup
from bot.answering import worth_showing as module
from bot.answering.worth_showing import WorthShowing, first_worth_showing
from bot.search.arrays import Ints, Longs
from bot.search.index import Index
from bot.search.streams import WordTerms
from corpus.model import Highlight
from tests.libraries import highlight, library_of

WHOLE = "The sea gives back what the land forgets to keep."
INDEX = Index.build(
    library_of(
        [
            highlight("heading", "Chapter Three", "Tides"),
            highlight("title", "Tides", "Tides"),
            highlight("level", "On the tides we know and do not know", "Tides", tags=("h2",)),
            highlight("begin", "gives back what was once forgotten.", "Tides"),
            highlight("end", "What the harbour keeps is the", "Tides"),
            highlight("long", "The water rises and falls again. " * 80, "Tides"),
            highlight("copy", "The sea gives back what the land forgets to keep, always and everywhere.", "Tides"),
            highlight("whole", WHOLE, "Tides"),
            highlight("other", "Ropes are made of patience.", "Ropes"),
        ]
    )
)  # fmt: skip


def test_random_highlights_are_whole_thoughts() -> None:
    for seed in range(30):
        picked = {quote.highlight.id for quote in listing.at_random(INDEX, 5, Random(seed))}
        assert "other" in picked
        assert picked <= {"other", "whole", "copy"}


def test_the_highlight_of_the_day_is_a_whole_thought() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(40)]
    picked = {quote.highlight.id for day in days if (quote := lookup.of_the_day(INDEX, day))}
    assert picked == {"other", "whole", "copy"}


def test_only_one_of_two_near_copies_is_picked() -> None:
    picked = first_worth_showing([6, 7, 8], 3, INDEX)
    assert [INDEX.library.highlights[passage].id for passage in picked] == ["copy", "other"]


def test_if_nothing_is_worth_showing_something_is_shown_nevertheless() -> None:
    assert first_worth_showing([0, 3], 1, INDEX) == [0]
    assert first_worth_showing([], 1, INDEX) == []


def test_the_mask_of_the_whole_library_agrees_with_the_pick() -> None:
    """For the library as a whole, the longer of two near copies is kept."""
    worth = {
        highlight.id
        for highlight, good in zip(INDEX.library.highlights, WorthShowing().mask(INDEX), strict=True)
        if good
    }
    assert worth == {"copy", "other"}


def test_after_a_change_only_new_passages_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    is_fragment = module.is_fragment

    def noted(passage: Highlight, language: str) -> bool:
        looked_at.append(passage.id)
        return is_fragment(passage, language)

    monkeypatch.setattr(module, "is_fragment", noted)
    new = Index.build(
        library_of([*INDEX.library.highlights, highlight("new", "Nets dry in the sun.", "Ropes")])
    )
    worth = WorthShowing()
    worth.mask(INDEX)
    looked_at.clear()
    mask = worth.mask(new)
    assert looked_at == ["new"]
    assert mask.tolist() == WorthShowing().mask(new).tolist()


def test_a_passage_that_becomes_the_name_of_a_chapter_is_no_longer_worth_showing() -> None:
    before = [highlight("passage", "Nets dry in the sun.", "Ropes")]
    after = [*before, highlight("other", WHOLE, "Ropes", chapter="Nets dry in the sun.")]
    worth = WorthShowing()
    assert worth.mask(Index.build(library_of(before))).tolist() == [True]
    assert worth.mask(Index.build(library_of(after))).tolist() == [False, True]


def test_the_words_of_each_passage_are_read_a_few_times_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    at = WordTerms.at

    def noted(self: WordTerms, places: Longs | Ints | slice) -> Ints:
        found = at(self, places)
        read.append(len(found))
        return found

    monkeypatch.setattr(WordTerms, "at", noted)
    passages = [
        highlight(f"{number}", f"{WHOLE} So they said {number} times, and went on.") for number in range(60)
    ]
    index = Index.build(library_of(passages))
    read.clear()
    WorthShowing().mask(index)
    assert sum(read) <= 4 * len(index.surface_terms.words.ids)
