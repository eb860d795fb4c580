"""Quotes shared from ReadEra as text: title, author, passages separated by lines of five stars, a remark after "--"."""

import re

from corpus.formats.entry import Entry
from corpus.formats.header import Header, heading
from corpus.formats.layout import Layout, Reading, Text

_END = re.compile(r"\*{5}[ \t]*$")
_REMARK = re.compile(r"--[ \t]*$")
_MARKDOWN = ("#", ">", "- ", "* ", "|", "```", "![", "---")


def evidence(text: Text) -> int:
    """First two lines without Markdown, and lines of exactly five stars."""
    if "\n*****" not in text.body or not any(map(_END.match, text.lines)):
        return 0
    head = [line for line in text.lines[:3] if line.strip()][:2]
    plain = len(head) == 2 and not any(line.startswith(_MARKDOWN) for line in head)
    return 2 if plain and not text.front.properties and not any(map(heading, text.headings)) else 0


def read(text: Text) -> Reading:
    """Reads the passages in order."""
    header = Header()
    header.values["category"] = ["books"]
    lines = list(text.lines)
    begin = next(at for at, line in enumerate(lines) if line.strip())
    header.values["title"] = [lines[begin].strip()]
    header.values["author"] = [lines[begin + 1].strip()]
    entries: list[Entry] = []
    begin += 2
    for at in range(begin, len(lines) + 1):
        if at < len(lines) and not _END.match(lines[at]):
            continue
        part = [line.rstrip() for line in lines[begin:at]]
        split = next((index for index, line in enumerate(part) if _REMARK.match(line)), len(part))
        first = next((index for index in range(split) if part[index].strip()), None)
        if first is not None:
            words, remark = "\n".join(part[first:split]).strip(), "\n".join(part[split + 1 :]).strip()
            entries.append(Entry(words, text.front.first_line + begin + first, remark=remark or None))
        begin = at + 1
    return Reading(tuple(entries), header)


LAYOUT = Layout("readera", "ReadEra quotes", evidence, read, marks=("\n*****",))
