"""The Obsidian plugin Local Quotes: `:::Author:::`, and a list of the author's quotations right below.

The list ends at an empty line or at a line of another kind. What stands after it is the reader's.
"""

import re
from collections.abc import Sequence

from corpus.formats import properties
from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, heading
from corpus.formats.layout import Layout, Problems, Reading, Text

_AUTHOR = re.compile(r":::(?P<name>[^:\n][^\n]{0,200}?):::[ \t]*$")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+(?P<text>\S.*)$")
BESIDE = "text beside the lists of quotations: left out"


def evidence(text: Text) -> int:
    """An author's line with an item of a list below it."""
    return 3 if ":::" in text.body and _lists(text.lines) else 0


def _lists(lines: Sequence[str]) -> list[int]:
    return [
        at for at, line in enumerate(lines[:-1]) if line[:3] == ":::" and _AUTHOR.match(line) and _ITEM.match(lines[at + 1])
    ]  # fmt: skip


def read(text: Text) -> Reading:
    """Reads the quotations. Each list has its own author."""
    header, lines = Header(), text.lines
    entries: list[Entry] = []
    problems: Problems = []
    chapter: str | None = None
    author, listed = "", False
    for at, line in enumerate(lines):
        number = text.front.first_line + at
        item = _ITEM.match(line)
        if (named := heading(line)) is not None:
            if named[0] == 1 and header.h1 is None and not entries:
                header.h1 = properties.unwiki(named[1])
            else:
                chapter = properties.chapter(named[1])
            listed = False
        elif (match := _AUTHOR.match(line)) is not None:
            author, listed = match["name"].strip(), True
        elif listed and item is not None:
            head = Header()
            head.values = {"title": [header.title(text.front) or ""], "author": [author]}
            source = head.source(FrontMatter(), text.path)
            entries.append(Entry(item["text"].rstrip(), number, chapter=chapter, source=source))
        elif listed and line[:1] in ("\t", " ") and line.strip() and entries:
            entries[-1] = _longer(entries[-1], line)
        else:
            listed = False
            if line.strip() and not problems:
                problems.append((number, BESIDE))
    tags = header.source(text.front, text.path).tags
    return Reading(tuple(entries), header, problems, tags)


def _longer(entry: Entry, line: str) -> Entry:
    return Entry(f"{entry.text}\n{line.strip()}", entry.line, chapter=entry.chapter, source=entry.source)


LAYOUT = Layout("quote listing", "lists of quotations (Local Quotes plugin)", evidence, read, marks=(":::",))
