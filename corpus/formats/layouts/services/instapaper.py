"""Instapaper's Obsidian plugin: `> passage ^h4711`, older `> passage [↗](https://www.instapaper.com/read/…)`, the note below.

Only the first line of a passage has a quote sign in newer versions. So a passage runs from its first sign to its id or link. All
text between that and the next passage is the reader's.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.header import Header, heading
from corpus.formats.layout import Layout, Reading, Text

_END = re.compile(
    r"(?:^|[ \t])(?:\^h\d{2,20}|\[[^\[\]\n]{1,40}\]\((?P<url>https://(?:www\.)?instapaper\.com/read/\d+/\d+)\))[ \t]*$"
)
"""The id or link by which the plugin finds a passage again. Templates that people write must have one of them, too."""
_MAX_END_CHARS = 300
"""How many characters at the end of a line are searched for an id or link."""
_ITEM = re.compile(r"^[-*+][ \t]+")
_QUOTE = re.compile(r"^[ \t]*>[ \t]?")


def _end(line: str) -> re.Match[str] | None:
    if "^h" not in line and "instapaper.com/read/" not in line:
        return None
    return _END.search(line, max(0, len(line) - _MAX_END_CHARS))


def evidence(text: Text) -> int:
    """An id or link at the end of a passage that begins with a quote sign."""
    if " ^h" not in text.body and "[↗](https://www.instapaper.com/read/" not in text.body:
        return 0
    end = next((at for at, line in enumerate(text.lines) if _end(line) is not None), None)
    return 2 if end is not None and _begin(text.lines, end, 0, 0) is not None else 0


def _begin(lines: Sequence[str], end: int, first: int, searched: int) -> int | None:
    """Returns the line with the quote sign of the passage that ends on line `end`; None if there is none from `first` on.

    The lines before `searched` have none: an earlier call has looked there.
    """
    for at in range(end, max(first, searched) - 1, -1):
        quoted = lines[at].startswith(">")
        if lines[at].startswith("> [!") or (at < end and heading(lines[at]) is not None):
            return None
        if quoted and (at == first or not lines[at - 1].startswith(">")):
            return at
    return None


def read(text: Text) -> Reading:
    """Reads every passage with its note."""
    header, lines = Header(), text.lines
    entries: list[Entry] = []
    first, searched, remark_from = 0, 0, None
    for end, line in enumerate(lines):
        match = _end(line)
        begin = None
        if match is not None:
            begin = _begin(lines, end, first, searched)
            searched = end + 1
        if match is None or begin is None:
            if not entries and header.h1 is None and (named := heading(line)) is not None and named[0] == 1:
                header.h1 = named[1]
            continue
        if entries and remark_from is not None:
            entries[-1] = _with_remark(entries[-1], lines[remark_from:begin])
        words = [*lines[begin:end], line[: match.start()]]
        passage = "\n".join(_QUOTE.sub("", part).rstrip() for part in words).strip()
        if passage:
            entries.append(Entry(passage, text.front.first_line + begin, link=match["url"], marked=True))
        elif entries:
            entries[-1] = replace(entries[-1], link=entries[-1].link or match["url"])
        first = remark_from = end + 1
    if entries and remark_from is not None:
        entries[-1] = _with_remark(entries[-1], lines[remark_from:])
    return Reading(tuple(entries), header)


def _with_remark(entry: Entry, lines: Sequence[str]) -> Entry:
    remark = "\n".join(lines).strip()
    if "\n" not in remark:
        remark = _ITEM.sub("", remark)  # the bullet of a template
    return replace(entry, remark=remark or None)


LAYOUT = Layout(
    "instapaper",
    "Instapaper highlights (Obsidian plugin)",
    evidence,
    read,
    category="articles",
    marks=(" ^h", "[↗](https://www.instapaper.com/read/"),
)
