"""Highlights of several sources in one note: a title that says so, below it a heading for each source, its name linked to it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats import link_tail
from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, heading
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.outline.read import read_part

_HIGHLIGHTS = re.compile(
    r"\b(?:highlights?|annotations?|markierungen|surlignages|subrayados|destaques)\b|划线|ハイライト|выделения",
    re.I,
)
_NAMED = re.compile(r"\[(?P<name>[^\[\]\n]+)\]\((?P<url>https?://\S+)\)(?:[ \t]+by[ \t]+(?P<author>.+))?$")


def evidence(text: Text) -> int:
    """A title that speaks of highlights, and two or more headings of one level that are each a link to a page."""
    if text.body.count("](http") < 2:
        return 0
    titles = [found[1] for line in text.lines[:20] if (found := heading(line)) is not None and found[0] == 1]
    if not any(map(_HIGHLIGHTS.search, titles)):
        return 0
    return 2 if len(_starts(text.lines)) > 1 else 0


def read(text: Text) -> Reading:
    """The sources one by one."""
    starts = _starts(text.lines)
    entries: list[Entry] = []
    problems: Problems = []
    for begin, end in zip(starts, [*starts[1:], len(text.lines)], strict=True):
        found = heading(text.lines[begin])
        named = _NAMED.match(found[1]) if found is not None else None
        if named is None:
            continue
        lines = ["## Highlights", *text.lines[begin + 1 : end]]
        part = read_part(lines, text.front.first_line + begin, None, LAYOUT)
        part.header.values["title"] = [named["name"]]
        part.header.values.setdefault("url", [named["url"]])
        if named["author"]:
            part.header.values.setdefault("author", [named["author"]])
        source = part.header.source(FrontMatter(), text.path)
        entries += [replace(entry, source=source) for entry in part.entries]
        problems += part.problems
    return Reading(tuple(entries), Header(), problems, titled=True)


def _starts(lines: Sequence[str]) -> list[int]:
    """Indexes of the headings of sources: all headings of the highest level below the title, each a link to a page."""
    found = [
        (at, *one) for at, line in enumerate(lines) if line[:1] == "#" and (one := heading(line)) is not None
    ]
    level = min((level for _, level, _ in found if level > 1), default=0)
    names = [(at, _NAMED.match(name)) for at, depth, name in found if depth == level]
    if not names or not all(
        match is not None and not link_tail.is_highlight_address(match["url"]) for _, match in names
    ):
        return []
    return [at for at, _ in names]


LAYOUT = Layout("several", "highlights of several sources", evidence, read)
