"""Highlights as a table of comma-separated values: Readwise's CSV, and others whose first line names the same columns."""

import csv
import io
import re

from corpus.formats import dates, properties
from corpus.formats.entry import Entry, color
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.model import Source

_COLUMNS = {
    "highlight": "text", "text": "text", "quote": "text", "passage": "text", "highlighted text": "text",
    "book title": "title", "title": "title", "book": "title", "document title": "title", "article title": "title",
    "book author": "author", "author": "author", "authors": "author", "note": "note", "notes": "note",
    "comment": "note", "annotation": "note",
    "color": "color", "colour": "color", "tags": "tags", "tag": "tags", "location type": "kind",
    "location": "place", "page": "place",
    "highlighted at": "added", "date": "added", "created": "added", "created at": "added", "date added": "added",
    "document tags": "about", "url": "url", "source url": "url", "link": "url", "chapter": "chapter", "category": "category",
    "highlight url": "link", "readwise url": "link", "favorite": "favorite", "is_favorite": "favorite",
}  # fmt: skip
_MAX_FIELD = 200_000
NO_TEXT = "a row without a passage: left out"
BROKEN = "the table is broken from here on: its rows are left out"


def _head(text: str) -> tuple[dict[str, int], str] | None:
    """(column by meaning, delimiter) of a table whose first line names a passage and its source."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    for delimiter in ",;\t":
        try:
            names = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        found: dict[str, int] = {}
        for index, name in enumerate(names):
            meaning = _COLUMNS.get(name.strip().lower())
            if meaning is not None:
                found.setdefault(meaning, index)
        if "text" in found and "title" in found:
            return found, delimiter
    return None


def evidence(text: Text) -> int:
    """The names of the columns."""
    return 3 if _head(text.text) is not None else 0


def read(text: Text) -> Reading:
    """Every row as a highlight; each names its source."""
    head = _head(text.text)
    problems: Problems = []
    entries: list[Entry] = []
    if head is None:
        return Reading((), Header(), problems)
    columns, delimiter = head
    csv.field_size_limit(_MAX_FIELD)
    rows = csv.reader(io.StringIO(text.text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    line = 1
    try:
        for number, row in enumerate(rows):
            if number and row:
                entry = _entry(row, columns, line)
                if entry is None:
                    problems.append((line, NO_TEXT))
                else:
                    entries.append(entry)
            line = rows.line_num + 1
    except csv.Error:
        problems.append((line, BROKEN))
    return Reading(tuple(entries), Header(), problems, titled=True)


def _entry(row: list[str], columns: dict[str, int], line: int) -> Entry | None:
    def value(name: str) -> str:
        index = columns.get(name)
        return row[index].strip() if index is not None and index < len(row) else ""

    passage = "\n".join(part.rstrip() for part in value("text").split("\n"))
    if not passage:
        return None
    kind = value("kind").lower()
    place = value("place")
    location = (
        f"{kind.capitalize()} {place}"
        if place and place[0].isdigit() and kind in ("page", "location", "time", "chapter")
        else place
    )
    if kind in ("order", "none") or (place in ("0", "") and kind != "page"):
        location = ""
    source = Source(
        properties.title(value("title")) or "Untitled",
        properties.people([value("author")]),
        properties.category(value("category")),
        properties.address(value("url")),
        properties.tags([value("about")]),
    )
    return Entry(
        passage,
        line,
        link=properties.address(value("link")),
        location=location or None,
        remark=value("note") or None,
        tags=properties.tags([value("tags")]),
        chapter=properties.chapter(value("chapter")),
        added=dates.moment(value("added")),
        color=color(value("color")),
        favorite=bool(re.fullmatch(r"true|yes|1", value("favorite"), re.I)),
        source=source,
    )


LAYOUT = Layout(
    "readwise csv",
    "table of highlights (CSV, as Readwise exports it)",
    evidence,
    read,
    frozenset({".csv", ".tsv"}),
    by_readwise=True,
)
