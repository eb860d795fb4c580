"""Pages of Roam or Logseq as JSON: a tree of blocks for each page. Each is read like a Logseq page, if it is an export."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.layouts.notebooks import logseq

_MAX_DEPTH = 100
_MAX_LINES = 200_000

Block = Mapping[str, object]


def _pages(text: str) -> list[Block]:
    """Returns the pages of an export; empty if the text is not one."""
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return []
    several = found.get("blocks") if isinstance(found, dict) else found
    listed = several if isinstance(several, list) else []
    return [page for page in listed if isinstance(page, dict) and _title(page) and _children(page)]


def _title(page: Block) -> str:
    found = next((page[key] for key in ("title", "page-name", "name") if isinstance(page.get(key), str)), "")
    return str(found)


def _children(block: Block) -> list[Block]:
    found = block.get("children")
    return [child for child in found if isinstance(child, dict)] if isinstance(found, list) else []


def _lines(block: Block, depth: int) -> Iterator[str]:
    """Yields all blocks below this one as lines of a Logseq page."""
    pending = [(child, depth) for child in reversed(_children(block))]
    while pending:
        current, deep = pending.pop()
        words = current.get("string", current.get("content"))
        first, *rest = (words if isinstance(words, str) else "").split("\n")
        yield "\t" * deep + f"- {first}".rstrip()
        yield from ("\t" * deep + f"  {line}" for line in rest)
        if deep < _MAX_DEPTH:
            pending += [(below, deep + 1) for below in reversed(_children(current))]


def _text(page: Block, path: str) -> Text:
    lines: list[str] = []
    for line in _lines(page, 0):
        lines.append(line)
        if len(lines) > _MAX_LINES:
            break
    body = "\n".join(lines)
    front = FrontMatter({"title": [_title(page).removesuffix(" (highlights)")]}, body)
    return Text(path, body, front, tuple(lines))


def evidence(text: Text) -> int:
    """At least one page is an export of highlights."""
    if '"children"' not in text.text or not ('"string"' in text.text or '"content"' in text.text):
        return 0
    return 3 if any(logseq.evidence(_text(page, text.path)) > 1 for page in _pages(text.text)) else 0


def read(text: Text) -> Reading:
    """Reads the highlights of every page that is an export. Each page is a source."""
    entries: list[Entry] = []
    problems: Problems = []
    for page in _pages(text.text):
        part = _text(page, text.path)
        if logseq.evidence(part) < 2:
            continue
        reading = logseq.read(part)
        source = reading.header.source(part.front, text.path)
        entries += [replace(entry, source=source, line=1) for entry in reading.entries]
        problems += [(None, what) for _, what in reading.problems]
    return Reading(tuple(entries), Header(), problems, titled=True)


LAYOUT = Layout("outline json", "pages of Roam or Logseq (JSON)", evidence, read, frozenset({".json"}))
