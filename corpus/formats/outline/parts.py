"""Notes of several sources in one file, one below the other, each with a title and a head of its own.

Omnivore's "single file" writes them so, and who copies export after export into one note.
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
"""Lines below a title in which its source's head stands."""


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one source."""

    begin: int
    end: int
    title: str
    level: int


def parts(text: Text) -> list[Part]:
    """The sources of a note; empty where it has one only, as where the front matter names its author."""
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
    """Whether a heading stands above a part of one source's notes."""
    name = title.strip("# :").lower()
    return name in METADATA or name in READERS or is_passages(title)


def _has_head(lines: Sequence[str], at: int, level: int) -> bool:
    """Whether a heading is a source's title: right below it stands what its author or address is, and no passage before."""
    header = _head(lines, at, level)
    front = FrontMatter(header.values)
    known = header.names_author(front) or header.source(front, "").url is not None
    return known or (bool(header.values) and _has_metadata(lines, at))


def _has_metadata(lines: Sequence[str], at: int) -> bool:
    """Whether a heading "Metadata" stands below a title."""
    found = (heading(line) for line in lines[at + 1 : at + 1 + _HEAD_LINES] if line[:1] == "#")
    return any(one is not None and one[1].strip("# :").lower() in METADATA for one in found)


def _head(lines: Sequence[str], at: int, level: int) -> Header:
    """The properties right below a title."""
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
    """The readings of the parts as one: every passage with the source of its part."""
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
