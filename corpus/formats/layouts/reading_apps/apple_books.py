"""Apple Books importers: one block of labelled bullets for each highlight, with rules between; or, by apple-books-highlights,
paragraphs below chapters, with the remark in `_NOTE: …_` behind the passage; or, by the plugin "Apple Books Highlights", the
bare passages with rules between."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.outline.read import read_note

_BLOCK = re.compile(r"(?m)^-?[ \t]*(?:🎯[ \t]*)?Highlight::")
_TITLE = re.compile(r"^(Title::[ \t]*)📕[ \t]*")
_ANCHOR = re.compile(r"#{1,3}[ \t]+[^<>\n]{0,80}<a name=\"(?P<name>[a-z_]{1,40})_dont_delete\"></a>[ \t]*$")
"""The headings by which apple-books-highlights finds the reader's own notes, and its passages, again."""
_NOTE = "_NOTE: "
_BREAK = "\ue004"
"""Stands for a line break in a remark of several lines until the passage is parted from it."""
_NOTE_LINES = 50
"""How many lines a remark may have."""
_HEAD = ("## Metadata", "- Author: ", "- [Apple Books Link](ibooks://", "## Highlights")
"""How the lines of the head begin that the plugin "Apple Books Highlights" writes."""
_HEAD_LINES = 10


def evidence(text: Text) -> int:
    """Links into Apple Books, or its labels; an author below the title, and remarks behind passages."""
    if "ibooks://" in text.text or "asset_id" in text.front.properties:
        return 3
    if f" {_NOTE}" in text.body and any(line.startswith("By ") for line in text.lines[:6]):
        return 2
    return 2 if "Highlight::" in text.body and _BLOCK.search(text.body) and "Annotations" in text.body else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Removes the sign of a book from the title, names the sections, and puts a remark of several lines on one."""
    found = [_TITLE.sub(r"\1", line) for line in lines]
    for at, line in enumerate(found):
        if "_dont_delete" in line and (anchor := _ANCHOR.match(line)) is not None:
            found[at] = "## My notes" if anchor["name"] == "my_notes" else "## Highlights"
        elif f" {_NOTE}" in line and not line.rstrip().endswith("_"):
            end = next(
                (
                    no
                    for no in range(at + 1, min(len(found), at + _NOTE_LINES))
                    if found[no].rstrip()[-1:] == "_"
                ),
                None,
            )
            if end is not None:
                found[at] = _BREAK.join(found[at : end + 1])
                found[at + 1 : end + 1] = [""] * (end - at)
    return found


def read(text: Text) -> Reading:
    """Reads a note with the common reader, and moves the remarks behind passages to their place."""
    if (begin := _bare(text)) is not None:
        return _passages(text, begin)
    reading = read_note(text, LAYOUT)
    if f" {_NOTE}" not in text.body:
        return reading
    return replace(reading, entries=tuple(map(_parted, reading.entries)))


def _bare(text: Text) -> int | None:
    """Returns the line below the head that the plugin "Apple Books Highlights" writes; None in another note."""
    worded = [at for at, line in enumerate(text.lines[:_HEAD_LINES]) if line.strip()][:4]
    found = [text.lines[at] for at in worded]
    is_head = len(found) == len(_HEAD) and all(map(str.startswith, found, _HEAD))
    return worded[-1] + 1 if is_head else None


def _passages(text: Text, begin: int) -> Reading:
    """Reads bare passages. An empty line and a rule stand between two of them."""
    header = Header()
    for line in text.lines[: begin - 1]:
        header.read(line)
    lines, entries, first = text.lines, [], begin
    for at in range(begin, len(lines) + 1):
        if at < len(lines) and not (lines[at].rstrip() == "---" and at and not lines[at - 1].strip()):
            continue
        worded = next((no for no in range(first, at) if lines[no].strip()), None)
        if worded is not None:
            entries.append(Entry("\n".join(lines[worded:at]).strip(), text.front.first_line + worded))
        first = at + 1
    return Reading(tuple(entries), header)


def _parted(entry: Entry) -> Entry:
    text, label, note = entry.text.partition(f" {_NOTE}")
    if not label or not note.endswith("_"):
        return entry
    remark = note[:-1].replace(_BREAK, "\n").strip()
    return replace(entry, text=text.rstrip(), remark="\n".join(filter(None, (remark, entry.remark))) or None)


LAYOUT = Layout(
    "apple books",
    "Apple Books highlights",
    evidence,
    read,
    rewrite=rewrite,
    category="books",
    escaped=True,
    marks=("ibooks://", "highlight::", "_note: "),
    properties=frozenset({"asset_id"}),
)
