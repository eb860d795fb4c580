"""PocketBook's notes as HTML: elements of class `bookmark` with the page, the passage and the note."""

import re
from html.parser import HTMLParser

from corpus.formats import properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.layouts.reading_apps.kindle_notebook import without_comments

_COLOR = re.compile(r"bm-color-(\w+)")
_COLORS = {"cian": "cyan"}
_PARTS = frozenset({"bm-page", "bm-text", "bm-note"})
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}[ \t]*-[ \t]*")
_NO_PASSAGE = "none"
"""The colour of the title, the author and of bookmarks."""


class _Bookmarks(HTMLParser):
    """Collects the parts of every element of the class `bookmark`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str, dict[str, list[str]]]] = []
        """(line, colour, words by part)."""
        self._part = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = (dict(attrs).get("class") or "").split()
        if "bookmark" in names:
            shade = next((match[1] for name in names if (match := _COLOR.match(name)) is not None), "")
            self.found.append((self.getpos()[0], shade, {}))
            self._part = ""
        elif part := next((name for name in names if name in _PARTS), tag if tag in ("h1", "span") else ""):
            self._part = part
        elif tag in ("br", "p") and self._part and self.found:
            self.found[-1][2].setdefault(self._part, []).append("\n")

    def handle_data(self, data: str) -> None:
        if self.found and self._part:
            self.found[-1][2].setdefault(self._part, []).append(data)


def evidence(text: Text) -> int:
    """The classes of its elements."""
    return 3 if "bm-text" in text.text and "bookmark" in text.text else 0


def read(text: Text) -> Reading:
    """Reads every highlight with its note. Plain bookmarks are left out."""
    parser = _Bookmarks()
    parser.feed(without_comments(text.text))
    parser.close()
    header = Header()
    header.values["category"] = ["books"]
    entries: list[Entry] = []
    for line, shade, parts in parser.found:
        if "h1" in parts:
            header.values.setdefault("title", [_DATED.sub("", _words(parts["h1"]), count=1)])
        elif "bm-text" not in parts and "span" in parts and not entries:
            header.values.setdefault("author", [_words(parts["span"])])
        elif shade != _NO_PASSAGE and (words := _words(parts.get("bm-text", []))):
            page = _words(parts.get("bm-page", []))
            entries.append(
                Entry(
                    words,
                    line,
                    location=f"Page {page}" if page else None,
                    remark=_words(parts.get("bm-note", [])) or None,
                    color=_COLORS.get(shade, shade) or None,
                )
            )
    return Reading(tuple(entries), header)


def _words(parts: list[str]) -> str:
    lines = (properties.one_line(line) for line in "".join(parts).strip().split("\n"))
    return "\n".join(line for line in lines if line)


LAYOUT = Layout(
    "pocketbook",
    "PocketBook notes (HTML)",
    evidence,
    read,
    frozenset({".html", ".htm", ".xhtml"}),
    category="books",
)
