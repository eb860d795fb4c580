"""What comes without being asked for is a whole thought: in digests, in the terminal, on the Home tab."""

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


def test_only_whole_thoughts_come_at_random() -> None:
    for seed in range(30):
        picked = {one.highlight.id for one in listing.at_random(INDEX, 5, Random(seed))}
        assert "other" in picked
        assert picked <= {"other", "whole", "copy"}


def test_the_highlight_of_the_day_is_a_whole_thought() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(40)]
    picked = {quote.highlight.id for day in days if (quote := lookup.of_the_day(INDEX, day))}
    assert picked == {"other", "whole", "copy"}


def test_of_near_copies_one_is_picked() -> None:
    picked = first_worth_showing([6, 7, 8], 3, INDEX)
    assert [INDEX.library.highlights[one].id for one in picked] == ["copy", "other"]


def test_where_nothing_is_worth_showing_there_is_something_all_the_same() -> None:
    assert first_worth_showing([0, 3], 1, INDEX) == [0]
    assert first_worth_showing([], 1, INDEX) == []


def test_both_ways_to_look_agree() -> None:
    """The library as a whole keeps the longer of two near copies."""
    worth = {one.id for one, good in zip(INDEX.library.highlights, worth_showing(INDEX), strict=True) if good}
    assert worth == {"copy", "other"}
