"""Texts of notes and questions are literal on Discord: people see them unchanged, with no live markup and no pings."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from simcord.preview._markdown import markdown_tokens

from adapters.discord.cards.markdown import (
    PING_STOP,
    can_label,
    link,
    linkable_url,
    literal,
    literal_line,
    quoted,
)
from bot.text.sanitize import one_line, visible
from tests.adapters.discord.cards.hostile import ADDRESSES, PIECES, texts
from tests.adapters.discord.cards.reading import PING, read, unquoted

LIVE = {
    "discord_mention",
    "mention",
    "emoji",
    "command",
    "timestamp",
    "link_open",
    "code",
    "code_block",
    "strong_open",
    "em_open",
}

_INDENT = re.compile(r"^> [ \t]+", re.M)


def _tokens(tokens: list[dict[str, object]]) -> set[str]:
    """The types of the tokens that SimCord finds, nested ones included."""
    found = {str(token["type"]) for token in tokens}
    for token in tokens:
        children = token.get("children")
        if isinstance(children, list):
            found |= _tokens(children)
    return found


def _known() -> dict[str, object]:
    """Names for all ids in the texts, because SimCord shows a mention only if it knows the name."""
    numbers = ("1", "123", "123456789012345678")
    return {
        "users": dict.fromkeys(numbers, "ann"),
        "roles": dict.fromkeys(numbers, "readers"),
        "channels": dict.fromkeys(numbers, "books"),
        "commands": dict.fromkeys(numbers, "ask"),
        "emojis": {"1": {"name": "x", "animated": False, "id": "1"}},
        "everyone": True,
    }


@pytest.mark.parametrize("text", PIECES)
def test_markup_of_discord_in_a_note_is_shown_as_text(text: str) -> None:
    for around in (text, f"so {text} it", f"a\n{text} b", f"**{text}**", f"a {text}{text}"):
        seen = read(quoted(literal(around)), in_quote=True)
        assert seen.live == []
        assert seen.links == []


@given(texts)
@example("@everyone")
@example("x](https://evil.example)")
@example("`` ` ``` ````")
@example("\\\\<@1>")
@example("1. a\n12) b\n- c\n-# d\n# e\n> f")
def test_a_text_is_shown_as_it_is(text: str) -> None:
    markdown = literal(text)
    seen = read(markdown)
    assert seen.live == []
    assert seen.links == []
    assert seen.bold == []
    assert seen.shown.replace(f"@{PING_STOP}", "@") == visible(text).replace(f"@{PING_STOP}", "@")
    assert not PING.search(markdown)


@given(texts)
@example("    0")
@example("a\n\n\t\t<@1> `b`")
def test_simcord_finds_nothing_live_in_a_text(text: str) -> None:
    # SimCord reads CommonMark, in which an indented line is a code block. On Discord only a fence makes a code block. The indents
    # are removed so that the text is not read as code, in which nothing would be live.
    markdown = _INDENT.sub("> ", quoted(literal(text)))
    assert not _tokens(markdown_tokens(markdown, "text_display", context=_known())) & LIVE


@given(texts)
def test_a_title_stays_on_its_line(text: str) -> None:
    markdown = literal_line(text)
    assert "\n" not in markdown
    seen = read(f"**{markdown}**" if markdown else "")
    assert seen.live == []
    assert seen.links == []
    assert seen.shown.replace(f"@{PING_STOP}", "@") == one_line(text).replace(f"@{PING_STOP}", "@")


def test_a_text_after_a_link_does_not_change_it() -> None:
    seen = read(f"{link('source', 'https://example.org/a')} · {literal('](https://evil.example) [x](y)')}")
    assert seen.links == [("source", "https://example.org/a")]
    assert seen.live == []


@given(texts)
def test_every_line_of_a_quote_is_quoted(text: str) -> None:
    assert unquoted(quoted(literal(text))) == literal(text)


@pytest.mark.parametrize("url", ADDRESSES)
def test_only_safe_addresses_are_linked(url: str | None) -> None:
    target = linkable_url(url)
    if target is None:
        return
    assert url is not None
    assert target.lower().startswith(("http://", "https://"))
    assert target.isascii()
    assert len(target) <= 700
    assert not set(target) & set(" ()<>[]\\\"'`*|\n")
    seen = read(link("highlight", target))
    assert seen.links == [("highlight", target)]
    assert seen.live == []


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a_(b)", "https://example.org/a_%28b%29"),
        ("https://example.org/?q=a%20b&c=d", "https://example.org/?q=a%20b&c=d"),
        ("https://de.wikipedia.org/wiki/Übung", "https://de.wikipedia.org/wiki/%C3%9Cbung"),
        (
            "https://readwise.io/to_kindle?action=open&asin=B0&location=9",
            "https://readwise.io/to_kindle?action=open&asin=B0&location=9",
        ),
        ("https://example.org/#:~:text=a,-b", "https://example.org/#:~:text=a,-b"),
        ("https://bank.com@evil.example/", None),
        ("javascript:alert(1)", None),
        ("https://example.org/a b", None),
        ("https://example.org/" + "x" * 5000, None),
    ],
)
def test_an_address_in_a_link_is_the_same_address(url: str, linked: str | None) -> None:
    assert linkable_url(url) == linked


@pytest.mark.parametrize(
    "label", ["Deep Work: Rules", "Don’t Make Me Think (3rd ed.)", "C# in Depth", "如何阅读一本书", "Why?"]
)
def test_an_ordinary_title_carries_its_link(label: str) -> None:
    assert can_label(label, "https://example.org/a")


@pytest.mark.parametrize(
    "label",
    [
        "",
        " ",
        "\u200b",
        "a [b] c",
        "a_b_",
        "*",
        "@everyone",
        "<@1>",
        "https://bank.com",
        "bank.com",
        "😀",
        "Fun 😀 at work",
        ":smile:",
        "a `b`",
        "~~x~~",
        "||x||",
    ],
)
def test_a_title_with_markup_or_of_another_address_carries_no_link(label: str) -> None:
    assert not can_label(label, "https://example.org/a")


@given(st.one_of(texts, st.sampled_from(PIECES)))
def test_a_linked_title_is_shown_as_it_is(text: str) -> None:
    title = one_line(text)
    if can_label(title, "https://example.org/a"):
        seen = read(f"**{link(title, 'https://example.org/a')}**")
        assert seen.links == [(title, "https://example.org/a")]
        assert seen.live == []
        assert read(title).live in ([], ["heading"], ["list"], ["subtext"])
