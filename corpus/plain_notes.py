"""Notes that are no export: their paragraphs, list items and block quotes are the passages, their headings the chapters."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus import names
from corpus.entry import Entry
from corpus.header import Header

_QUOTE_SIGNS = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_ITEM_SIGN = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_CALLOUT = re.compile(r"^\[![\w-]+\][+-]?[ \t]*")
_ONLY_MARKS = re.compile(
    r"(?:\s|#[^\s#]+|!?\[\[[^\]]*\]\]|!\[[^\]]*\]\([^)]*\)|[-*_=|:.]|%%.*?%%|\^[\w-]+)*", re.S
)
_PROPERTY = re.compile(r"[A-Za-z][\w -]{0,40}::(?:\s|$)")
_BLOCK_ID = re.compile(r"[ \t]+\^[A-Za-z0-9-]+$")
_TAG = re.compile(r"(?:^|\s)#([^\s#.,;:!?()\[\]{}\"']*[^\W\d_][^\s#.,;:!?()\[\]{}\"']*)")
_PARSER = MarkdownIt("commonmark")
MAX_CHARS = 2_000_000
"""A longer note is read without its Markdown structure, a paragraph a passage."""


def read(body: str, first_line: int, header: Header) -> tuple[Entry, ...]:
    """The note's passages in order. The first H1 is its title when nothing stands before it."""
    lines = body.split("\n")
    entries: list[Entry] = []
    chapter: str | None = None
    tokens = _PARSER.parse(body) if len(body) <= MAX_CHARS else []
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            text = names.unwiki(tokens[index + 1].content).strip()
            if token.tag == "h1" and header.h1 is None and not entries and chapter is None:
                header.h1 = text
            else:
                chapter = text or None
        elif token.type == "paragraph_open" and token.map is not None:
            begin, end = token.map
            text = _passage(lines[begin:end], _depth(tokens, index))
            if text:
                entries.append(Entry(text=text, line=first_line + begin, chapter=chapter))
    return tuple(_joined_quotes(entries, tokens, first_line))


def hashtags(body: str) -> tuple[str, ...]:
    """The tags that the reader wrote into the note's text."""
    return tuple(dict.fromkeys(_TAG.findall(body)))


def _depth(tokens: list[Token], index: int) -> tuple[bool, bool]:
    """(in a block quote, in a list item): what kinds of sign stand before the paragraph's lines."""
    quote = item = 0
    for token in tokens[:index][-400:]:
        quote += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        item += (token.type == "list_item_open") - (token.type == "list_item_close")
    return quote > 0, item > 0


def _passage(lines: list[str], where: tuple[bool, bool]) -> str:
    quote, item = where
    cleaned = []
    for number, line in enumerate(lines):
        text = _QUOTE_SIGNS.sub("", line) if quote else line
        if item and number == 0:
            text = _ITEM_SIGN.sub("", text)
        cleaned.append(_BLOCK_ID.sub("", text.strip()))
    if quote and cleaned:
        cleaned[0] = _CALLOUT.sub("", cleaned[0])
    kept = [line for line in cleaned if line and not _PROPERTY.match(line) and not line.startswith("%%")]
    text = "\n".join(kept)
    return "" if _ONLY_MARKS.fullmatch(text[:2000]) else text


def _joined_quotes(entries: list[Entry], tokens: list[Token], first_line: int) -> list[Entry]:
    """Paragraphs of one block quote are one passage."""
    spans = [
        (first_line + token.map[0], first_line + token.map[1])
        for token in tokens
        if token.type == "blockquote_open" and token.level == 0 and token.map is not None
    ]
    joined: list[Entry] = []
    open_span: tuple[int, int] | None = None
    remaining = iter(spans)
    span = next(remaining, None)
    for entry in entries:
        while span is not None and entry.line >= span[1]:
            span = next(remaining, None)
        inside = span if span is not None and span[0] <= entry.line else None
        if inside is not None and inside == open_span:
            last = joined[-1]
            joined[-1] = Entry(text=f"{last.text}\n\n{entry.text}", line=last.line, chapter=last.chapter)
        else:
            joined.append(entry)
        open_span = inside
    return joined
