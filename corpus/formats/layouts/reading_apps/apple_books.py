"""Apple Books importers: one block of labelled bullets for each highlight, with rules between; or, by apple-books-highlights,
paragraphs below chapters, with the remark in `_NOTE: …_` behind the passage."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
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
    reading = read_note(text, LAYOUT)
    if f" {_NOTE}" not in text.body:
        return reading
    return replace(reading, entries=tuple(map(_parted, reading.entries)))


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
    marks=("ibooks://", "asset_id", "highlight::", "_note: "),
)
