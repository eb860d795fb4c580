"""The Obsidian plugin "Kobo Highlights Importer": paragraphs, `**Note:** remark`, `*Created: 2024-07-28T06:00:12.000Z*`.

The date stands below every passage and its note. So everything between two dates, or between a heading and a date, is one passage.
"""

import re
from collections.abc import Sequence

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import NO_CHAPTERS, Header, heading, is_highlights
from corpus.formats.layout import Layout, Problems, Reading, Text

_CREATED = re.compile(r"\*Created: (?P<moment>\d{4}-\d{2}-\d{2}T[\d:.]{5,15}Z?)\*[ \t]*$")
_NOTE = re.compile(r"\*\*Note:\*\*[ \t]*(?P<text>.*)$")
UNDATED = "text without a date below it: left out, because it cannot be told whose words it is"


def evidence(text: Text) -> int:
    """A date in the plugin's form, and a heading "Highlights"."""
    if "*Created: " not in text.body or not any(map(_CREATED.match, text.lines)):
        return 0
    return 3 if any((named := heading(line)) and is_highlights(named[1]) for line in text.headings) else 0


def read(text: Text) -> Reading:
    """Reads every passage with its note, date and chapter."""
    header, lines = Header(), text.lines
    start = next(
        at
        for at, line in enumerate(lines)
        if (named := heading(line)) is not None and is_highlights(named[1])
    )
    for line in lines[:start]:
        if (named := heading(line)) is not None and named[0] == 1:
            header.h1 = header.h1 or named[1]
    entries: list[Entry] = []
    problems: Problems = []
    chapter: str | None = None
    begin = start + 1
    for at in range(begin, len(lines) + 1):
        line = lines[at] if at < len(lines) else ""
        created = _CREATED.match(line)
        named = heading(line) if line[:1] == "#" else None
        if created is None and named is None and at < len(lines):
            continue
        if created is not None:
            added = dates.moment(created["moment"])
            entries += _entry(lines[begin:at], text.front.first_line + begin, chapter, added)
        elif any(map(str.strip, lines[begin:at])):
            problems.append((text.front.first_line + begin, UNDATED))
        if named is not None:
            chapter = None if named[1].lower() in NO_CHAPTERS else properties.chapter(named[1])
        begin = at + 1
    return Reading(tuple(entries), header, problems)


def _entry(lines: Sequence[str], line: int, chapter: str | None, added: str | None) -> list[Entry]:
    """Reads the lines above a date: the passage, then perhaps the note. No entry without a passage."""
    noted = next((at for at, part in enumerate(lines) if at and _NOTE.match(part)), len(lines))
    words = "\n".join(part.rstrip() for part in lines[:noted])
    if not words.strip():
        return []
    line += next(at for at, part in enumerate(lines) if part.strip())
    remark = "\n".join(_NOTE.sub(r"\g<text>", part) for part in lines[noted:]).strip()
    return [Entry(words.strip(), line, remark=remark or None, chapter=chapter, added=added)]


LAYOUT = Layout(
    "kobo", "Kobo highlights (Obsidian plugin)", evidence, read, category="books", marks=("*created: ",)
)
