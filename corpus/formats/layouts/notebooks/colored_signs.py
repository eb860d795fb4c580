"""Notes in which every passage begins with a sign of its colour ("🟡 passage"): LINER's, or a person's own template."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import COLOR_SIGNS
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.outline.read import read_note

_SIGNED = re.compile(
    rf"(?P<lead>[ \t]*(?:[-*+>][ \t]+)?)(?P<sign>[{''.join(COLOR_SIGNS)}])\ufe0f?[ \t]*(?=\S)"
)
_OWN_LINE = re.compile(r"[ \t]*(?:[💬💭📝✏]|[#>\-*|<\[!`]|https?:)")
_MIN_SIGNED = 2


def evidence(text: Text) -> int:
    """At least two lines with such a sign, and fewer other paragraphs than that below the first."""
    if not any(sign in text.body for sign in COLOR_SIGNS):
        return 0
    signed = [at for at, line in enumerate(text.lines) if _SIGNED.match(line)]
    if len(signed) < _MIN_SIGNED:
        return 0
    others = sum(
        bool(line.strip())
        and not text.lines[at - 1].strip()
        and not _OWN_LINE.match(line)
        and not _SIGNED.match(line)
        for at, line in enumerate(text.lines)
        if at > signed[0]
    )
    return 2 if others < len(signed) else 0


def read(text: Text) -> Reading:
    """Reads the passages, each with the colour of its sign."""
    reading = read_note(text, LAYOUT)
    entries = []
    for entry in reading.entries:
        match = _SIGNED.match(text.lines[entry.line - text.front.first_line])
        entries.append(replace(entry, color=COLOR_SIGNS[match["sign"]]) if match is not None else entry)
    return Reading(tuple(entries), reading.header, reading.problems)


def rewrite(lines: Sequence[str]) -> list[str]:
    """Replaces the signs by a common sign for passages. The lines above the first passage are the head."""
    found: list[str] = []
    first = next(at for at, line in enumerate(lines) if _SIGNED.match(line))
    for at, line in enumerate(lines):
        match = _SIGNED.match(line)
        if match is not None:
            line = f"{match['lead']}📌 {line[match.end() :]}"
        elif at == first - 1 and not line.strip():
            line = "## Highlights"
        found.append(line)
    return found


LAYOUT = Layout("colored signs", "highlights with a sign of their colour", evidence, read, rewrite=rewrite)
