"""Omnivore's Logseq plugin: a block for each article with its link and properties, and the highlights below it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.layouts.notebooks import logseq

_ARTICLE = re.compile(r"(?P<indent>\t*)- \[(?P<title>.+)\]\((?P<url>https://omnivore\.app/\S+)\)[ \t]*$")
_PROPERTY = re.compile(r"\t*  (?P<key>[a-z][\w -]*)::[ \t]*(?P<value>.*)$")
_SITE = re.compile(r"\((?P<url>https?://[^\s()]+)\)")


def evidence(text: Text) -> int:
    """A block that has only the link of an article, with a property right below."""
    return 3 if "](https://omnivore.app/" in text.body and _articles(text.lines) else 0


def _articles(lines: Sequence[str]) -> list[int]:
    return [
        at
        for at, line in enumerate(lines[:-1])
        if "](https://omnivore.app/" in line and _ARTICLE.match(line) and _PROPERTY.match(lines[at + 1])
    ]


def read(text: Text) -> Reading:
    """Reads the articles one by one. Each is a source."""
    entries: list[Entry] = []
    problems: Problems = []
    starts = _articles(text.lines)
    for begin, end in zip(starts, [*starts[1:], len(text.lines)], strict=True):
        part, part_problems = _article(text, begin, end)
        entries += part
        problems += part_problems
    return Reading(tuple(entries), Header(), problems, titled=True)


def _article(text: Text, begin: int, end: int) -> tuple[list[Entry], Problems]:
    match = _ARTICLE.match(text.lines[begin])
    assert match is not None
    header = Header()
    header.values = {"title": [match["title"]], "opens": [match["url"]], "category": ["articles"]}
    at = begin + 1
    while at < end and (found := _PROPERTY.match(text.lines[at])) is not None:
        key = {"labels": "tags", "site": "url", "date-published": "published"}.get(found["key"], found["key"])
        site = _SITE.search(found["value"]) if key == "url" else None
        header.values.setdefault(key, [site["url"] if site is not None else found["value"]])
        at += 1
    depth = len(match["indent"]) + 1
    below = [line[min(depth, len(line) - len(line.lstrip("\t"))) :] for line in text.lines[at:end]]
    reading = logseq.blocks(below, text.front.first_line + at)
    source = header.source(FrontMatter(), text.path)
    return [replace(entry, source=source) for entry in reading.entries], reading.problems


LAYOUT = Layout(
    "omnivore logseq",
    "Omnivore highlights (Logseq plugin)",
    evidence,
    read,
    marks=("](https://omnivore.app/",),
)
