"""KOReader as Markdown: its own exporter (`### Page 12 @ 2 January 2024 03:04 PM`) and the Obsidian importer (`### Page: 12`).

The exporter writes a heading with a date above every passage, then the unchanged passage, a rule and the note
(plugins/exporter.koplugin/template/md.lua). So the lines between two such headings always belong to one passage, even if they
begin like a list, a quote or a label.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats import dates, properties
from corpus.formats.entry import Draft, Entry, child, only_tags
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, heading
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.outline.read import read_note
from corpus.model import Source

_COUNTED = (
    "highlightcount", "highlight count", "lastread", "last read date", "firstread", "first read date", "totalreadtime",
    "note count",
)  # fmt: skip
"""Properties that the importer writes, in its present and its earlier spelling."""
_PAGE = re.compile(r"#{2,5}[ \t]+(?P<word>[^\W\d_]+):?[ \t]*[\divxlc]+(?:[ \t]*@[ \t]*.+)?[ \t]*$")
_DATED_PAGE = re.compile(r"### (?P<word>\S+) (?P<page>\S+) @ (?P<date>.*)")
_CHAPTER = re.compile(r"^##(?:[ \t]|$)")
_AUTHOR = re.compile(r"^#####[ \t]+(?P<name>\S.*)$")
_DATE = re.compile(r"^\(\*(?P<date>[^*()]{4,60})\*\)[ \t]*$")
_RULE = re.compile(r"^-{3,}[ \t]*$")
_FOOTER = re.compile(r"^(?:_Generated at: .*_|##)[ \t]*$")
_FILE_LINK = re.compile(r"^[ \t]*\[[^\]\n]{1,60}\]\(<file://.*>\)[ \t]*$")


def evidence(text: Text) -> int:
    """Headings of pages with dates, or the importer's properties and comments."""
    if "%% KOHL " in text.body or "<!-- KOHL " in text.body:
        return 3
    counted = text.front.first(*_COUNTED) is not None
    if counted and text.front.first("authors", "author(s)", "author", "title") is not None:
        return 3
    if any(map(_DATED_PAGE.match, text.headings)):
        return 3
    words = (match["word"] for line in text.headings if (match := _PAGE.match(line)) is not None)
    if not any(role_of(word) is Role.LOCATION for word in words):
        return 0
    own = "readwise" in text.text.lower() or "rw-book-cover" in text.text
    return 0 if own else 1  # headings of pages without a date are a person's own template for Readwise


def read(text: Text) -> Reading:
    """Reads the exporter's passages book by book, and the importer's notes with the common reader."""
    if any(map(_DATED_PAGE.match, text.headings)):
        return _Export(text).read()
    return read_note(text, LAYOUT)


class _Export:
    """Reads the exporter's notes: for each book its title and author, then its passages."""

    def __init__(self, text: Text) -> None:
        self._lines = text.lines
        self._first_line = text.front.first_line
        self._entries: list[Entry] = []
        starts = [at for at in range(len(self._lines) - 1) if self._is_book(at)]
        self._several = len(starts) > 1
        self._header = Header()
        self._source: Source | None = None
        self._chapter: str | None = None

    def read(self) -> Reading:
        """Reads every passage. If the file has several books, each passage names its source."""
        lines = self._lines
        unit: int | None = None
        for at in range(len(lines) + 1):
            if at < len(lines) and (lines[at][:1] != "#" or not self._is_own(at)):
                if unit is None and at < len(lines) and lines[at][:1] != "#":
                    self._header.read(lines[at])
                continue
            if unit is not None:
                self._entry(unit, at)
            unit = at if at < len(lines) and _DATED_PAGE.match(lines[at]) else None
            if at < len(lines) and unit is None:
                self._heading(at)
        return Reading(tuple(self._entries), self._header, titled=True if self._several else None)

    def _is_book(self, at: int) -> bool:
        below = self._lines[at + 1] if at + 1 < len(self._lines) else ""
        return self._lines[at].startswith("# ") and _AUTHOR.match(below) is not None

    def _is_own(self, at: int) -> bool:
        """Whether the exporter wrote a heading. Other headings are part of a passage."""
        line = self._lines[at]
        if (
            _DATED_PAGE.match(line)
            or self._is_book(at)
            or (_AUTHOR.match(line) and at and self._is_book(at - 1))
        ):
            return True
        below = next((later for later in self._lines[at + 1 : at + 4] if later.strip()), "")
        return _CHAPTER.match(line) is not None and (
            _DATED_PAGE.match(below) is not None or _FOOTER.match(below) is not None
        )

    def _heading(self, at: int) -> None:
        """Takes a heading of a book or chapter."""
        line = self._lines[at]
        if self._is_book(at):
            author = _AUTHOR.match(self._lines[at + 1])
            assert author is not None
            header = Header()
            header.values = {"title": [line[2:]], "author": [author["name"]], "category": ["books"]}
            self._chapter = None
            self._source = header.source(FrontMatter(), "") if self._several else None
            if not self._several:
                self._header.values = {**header.values, **self._header.values}
        elif not _AUTHOR.match(line):
            self._chapter = properties.chapter(line.strip("# "))

    def _entry(self, at: int, end: int) -> None:
        """Reads the passage below the heading on line `at`."""
        heading = _DATED_PAGE.match(self._lines[at])
        assert heading is not None
        lines = [line.rstrip() for line in self._lines[at + 1 : end]]
        while lines and (not lines[-1] or _FILE_LINK.match(lines[-1]) or _FOOTER.match(lines[-1])):
            lines.pop()
        rule = next(
            (index for index in range(1, len(lines)) if _RULE.match(lines[index]) and not lines[index - 1]),
            len(lines),
        )
        begin = next((index for index in range(rule) if lines[index]), rule)
        if begin == rule:
            return
        draft = Draft(self._first_line + at + 1 + begin, lines[begin], self._chapter)
        draft.location = f"{heading['word'].capitalize()} {heading['page']}"
        draft.added = dates.moment(heading["date"])
        self._fill(draft, lines[begin + 1 : rule])
        if rule < len(lines):
            draft.note("")
            draft.remark += lines[rule + 1 :]
        self._entries.append(replace(draft.finish(), source=self._source))

    def _fill(self, draft: Draft, lines: Sequence[str]) -> None:
        """Adds the further lines of a passage, and what its reader added below: labels in bold, lines of tags."""
        before = draft.first
        for line in lines:
            found = child(line) if not before else None
            if found is not None and found.marked and found.name[:1].isalpha():
                draft.child(found)
            elif not before and line[:1] in "#[" and line and only_tags(line) and heading(line) is None:
                draft.tag_lines.append(line)
            else:
                draft.add(line)
            before = line


def rewrite(lines: Sequence[str]) -> list[str]:
    """Turns the author below the title into a label, and drops the footer and links to files on the device."""
    return [_line(line) for line in lines]


def _line(line: str) -> str:
    if (author := _AUTHOR.match(line)) is not None:
        return f"- Author: {author['name']}"
    if (date := _DATE.match(line)) is not None:
        return f"**Date:** {date['date']}"
    return "" if _FILE_LINK.match(line) or _FOOTER.match(line) else line


LAYOUT = Layout(
    "koreader", "KOReader highlights", evidence, read, rewrite=rewrite, category="books", styled=True
)
