"""The rendering code that all platforms share: links, shortened texts, highlights by id, dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import lookup
from bot.answering.shorten import shortened
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.model import Quote
from bot.text import safe_links
from bot.text.sanitize import visible
from bot.text.truncate import clipped, cut_position
from corpus.model import Highlight, Source
from tests.adapters.slack.cards import hostile
from tests.libraries import highlight


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two"),
        ("one two three", 8, "one two"),
        ("one two three", 7, "one two"),
        ("one twothreefour", 12, "one twothree"),
        ("慢读与久记", 3, "慢读与"),
        ("a👨‍👩‍👧‍👦b", 3, "a"),
        ("👨‍👩‍👧‍👦b", 3, ""),
        ("e\u0301e\u0301", 3, "e\u0301"),
    ],
)
def test_a_text_is_cut_between_words_or_if_that_fails_between_characters(
    text: str, limit: int, kept: str
) -> None:
    assert text[: cut_position(text, limit)].rstrip() == kept


@given(hostile.long_texts, st.integers(1, 500))
def test_a_shortened_text_fits(text: str, limit: int) -> None:
    assert len(visible(text[: cut_position(text, limit)])) <= limit
    assert len(visible(clipped(text, limit, ""))) <= limit


@given(hostile.quotes(), st.integers(1, 500))
def test_a_shortened_quote_is_word_for_word(quote: Quote, limit: int) -> None:
    shorter = shortened(quote, limit)
    for start, end in shorter.spans:
        assert any(
            first <= start < end + (start == first == end) <= last + (first == last)
            for first, last in quote.spans
        )
    assert all(any(s <= a and b <= e for s, e in shorter.spans) for a, b in shorter.marks)
    assert (
        sum(len(visible(quote.highlight.plain[s:e])) for s, e in shorter.spans) <= limit or shorter is quote
    )


def test_a_shortened_quote_keeps_the_matched_words() -> None:
    plain = (
        "The first sentence tells of the weather on the coast. " * 8
        + "Item three: the lamp burns whale oil. The end."
    )
    at = plain.index("whale")
    quote = Quote(Highlight("a", plain, plain, Source("Lamps")), ((0, len(plain)),), ((at, at + 5),))
    shorter = shortened(quote, 120)
    assert "whale oil" in shorter.text
    assert shorter.text.startswith("Item three")
    assert len(shorter.text) <= 120
    assert shorter.marks == quote.marks


@pytest.mark.parametrize("address", hostile.ADDRESSES[:5])
def test_web_addresses_are_linked(address: str) -> None:
    assert safe_links.web(address) == address


@pytest.mark.parametrize(
    "address", [address for address in hostile.ADDRESSES[5:] if len(address) < 200 or len(address) > 3000]
)
def test_other_addresses_are_not_linked(address: str) -> None:
    assert safe_links.web(address) is None


def test_highlights_are_found_by_id_in_the_given_order(bot: Bot) -> None:
    first, second = (highlight.id for highlight in bot.index.library.highlights[:2])
    found = lookup.of_ids([second, "gone", first, second], bot.index)
    assert [quote.highlight.id for quote in found] == [second, first]


@pytest.mark.long
def test_every_highlight_is_chosen_on_some_day(bot: Bot) -> None:
    days = (date(2026, 1, 1) + timedelta(n) for n in range(1000))
    chosen = [quote.highlight.id for day in days if (quote := lookup.of_the_day(bot.index, day))]
    assert len(set(chosen)) > 200
    assert max(map(chosen.count, set(chosen))) < 20


def test_the_newest_sources_come_first(bot: Bot) -> None:
    found = lookup.newest(bot.index, 5)
    assert len(found) == 5
    assert found[0].source.title == "Stemming, Stopping, Folding"


@pytest.mark.parametrize(
    ("iso", "written"),
    [
        ("2024-03-12T10:00:00", "12 March 2024"),
        ("2024-03", "March 2024"),
        ("2024", "2024"),
        ("2024-13-01", "2024-13-01"),
        ("some day", "some day"),
        ("", ""),
    ],
)
def test_a_date_is_written_as_people_write_it(iso: str, written: str) -> None:
    assert wording.day(iso) == written


def test_a_highlight_that_is_one_giant_character_is_cut_completely() -> None:
    giant = highlight("1", "ก" + "\u0e31" * 5000)
    quote = Quote(giant, ((0, len(giant.plain)),))
    assert shortened(quote, 600).spans == ()
