"""KOReader's export as text. Its own lines begin with an ideographic space; `-=-=-=-=-=-` ends each highlight."""

import re

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.model import Source

_BLANK = "\u3000"
_END = re.compile(r"-=-=-=-=-=-[ \t]*$")
_PLACE = re.compile(
    rf"{_BLANK}{_BLANK}-- (?P<word>[^\W\d_][^:：]{{0,20}})[:：][ ]?(?P<page>[^\s,，、]+)(?:[,，、](?P<added>.*))?$"
)
_NOTE = re.compile(r"-{3}[ \t]*$")
_IMAGE = "<An image>"
NO_PLACE = "a highlight whose page is not understood: left out"


def evidence(text: Text) -> int:
    """Its lines with the page of a highlight."""
    return 3 if f"{_BLANK}-- " in text.body and any(map(_PLACE.match, text.lines)) else 0


def read(text: Text) -> Reading:
    """Reads every highlight. Each book in the file is a source."""
    entries: list[Entry] = []
    problems: Problems = []
    source, chapter = Source("Untitled", category="books"), None
    heads: list[str] = []
    start: tuple[int, re.Match[str]] | None = None
    for at, line in enumerate(text.lines):
        if start is not None:
            if _END.match(line):
                entries += _entry(text, start, at, chapter, source)
                start = None
        elif (place := _PLACE.match(line)) is not None:
            start = at, place
            if len(heads) > 1 or (heads and not entries):
                source, chapter = Source(heads[0], category="books"), None
            if heads[1:] or (heads and entries):
                chapter = properties.chapter(heads[-1])
            heads = []
        elif line.startswith(_BLANK):
            heads += [head] if (head := line.strip(f"{_BLANK} \t")) else []
        elif line.strip():
            problems.append((text.front.first_line + at, NO_PLACE))
    if start is not None:
        entries += _entry(text, start, len(text.lines), chapter, source)
    return Reading(tuple(entries), Header(), problems, titled=True)


def _entry(
    text: Text, start: tuple[int, re.Match[str]], end: int, chapter: str | None, source: Source
) -> list[Entry]:
    """Reads the highlight that begins at `start`; empty if it has no words."""
    at, place = start
    lines = [line.rstrip() for line in text.lines[at + 1 : end]]
    note = next((index for index in range(len(lines) - 1, 0, -1) if _NOTE.match(lines[index])), len(lines))
    words = "\n".join(lines[:note]).replace(_IMAGE, "").strip()
    if not words:
        return []
    return [
        Entry(
            words,
            text.front.first_line + at + 1,
            location=f"{place['word'].strip()} {place['page']}",
            remark="\n".join(lines[note + 1 :]).strip() or None,
            chapter=chapter,
            added=dates.moment(place["added"] or ""),
            source=source,
        )
    ]


LAYOUT = Layout("koreader text", "KOReader highlights (text)", evidence, read, marks=("\u3000-- ",))
