"""Recognises notes that fit no layout: exports with a template that a person wrote, and notes about books."""

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.formats import link_tail
from corpus.formats.about_a_book import Quotes, has_passage_heading, quotes_of
from corpus.formats.entry import child
from corpus.formats.header import heading, is_highlights
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Text, no_evidence
from corpus.formats.outline.multi_line import TABLE_RULE, cells
from corpus.formats.outline.nested import headed_bullet
from corpus.formats.outline.open_blocks import is_rule
from corpus.formats.outline.places import place
from corpus.formats.outline.sentences import are_headed
from corpus.formats.shapes import CUSTOM, FRONT_MATTER

_PASSAGE = re.compile(r"(?m)^[-*+](?:[ \t]+(?!\*{0,2}(?:Notes?|Comments?|Tags?|See also)\*{0,2}:)\S|$)")
"""A bullet at the margin that may be a passage, because it does not begin with a label such as "Note:"."""
_MARKER = re.compile(
    r"rw-book-cover|Readwise Information|readwise\.io/|\^rw\d|\[View (?:Highlight|Tweet)\]\(|\[Location\s\d+\]\("
    r"|\]\(obsidian://zotflow|\]\( ?(?:kindle|ibooks|zotero|koreader|weread|marginnote\d?app):|\]\(https://(?:www\.)?(?:hyp\.is|instapaper\.com/read)/|\]\(https?://play\.google\.com/books/reader"
)
_FRONT_KEYS = ("author", "authors", "title", "category", "url", "link", "source", "readwise_url")
_MAX_RULE = 1_000
"""Maximum length, in characters, of the line of dashes below a table's head."""


def layout_of(text: Text) -> Layout | None:
    """Returns how to read an export with a person's own template or a note about a book; None if the note is neither."""
    shape = _shape(text)
    quotes = quotes_of(text) if shape is None else Quotes.THE_AUTHORS
    if quotes is Quotes.NONE:
        return None
    return Layout(
        shape or CUSTOM,
        "a template of your own",
        no_evidence,
        tags_follow=True,
        arrows=True,
        quotes_only=shape != FRONT_MATTER and _is_made_of_quotes(text),
        unknown_author=quotes is Quotes.UNKNOWN,
    )


def _shape(text: Text) -> str | None:
    """Returns the shape of an export; None if the note does not look like one."""
    front, body = text.front, text.body
    highlights = _has_highlights_heading(text.lines)
    known = front.first(*_FRONT_KEYS) is not None
    marked = _MARKER.search(body) is not None
    if highlights and (known or marked or _has_bullets(body)):
        return FRONT_MATTER if known and ">[!" not in body[:4000] else CUSTOM
    if marked and any(link_tail.is_tail(line) for line in text.lines if "](" in line or "^rw" in line):
        return FRONT_MATTER if known else CUSTOM
    return (
        CUSTOM
        if _has_table(text)
        or _has_location_headings(text)
        or _has_labelled_passages(text)
        or _has_ruled_quotes(text.lines)
        or are_headed(text.lines)
        else None
    )


def _is_made_of_quotes(text: Text) -> bool:
    """Whether block quotes are the only sign of highlights in a note."""
    marked = _MARKER.search(text.body) is not None
    return not (
        marked
        or _has_location_headings(text)
        or _has_labelled_passages(text)
        or _has_highlights_heading(text.lines)
        or _has_table(text)
        or has_passage_heading(text)
    )


def _has_labelled_passages(text: Text) -> bool:
    """Whether two or more lines are labelled as passages in bold: "> **Highlight:** a hedge grows"."""
    found = [child(line.lstrip("-> \t")) for line in text.lines if "**" in line[:8]]
    return sum(named is not None and named.role is Role.PASSAGE and named.marked for named in found) > 1


def _has_location_headings(text: Text) -> bool:
    """Whether two or more headings have nothing but a passage's location: "p. 33, loc. 120"."""
    found = (heading(line) for line in text.headings)
    return sum(head is not None and head[0] > 1 and place(head[1]) is not None for head in found) > 1


def _has_table(text: Text) -> bool:
    """Whether a table has a column of passages and a column about them: "| Page | Quote | Thoughts |"."""
    heads = (
        above
        for above, below in pairwise(text.lines)
        if "|" in above and "|" in below and len(below) <= _MAX_RULE and TABLE_RULE.match(below)
    )
    roles = ({role_of(name.strip("* ")) for name in cells(head)} for head in heads)
    return any(Role.PASSAGE in found and found & {Role.NOTE, Role.LOCATION, Role.TAGS} for found in roles)


def _has_ruled_quotes(lines: Sequence[str]) -> bool:
    """Whether rules divide a note into parts that each begin with a block quote. What follows the quote is a remark on it."""
    starts: list[str] = []
    begins = True
    for line in lines:
        if is_rule(line):
            begins = True
        elif begins and line.strip() and heading(line) is None:
            starts.append(line)
            begins = False
    return len(starts) > 1 and all(line[:1] == ">" and not line.startswith("> [!") for line in starts)


def _has_bullets(body: str) -> bool:
    """Whether any bullet at column 0 may be a passage."""
    return _PASSAGE.search(body) is not None


def _has_highlights_heading(lines: tuple[str, ...]) -> bool:
    """Whether the note has a heading "Highlights", or such a bullet with bullets below it."""
    if any(
        line[:1] in "-*+"
        and below[:1] in (" ", "\t")
        and (named := headed_bullet(line))
        and is_highlights(named)
        for line, below in pairwise(lines)
        if line
    ):
        return True
    heads = (
        found for line in lines if line[:4].lstrip().startswith("#") and (found := heading(line)) is not None
    )
    return any(level <= 4 and is_highlights(name.strip("# :")) for level, name in heads)
