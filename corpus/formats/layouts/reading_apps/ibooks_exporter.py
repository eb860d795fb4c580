"""The program ibooks_notes_exporter (Apple Books): `# Title — Author`, `> passage`, `>`, and the remark as plain text.

Passages of several lines stand in code fences that begin with "// todo: multilines of Highlights".
"""

import re

from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.quoted_blocks import trimmed

_TITLE = re.compile(r"# (?P<title>\S.*) — (?P<author>.*)$")
_ID = re.compile(r"[0-9A-F]{6,40}[ \t]*$")
"""The id of the book, which the program prints above the title."""
_SEVERAL_LINES = "// todo: multilines of Highlights"
_FENCE = "```"


def evidence(text: Text) -> int:
    """The title with the author; and after each line of a quote a line with nothing but its sign."""
    if text.front.properties or _title(text) is None:
        return 0
    quoted = [line.rstrip() for line in text.lines if line.startswith(">")]
    signs = len(quoted) > 1 and all(line == ">" for line in quoted[1::2])
    return 3 if (signs and all(map(_is_worded, quoted[::2]))) or f"\n{_SEVERAL_LINES}" in text.body else 0


def _is_worded(line: str) -> bool:
    return line.startswith("> ")


def _title(text: Text) -> re.Match[str] | None:
    worded = [line for line in text.lines[:6] if line.strip()][:2]
    if len(worded) > 1 and _ID.match(worded[0]):
        worded = worded[1:]
    return _TITLE.match(worded[0]) if worded else None


def read(text: Text) -> Reading:
    """Reads every passage. The text between it and the next one is the reader's."""
    header = Header()
    title = _title(text)
    assert title is not None
    header.values["title"] = [title["title"].strip()]
    if author := title["author"].strip():
        header.values["author"] = [author]
    entries: list[Entry] = []
    lines, at = text.lines, text.lines.index(title.string) + 1
    while at < len(lines):
        begin = at
        if lines[at].startswith("> "):
            words, at = [lines[at][2:]], at + 2
        elif lines[at].startswith(_FENCE) and lines[at + 1 : at + 2] and _SEVERAL_LINES in lines[at + 1]:
            begin = at = at + 2
            while at < len(lines) and not lines[at].startswith(_FENCE):
                at += 1
            words, at = list(lines[begin:at]), at + 1
        else:
            at += 1
            continue
        below = at
        while at < len(lines) and not lines[at].startswith(("> ", _FENCE)):
            at += 1
        remark = "\n".join(trimmed(lines[below:at])) or None
        if passage := "\n".join(words).strip():
            entries.append(Entry(passage, text.front.first_line + begin, remark=remark))
    return Reading(tuple(entries), header)


LAYOUT = Layout(
    "ibooks exporter", "Apple Books highlights (ibooks_notes_exporter)", evidence, read, category="books",
    marks=("\n>\n", "\n>\r\n", "// todo: multilines"),
)  # fmt: skip
