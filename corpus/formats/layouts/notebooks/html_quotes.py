"""Web pages that are exports of highlights (Medium): list items with a `<blockquote>` and a link to its source."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from corpus.formats import properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header, is_highlights
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.layouts.reading_apps.kindle_notebook import without_comments
from corpus.model import Source


@dataclass(slots=True)
class _Item:
    """A list item."""

    line: int
    words: list[str] = field(default_factory=list)
    link: str = ""
    name: list[str] = field(default_factory=list)


class _Items(HTMLParser):
    """Collects the quotation, the link and the link's words of every list item, and the page's titles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: list[_Item] = []
        self.titles: list[str] = []
        self._into: list[str] | None = None
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("title", "h1"):
            self.titles.append("")
            self._open = tag
        elif tag == "li":
            self.items.append(_Item(self.getpos()[0]))
            self._into = None
        elif tag == "br" and self._into is not None:
            self._into.append("\n")
        elif not self.items:
            return
        elif tag == "blockquote":
            self._into = self.items[-1].words
        elif tag == "a" and not self.items[-1].link and self._into is not self.items[-1].words:
            self.items[-1].link = dict(attrs).get("href") or ""
            self._into = self.items[-1].name
        elif tag == "p" and self._into:
            self._into.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("blockquote", "a", "li") and not (
            tag == "a" and self.items and self._into is self.items[-1].words
        ):
            self._into = None
        if tag in ("title", "h1"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.titles[-1] += data
        elif self._into is not None:
            self._into.append(data)


def _parsed(text: str) -> _Items:
    parser = _Items()
    parser.feed(without_comments(text))
    parser.close()
    return parser


def evidence(text: Text) -> int:
    """Quotations in list items, and a title like "Highlights"."""
    if "<blockquote" not in text.text or "<li" not in text.text:
        return 0
    parsed = _parsed(text.text)
    titled = any(is_highlights(title.strip()) for title in parsed.titles)
    return 2 if titled and any(item.words for item in parsed.items) else 0


def read(text: Text) -> Reading:
    """Reads every quotation. The link next to it is its source."""
    entries = []
    for item in _parsed(text.text).items:
        lines = (properties.one_line(line) for line in "".join(item.words).split("\n"))
        words = "\n".join(line for line in lines if line)
        name = properties.one_line("".join(item.name))
        source = Source(name or "Untitled", category="articles", url=properties.address(item.link))
        if words:
            entries.append(Entry(words, item.line, source=source))
    return Reading(tuple(entries), Header(), titled=True)


LAYOUT = Layout(
    "html quotes", "quotations of a web page", evidence, read, frozenset({".html", ".htm", ".xhtml"})
)
