"""Splits a note with several sources, one below the other, each with its own title and head.

Omnivore's "single file" is such a note. So is one into which a person copies export after export.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, heading, is_passages
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.outline.sections import METADATA, READERS
from corpus.normalize import key

_TITLE_LEVELS = (1, 2)
_HEAD_LINES = 20
"""How many lines below a title are searched for the head of its source."""


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one source."""

    begin: int
    end: int
    title: str
    level: int


def parts(text: Text) -> list[Part]:
    """Returns the parts of a note, one for each source. Empty for a single source, as when the front matter names its author."""
    lines = text.lines
    if not text.front.records and Header().names_author(text.front):
        return []
    if sum(line[:1] == "#" for line in text.headings) < 2:
        return []
    for level in _TITLE_LEVELS:
        heads = [
            (at, found[1])
            for at, line in enumerate(lines)
            if line[:1] == "#"
            and (found := heading(line)) is not None
            and found[0] == level
            and not _is_section(found[1])
            and _has_head(lines, at, level)
        ]
        if len({key(title) for _, title in heads}) > 1:
            ends = [at for at, _ in heads[1:]] + [len(lines)]
            return [Part(at, end, title, level) for (at, title), end in zip(heads, ends, strict=True)]
    return []


def _is_section(title: str) -> bool:
    """Whether a heading names a section of one source, such as its metadata, and not a source."""
    name = title.strip("# :").lower()
    return name in METADATA or name in READERS or is_passages(title)


def _has_head(lines: Sequence[str], at: int, level: int) -> bool:
    """Whether a heading is the title of a source: its author or address stands right below, before any passage."""
    header = _head(lines, at, level)
    front = FrontMatter(header.values)
    known = header.names_author(front) or header.source(front, "").url is not None
    return known or (bool(header.values) and _has_metadata(lines, at))


def _has_metadata(lines: Sequence[str], at: int) -> bool:
    """Whether a heading "Metadata" stands shortly below a title."""
    found = (heading(line) for line in lines[at + 1 : at + 1 + _HEAD_LINES] if line[:1] == "#")
    return any(below is not None and below[1].strip("# :").lower() in METADATA for below in found)


def _head(lines: Sequence[str], at: int, level: int) -> Header:
    """Returns the properties right below a title."""
    header = Header()
    for line in lines[at + 1 : at + 1 + _HEAD_LINES]:
        if not line.strip() or line.startswith("%%"):
            continue
        if (found := heading(line)) is not None:
            if found[0] <= level or is_passages(found[1]):
                break
        elif not header.read(line) and not line.startswith(("#", "!", "<")):
            break
    return header


def joined(text: Text, layout: Layout, readings: Sequence[tuple[Part, Reading]]) -> Reading:
    """Joins the readings of the parts. Every passage gets the source of its part."""
    entries: list[Entry] = []
    problems: Problems = []
    tags: list[str] = []
    records = {key(record.first("title") or ""): record for record in text.front.records}
    for part, reading in readings:
        if layout.category is not None:
            reading.header.values.setdefault("category", [layout.category])
        for name, values in _head(text.lines, part.begin, part.level).values.items():
            reading.header.values.setdefault(name, values)
        reading.header.values.setdefault("title", [part.title])
        front = records.get(key(part.title), FrontMatter())
        source = reading.header.source(front, text.path)
        entries += [replace(entry, source=source) for entry in reading.entries]
        problems += reading.problems
        tags += source.tags
    for record in text.front.records:
        tags += Header().source(record, text.path).tags
    return Reading(tuple(entries), Header(), problems, tuple(dict.fromkeys(tags)), titled=True)
