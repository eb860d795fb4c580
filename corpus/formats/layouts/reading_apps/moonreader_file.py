"""Moon+ Reader's own export, `.mrexpt`: a block of lines for each highlight. A line with `#` stands before each block.

The lines of a block are: id, title, file (twice), chapter, two positions, length, colour, moment in milliseconds, name of the
bookmark, remark, passage, three switches. `<BR>` stands for a line end.
"""

from datetime import UTC, datetime

from corpus.formats import properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.model import Source

_LINES = 13
"""How many lines of a block there are down to its passage."""
_TITLE, _FILE, _MOMENT, _REMARK, _PASSAGE = 1, 2, 9, 11, 12
_MAX_MOMENT_MS = 4_102_444_800_000
"""The year 2100."""


def evidence(text: Text) -> int:
    """The switches at its beginning, and its blocks."""
    return 3 if "\n#\n" in text.text and "indent:" in text.text[:200] else 0


def read(text: Text) -> Reading:
    """Reads every highlight. Each block names its book."""
    entries: list[Entry] = []
    line = 1
    for number, block in enumerate(text.text.replace("\r\n", "\n").split("\n#\n")):
        lines = block.split("\n")
        if number and len(lines) >= _LINES and (words := _words(lines[_PASSAGE])):
            title = lines[_TITLE].strip() or properties.title_of_file(lines[_FILE])
            source = Source(title, category="books")
            remark = _words(lines[_REMARK]) or None
            entries.append(
                Entry(words, line + _PASSAGE, remark=remark, added=_moment(lines[_MOMENT]), source=source)
            )
        line += len(lines) + 1
    return Reading(tuple(entries), Header(), titled=True)


def _words(line: str) -> str:
    return line.replace("<BR>", "\n").strip()


def _moment(value: str) -> str | None:
    """Converts milliseconds since 1970 to a moment in UTC; None for anything else."""
    if not value.strip().isdigit() or not 0 < int(value) < _MAX_MOMENT_MS:
        return None
    return datetime.fromtimestamp(int(value) / 1000, UTC).replace(microsecond=0).isoformat()


LAYOUT = Layout("moon reader file", "Moon+ Reader's export (.mrexpt)", evidence, read, frozenset({".mrexpt"}))
