"""KOReader as Markdown: its own exporter (`### Page 12 @ 2 January 2024 03:04 PM`) and the Obsidian importer (`### Page: 12`)."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.outline.read import read_note, read_part

_PAGE = re.compile(r"#{2,5}[ \t]+(?P<word>[^\W\d_]+):?[ \t]*[\divxlc]+(?:[ \t]*@[ \t]*.+)?[ \t]*$")
_DATED_PAGE = re.compile(r"### \S+ \S+ @ ")
_AUTHOR = re.compile(r"^#####[ \t]+(?P<name>\S.*)$")
_DATE = re.compile(r"^\(\*(?P<date>[^*()]{4,60})\*\)[ \t]*$")
_RULE = re.compile(r"^-{3,}[ \t]*$")
_FOOTER = re.compile(r"^(?:_Generated at: .*_|##)[ \t]*$")
_FILE_LINK = re.compile(r"^[ \t]*\[[^\]\n]{1,60}\]\(<file://.*>\)[ \t]*$")


def evidence(text: Text) -> int:
    """Headings of pages with dates, or the importer's properties and comments."""
    if "%% KOHL " in text.body:
        return 3
    counted = text.front.first("highlightcount", "lastread", "firstread", "totalreadtime") is not None
    if counted and text.front.first("authors", "author", "title") is not None:
        return 3
    if any(map(_DATED_PAGE.match, text.headings)):
        return 3
    words = (match["word"] for line in text.headings if (match := _PAGE.match(line)) is not None)
    return 1 if any(role_of(word) is Role.LOCATION for word in words) else 0


def read(text: Text) -> Reading:
    """The books of an export one by one: each begins with its title and, below it, its author."""
    starts = [
        at
        for at, line in enumerate(text.lines[:-1])
        if line.startswith("# ") and _AUTHOR.match(text.lines[at + 1])
    ]
    if len(starts) < 2:
        return read_note(text, LAYOUT)
    entries: list[Entry] = []
    problems: Problems = []
    for begin, end in zip(starts, [*starts[1:], len(text.lines)], strict=True):
        part = read_part(text.lines[begin:end], text.front.first_line + begin, None, LAYOUT)
        part.header.values.setdefault("category", ["books"])
        source = part.header.source(FrontMatter(), text.path)
        entries += [replace(entry, source=source) for entry in part.entries]
        problems += part.problems
    return Reading(tuple(entries), Header(), problems, titled=True)


def rewrite(lines: Sequence[str]) -> list[str]:
    """The author below the title as a label; links into a file on the device and the footer go."""
    exported = any(line.startswith("### ") and " @ " in line for line in lines)
    return [_line(line, exported) for line in lines]


def _line(line: str, exported: bool) -> str:
    if (author := _AUTHOR.match(line)) is not None:
        return f"- Author: {author['name']}"
    if (date := _DATE.match(line)) is not None:
        return f"**Date:** {date['date']}"
    if exported and _RULE.match(line):
        return "**Note:**"  # in KOReader's own export a rule stands between a passage and its note
    return "" if _FILE_LINK.match(line) or _FOOTER.match(line) else line


LAYOUT = Layout(
    "koreader", "KOReader highlights", evidence, read, rewrite=rewrite, category="books", styled=True
)
