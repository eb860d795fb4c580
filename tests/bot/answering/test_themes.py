"""Filters that a person adds to `random` and `recent`."""

from datetime import date

import pytest

from bot.answering import themes
from bot.answering.themes import LeftOver
from bot.schedule.plan import Theme
from bot.search.index import Index
from tests.libraries import highlight, library_of

TODAY = date(2026, 11, 29)
INDEX = Index.build(
    library_of(
        [
            highlight("waste", "Waste no hour on gossip.", "Letters", "Seneca", tags=("favorite",), added="2026-05-03"),
            highlight("anger", "Anger is a brief madness.", "On Anger", "Seneca", color="yellow", added="2026-10-03"),
            highlight("tide", "The tide keeps its own hours.", "Stand by Me", "Rob Rook", tags=("favorite", "sea")),
            highlight("floor", "Under the floor it is quiet.", "Notes from Below", "Fyo D"),
            highlight("clock", "The clocks were striking thirteen times.", "1984", "Ann Author"),
        ]
    )
)  # fmt: skip


def fitting_ids(text: str) -> set[str] | str:
    """Returns the ids of the highlights that fit, or the words that were not understood."""
    theme = themes.read(text, INDEX, TODAY)
    if isinstance(theme, LeftOver):
        return theme.words
    fits = themes.fitting(theme, INDEX, TODAY)
    return {highlight.id for highlight, fit in zip(INDEX.library.highlights, fits, strict=True) if fit}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("tag favorite by Seneca", {"waste"}),
        ("tag favorite, by Seneca", {"waste"}),
        ("by Seneca and tag favorite", {"waste"}),
        ("by: Seneca tag:favorite", {"waste"}),
        ("favourites by Seneca", {"waste"}),
        ("tag favorite tag sea", {"tide"}),
        ("by Seneca from On Anger", {"anger"}),
        ("color:yellow", {"anger"}),
        ("color:yellow by Seneca", {"anger"}),
        ("by Seneca since July", {"anger"}),
        ("since July by Seneca", {"anger"}),
        ("by Seneca from last month", {"anger"}),
        ("from May by Seneca", {"waste"}),
    ],
)
def test_every_name_and_time_must_match(text: str, ids: set[str]) -> None:
    assert fitting_ids(text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("from Stand by Me", {"tide"}),
        ("from Stand by Me by Rob", {"tide"}),
        ("from Notes from Below", {"floor"}),
        ("from Notes from Belw", {"floor"}),
        ("from 1984", {"clock"}),
        ("from 1984 by Ann Author", {"clock"}),
    ],
)
def test_a_title_may_contain_a_filter_word(text: str, ids: set[str]) -> None:
    assert fitting_ids(text) == ids


def test_a_name_without_highlights_is_reported() -> None:
    theme = themes.read("by Seneca tag nowhere", INDEX, TODAY)
    assert isinstance(theme, Theme)
    missing = themes.unmatched(theme, INDEX)
    assert missing is not None
    assert (missing.facet, missing.name) == ("tag", "nowhere")


@pytest.mark.parametrize("text", ["zebra", "zebra by Seneca", "by", "of course"])
def test_other_words_are_not_understood(text: str) -> None:
    assert fitting_ids(text) == text.removesuffix(" by Seneca")


def test_the_name_of_a_month_is_read_as_an_author_after_by() -> None:
    theme = themes.read("by May", INDEX, TODAY)
    assert isinstance(theme, Theme)
    assert themes.unmatched(theme, INDEX) is not None
