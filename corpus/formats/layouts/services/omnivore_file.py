"""Omnivore's plugin with one file for all articles: each between `%%<id>_start%%` and `%%<id>_end%%`, properties at the top."""

import re
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.layouts.services import omnivore
from corpus.formats.outline.read import read_part

_EDGE = re.compile(r"%%(?P<id>[\w-]{8,60})_(?P<edge>start|end)%%[ \t]*$")
_ID = re.compile(r"[ \t]*(?:-[ \t]+)?id:[ \t]*[\"']?(?P<id>[\w-]{8,60})")
_AUTHOR = re.compile(r"[ \t]*(?:-[ \t]+)?author:[ \t]*[\"']?(?P<name>[^\"'\n]+)")


def evidence(text: Text) -> int:
    """The signs around an article."""
    return 3 if "_start%%" in text.body and any(map(_EDGE.match, text.lines)) else 0


def read(text: Text) -> Reading:
    """Reads the articles one by one. Each is a source."""
    authors = _authors(text.text)
    entries: list[Entry] = []
    problems: Problems = []
    begin, name = 0, ""
    for at, line in enumerate(text.lines):
        if (edge := _EDGE.match(line)) is None:
            continue
        if edge["edge"] == "start":
            begin, name = at + 1, edge["id"]
        elif edge["id"] == name and omnivore.has_highlights(text.lines[begin:at]):
            part = read_part(text.lines[begin:at], text.front.first_line + begin, None, omnivore.LAYOUT)
            part.header.values.setdefault("author", authors.get(name, []))
            part.header.values.setdefault("category", ["articles"])
            source = part.header.source(FrontMatter(), text.path)
            entries += [replace(entry, source=source) for entry in part.entries]
            problems += part.problems
    return Reading(tuple(entries), Header(), problems, titled=True)


def _authors(text: str) -> dict[str, list[str]]:
    """Returns the author of each article by its id, from the list at the top of the file."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in text.split("\n"):
        if _EDGE.match(line):
            break
        if (match := _ID.match(line)) is not None:
            current = match["id"]
        elif current and (author := _AUTHOR.match(line)) is not None:
            found[current] = [author["name"].strip()]
    return found


LAYOUT = Layout("omnivore file", "Omnivore highlights (one file)", evidence, read, marks=("_start%%",))
