"""Highlights shown without a question are whole thoughts: in digests, in the terminal, on the Home tab."""

from datetime import date, timedelta
from random import Random

from bot.answering import listing, lookup
from bot.answering.worth_showing import first_worth_showing, worth_showing
from bot.search.index import Index
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
        for highlight, good in zip(INDEX.library.highlights, worth_showing(INDEX), strict=True)
        if good
    }
    assert worth == {"copy", "other"}
