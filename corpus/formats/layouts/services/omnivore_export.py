"""Omnivore's own exports: the archive (`highlights/<article>.md`), and a notebook that was copied into a note.

The archive has `> passage `, with a blank at its end, then `#label #label` and the remark as paragraphs. The notebook has
`## Title`, `URL: …`, a note on the whole article, and `> passage` with the remark as a paragraph.
"""

import re

from corpus.formats.entry import Entry
from corpus.formats.header import Header, heading
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.quoted_blocks import Quoted, quotes, remark_and_tags

_FOLDER = re.compile(r"(?:.*/)?highlights/[^/]+\.md$")
_TITLE = re.compile(r"## (?P<title>\S.*)$")
_URL = re.compile(r"URL: (?P<url>https?://\S+)[ \t]*$")
_HEAD_LINES = 4


def evidence(text: Text) -> int:
    """Passages that all end in one blank, in the archive's folder; or a title with an address right below, and passages."""
    if _notebook(text) is not None:
        return 3
    if (
        _FOLDER.match(text.path) is None
        or text.front.properties
        or "^rw" in text.body
        or any(map(heading, text.headings))
    ):
        return 0
    found = list(quotes(text.lines))
    return 3 if found and all(_ends_in_blank(text, quote) for quote in found) else 0


def _ends_in_blank(text: Text, quote: Quoted) -> bool:
    end = quote.line
    while end + 1 < len(text.lines) and text.lines[end + 1].strip():
        end += 1
    line = text.lines[end]
    return line.endswith(" ") and not line.endswith("  ")


def _notebook(text: Text) -> tuple[str, str] | None:
    """Returns (title, address) at the top of a notebook; None in another note."""
    worded = [line for line in text.lines[:_HEAD_LINES] if line.strip()][:2]
    if (
        len(worded) < 2
        or text.front.properties
        or sum(heading(line) is not None for line in text.headings) != 1
    ):
        return None
    title, url = _TITLE.match(worded[0]), _URL.match(worded[1])
    if title is None or url is None or not any(line.startswith("> ") for line in text.lines):
        return None
    return title["title"].strip(), url["url"]


def read(text: Text) -> Reading:
    """Reads every passage with its labels and the remark below it. A note on the whole article is no remark."""
    header = Header()
    if (named := _notebook(text)) is not None:
        header.values["title"], header.values["url"] = [named[0]], [named[1]]
    entries = []
    for quote in quotes(text.lines):
        remark, tags = remark_and_tags(quote.below)
        entries.append(Entry(quote.text, text.front.first_line + quote.line, remark=remark, tags=tags))
    return Reading(tuple(entries), header, titled=named is not None)


LAYOUT = Layout(
    "omnivore export", "Omnivore highlights (export)", evidence, read, category="articles", marks=("> ",)
)
