"""The notebook of the Kindle app, copied into a note as text: "### Highlight (yellow) - Page 8 · Location 80", the passage below.

A heading with a word for notes stands above the reader's words. They are about the passage above them.
"""

import re
from collections.abc import Iterator

from corpus.formats import properties
from corpus.formats.entry import COLORS, Entry
from corpus.formats.header import Header, heading
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.layouts.reading_apps.kindle_notebook import (
    attach,
    inner_chapter,
    location_of,
    outer_or_inner,
)
from corpus.formats.outline.open_blocks import is_rule

_HEAD = re.compile(
    r"(?:#{1,6}[ \t]+|\*\*)?(?P<kind>[^\W\d_]{2,20})(?:[ \t]?\((?P<color>[^\W\d_]{2,20})\))?[ \t]+[-–][ \t]+"
    r"(?P<rest>(?:[^\n]{1,200} > )?[^\W\d_]{2,20}\.?[ \t\u00a0]\d[^\n]{0,40}?)\**[ \t]*$"
)
_DASHES = (" - ", " – ")
"""One of these stands in every heading, whatever the language of the app."""
_BEFORE_TITLE = frozenset({"notes and highlights for", "notebook export", "your notebook", "notebook for"})
"""What the app writes above the title of the book."""
_MIN_PASSAGES = 2
BESIDE = "a paragraph behind the first one of a highlight: left out, because it may be yours"


def evidence(text: Text) -> int:
    """Two passages with their headings."""
    found = sum(
        match is not None and _role(match) is Role.PASSAGE
        for line in text.lines
        if any(dash in line for dash in _DASHES)
        for match in [_head(line)]
    )
    return 3 if found >= _MIN_PASSAGES else 0


def read(text: Text) -> Reading:
    """Reads every highlight with the notes below it. What stands above the first one is the reader's, but for the book's name."""
    header = Header()
    entries: list[Entry] = []
    problems: Problems = []
    first = next((at for at, line in enumerate(text.lines) if _head(line)), 0)
    _read_book(text.lines[:first], header)
    chapter = _chapter_above(text.lines[:first])
    for at, match, within, end in _parts(text.lines, first, chapter):
        number = text.front.first_line + at
        paragraphs = _paragraphs(text.lines[at + 1 : end])
        role = _role(match)
        if not paragraphs or role not in (Role.PASSAGE, Role.NOTE):
            continue
        if role is Role.NOTE:
            attach(entries, "\n\n".join(paragraphs), number, problems)
            continue
        if len(paragraphs) > 1:
            problems.append((number, BESIDE))
        shade = (match["color"] or "").lower()
        entries.append(
            Entry(
                paragraphs[0],
                number,
                location=location_of(f"- {match['rest']}"),
                chapter=outer_or_inner(within, inner_chapter(f" - {match['rest']}")),
                color=shade if shade in COLORS else None,
                marked=True,
            )
        )
    return Reading(tuple(entries), header, problems)


def _head(line: str) -> re.Match[str] | None:
    """Returns the heading of a passage, a note or a bookmark."""
    match = _HEAD.match(line)
    if match is None:
        return None
    place = match["rest"].rpartition(" > ")[2].split()[0]
    return match if role_of(place.strip(".").lower()) is Role.LOCATION else None


def _role(match: re.Match[str]) -> Role | None:
    return role_of(match["kind"].lower())


def _parts(
    lines: tuple[str, ...], first: int, chapter: str | None
) -> Iterator[tuple[int, re.Match[str], str | None, int]]:
    """Yields the line of each heading, the heading, its chapter, and the line in which its text ends."""
    current: tuple[int, re.Match[str]] | None = None
    for at in range(first, len(lines)):
        match = _head(lines[at])
        named = heading(lines[at]) if match is None and lines[at][:1] == "#" else None
        if match is None and named is None and not is_rule(lines[at]):
            continue
        if current is not None:
            yield *current, chapter, at
        current = (at, match) if match is not None else None
        if named is not None:
            chapter = properties.chapter(named[1])
    if current is not None:
        yield *current, chapter, len(lines)


def _paragraphs(lines: tuple[str, ...]) -> list[str]:
    return [part.strip() for part in "\n".join(line.strip() for line in lines).split("\n\n") if part.strip()]


def _chapter_above(lines: tuple[str, ...]) -> str | None:
    """Returns the heading right above the first passage, if it is deeper than the note's own."""
    last = next((line for line in reversed(lines) if line.strip()), "")
    named = heading(last) if last[:1] == "#" else None
    return properties.chapter(named[1]) if named is not None and named[0] > 1 else None


def _read_book(lines: tuple[str, ...], header: Header) -> None:
    """Reads the title and the author below the app's own words, or else the properties of the note."""
    worded = [line.strip("# *").strip() for line in lines if line.strip()]
    named = next((at for at, line in enumerate(worded) if line.lower() in _BEFORE_TITLE), None)
    if named is None:
        for line in lines:
            header.read(line)
        return
    title, author = [*worded[named + 1 : named + 3], "", ""][:2]
    header.values["title"] = [title] if title else []
    if author and not author.startswith(("-", "#")):
        header.values["author"] = [
            properties.first_name_first(part.strip()) for part in author.split(";") if part.strip()
        ]


LAYOUT = Layout(
    "kindle notebook text",
    "Kindle notebook (text)",
    evidence,
    read,
    category="books",
    marks=_DASHES,
)
