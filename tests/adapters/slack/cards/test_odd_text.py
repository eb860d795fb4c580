"""How people see odd texts in every field (faults 21, 24 and 25)."""

import json

import pytest

from adapters.slack.cards import passage, render
from adapters.slack.cards.block_kit import escaped_units
from bot.answering.listing import SourceCount, SourcePage
from bot.chat.replies import Picks, Sources
from bot.chat.requests import Command
from bot.model import Answer, Quote, Suggestion, SuggestionKind
from bot.text.sanitize import visible
from bot.text.truncate import clipped
from corpus.model import Highlight, Source
from tests.slack_server import visible_text

MARK = "\u0301"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "ab"),
        ("\x1b[31mred\x9b0m\x7f", "[31mred0m"),
        ("a\rb\r\n\tc", "ab\n\tc"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("a\u2028b\u2029c", "abc"),
        ("a\U000e0041b\ufff9c", "abc"),
        ("a\u200b\u200c\u2060\ufeffb", "a\u200bb"),
        ("e" + MARK * 10_000, "e" + MARK * 8),
        ("\ud800 \udfff", "\ufffd \ufffd"),
    ],
    ids=ascii,
)
def test_control_and_hidden_characters_are_neutralised(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧‍👦 🇫🇷 👍🏽",
        "مرحبا שָׁלוֹם",
        "می‌خواهم",
        "ไทย คำ",
        "e\u0301\u0327",
        "遗忘曲线",
        "two\n\nlines\tand",
        "ﬁ ß “”",
    ],
)
def test_readable_text_is_unchanged(text: str) -> None:
    assert visible(text) == text


ODD = "odd \x00\x1b\u202e\u2066\ud800 :tada: <!channel> &lt; e" + MARK * 10_000
SOURCE = Source(f"Title {ODD}", (f"Author {ODD}",), date=f"Date {ODD}")
HIGHLIGHT = Highlight(
    "1", f"Text {ODD}", f"Text {ODD}", SOURCE, location=f"Location {ODD}", remark=f"Remark {ODD}", tags=(f"Tag {ODD}",),
    chapter=f"Chapter {ODD}",
)  # fmt: skip
OTHER = Highlight("2", "Other", "Other", Source(f"Other {ODD}"))
QUOTES = tuple(Quote(highlight, ((0, len(highlight.plain)),)) for highlight in (HIGHLIGHT, OTHER))


@pytest.mark.parametrize(
    "reply",
    [
        Answer(f"Question {ODD}", QUOTES, total=2, corrected={f"Corrected {ODD}": f"Correction {ODD}"}),
        Answer(
            "q",
            looked_for=(f"Word {ODD}",),
            suggestions=(Suggestion(SuggestionKind.BY_AUTHOR, (f"Author {ODD}",)),),
        ),
        Picks(QUOTES, Command("random", limit=2)),
        Sources(Command("sources"), SourcePage((SourceCount(SOURCE, 1),), 1)),
    ],
    ids=lambda reply: type(reply).__name__,
)
def test_every_field_is_neutralised(reply: Answer | Picks | Sources) -> None:
    for message in (
        render.message(reply, asker="U1", private=False),
        render.shared(reply, asker="U1", by=f"Name {ODD}"),
    ):
        sent = json.dumps([message.text, message.blocks], ensure_ascii=False)
        assert sent.encode()
        assert not any(json.dumps(sign)[1:-1] in sent for sign in "\x00\x1b")
        assert not set("\u202e\u2066\ud800") & set(sent)
        assert MARK * 9 not in sent
        seen = visible_text({"text": message.text, "blocks": message.blocks})
        assert "🎉" not in seen, "what stands between colons is no emoji"
        assert ":tada: <!channel> &lt; e" in seen, "what can be read is unchanged"


def test_a_title_without_visible_characters_is_untitled() -> None:
    odd = Highlight("1", "Text", "Text", Source("\x00\u202e", ("\x1b",), url="https://example.com/"))
    message = render.message(Answer("q", (Quote(odd, ((0, 4),)),), total=1), asker="U1", private=False)
    assert visible_text({"text": message.text, "blocks": message.blocks}).startswith("Text\nUntitled")


@pytest.mark.parametrize("address", ["https://a.example/?" + "&" * 1000, "https://a.example/" + "x" * 5000])
def test_an_address_that_is_too_long_for_slack_is_no_link(address: str) -> None:
    assert passage.linkable_url(address) is None
    assert passage.linkable_url(address[:500]) is not None


def test_the_mark_of_a_cut_counts_towards_the_limit() -> None:
    assert clipped("one two three", 10, " […]") == "one […]"


def test_lengths_are_counted_as_slack_does() -> None:
    assert escaped_units("&<😀") == len("&amp;&lt;") + 2
