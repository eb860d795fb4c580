"""Highlights exported from calibre, as Markdown or text: the passage, its moment, a blank line, the note, a rule."""

import re
from collections.abc import Sequence

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header, heading
from corpus.formats.layout import Layout, Problems, Reading, Text

_LINKED = re.compile(r"\[(?P<date>[^\[\]\n]{4,60})\]\((?P<url>calibre://[^\s()]+)\)[ \t]*$")
_RULE = re.compile(r"(?:-{20}|───)[ \t]*$")
_CLOCKED = re.compile(r"\d.*\d{1,2}[:.]\d{2}")
_MAX_DATE_CHARS = 40
NO_BLOCK = "a highlight without its moment: left out, as it cannot be told where its note begins"


def _moment(line: str) -> re.Match[str] | None:
    """Matches a line with the moment of a highlight: a link into calibre, or a short date with a time, in any order."""
    if (match := _LINKED.match(line)) is not None:
        return match if any(map(str.isdigit, match["date"])) else None
    bare = line.strip()
    return _CLOCKED.match(bare) if len(bare) <= _MAX_DATE_CHARS and sum(map(str.isalpha, bare)) <= 4 else None


def evidence(text: Text) -> int:
    """Links into calibre, or its rules with moments between them."""
    if "](calibre://" in text.body:
        return 3 if any(_LINKED.match(line) and _moment(line) for line in text.lines) else 0
    if "\n───" not in text.body:
        return 0
    parts = _parts(text.lines)
    dated = sum(any(map(_moment, lines)) for _, lines in parts)
    return 2 if dated and dated * 2 > len(parts) else 0


def _parts(lines: Sequence[str]) -> list[tuple[int, Sequence[str]]]:
    """Returns (index of the first line, lines) of each part between two rules."""
    found: list[tuple[int, Sequence[str]]] = []
    begin = 0
    for at in range(len(lines) + 1):
        if at == len(lines) or _RULE.match(lines[at]):
            if any(map(str.strip, lines[begin:at])):
                found.append((begin, lines[begin:at]))
            begin = at + 1
    return found


def read(text: Text) -> Reading:
    """Reads every highlight. Headings are chapters, but a first-level heading above all highlights is the title."""
    header = Header()
    entries: list[Entry] = []
    problems: Problems = []
    chapter: str | None = None
    for begin, lines in _parts(text.lines):
        dated = next((at for at, line in enumerate(lines) if at and _moment(line)), None)
        if dated is None:
            problems.append((text.front.first_line + begin, NO_BLOCK))
            continue
        first = 0
        while first < dated and (not lines[first].strip() or (found := heading(lines[first])) is not None):
            if lines[first].strip():
                assert found is not None
                if found[0] == 1 and header.h1 is None and not entries:
                    header.h1 = found[1]
                else:
                    chapter = properties.chapter(found[1])
            first += 1
        match = _moment(lines[dated])
        assert match is not None
        groups = match.groupdict()
        words = "\n".join(line.rstrip() for line in lines[first:dated]).strip()
        if words:
            entries.append(
                Entry(
                    words,
                    text.front.first_line + begin + first,
                    link=groups.get("url"),
                    remark="\n".join(lines[dated + 1 :]).strip() or None,
                    chapter=chapter,
                    added=dates.moment(groups.get("date") or lines[dated]),
                )
            )
    return Reading(tuple(entries), header, problems)


LAYOUT = Layout(
    "calibre", "highlights from calibre", evidence, read, category="books", marks=("](calibre://", "\n───")
)
