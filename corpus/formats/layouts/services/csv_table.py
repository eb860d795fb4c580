"""Tables of highlights as CSV: Readwise's, and others whose first line names similar columns."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.formats import dates, properties
from corpus.formats.entry import Entry, color
from corpus.formats.header import Header, header_role
from corpus.formats.labels import Role, role_of
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
_ROLES = {
    Role.PASSAGE: "text", Role.NOTE: "note", Role.TAGS: "tags", Role.LOCATION: "place", Role.ADDED: "added", Role.COLOR: "color",
    Role.CHAPTER: "chapter", Role.LINK: "url", Role.FAVORITE: "favorite",
}  # fmt: skip
_SEVERAL = frozenset({"highlights", "annotations"})
"""Columns with all highlights of a page: each after "Highlight:", its remark after "Note:" (Raindrop, Diigo)."""
_PART = re.compile(r"(?m)^(?P<label>Highlight|Note)s?:[ \t]*")
_MAX_FIELD = 200_000
"""Maximum length of a field, in characters."""
NO_TEXT = "a row without a passage: left out"
BROKEN = "the table is broken from here on: its rows are left out"


def _head(text: str) -> tuple[dict[str, int], str] | None:
    """Returns (index by meaning of the column, delimiter) of a table with columns for passages and their sources; else None."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    for delimiter in ",;\t":
        try:
            names = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        found: dict[str, int] = {}
        for index, name in enumerate(names):
            meaning = _meaning(name.strip().lower())
            if meaning is not None:
                found.setdefault(meaning, index)
        if "what" in found and "content" in found:
            found.setdefault("text", found["content"])
        if ("text" in found or "several" in found) and "title" in found:
            return found, delimiter
    return None


def _meaning(name: str) -> str | None:
    """Returns the meaning of a column's name, in any language that `labels` knows; None for an unknown name."""
    if name in _SEVERAL:
        return "several"
    if name in ("annotation type", "content"):
        return "what" if name != "content" else name
    return _COLUMNS.get(name) or header_role(name) or _ROLES.get(role_of(name) or Role.OTHER)


def evidence(text: Text) -> int:
    """Columns for passages and for their sources."""
    return 3 if _head(text.text) is not None else 0


def read(text: Text) -> Reading:
    """Reads every row as a highlight. Each names its source."""
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
                found = list(_entries(row, columns, line))
                entries += found
                if not found and "several" not in columns and not _is_mark(row, columns):
                    problems.append((line, NO_TEXT))
            line = rows.line_num + 1
    except csv.Error:
        problems.append((line, BROKEN))
    return Reading(tuple(entries), Header(), problems, titled=True)


def _value(row: list[str], columns: dict[str, int], name: str) -> str:
    index = columns.get(name)
    return row[index].strip() if index is not None and index < len(row) else ""


def _is_mark(row: list[str], columns: dict[str, int]) -> bool:
    """Whether a row is a bookmark or a note without a passage, by its column of kinds."""
    kind = _value(row, columns, "what")
    return bool(kind) and role_of(kind) is not Role.PASSAGE


def _entries(row: list[str], columns: dict[str, int], line: int) -> Iterator[Entry]:
    """Yields the passages of a row."""
    if _is_mark(row, columns):
        return
    if "several" not in columns:
        if (entry := _entry(row, columns, line)) is not None:
            yield entry
        return
    parts = _PART.split(_value(row, columns, "several"))
    place = columns["several"]
    found: list[Entry] = []
    for label, words in zip(parts[1::2], parts[2::2], strict=False):
        if label == "Note" and found:
            found[-1] = replace(found[-1], remark=words.strip() or None)
        elif label == "Highlight":
            own = [*row[:place], words, *row[place + 1 :]]
            entry = _entry(own, {**columns, "text": place, "note": len(row)}, line)
            found += [entry] if entry is not None else []
    yield from found


def _entry(row: list[str], columns: dict[str, int], line: int) -> Entry | None:
    """Reads one passage with its source; None without a text."""

    def value(name: str) -> str:
        return _value(row, columns, name)

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
