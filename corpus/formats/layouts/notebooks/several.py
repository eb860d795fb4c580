"""Highlights of several sources in one note: a heading for each source, linked to it, or with its author in it or right below."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.formats import link_tail
from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import BY, Header, heading, is_passages
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.outline.read import read_part
from corpus.formats.outline.sections import METADATA

_HIGHLIGHTS = re.compile(
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
_MAX_NAME = 500
"""Characters of a heading that may name a source, its address included."""
_LINES_BELOW = 4
"""Lines below a heading in which its source's author may stand."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a source begins."""

    at: int
    name: str
    url: str | None = None
    author: str | None = None
    by: int | None = None
    """The line with the author, where it is no property."""


def evidence(text: Text) -> int:
    """Two or more headings of one level that each name a source; links to pages only below a title that speaks of highlights."""
    if sum(line.startswith("#") for line in text.headings) < 2 or text.front.first("full-title", "url"):
        return 0
    starts = starts_of(text.lines)
    if len(starts) < 2:
        return 0
    linked = any(start.url and not start.author for start in starts)
    titles = [found[1] for line in text.headings[:1] if (found := heading(line)) is not None]
    return 2 if not linked or any(map(_HIGHLIGHTS.search, titles)) else 0


def read(text: Text) -> Reading:
    """The sources one by one."""
    starts = starts_of(text.lines)
    entries: list[Entry] = []
    problems: Problems = []
    for start, end in zip(starts, [*(one.at for one in starts[1:]), len(text.lines)], strict=True):
        lines = ["", *text.lines[start.at + 1 : end]]
        if start.by is not None:
            lines[start.by - start.at] = ""
        body = next(
            (at for at, line in enumerate(lines) if at and line.strip() and not _is_property(line)),
            len(lines),
        )
        lines[body - 1] = "## Highlights"
        part = read_part(lines, text.front.first_line + start.at, None, LAYOUT)
        for line in text.lines[start.at + 1 : start.at + body]:
            part.header.read(line)
        part.header.values["title"] = [start.name.strip("*_ ")]
        for key, value in (("url", start.url), ("author", start.author)):
            if value:
                part.header.values.setdefault(key, [value])
        source = part.header.source(FrontMatter(), text.path)
        entries += [replace(entry, source=source) for entry in part.entries]
        problems += part.problems
    return Reading(tuple(entries), Header(), problems, titled=True)


def _is_property(line: str) -> bool:
    return Header().read(line)


def starts_of(lines: Sequence[str]) -> list[_Start]:
    """All headings of the highest level that is there more than once, if each of them names a source; else none."""
    found = [
        (at, *one) for at, line in enumerate(lines) if line[:1] == "#" and (one := heading(line)) is not None
    ]
    levels = Counter(level for _, level, _ in found)
    level = min((one for one, number in levels.items() if number > 1), default=0)
    starts = [_start(lines, at, name) for at, depth, name in found if depth == level]
    return [one for one in starts if one is not None] if all(starts) else []


def _by(lines: Sequence[str], at: int) -> tuple[int, str] | None:
    """(line, name) of the author right below a heading: "by Mara Vale"."""
    for below in range(at + 1, min(len(lines), at + 1 + _LINES_BELOW)):
        if (match := _AUTHOR_BELOW.match(lines[below])) is not None:
            return below, match["author"].strip()
        if lines[below].strip():
            return None
    return None


def _start(lines: Sequence[str], at: int, name: str) -> _Start | None:
    if len(name) > _MAX_NAME or name.strip(" :").lower() in METADATA or is_passages(name):
        return None
    if (match := _LINKED.match(name)) is not None:
        ours = link_tail.is_highlight_address(match["url"])
        by = None if match["author"] else _by(lines, at)
        author = by[1] if by is not None else match["author"]
        return None if ours else _Start(at, match["name"], match["url"], author, by[0] if by else None)
    if (match := _SIGNED.match(name)) is not None:
        return _Start(at, match["name"], None, match["author"])
    header = Header()
    for below in range(at + 1, min(len(lines), at + 1 + _LINES_BELOW)):
        if (match := _AUTHOR_BELOW.match(lines[below])) is not None:
            return _Start(at, name, None, match["author"].strip(), below)
        if header.read(lines[below]) and header.names_author(FrontMatter()):
            return _Start(at, name)
        if (found := heading(lines[below])) is not None and found[1].strip(" :").lower() in METADATA:
            return _Start(at, name)
        if lines[below].strip() and not header.values and not header.cover:
            return None
    return None


LAYOUT = Layout("several", "highlights of several sources", evidence, read)
