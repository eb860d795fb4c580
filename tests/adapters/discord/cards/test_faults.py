"""Faults 19, 20 and 22 to 25, for each place in a card. `tests/FAULTS.md` names these tests for its guards."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.discord.cards import passage
from adapters.discord.cards.card import MAX_COMPONENTS, layout
from adapters.discord.cards.markdown import PING_STOP, literal, quoted
from adapters.discord.cards.render import render
from bot.answering.listing import Page, SourceCount, SourcePage
from bot.chat import wording
from bot.chat.replies import Digest, Notice, Quotes, Reply, Sources
from bot.chat.requests import Command
from bot.model import Answer, Quote
from bot.text import safe_links
from bot.text.sanitize import visible
from corpus.model import Highlight, Source
from tests.adapters.discord.cards.reading import PING, read, unquoted

SOURCE = Source(
    "A title", ("Ann Author",), None, "https://example.org/source", (), "https://example.org/a.png"
)
HIGHLIGHT = Highlight("0" * 16, "a passage", "a passage", SOURCE, "https://example.org/passage")
PINGS = ("@everyone", "@here", "<@123456789012345678>", "<@!1>", "<@&123>", "<#123>", "</ask:123>", "<t:1700000000:R>", "<:x:1>",
         "<a:x:1>", "<id:customize>", ":smile:")  # fmt: skip
LIVE = ("[bank.com](https://evil.example)", "https://evil.example/x_y", "<https://evil.example>", "discord.gg/abc", "**a** _b_",
        "~~a~~ ||b||", "`a` ```b```", "&amp; &#42;", "](https://evil.example)")  # fmt: skip


def quote(**changes: object) -> Quote:
    highlight = replace(HIGHLIGHT, **changes)  # type: ignore[arg-type]
    return Quote(highlight, ((0, len(highlight.plain)),))


def answer(**changes: object) -> Answer:
    return Answer("q", (quote(**changes),), total=1)


PLACES: dict[str, Callable[[str], Reply]] = {
    "passage": lambda text: answer(plain=text, text=text),
    "title": lambda text: answer(source=replace(SOURCE, title=text)),
    "title without a link": lambda text: answer(source=Source(text)),
    "author": lambda text: answer(source=replace(SOURCE, authors=("Ann", text))),
    "location": lambda text: answer(location=text),
    "chapter": lambda text: answer(chapter=text),
    "date": lambda text: answer(added=text),
    "remark": lambda text: answer(remark=text),
    "word of a question": lambda text: replace(answer(), corrected={"a": text}),
    "word not found": lambda text: Answer("q", looked_for=(text,)),
    "tag": lambda text: Quotes(Command("tag", text), Page((quote(),), 1, (text,))),
    "title above": lambda text: Quotes(
        Command("from", text), Page((quote(source=replace(SOURCE, title=text)),), 1, (text,))
    ),
    "source": lambda text: Sources(
        Command("sources"), SourcePage((SourceCount(replace(SOURCE, title=text, authors=(text,)), 1),), 1)
    ),
    "passage of a digest": lambda text: Digest((quote(plain=text, text=text),)),
    "title in a digest of several": lambda text: Digest(
        (quote(), quote(source=replace(SOURCE, title=text), id="1" * 16))
    ),
    "what a digest is restricted to": lambda text: Digest((quote(),), text),
    "notice": Notice,
}


@pytest.mark.parametrize("text", [*PINGS, *LIVE])
def test_a_text_is_literal_in_every_place_of_a_card(text: str) -> None:
    """Faults 20, 23 and 25. People see the text unchanged; it has no ping, no link and no markup."""
    for place, reply_with in PLACES.items():
        card = render(reply_with(f"so {text} it"))
        shown = ""
        for card_text in card.texts:
            assert not PING.search(card_text), place
            # the server looks for channels and commands in the raw text, too
            assert "<#" not in card_text, place
            assert "</" not in card_text, place
            seen = read(unquoted(card_text) if card_text.startswith("> ") else card_text)
            assert set(seen.live) <= {"subtext"}, place
            assert {target for _, target in seen.links} <= {SOURCE.url, HIGHLIGHT.link}, place
            shown += seen.shown.replace(f"@{PING_STOP}", "@")
        assert f"so {text} it" in shown, place


HOSTILE_ADDRESSES = (
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://example.org/", "https://example.org/a b",
    "https://example.org/a\nb", "https://example.org/a|b", "https://example.org/a>b", "https://bank.com@evil.example/",
    "https://" + "x" * 5000, "https://example.org/" + "x" * 800, "https://example.org/" + "é" * 200, "https://exa(mple.org/",
    "https://exämple.org/", "https://[::1]/", "https://:80/", "https://example.org:0/", "https://example.org\u202e/",
)  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE_ADDRESSES)
def test_an_unsafe_address_is_not_shown(url: str) -> None:
    """Fault 22. It becomes no link and no cover. Everything else is shown."""
    card = render(answer(link=url, source=replace(SOURCE, url=url, cover=url)))
    rendered = "\n".join(card.texts)
    assert "](" not in rendered
    assert url not in rendered
    assert card.blocks[0].picture is None
    assert "a passage" in rendered
    assert "A title" in rendered


@pytest.mark.parametrize(
    "url",
    ["javascript://example.org/", "ftp://example.org/", "https://a@example.org/", "https://e/" + "x" * 3000],
)
def test_an_address_is_refused_for_every_platform(url: str) -> None:
    assert safe_links.web(url) is None


def test_an_address_with_parentheses_stays_whole() -> None:
    """Fault 22. No character of an address ends its link early."""
    card = render(answer(link="https://example.org/a_(b)_'c'*d*[e]"))
    (target,) = (target for label, target in read(card.texts[1]).links if label == wording.HIGHLIGHT)
    assert target == "https://example.org/a_%28b%29_%27c%27%2Ad%2A%5Be%5D"


def test_a_title_that_looks_like_another_address_carries_no_link() -> None:
    """Fault 23. A label never names another address than its link."""
    (line, details) = render(answer(source=replace(SOURCE, title="bank.com"))).texts[1].split("\n")
    assert line == "**bank.com**"
    assert "[source](https://example.org/source)" in details


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [
        ("\x00", ""),
        ("\x1b[31m", "[31m"),
        ("\r", ""),
        ("\x85", ""),
        ("\u202e", ""),
        ("\u2066", ""),
        ("\u2028", ""),
        ("\U000e0041", ""),
        ("\u200b" * 500, "\u200b"),
        ("\u200d\u2060\ufeff", "\u200d"),
        ("\u0301" * 10_000, "\u0301" * 8),
        ("\ud800", "\ufffd"),
    ],
)
def test_hidden_and_control_characters_are_neutralised_everywhere(hidden: str, seen: str) -> None:
    """Fault 24. The visible text is unchanged, and the text that is sent can be encoded."""
    assert visible(f"see{hidden}n") == f"see{seen}n"
    for place, reply_with in PLACES.items():
        if place == "word not found":
            continue
        card = render(reply_with(f"see{hidden}n"))
        payload = json.dumps(layout(card).to_components(), ensure_ascii=False).encode().decode()  # type: ignore[no-untyped-call]
        assert seen == hidden or hidden not in json.loads(json.dumps(payload)), place
        assert any(f"see{seen}n" in read(text).shown for text in card.texts), place


MARKED = "First\n\n- a\n* b\n1. c\n2) d\n> e\n>>> f\n# g\n-# h\n```py\ni\n```\n*j _k_ ~~l `m"


def test_markup_in_a_note_is_shown_literally() -> None:
    """Fault 25. Every line is quoted, even a blank one, and no markup stays open."""
    rendered = quoted(literal(MARKED))
    assert [line[:2] for line in rendered.split("\n")] == ["> "] * len(MARKED.split("\n"))
    assert read(unquoted(rendered), in_quote=False).live == []
    assert read(unquoted(rendered)).shown == MARKED
    assert rendered == render(answer(plain=MARKED, text=MARKED)).texts[0]


def test_only_matched_words_are_bold() -> None:
    """Fault 25. The cases: markup characters in and beside a marked word, words that touch, and a mark over two lines."""
    plain = "a *word* _two_\nthree\x1ffour five\nsix"
    marks = tuple(
        (plain.index(word), plain.index(word) + len(word))
        for word in ("word", "two", "three", "four", "five\nsix", "*")
    )
    text = render(Answer("q", (replace(quote(plain=plain, text=plain), marks=marks),), total=1)).texts[0]
    seen = read(unquoted(text))
    assert seen.shown == visible(plain)
    assert seen.bold == ["word", "two", "threefour"]


LONG = "one sentence with *signs* and ticks` in it 👩‍👩‍👧 "


@pytest.mark.parametrize("limit", range(60, 160, 3))
def test_a_cut_is_marked_and_between_words(limit: int) -> None:
    """Fault 19. No cut is inside a word, an escape or an emoji. Its mark differs from an ellipsis in the note itself."""
    plain = (LONG * 9).strip()
    for text in (
        passage.PassageBlocks()
        .block(quote(plain=plain, text=plain, remark=plain), limit, show_cover=False, show_source=True)
        .texts[::2]
    ):
        seen = read(unquoted(text) if text.startswith("> ") else text)
        assert seen.live == []
        shown = seen.shown.removeprefix(f"{wording.REMARK}: ")
        assert shown.endswith(f" {wording.CUT_MARK}")
        kept = shown.removesuffix(f" {wording.CUT_MARK}")
        assert limit // 2 - 1 <= len(kept) <= limit
        assert plain.startswith(f"{kept} ")


@pytest.mark.parametrize("character", ["👩‍👩‍👧", "🇩🇪", "e\u0301\u0301", "*"])
def test_a_cut_is_never_inside_a_character(character: str) -> None:
    """Fault 19. The text has no space at which it could be cut."""
    plain = character * 400
    for limit in range(120, 130):
        card = passage.PassageBlocks().block(
            quote(plain=plain, text=plain, remark=plain), limit, show_cover=False, show_source=True
        )
        shown, _, remark = card.texts
        assert read(unquoted(shown)).shown == character * (limit // len(character)) + f" {wording.CUT_MARK}"
        limit_with_mark = limit - len(f" {wording.CUT_MARK}")
        assert (
            read(remark).shown
            == f"{wording.REMARK}: {character * (limit_with_mark // len(character))} {wording.CUT_MARK}"
        )


@pytest.mark.long
def test_a_card_whose_fields_are_all_too_long_fits_and_keeps_its_links() -> None:
    """Fault 19. Every field is too long, in twenty quotes and then in one. Each quote that is shown has both its links."""
    tail = "x" * 650
    for count in (20, 1):
        found = tuple(
            quote(
                plain=LONG * 100,
                text=LONG * 100,
                remark=LONG * 50,
                location=LONG * 9,
                chapter=LONG * 9,
                link=f"https://example.org/{number}/{tail}",
                source=Source(
                    f"[{number}] " + LONG * 9, (LONG * 9,) * 9, None, f"https://example.com/{number}/{tail}"
                ),
            )
            for number in range(count)
        )
        card = render(Answer("q", found, total=count))
        assert sum(len(text.encode("utf-16-le")) // 2 for text in card.texts) <= 4000
        for shown_quote, block in zip(found, card.blocks, strict=False):
            assert len(block.texts) == 3
            targets = [target for _, target in read(block.texts[1]).links]
            assert targets == [shown_quote.highlight.link, shown_quote.highlight.source.url]


def test_a_card_of_many_short_quotes_has_forty_components_at_most() -> None:
    """Fault 19. The text is short enough, but there are too many components."""
    found = tuple(
        quote(remark="yes", source=replace(SOURCE, cover=f"https://example.org/{n}.png")) for n in range(30)
    )
    card = render(Answer("q", found, total=30))
    assert 3 < len(card.blocks) < 20
    assert layout(card).total_children_count == card.components <= MAX_COMPONENTS < 40
