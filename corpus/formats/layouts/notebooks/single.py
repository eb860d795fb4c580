"""One file per highlight: properties in the front matter, the passage below, perhaps "## Note" with the remark."""

import re

from corpus.formats import dates, link_tail, properties
from corpus.formats.entry import Entry, color
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, heading, is_highlights, is_passages
from corpus.formats.labels import Role, label, role_of
from corpus.formats.layout import Layout, Reading, Text

_KEYS = frozenset(
    {
        "highlight_id",
        "highlight-id",
        "highlighted_at",
        "highlighted-at",
        "highlight id",
        "highlighted",
        "is_highlight",
    }
)
_BOOKS = (
    "book", "book_title", "source_title", "document", "parent", "source", "buch", "livre", "libro", "livro", "boek", "bok",
    "книга", "书", "书名", "本",
)  # fmt: skip
_BOOK = frozenset(_BOOKS)
_INDEX = re.compile(r"/index(?=\]\]|\||$)")
"""A note that stands for its folder: "[[On Hedges/index]]"."""
_MAX_DIGITS = 10
"""The number of a highlight has at most so many digits. A longer one is a date and time, by which people name own notes."""
_ITEM = re.compile(r"^[ \t]*[-*+][ \t]+")
_BLOCK = re.compile(r"[ \t]+\^[\w-]+[ \t]*$")
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_KIND = re.compile(r"[ \t]*>[ \t]*\[!(?P<kind>[\w-]+)\]")
_CALLOUT = re.compile(r"^\[![\w-]+\][+-]?[ \t]*")


def evidence(text: Text) -> int:
    """Properties of one highlight in the front matter, and a short text."""
    keys = text.front.properties.keys()
    typed = any(role_of(value.strip().strip("#")) is Role.PASSAGE for value in front_type(text))
    known = _KEYS & keys or (typed and (_BOOK | {"text", "book_id"}) & keys) or _is_numbered(text)
    if not known or len(text.lines) > 200:
        return 0
    return 3 if _BOOK & keys or text.front.first(*_places(text.front)) or text.front.first("author") else 2


def _is_numbered(text: Text) -> bool:
    """Whether the file is named by the number of a highlight, in a folder of highlights: "quotes/700101.md".

    Some plugins for Readwise write these. The front matter repeats the number and names the source.
    """
    *folders, name = text.path.split("/")
    number = name.rpartition(".")[0]
    numbered = number.isdigit() and len(number) <= _MAX_DIGITS and text.front.first("id") == number
    inside = bool(folders) and (is_passages(folders[-1]) or role_of(folders[-1].rstrip("s")) is Role.PASSAGE)
    return numbered and inside and bool(_BOOK & text.front.properties.keys())


def _places(front: FrontMatter) -> list[str]:
    """Returns the keys in the front matter that name a location."""
    return [key for key in front.properties if role_of(key) is Role.LOCATION]


def front_type(text: Text) -> list[str]:
    """Returns the values of the property "type" in several languages."""
    return [
        value
        for key in ("type", "typ", "tipo", "тип", "类型", "種類")
        for value in text.front.properties.get(key, ())
    ]


def read(text: Text) -> Reading:
    """Reads the only highlight of the file."""
    header = Header()
    front = text.front
    book = front.first(*_BOOKS)
    if book and properties.address(book) is None:
        header.values["title"] = [_INDEX.sub("", book)]
    folders = text.path.split("/")[:-1]
    if "title" not in header.values and len(folders) > 1 and is_highlights(folders[-1]):
        header.values["title"] = [folders[-2]]
    parts: dict[str, list[str]] = {"text": [], "note": [], "": []}
    where, first = "text", 0
    whole = _is_numbered(text)  # then even a line like a heading is the passage's
    for number, line in enumerate(text.lines):
        found = heading(line) if not whole else None
        if found is not None:
            role = role_of(found[1].strip(" :"))
            where = (
                "note"
                if role is Role.NOTE
                else "text"
                if role is Role.PASSAGE or not any(parts["text"])
                else ""
            )
            continue
        kind = _KIND.match(line)
        if kind is not None and any(parts["text"]) and role_of(kind["kind"]) is Role.NOTE:
            where, line = "note", ""
        elif where == "note":
            line = _QUOTE.sub("", line)
        named = label(_ITEM.sub("", line))
        if named is not None and named.role in (Role.NOTE, Role.TAGS) and any(parts["text"]):
            where = "note" if named.role is Role.NOTE else ""
            line = named.value
        if line.strip() and where == "text" and not first:
            first = number + 1
        parts[where].append(_CALLOUT.sub("", _QUOTE.sub("", line)) if where == "text" else line)
    passage = link_tail.cut(_BLOCK.sub("", "\n".join(line.rstrip() for line in parts["text"]).strip()))
    url = front.first("url", "link", "highlight_url", "readwise_url")
    link = passage.link or (properties.address(url) if url else None)
    place = front.first(*_places(front))
    name = next((key for key in _places(front) if front.first(key)), "location")
    entry = Entry(
        passage.text,
        front.first_line + max(first - 1, 0),
        link=link,
        location=passage.location
        or (f"{name.capitalize()} {place}" if place and place[0].isdigit() else place),
        remark="\n".join(parts["note"]).strip() or front.first("note", "comment") or None,
        tags=properties.tags(value for key in ("tags", "tag") for value in front.properties.get(key, ())),
        chapter=properties.chapter(front.first("chapter") or ""),
        added=dates.moment(
            front.first("highlighted_at", "highlighted-at", "highlighted", "date", "created") or ""
        ),
        color=color(front.first("color", "colour") or ""),
    )
    if any(role_of(value.strip("# ")) is Role.PASSAGE for value in front.properties.get("type", ())):
        front.properties.pop("type")
    if link is not None and "readwise.io" in link:
        front.properties.pop("url", None)
    return Reading((entry,) if entry.text else (), header)


LAYOUT = Layout("single", "one file for each highlight", evidence, read)
