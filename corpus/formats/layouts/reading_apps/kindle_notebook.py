"""The notebook that the Kindle app sends as HTML: elements of the classes bookTitle, sectionHeading, noteHeading, noteText."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from corpus.formats import properties
from corpus.formats.entry import Entry, color
from corpus.formats.header import Header
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.layouts.reading_apps.clippings import LONE_NOTE

_CLASSES = frozenset({"bookTitle", "authors", "citation", "sectionHeading", "noteHeading", "noteText"})
_COLOR = re.compile(r"highlight_(\w+)")
_PLACE = re.compile(r"[^\W\d_][^\W\d_.]*\.?[ \u00a0]*#?(?:\d[\d,.\-–]*|[ivxlc]+)\b", re.I)
_NUMBERED = re.compile(r"(?:(?P<word>[^\W\d_]+)[ \t]+)?\d{1,3}(?!\d)\b")
_ENDING = frozenset({"div", "h1", "h2", "h3", "h4", "p", "section"})


class _Parts(HTMLParser):
    """Collects the text of each element of a known class. These are never nested, even if their tags seem to be."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str, int, str | None]] = []
        """(class, text, line, colour)."""
        self._name: str | None = None
        self._text: list[str] = []
        self._line = 0
        self._color: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = (dict(attrs).get("class") or "").split()
        known = next((name for name in names if name in _CLASSES), None)
        if known is not None:
            self.finish()
            self._name, self._line = known, self.getpos()[0]
        elif tag == "br":
            self._text.append("\n")
        elif names and (match := _COLOR.match(names[0])) is not None:
            self._color = match.group(1)
        elif tag in ("hr", "body"):
            self.finish()

    def handle_endtag(self, tag: str) -> None:
        if tag in _ENDING and self._name is not None and "".join(self._text).strip():
            self.finish()

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self._text.append(data)

    def finish(self) -> None:
        if self._name is not None:
            lines = (properties.one_line(line) for line in "".join(self._text).strip().split("\n"))
            lead = len(self._text[0]) - len(self._text[0].lstrip()) if self._text else 0
            begin = self._line + self._text[0][:lead].count("\n") if self._text else self._line
            self.parts.append((self._name, "\n".join(lines).strip(), begin, self._color))
        self._name, self._text, self._color = None, [], None


def evidence(text: Text) -> int:
    """The classes of its elements."""
    return 3 if "noteHeading" in text.text and ("noteText" in text.text or "bookTitle" in text.text) else 0


def read(text: Text) -> Reading:
    """Reads every highlight with the notes after it."""
    parser = _Parts()
    parser.feed(without_comments(text.text))
    parser.close()
    parser.finish()
    header = Header()
    header.values["category"] = ["books"]
    problems: Problems = []
    entries: list[Entry] = []
    chapter: str | None = None
    heading, shade = "", None
    for name, value, line, found_color in parser.parts:
        if name == "bookTitle":
            header.values["title"] = [value]
        elif name == "authors":
            header.values["author"] = [
                properties.first_name_first(part.strip())
                for part in re.split(r"[;\n]", value)
                if part.strip()
            ]
        elif name == "sectionHeading":
            chapter = properties.chapter(value)
        elif name == "noteHeading":
            heading, shade = value, found_color
        elif name == "noteText" and value:
            if _is_note(heading, shade):
                attach(entries, value, line, problems)
            else:
                entries.append(
                    Entry(
                        value,
                        line,
                        location=location_of(heading),
                        chapter=outer_or_inner(chapter, inner_chapter(heading)),
                        color=color(shade or ""),
                    )
                )
    return Reading(tuple(entries), header, problems)


def without_comments(text: str) -> str:
    """Removes comments but keeps their line ends.

    Otherwise `html.parser` would search the rest of the text for each unclosed comment again (CPython issue 135462).
    """
    parts, position = [], 0
    while (begin := text.find("<!", position)) >= 0:
        parts.append(text[position:begin])
        end = text.find("-->" if text.startswith("<!--", begin) else ">", begin)
        if end < 0:
            position = begin + 2
            parts.append(text[position:].replace("<!", ""))
            return "".join(parts)
        parts.append("\n" * text.count("\n", begin, end))
        position = end + 3 if text.startswith("-->", end) else end + 1
    return "".join([*parts, text[position:]])


def attach(entries: list[Entry], value: str, line: int, problems: Problems) -> None:
    if not entries:
        problems.append((line, LONE_NOTE))
        return
    before = entries[-1]
    entries[-1] = replace(before, remark=f"{before.remark}\n{value}" if before.remark else value)


def _is_note(heading: str, shade: str | None) -> bool:
    """Whether a heading belongs to a note. A highlight's heading names a colour; a note's has none, in any language."""
    if shade is not None:
        return False
    first = re.split(r"[\s(\-–—]", heading.strip(), maxsplit=1)[0]
    role = role_of(first)
    return role is Role.NOTE or (role is not Role.PASSAGE and "(" not in heading.split("-", 1)[0])


def outer_or_inner(section: str | None, inner: str | None) -> str | None:
    """Returns the chapter: the inner heading, unless only the section has a number ("1. Introduction"). Then it is the chapter."""
    if section is not None and inner is not None and _is_numbered(section) and not _is_numbered(inner):
        return section
    return inner or section


def _is_numbered(heading: str) -> bool:
    """Whether a heading begins with a chapter's number: "1. Bells", "Chapter 4", but not "Part 2"."""
    match = _NUMBERED.match(heading)
    return match is not None and (match["word"] is None or role_of(match["word"]) is Role.CHAPTER)


def inner_chapter(heading: str) -> str | None:
    """Returns the chapter in "Highlight(yellow) - 3. Bells > Page 88 · Location 1536"; None without one."""
    _, dash, rest = heading.partition(" - ")
    before, sign, _ = rest.rpartition(" > ")
    return properties.chapter(before) if dash and sign else None


def location_of(heading: str) -> str | None:
    rest = heading.rpartition(" > ")[2] if " > " in heading else heading.partition(" - ")[2] or heading
    parts = [
        match.group()
        for part in re.split("[·•]", rest)
        for match in [_PLACE.search(part)]
        if match is not None
    ]
    return " ".join(parts[-1].split()) if parts else None


LAYOUT = Layout(
    "kindle notebook",
    "Kindle notebook (HTML)",
    evidence,
    read,
    frozenset({".html", ".htm", ".xhtml"}),
    category="books",
)
