"""KOReader's export as HTML: an `h2` for each book and an `h5` for its author. Other elements differ only in their styles."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.layouts.reading_apps.kindle_notebook import without_comments
from corpus.model import Source

_STYLES = {
    "font-size:14pt": "chapter",
    "font-size:10pt": "place",
    "font-size:12pt": "text",
    "font-size:11pt": "note",
}
"""The part that a `div` contains, by its font size (plugins/exporter.koplugin/template/note.tpl)."""
_PAGE = re.compile(r"(\d[\d.,]*|[ivxlc]+)$")
_DAY = re.compile(r"(?P<month>\d{2})/(?P<day>\d{2})/(?P<year>\d{2})(?!\d)")
"""A day as a device without a language setting writes it."""


class _Parts(HTMLParser):
    """Collects the text of every element whose name or style tells its part."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str, int]] = []
        """(part, text, line)."""
        self._kind: str | None = None
        self._text: list[str] = []
        self._line = 0
        self._worded = False
        """Whether the open element has any text yet."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._text.append("\n")
            return
        style = (dict(attrs).get("style") or "").replace(" ", "").split(";")
        kind = {"h2": "title", "h5": "author"}.get(tag) or next(
            (_STYLES[part] for part in style if part in _STYLES), None
        )
        if kind is not None and not (kind == "text" and "margin:0auto" in style):
            self._finish()
            self._kind = kind
        elif tag == "span" and self._worded:
            self._text.append("\u2002")

    def handle_data(self, data: str) -> None:
        if self._kind is not None:
            if not self._worded and data.strip():
                self._line, self._worded = self.getpos()[0], True
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h2", "h5") or (tag == "div" and self._worded):
            self._finish()

    def close(self) -> None:
        super().close()
        self._finish()

    def _finish(self) -> None:
        if self._kind is not None:
            lines = (properties.one_line(line) for line in "".join(self._text).split("\n"))
            joined = " ".join(lines) if self._kind == "place" else "\n".join(lines)
            if joined.strip():
                self.parts.append((self._kind, joined.strip(), self._line))
        self._kind, self._text, self._worded = None, [], False


def evidence(text: Text) -> int:
    """The element of an author, and the styles of passages and pages."""
    body = text.text
    return 3 if "<h5" in body and "font-size:12pt" in body and "font-size:10pt" in body else 0


def read(text: Text) -> Reading:
    """Reads every highlight with its note. Each book is a source."""
    parser = _Parts()
    parser.feed(without_comments(text.text))
    parser.close()
    entries: list[Entry] = []
    source, chapter = Source("Untitled", category="books"), None
    location = added = None
    for kind, value, line in parser.parts:
        if kind == "title":
            source, chapter = Source(properties.title(value) or "Untitled", category="books"), None
        elif kind == "author":
            source = replace(source, authors=properties.people(value.split("\n")))
        elif kind == "chapter":
            chapter = properties.chapter(value)
        elif kind == "place":
            page = _PAGE.search(value)
            location, added = f"Page {page.group()}" if page is not None else None, _moment(value)
        elif kind == "text":
            entries.append(Entry(value, line, location=location, chapter=chapter, added=added, source=source))
        elif entries:
            entries[-1] = replace(entries[-1], remark=value)
    return Reading(tuple(entries), Header(), titled=True)


def _moment(value: str) -> str | None:
    day = _DAY.match(value)
    if day is not None:
        return dates.moment(f"20{day['year']}-{day['month']}-{day['day']}")
    return dates.moment(value.split("\u2002", 1)[0])


LAYOUT = Layout(
    "koreader html", "KOReader highlights (HTML)", evidence, read, frozenset({".html", ".htm", ".xhtml"})
)
