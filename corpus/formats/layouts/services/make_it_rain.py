"""The Obsidian plugin "Make It Rain" (Raindrop): `- passage`, `  *Note:* remark` below a heading of one of its templates.

Its texts are escaped as in YAML. Its note of all highlights with a tag has a heading with a link for each source.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.header import Header, heading
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.outline.read import read_part
from corpus.model import Source

_HIGHLIGHTS = frozenset(
    {
        "highlights", "highlights & annotations", "key points", "key points & quotes", "timestamps", "key moments / timestamps",
        "significant findings / quotes", "key takeaways for project", "important sections / definitions",
    }
)  # fmt: skip
"""Headings above the highlights, in the plugin's templates and in those of its documentation."""
_CONTENT = frozenset({"article content", "full content", "content", "scraped archive content"})
"""Headings above the whole text of the page."""
_ESCAPED = re.compile(r"\\([\"\\tr])")
_PLAIN = {"t": "\t", "r": ""}
_BEHIND = " *("
"""The beginning of a remark behind its passage, as in some templates: "passage *(Comment: remark)*"."""
_QUOTED = re.compile(r"\"(?P<text>.*)\"[ \t]+\((?P<remark>.*)\)$", re.S)
"""A passage in quotation marks with its remark in brackets, which are empty without one."""
_COLLECTION = frozenset({"collectionid", "collectiontitle", "collectionpath"})
_ALL = re.compile(r"# Aggregated Highlights: #")
_SOURCE = re.compile(r"## \[(?P<title>.{1,500})\]\((?P<url>\S{1,2000})\)[ \t]*$")
_ITEM = re.compile(r"- (?P<text>.*\S)[ \t]*$")
_NOTE = re.compile(r"  - \*\*Note\*\*: (?P<text>.*\S)[ \t]*$")


def evidence(text: Text) -> int:
    """The collection or the last change in the front matter; or the heading above all highlights of a tag.

    That is a hint only, so that a note of several sources stays one: the tag may have just one.
    """
    if _COLLECTION & text.front.properties.keys():
        return 3
    if {"lastupdate", "source", "id"} <= text.front.properties.keys():
        return 2
    return 1 if text.headings and _ALL.match(text.headings[0]) is not None else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Undoes the escapes, and gives the sections of all templates the usual names.

    Headings of the saved page are not those of the note. A note without highlights keeps only its title.
    """
    found = [
        _ESCAPED.sub(lambda sign: _PLAIN.get(sign[1], sign[1]), line) if "\\" in line else line
        for line in lines
    ]
    headed = whole = False
    for at, line in enumerate(found):
        if line[:1] != "#" or (head := heading(line)) is None or head[0] == 1:
            continue
        name = head[1].strip(" :").lower()
        if name in _HIGHLIGHTS and not (headed and whole):
            found[at], headed = "## Highlights", True
        elif name in _CONTENT or whole:
            found[at], whole = "## Full document", True
        else:
            found[at] = "## Details"
    return found if headed else [line if line.startswith("# ") else "" for line in found]


def read(text: Text) -> Reading:
    """Reads a note of one bookmark, or the note of all highlights with a tag."""
    if text.headings and _ALL.match(text.headings[0]) is not None:
        return Reading(tuple(_all_highlights(text)), Header(), titled=True)
    reading = read_part(text.lines, text.front.first_line, text.front.first("title"), LAYOUT)
    quoted = [_QUOTED.match(entry.text) if entry.text.endswith(")") else None for entry in reading.entries]
    if quoted and None not in quoted:
        parted = [
            _with_remark(entry, match["text"], match["remark"])
            for entry, match in zip(reading.entries, quoted, strict=True)
            if match is not None
        ]
        return replace(reading, entries=tuple(parted))
    return replace(reading, entries=tuple(map(_parted, reading.entries)))


def _parted(entry: Entry) -> Entry:
    """Moves a remark behind the passage to its place."""
    text, begin, remark = entry.text.rpartition(_BEHIND)
    if not begin or not remark.endswith(")*"):
        return entry
    return _with_remark(entry, text.rstrip(), remark.removesuffix(")*").removeprefix("Comment:"))


def _with_remark(entry: Entry, text: str, remark: str) -> Entry:
    return replace(entry, text=text, remark="\n".join(filter(None, (remark.strip(), entry.remark))) or None)


def _all_highlights(text: Text) -> list[Entry]:
    """Returns the highlights of all sources. Each is a line, and so is its remark."""
    entries: list[Entry] = []
    source: Source | None = None
    for at, line in enumerate(text.lines):
        if (head := _SOURCE.match(line)) is not None:
            source = Source(title=head["title"], category="articles", url=head["url"])
        elif source is not None and (item := _ITEM.match(line)) is not None:
            entries.append(Entry(item["text"], text.front.first_line + at, source=source))
        elif entries and (note := _NOTE.match(line)) is not None:
            entries[-1] = replace(entries[-1], remark=note["text"])
    return entries


LAYOUT = Layout(
    "make it rain",
    "Raindrop highlights (Make It Rain)",
    evidence,
    read,
    rewrite=rewrite,
    styled=True,
    category="articles",
    marks=("# aggregated highlights: #",),
    properties=_COLLECTION | {"lastupdate"},
)
