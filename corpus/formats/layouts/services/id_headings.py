"""Templates of Readwise's Obsidian plugin with a heading for each highlight ("##### ^123"), and one for its quotation ("… ^123q").

Between the two stand properties of the highlight ("Goto: …", "highlight_tags:: …") and the reader's note. The passage stands below
the second heading, and the id again below the passage.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats import properties
from corpus.formats.entry import Draft, Entry, child
from corpus.formats.header import Header, batch, heading, is_passages
from corpus.formats.labels import Label, Role, label, role_of
from corpus.formats.layout import Layout, Reading, Text

_ID = re.compile(r"\^(?P<id>\d{4,}|rw\d+)(?P<more>[a-z]{0,9})$")
_ID_BELOW = re.compile(r"\^[\w-]+[ \t]*$")
_TAGS = re.compile(r"tags$", re.I)


def evidence(text: Text) -> int:
    """A heading with an id, and one with the same id and a letter."""
    ids = {match["id"] + match["more"] for line in text.headings if (match := _id(line)) is not None}
    return (
        3
        if any(match["more"] and match["id"] in ids for name in ids if (match := _ID.match(f"^{name}")))
        else 0
    )


def read(text: Text) -> Reading:
    """Reads the note's highlights in order: one below each heading with an id."""
    header = Header()
    entries: list[Entry] = []
    added: str | None = None
    chapter: str | None = None
    inside = 0  # level of the heading "Highlights"; 0 above it
    units: list[tuple[int, str | None, str | None]] = []
    for at, line in enumerate(text.lines):
        match = _id(line)
        if match is not None and not match["more"]:
            units.append((at, added, chapter))
        elif match is None and (found := heading(line)) is not None:
            level, name = found
            added = batch(name) or added
            header.h1 = header.h1 or (name if level == 1 and not entries and not units else None)
            if is_passages(name):
                inside, chapter = level, None
            elif inside and role_of(name.strip(" :*")) is None:
                chapter = properties.chapter(name) if level > inside else None
        elif not units:
            header.read(line)
    ends = [at for at, _, _ in units[1:]] + [len(text.lines)]
    for (begin, moment, within), end in zip(units, ends, strict=True):
        entry = _highlight(text.lines[begin + 1 : end], text.front.first_line + begin + 1, moment)
        entries += [replace(entry, chapter=within)] if entry is not None else []
    return Reading(tuple(entries), header)


def _id(line: str) -> re.Match[str] | None:
    """Returns the id in a heading that has nothing else."""
    found = heading(line) if line[:1] == "#" else None
    return _ID.match(found[1].strip()) if found is not None else None


def _highlight(lines: Sequence[str], number: int, added: str | None) -> Entry | None:
    """Reads one highlight; None if it has no heading for its quotation."""
    start = next((at for at, line in enumerate(lines) if _id(line) is not None), None)
    if start is None:
        return None
    end = next(
        (at for at in range(start + 1, len(lines)) if _ID_BELOW.match(lines[at]) or heading(lines[at])),
        len(lines),
    )
    first = next((at for at in range(start + 1, end) if lines[at].strip()), end)
    draft = Draft(number + first, lines[first] if first < end else "", None, added)
    draft.rest = [line.rstrip() for line in lines[first + 1 : end]]
    note: list[str] = []
    for line in lines[:start]:
        found = child(line) or label(line)
        begun = any(note)
        url = properties.address(found.value) if found is not None and not begun else None
        if found is not None and not begun and _TAGS.search(found.name):
            draft.child(Label(Role.TAGS, found.value, found.name, True))
        elif url is not None and found is not None:
            draft.link = draft.link or url
        else:
            note.append(line.strip())
    draft.field = None
    draft.remark = ["\n".join(note).strip()]
    return draft.finish()


LAYOUT = Layout(
    "id headings", "Readwise's Obsidian plugin, a heading with an id for each highlight", evidence, read
)
