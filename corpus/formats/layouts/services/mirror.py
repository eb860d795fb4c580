"""The Readwise Mirror plugin: a block id at the end of every highlight's text, and a rule after each highlight.

Older versions write `### first words…`, `>quote ^rw1`, `Comment: … ^rw1comment`, `Highlighted: …`, and a section "Extras" for the
reader. Newer ones write the plain text with ` ^1` at its end, `Note: …`, `Tags: …`, `[View Highlight](url)`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats import link_tail, properties
from corpus.formats.entry import Draft, Entry, child
from corpus.formats.header import Header
from corpus.formats.labels import Label, Role
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.outline.read import read_part
from corpus.normalize import key

RULE = re.compile(r"[ ]{0,3}-(?:[ \t]*-){2,}[ \t]*$")
_METADATA = re.compile(r"##[ \t]+Metadata[ \t]*$")
_HIGHLIGHTS = re.compile(r" {0,3}#{1,3}[ \t]+highlights\b\W*$", re.I)
_TITLE = re.compile(r"Notes for (.+)$")
_ID = re.compile(r"(?:^|[ \t])\^(?:rw)?\d+(?:hl)?[ \t]*$")
_COMMENT_ID = re.compile(r"\^(?:rw)?\d+comment[ \t]*$")
_HEADING = re.compile(r"#{1,6}[ \t]+(.*)$")
_QUOTE = re.compile(r">[ \t]?(.*)$")
_DATED = re.compile(r"(?:Highlighted|Updated|Created|Color|Colour|Location)\s*:|%%")
_EXTRAS = re.compile(r"#{3,5}[ \t]+Extras\b", re.I)
_COLUMN_ID = re.compile(r"(?m)^(?![ \t]|[-*+][ \t]|#{1,6}[ \t]+\^).*?[ \t]\^(?:rw)?\d{4,}(?:hl)?[ \t]*$")
_LINKED_ID = re.compile(r"(?m)\)(?:[ \t]{1,4}#\S{1,60}){0,9}[ \t]{1,4}\^(?!rw)[\w-]{1,60}[ \t]*$")
"""A block id of another kind after a link. No note of this plugin has one."""


def evidence(text: Text) -> int:
    """A plain line at the margin ends in a block id, and below "Highlights" are rules, or no bullets."""
    if "^" not in text.body or _COLUMN_ID.search(text.body) is None or _LINKED_ID.search(text.body):
        return 0
    start = _highlights_at(text.lines)
    rest = text.lines[start + 1 :]
    if start == len(text.lines):
        return 0
    if not any(map(RULE.match, rest)) and any(line.startswith("- ") for line in rest):
        return 0
    return 0 if _has_several_ids(rest) else 3


def _has_several_ids(lines: Sequence[str]) -> bool:
    """Whether several highlights stand between two rules, each with its own id at the end. This plugin never writes that."""
    found: set[str] = set()
    for line in lines:
        if RULE.match(line):
            found.clear()
        elif (match := _ID.search(line)) is not None and line[: match.start()].strip("> \t"):
            found.add(match.group().strip())
            if len(found) > 1:
                return True
    return False


def read(text: Text) -> Reading:
    """Reads the note's highlights in order: one between each two rules."""
    header = Header()
    end = _other_export_at(text.lines)
    lines = text.lines[:end]
    start = _highlights_at(lines)
    for line in lines[:start]:
        if (heading := _HEADING.match(line)) is not None and heading.group(1).lower().startswith(
            "notes for "
        ):
            line = heading.group(1)
        if (title := _TITLE.match(line)) is not None and not header.values:
            header.values["title"] = [title.group(1).strip()]
        header.read(line)
    entries: list[Entry] = []
    begin, chapter = start + 1, None
    for index in range(begin, len(lines) + 1):
        if index == len(lines) or RULE.match(lines[index]):
            entry = _part(lines[begin:index], text.front.first_line + begin, chapter)
            if entry is not None:
                chapter = entry.chapter
                entries.append(entry)
            begin = index + 1
    if end < len(text.lines):
        entries += read_part(text.lines[end:], text.front.first_line + end, None, LAYOUT).entries
    return Reading(tuple(entries), header)


def _other_export_at(lines: Sequence[str]) -> int:
    """Returns the index of the title of an export by Readwise's own plugin below this one; the number of lines without one."""
    below = next((at for at, line in enumerate(lines) if _METADATA.match(line)), len(lines))
    titles = (at for at in range(below - 1, -1, -1) if lines[at].startswith("# "))
    title = next(titles, 0) if below < len(lines) else 0
    return title if _highlights_at(lines) < title else len(lines)


def _highlights_at(lines: Sequence[str]) -> int:
    """Returns the index of the heading "Highlights"; the number of lines without one."""
    return next((index for index, line in enumerate(lines) if _HIGHLIGHTS.match(line)), len(lines))


def _part(lines: Sequence[str], number: int, chapter: str | None) -> Entry | None:
    """Reads the highlight between two rules."""
    begin, end = _span(lines)
    if begin == end:
        return None
    quoted = _QUOTE.match(lines[begin]) is not None
    text = [_QUOTE.sub(r"\1", line) if quoted else line for line in lines[begin:end]]
    draft = Draft(number + begin, text[0], _chapter(lines[:begin], "\n".join(text)) or chapter, None)
    draft.rest = text[1:]
    below = _read_below(lines[end:], draft)
    entry = draft.finish()
    if entry.link or below is None:
        return entry
    return replace(entry, link=below.link, location=below.location)


def _span(lines: Sequence[str]) -> tuple[int, int]:
    """Returns the first line of the passage and the line after it: from its quote sign to its block id, if it has these."""
    heading = next((index for index, line in enumerate(lines) if _HEADING.match(line)), None)
    first = next((index for index, line in enumerate(lines) if line.strip() and index != heading), len(lines))
    quote = next((index for index, line in enumerate(lines) if _QUOTE.match(line)), None)
    begin = quote if quote is not None and heading is not None else first
    for index in range(begin, len(lines)):
        if _ID.search(lines[index]):
            return begin, index + 1
    for index in range(begin, len(lines)):
        if child(lines[index]) or _DATED.match(lines[index]) or _EXTRAS.match(lines[index]):
            return begin, index
    return begin, len(lines)


def _chapter(above: Sequence[str], text: str) -> str | None:
    """Returns the heading above a passage, unless it only repeats the first words."""
    headings = [match.group(1) for line in above if (match := _HEADING.match(line)) is not None]
    if not headings or key(text).startswith(key(headings[-1].rstrip("… ."))):
        return None
    return properties.chapter(headings[-1])


def _read_below(lines: Sequence[str], draft: Draft) -> link_tail.Passage | None:
    """Adds the lines below the passage to the draft. Returns the link to the passage; None without one."""
    link: link_tail.Passage | None = None
    commented = False
    for line in lines:
        if (found := child(line.strip())) is not None and not commented:
            value = _COMMENT_ID.sub("", found.value).rstrip("*" if line.startswith("**") else "")
            draft.child(Label(found.role, value, found.name, found.marked))
            commented = (
                found.role is Role.NOTE
                and any(_COMMENT_ID.search(other) for other in lines)
                and not _COMMENT_ID.search(line)
            )
        elif commented:
            draft.add(_COMMENT_ID.sub("", line))
            commented = _COMMENT_ID.search(line) is None
        elif (passage := link_tail.cut(line.strip())).link is not None and not passage.text:
            link = link or passage
        elif _DATED.match(line):
            draft.in_child = False
        elif _EXTRAS.match(line):
            draft.note("")
        elif draft.in_child and line.strip():
            draft.add(line)
    return link


LAYOUT = Layout("mirror", "Readwise Mirror plugin", evidence, read, by_readwise=True, marks=("^",))
