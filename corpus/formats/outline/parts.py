"""Splits a note with several sources, one below the other: the only place that decides where a source begins.

A heading begins a source if its author or address is in it, right below it, or in a "Metadata" section below it. Such notes are
written by Omnivore's "single file", by Glasp, and by people who copy export after export into one note.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.formats import link_tail
from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import BY, Header, heading, is_passages
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.outline.sections import METADATA, READERS
from corpus.normalize import key

_ABOUT_HIGHLIGHTS = re.compile(
    r"\b(?:highlights?|annotations?|markierungen|surlignages|subrayados|destaques)\b|划线|ハイライト|выделения",
    re.I,
)
_LINKED = re.compile(r"\[(?P<name>[^\[\]\n]+)\]\((?P<url>https?://\S+)\)(?:[ \t]+by[ \t]+(?P<author>.+))?$")
_SIGNED = re.compile(
    rf"(?P<sign>[*_]{{0,2}})(?P<name>\S.*?\S)(?P=sign)[ \t]+{BY}[ \t]+(?P<author>[^\W\d_a-z].{{1,80}})$"
)
_AUTHOR_BELOW = re.compile(
    rf"(?:#{{2,6}}[ \t]+|[*_]{{1,2}})?{BY}:?[ \t]+(?P<author>[^\W\d_a-z][^*_]{{1,80}})[*_]{{0,2}}$"
)
_COUNT = re.compile(
    r"[*_]{0,2}(?P<number>\d{1,6})[ \t]+(?:annotation|highlight|note|quote|clipping)s?[*_]{0,2}[ \t]*$", re.I
)
"""A line below a title with the number of passages."""
_MAX_NAME = 500
"""Maximum length, in characters, of a heading that names a source. It may contain an address."""
_TITLE_LEVEL = 2
"""At this level and above, some headings may name sources while others of the same level do not. Deeper, all must."""
_HEAD_LINES = 20
"""How many lines below a title are searched for the head of its source."""
_PASSAGES = "# Highlights"
"""Put above the passages of a source that has no such heading. It has level 1, so that all other headings below it are chapters."""


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one source."""

    begin: int
    end: int
    title: str
    values: dict[str, list[str]] = field(default_factory=dict)
    """The properties in and below its heading."""
    body: int = 0
    """The first line below its properties."""
    described: bool = False
    """Whether an author or properties show that it is a source, and not only a link in its heading."""


def parts(text: Text) -> list[Part]:
    """Returns the parts of a note, one for each source. Empty if the note has a single source, as one whose front matter names an
    author."""
    lines = text.lines
    heads = [
        (at, *head)
        for at, line in enumerate(lines)
        if line[:1] == "#" and (head := heading(line)) is not None
    ]
    number = Counter([level for _, level, _ in heads])
    if len(number) == len(heads) or _names_its_source(text.front):
        return []
    top = min((level for level, many in number.items() if many > 1), default=0)
    for level in sorted(level for level, many in number.items() if many > 1):
        if level > max(top, _TITLE_LEVEL):
            break
        starts = [_part(lines, at, name, level) for at, depth, name in heads if depth == level]
        found = [part for part in starts if part is not None]
        if len(found) < len(starts) and level > _TITLE_LEVEL:
            continue
        found = [part for part in found if part.described] if len(found) < len(starts) else found
        if len({key(part.title) for part in found}) > 1:
            ends = [part.begin for part in found[1:]] + [len(lines)]
            ended = [replace(part, end=end) for part, end in zip(found, ends, strict=True)]
            return ended if _are_sources(ended, lines, heads[0][2]) else []
    return []


def _names_its_source(front: FrontMatter) -> bool:
    """Whether the front matter names the author or the address of the only source."""
    return (
        bool(front.properties)
        and not front.records
        and (Header().names_author(front) or front.first("full-title", "url") is not None)
    )


def fill_the_note(text: Text) -> bool:
    """Whether a note has nothing but several sources: every heading of their level names one, with its author or a link."""
    found = parts(text)
    if not found:
        return False
    level = heading(text.lines[found[0].begin])
    same = [
        head
        for line in text.headings
        if (head := heading(line)) is not None and level and head[0] == level[0]
    ]
    known = all(
        Header().names_author(FrontMatter(part.values)) or "url" in part.values or _has_metadata(text, part)
        for part in found
    )
    return known and len(same) == len(found)


def _has_metadata(text: Text, part: Part) -> bool:
    return any(_is_metadata(line) for line in text.lines[part.begin + 1 : part.body])


def _is_metadata(line: str) -> bool:
    return (found := heading(line)) is not None and found[1].strip("# :").lower() in METADATA


def _are_sources(found: Sequence[Part], lines: Sequence[str], title: str) -> bool:
    """Whether parts are sources. If links alone show it, the note's title or a heading in each part must be about highlights."""
    if all(part.described for part in found) or _ABOUT_HIGHLIGHTS.search(title) is not None:
        return True
    return all(_has_passages(lines[part.begin + 1 : part.end]) for part in found)


def _has_passages(lines: Sequence[str]) -> bool:
    return any(
        line[:1] == "#" and (found := heading(line)) is not None and is_passages(found[1]) for line in lines
    )


def _part(lines: Sequence[str], at: int, name: str, level: int) -> Part | None:
    """Returns the source that a heading names, up to its properties; None if it names none."""
    bare = name.strip("# :").lower()
    if len(name) > _MAX_NAME or bare in METADATA or bare in READERS or is_passages(name):
        return None
    header, body, announced = _head(lines, at, level)
    title, url, author = name, None, None
    linked = _LINKED.match(name)
    if linked is not None and not link_tail.is_highlight_address(linked["url"]):
        title, url, author = linked["name"], linked["url"], linked["author"]
    elif linked is None and (signed := _SIGNED.match(name)) is not None:
        title, author = signed["name"], signed["author"]
    front = FrontMatter(header.values)
    known = header.names_author(front) or header.source(front, "").url is not None
    described = known or author is not None or (announced and bool(header.values or header.cover))
    if not described and url is None:
        return None
    for label, value in (("url", url), ("author", author)):
        if value:
            header.values.setdefault(label, [value])
    return Part(at, len(lines), title.strip("*_ "), header.values, body, described)


def _head(lines: Sequence[str], at: int, level: int) -> tuple[Header, int, bool]:
    """Returns the properties below a title, the line below them, and whether a heading announces them."""
    header, announced = Header(), False
    for number in range(at + 1, min(len(lines), at + 1 + _HEAD_LINES)):
        line = lines[number]
        if not line.strip() or line.startswith("%%"):
            continue
        if (by := _AUTHOR_BELOW.match(line)) is not None:
            header.values.setdefault("author", [by["author"].strip()])
        elif (counted := _COUNT.match(line)) is not None:
            header.values["highlights count"], announced = [counted["number"]], True
        elif (found := heading(line)) is not None:
            if found[0] <= level or not _is_metadata(line):
                return header, number, announced
            announced = True
        elif not header.read(line) and not line.startswith(("#", "!", "<")):
            return header, number, announced
    return header, min(len(lines), at + 1 + _HEAD_LINES), announced


def lines_of(text: Text, part: Part) -> list[str]:
    """Returns the lines of a part as those of a note of its own: its title has level 1, and its passages have a heading."""
    lines = list(text.lines[part.begin : part.end])
    lines[0] = f"# {part.title}"
    body = part.body - part.begin
    for at in range(1, min(body, len(lines))):
        if _AUTHOR_BELOW.match(lines[at]):
            lines[at] = ""
    if not _has_passages(lines[1:]):
        lines[body - 1] = _PASSAGES  # the overwritten line was already read into `values`
    return lines


def joined(text: Text, layout: Layout, readings: Sequence[tuple[Part, Reading]]) -> Reading:
    """Joins the readings of the parts. Every passage gets the source of its part."""
    entries: list[Entry] = []
    problems: Problems = []
    tags: list[str] = []
    records = {key(record.first("title") or ""): record for record in text.front.records}
    for part, reading in readings:
        if layout.category is not None:
            reading.header.values.setdefault("category", [layout.category])
        for name, values in part.values.items():
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
