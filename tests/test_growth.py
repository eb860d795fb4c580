# ruff: noqa: E501
"""Fault 47: twice the length takes at most three times as long, for notes and questions up to the real limits."""

from collections.abc import Callable

import pytest

from bot.chat.conversation import Bot
from bot.model import Question
from bot.search.index import Index
from bot.text import sanitize, truncate
from bot.text.analysis import tokens
from bot.text.sentences import split_sentences
from corpus.folder import decoding
from corpus.formats import link_tail, properties, reader
from corpus.formats.entry import MAX_PASSAGE, Note
from corpus.merging.duplicates import Keyed, ties
from corpus.merging.merge import merge
from corpus.model import Library
from corpus.normalize import fold, key
from corpus.plain_text import plain
from corpus.privacy import entries
from corpus.privacy.rules import PrivacyRules
from tests.cpu_growth import MAX_GROWTH, growth, seconds
from tests.libraries import highlight, library_of

pytestmark = pytest.mark.long

RULES = PrivacyRules.of(("private",), ())
HEAD = "# T\n\n## Metadata\n- Author: [[A]]\n- Full Title: T\n\n## Highlights\n"

PIECES = (
    " ", "a", "🇩🇪", "/", "#", "[", "[[", "](", "([", "(", "*", "**a", "_a ", "`", "==a", "<", "<a ", "&", "\\", "![", " ^a", ">", "- ", "|", "%%", ":",
    "a\u0301", "\u200b", "#a ", "#private ", "[[private]]", "a/", "http://a ", "[x](u) ", "[a](b", "👨‍👩‍👧 ", ". ", "\t", "{{", "水", '" ', "1. ", "\u3000", "é",
)  # fmt: skip
"""Each of these is repeated within a passage, a tag or a question."""

LINES = (
    "- a\n", "-\n", "- a b\n    - Tags: #private\n", "a b\n\n", "> a\n", "---\n", "### a\n", "```\n", "\t- a\n", "a:: b\n", "a: b\n", "---\ntags: a\n---\n",
    "- a ([View Highlight](https://read.readwise.io/read/1))\n", "#private\n", "\n#private\n", "| a | b |\n", "    - Note: x\n", "\n", "  more\n", "Tags:\n", "Tags:\n- a\n",
    "text ^123456\n", "> [!quote]\n> a\n", "### x #private\n- a\n", "==========\n", "a ([View Highlight](https://read.readwise.io/read/1))\n", "x #private y\n\n",
)  # fmt: skip
"""Each of these lines is repeated in a note."""


def read_note(text: str) -> object:
    note = reader.read("a.md", text)
    if not isinstance(note, Note):
        return note
    keyed = Keyed.of(note, text, RULES)
    ties(keyed, b"salt")
    return merge([keyed])


def repeated(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    return lambda size: before + piece * (size // len(piece)) + after


@pytest.mark.parametrize("piece", PIECES)
def test_time_to_read_a_passage(piece: str) -> None:
    size = MAX_PASSAGE // 4
    texts = (plain, fold, key, link_tail.cut, split_sentences, sanitize.visible, tokens)
    for work in texts:
        assert growth(work, repeated(piece), size) < MAX_GROWTH, work
    assert growth(lambda text: truncate.cut_position(text, 3_000), repeated(piece), size) < MAX_GROWTH
    assert growth(read_note, repeated(piece, f"{HEAD}- a ", "\n"), size) < MAX_GROWTH


@pytest.mark.parametrize("piece", PIECES)
def test_time_to_read_tags_and_remarks(piece: str) -> None:
    for before in ("    - Tags: #a", "    - Note: #a", "- Document Tags: "):
        assert (
            growth(read_note, repeated(piece, f"{HEAD}- a\n{before}", " private\n"), 20_000) < MAX_GROWTH
        ), before
    for front in ("tags: ", "tags: [", "title: ", "tags:\n  - "):
        make = repeated(piece, f"---\n{front}", f"\nother: private\n---\n{HEAD}- a\n")
        assert growth(read_note, make, 20_000) < MAX_GROWTH, front
    assert growth(lambda text: properties.tags([text]), repeated(piece, "#a"), 20_000) < MAX_GROWTH
    assert growth(RULES.tags.covers, repeated(piece, "#a"), 50_000) < MAX_GROWTH
    assert growth(entries.tags_of, repeated(piece), 2_000) < MAX_GROWTH


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("head", ["", HEAD], ids=["own", "export"])
def test_time_to_read_lines_of_a_note(line: str, head: str) -> None:
    assert growth(read_note, repeated(line, head), 20_000) < MAX_GROWTH


@pytest.mark.parametrize("piece", [b"\xff", b"a\xe9", b"\0a", b"\r", b"\xe4\xb8", b"a"])
def test_time_to_decode_any_bytes(piece: bytes) -> None:
    def decode(text: str) -> object:
        return decoding.decode(piece * len(text))

    assert growth(decode, repeated("a"), 1_000_000) < MAX_GROWTH


@pytest.mark.parametrize("piece", PIECES)
def test_time_to_quote_a_long_passage(piece: str) -> None:
    def ask(text: str) -> object:
        return bots[len(text)].reply(Question("hedge wren"))

    bots = {}
    make = repeated(piece, "The hedge ", " wren")
    for size in (12_000, 24_000):
        text = make(size)
        index = Index.build(library_of([highlight("1", text), highlight("2", "A hedge and a wren.")]))
        index.prepare()
        bots[len(text)] = Bot(index)
    assert growth(ask, make, 12_000) < MAX_GROWTH


@pytest.fixture(scope="module")
def library() -> Library:
    return library_of(
        highlight(str(n), f"hedge wren {n}", f"On Hedges {n} and Walls", f"Mara{n} Vale")
        for n in range(1_000)
    )


@pytest.mark.parametrize(
    "piece",
    [*PIECES, "title:xq{} ", "author:xy{} ", "tag:z{} ", "-a{} ", '"a {}" ', "qz{} ", "by Ann{} Vale{} ", "from hedges {} ", "hedge ", "before:2020 "],
)  # fmt: skip
def test_time_to_answer_a_question(piece: str, library: Library) -> None:
    bot = Bot(Index.build(library))
    bot.reply(Question("wren"))

    def make(size: int) -> str:
        if "{}" not in piece:
            return (piece * size)[:size]
        return "".join(piece.replace("{}", str(n)) for n in range(size // len(piece)))[:size]

    assert growth(lambda text: bot.reply(Question(text)), make, 6_000) < MAX_GROWTH
    assert seconds(lambda text: bot.reply(Question(text)), make(12_000)) < 5
