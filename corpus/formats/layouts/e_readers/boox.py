"""Reading notes of Onyx Boox as text: blocks that end in a line of dashes, below `Reading Notes | <<Title>>Author`.

Older: the chapter, `Time：2021-08-17 22:48`, `【Original Text】passage`, `【Annotations】remark`, `【Page Number】12`.
Newer: the chapter, `2021-08-17 22:48 | Page No.: 12`, the passage, `【Annotation】remark`.
"""

import re
from collections.abc import Sequence

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Problems, Reading, Text

_HEAD = re.compile(r"[^|\n]{0,60}[|｜]\s*<<(?P<title>.+)>>(?P<author>.*)$")
_END = re.compile(r"-{6,}[ \t]*$")
_PLACE = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2} \d{2}:\d{2})\s*[|｜]\s*(?P<word>[^:：|\d]{1,30})[:：]\s*(?P<page>\S*)"
)
_TIME = re.compile(r"[^:：\n]{1,20}：(?P<date>\d{4}-\d{2}-\d{2} \d{2}:\d{2})")
_LABELLED = re.compile(r"【(?P<name>[^【】\n]{1,30})】(?P<value>.*)$")
_ORIGINAL = frozenset(
    {"original text", "原文", "原文内容", "texto original", "originaltext", "texte original"}
)
_PAGES = frozenset({"page number", "页码", "頁碼", "page no.", "seitenzahl", "número de página"})
NO_BLOCK = "a note whose lines are not understood: left out"


def evidence(text: Text) -> int:
    """Its first line."""
    first = next((line for line in text.lines[:5] if line.strip()), "")
    return 3 if "<<" in first and _HEAD.match(first) is not None else 0


def read(text: Text) -> Reading:
    """Reads every note that has a passage. A remark may have several lines."""
    header = Header()
    header.values["category"] = ["books"]
    entries: list[Entry] = []
    problems: Problems = []
    start = next(at for at, line in enumerate(text.lines) if line.strip())
    match = _HEAD.match(text.lines[start])
    assert match is not None
    header.values["title"] = [match["title"].strip()]
    author, begin = match["author"].strip(), start + 1
    if not author and begin + 2 < len(text.lines) and not _is_place(text.lines[begin + 1]):
        author, begin = text.lines[begin].strip(), begin + 1
    if author and author.lower() != "null":
        header.values["author"] = [author]
    for at in range(begin, len(text.lines) + 1):
        if at == len(text.lines) or _END.match(text.lines[at]):
            lines = text.lines[begin:at]
            if any(map(str.strip, lines)):
                entry = _entry(lines, text.front.first_line + begin)
                if entry is not None:
                    entries.append(entry)
                else:
                    problems.append((text.front.first_line + begin, NO_BLOCK))
            begin = at + 1
    return Reading(tuple(entries), header, problems)


def _is_place(line: str) -> bool:
    return _PLACE.match(line) is not None or _TIME.match(line) is not None


def _entry(lines: Sequence[str], number: int) -> Entry | None:
    """Reads one note. The lines above its date or page are the chapter. None if it is not understood."""
    placed = next((at for at, line in enumerate(lines) if _is_place(line)), None)
    if placed is None:
        return None
    chapter = " ".join(line.strip() for line in lines[:placed] if line.strip())
    match = _PLACE.match(lines[placed])
    page = match["page"] if match is not None else ""
    dated = match or _TIME.match(lines[placed])
    parts: dict[Role, list[str]] = {Role.PASSAGE: [], Role.NOTE: []}
    into, first = Role.PASSAGE, 0
    for at, line in enumerate(lines[placed + 1 :], start=placed + 1):
        named = _LABELLED.match(line)
        if named is not None and named["name"].strip().lower() in _PAGES:
            page = named["value"].strip()
            continue
        if named is not None:
            into = Role.PASSAGE if named["name"].strip().lower() in _ORIGINAL else _role(named["name"], into)
            line = named["value"]
        if into is Role.PASSAGE and line.strip() and not first:
            first = at
        parts[into].append(line.rstrip())
    words = "\n".join(parts[Role.PASSAGE]).strip()
    if not words:
        return None
    return Entry(
        words,
        number + first,
        location=f"Page {page}" if page else None,
        remark="\n".join(parts[Role.NOTE]).strip() or None,
        chapter=properties.chapter(chapter),
        added=dates.moment(dated["date"]) if dated is not None else None,
    )


def _role(name: str, before: Role) -> Role:
    """Returns whose words follow a label. Any label but one for the passage announces the reader's words."""
    return before if role_of(name.strip()) is Role.PASSAGE else Role.NOTE


LAYOUT = Layout("boox", "Boox reading notes", evidence, read, marks=("<<",))
