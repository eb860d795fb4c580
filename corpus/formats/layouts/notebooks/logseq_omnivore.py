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
_NOTE = re.compile(r"(?P<indent>\t*)- note::[ \t]*(?P<text>.*)$")
_QUOTE = re.compile(r"\t*  (?=> )")
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
    _move_notes(below)
    reading = logseq.blocks(below, text.front.first_line + at)
    source = header.source(FrontMatter(), text.path)
    return [replace(entry, source=source) for entry in reading.entries], reading.problems


def _move_notes(lines: list[str]) -> None:
    """Moves a remark above its passage below it. Version 0.9 of the plugin wrote it first, even if it is empty."""
    for at, line in enumerate(lines[:-1]):
        if "- note::" not in line or (note := _NOTE.match(line)) is None:
            continue
        begin = at + 1
        while begin < len(lines) and _is_further(lines[begin]):
            begin += 1
        end = begin
        while end < len(lines) and _QUOTE.match(lines[end]):
            end += 1
        if begin == end:
            continue
        passage = [f"{note['indent']}- {lines[begin].strip()}", *lines[begin + 1 : end]]
        remark = [f"{note['indent']}  note:: {note['text']}", *lines[at + 1 : begin]]
        lines[at:end] = [*passage, *(remark if note["text"].strip() else [""] * len(remark))]


def _is_further(line: str) -> bool:
    """Whether a line continues the remark above: it belongs to the same block, and no passage begins."""
    bare = line.lstrip("\t")
    return bare.startswith("  ") and not bare.startswith("  > ")


LAYOUT = Layout(
    "omnivore logseq",
    "Omnivore highlights (Logseq plugin)",
    evidence,
    read,
    marks=("](https://omnivore.app/",),
)
