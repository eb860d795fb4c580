"""Notes of Zotero that Better Notes writes as Markdown: each annotation in a `<span>`, its citation in another one.

The property `parent` has the title of the item. The reader's words stand behind the citation, or in paragraphs of their own.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.header import heading
from corpus.formats.layout import Reading, Text
from corpus.formats.layouts.notebooks import zotero
from corpus.formats.outline.read import read_note

_PASSAGE = re.compile(
    r"<span\b[^<>]{0,200}\bdata-annotation=[^<>]{0,9000}>"
    r"(?:<a\b[^<>]{0,200}\bhref=\"(?P<url>zotero://[^\"<>]{1,400})\"[^<>]{0,200}>)?(?P<text>[^<>]+)(?:</a>)?</span>"
)
_CITATION = re.compile(
    r"[ \t]?<span\b[^<>]{0,200}\bdata-citation=[^<>]{0,9000}>\((?:<[^<>]{0,400}>|[^<>]){0,900}\)</span>"
)
_PAGE = re.compile(r"pageLabel%22%3A%22(?P<page>\w{1,10})%22")
"""The page in the attributes of an annotation, which are JSON in the encoding of addresses."""
_MAX_LINE = 100_000
"""A longer line is left as it is."""
_DATED = re.compile(r"\((?=(?:\D{0,40}\d){6})[^()\n]{0,40}\d:\d\d[^()\n]{0,30}\)[ \t]*$")
"""The moment at the end of the heading of a note that Zotero made of annotations."""


def evidence(text: Text) -> int:
    """The spans of its annotations."""
    return 3 if "data-annotation=" in text.body and any(map(_PASSAGE.search, text.lines)) else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Writes each annotation with its link behind it, and drops its citation and the heading with the day of the export."""
    return zotero.rewrite([_line(line) for line in lines])


def _line(line: str) -> str:
    if line[:1] == "#" and (found := heading(line)) is not None and _DATED.search(found[1]):
        return "## Annotations"
    if "data-annotation=" not in line or len(line) > _MAX_LINE:
        return line
    return _PASSAGE.sub(_linked, _CITATION.sub("", line))


def _linked(match: re.Match[str]) -> str:
    text = html.unescape(match["text"]).strip()
    page = _PAGE.search(match.group())
    label = f"p. {page['page']}" if page is not None else "View"
    return f"{text} ([{label}]({html.unescape(match['url'])}))" if match["url"] else text


def read(text: Text) -> Reading:
    """Reads a note. Its source is the item that it belongs to."""
    reading = read_note(text, LAYOUT)
    if (parent := text.front.first("parent")) is not None:
        reading.header.values["title"] = [parent]
    return reading


LAYOUT = replace(
    zotero.LAYOUT,
    name="better notes",
    title="Zotero notes (Better Notes)",
    evidence=evidence,
    rewrite=rewrite,
    read=read,
    marks=("data-annotation=",),
)
