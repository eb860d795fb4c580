"""Web pages saved whole (by Web Clipper or a read-later service). Only their marked parts are passages.

A paragraph also counts as marked if it ends in a link to its own text on the page, as Web Clipper writes for a highlight:
`[link](https://…#:~:text=first%20words,last%20words)`. The fragment of such an address has the words of the passage
(https://wicg.github.io/scroll-to-text-fragment/).
"""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from corpus.formats.entry import Entry, only_tags
from corpus.formats.header import NO_CHAPTERS, Header, heading
from corpus.formats.layout import Text
from corpus.formats.properties import chapter, unwiki
from corpus.normalize import key

_SIGN = re.compile(r"==|<mark(?:\s[^<>]{0,200})?>|</mark>|\n[ \t]*\n")
_CLOSED_AND_OPENED = re.compile(r"====")
_CALLOUT = re.compile(r"^[ \t]*>[ \t]*\[!(?:quote|highlight|cite)\b[^\]]*\][+-]?", re.I)
_QUOTE = re.compile(r"^[ \t]*>[ \t]?(.*)$")
_CODE = re.compile(r"^[ \t]*(?:```|~~~)")
_FRAGMENT = re.compile(
    r"\[[^\[\]\n]{1,80}\]\((?P<url>https?://[^\s()]{1,1000}#(?:[^\s():]{0,200})?:~:text=(?P<words>[^\s&]{1,1500}))\)[ \t]*$"
)
_MAX_PARAGRAPHS = 20
"""How many paragraphs above a fragment's link are searched for its first words."""
_LIST_SIGN = re.compile(r"^[ \t]*(?:>[ \t]?|[-*+][ \t]+|\d{1,9}[.)][ \t]+)+")
_KEYS = frozenset(
    [
        "published",
        "created",
        "description",
        "author",
        "site",
        "site_name",
        "word_count",
        "date_saved",
        "date_published",
        "saved",
        "publisher",
        "excerpt",
        "clipped",
        "date_clipped",
        "domain",
        "favicon",
        "reading_time",
    ]
)
_TAGS = frozenset(
    {
        "clippings",
        "clipping",
        "web-clipping",
        "webclip",
        "web-clip",
        "omnivore",
        "clipped",
        "pocket",
        "instapaper",
    }
)
_LINKS = ("url", "source", "link")
_MIN_KEYS = 2
"""How many properties, besides the address, must be of the kind that web clippers write and people seldom do."""


def is_page(text: Text) -> bool:
    """Whether a note is a web page saved whole. Properties that web clippers write show it, or Omnivore's links."""
    if "[Read on Omnivore](" in text.body:
        return True
    front = text.front
    if front.first(*_LINKS) is None:
        return False
    tags = {
        tag.strip().lstrip("#").lower()
        for key in ("tags", "tag")
        for value in front.properties.get(key, ())
        for tag in value.split(",")
    }
    written = len(_KEYS & front.properties.keys())
    return bool(tags & _TAGS) or written > _MIN_KEYS or (written == _MIN_KEYS and "<mark" in text.body)


def read(text: Text, header: Header) -> tuple[Entry, ...]:
    """Returns every marked part and every quote callout, in order."""
    entries: list[Entry] = []
    head: str | None = None
    fenced = False
    quote: tuple[int, list[str]] | None = None
    position = 0
    offsets: list[tuple[int, str | None]] = []
    for number, line in enumerate([*text.lines, ""]):
        offsets.append((position, head))
        position += len(line) + 1
        if _CODE.match(line):
            fenced = not fenced
        elif not fenced and (found := heading(line)) is not None:
            if found[0] == 1 and header.h1 is None and head is None:
                header.h1 = unwiki(found[1])
            else:
                head = None if found[1].lower() in NO_CHAPTERS else chapter(found[1])
        if quote is not None and (match := _QUOTE.match(line)) is not None:
            quote[1].append(match.group(1))
        elif quote is not None:
            words = "\n".join(quote[1]).strip()
            if words and "==" not in words:
                entries.append(Entry(words, text.front.first_line + quote[0], chapter=head))
            quote = None
        if quote is None and _CALLOUT.match(line):
            quote = (number + 1, [])
    entries += _marked(text, offsets)
    entries += _linked(text, offsets)
    return tuple(sorted(entries, key=lambda entry: entry.line))


def _linked(text: Text, offsets: Sequence[tuple[int, str | None]]) -> list[Entry]:
    """Returns the parts that end in a link to themselves: the fragment of its address has their words."""
    found: list[Entry] = []
    if ":~:text=" not in text.body:
        return found
    first = 0
    for at, line in enumerate(text.lines):
        match = (
            _FRAGMENT.match(line, max(0, line.rfind("[", 0, line.rfind("]("))))
            if ":~:text=" in line
            else None
        )
        if match is None:
            continue
        lines = [*text.lines[first:at], line[: match.start()]]
        begin = _begin(lines, match["words"])
        if begin is not None:
            words = "\n".join(_LIST_SIGN.sub("", part).rstrip() for part in lines[begin:]).strip()
            number = first + begin
            found.append(
                Entry(words, text.front.first_line + number, link=match["url"], chapter=offsets[number][1])
            )
        first = at + 1
    return found


def _begin(lines: Sequence[str], fragment: str) -> int | None:
    """Returns the line from which the nearest paragraphs above the link contain the fragment's first words; None if the last
    `_MAX_PARAGRAPHS` do not."""
    parts = [
        unquote(part) for part in fragment.split(",") if not part.endswith("-") and not part.startswith("-")
    ]
    start = key(parts[0]) if parts else ""
    paragraphs = 0
    for at in range(len(lines) - 1, -1, -1):
        if at and lines[at - 1].strip():
            continue
        if start and start in key("\n".join(lines[at:])):
            return at
        paragraphs += 1
        if paragraphs > _MAX_PARAGRAPHS:
            break
    return None


def _without_code(text: Text) -> str:
    """Returns the body with blanks for the text of code fences, so that positions stay the same."""
    kept, fenced = [], False
    for line in text.lines:
        fence = _CODE.match(line) is not None
        kept.append(" " * len(line) if fenced or fence else line)
        fenced = fenced != fence
    return "\n".join(kept)


def _marked(text: Text, offsets: list[tuple[int, str | None]]) -> list[Entry]:
    """Returns the parts between `==` and `==`, or `<mark>` and `</mark>`. A part must not cross paragraphs."""
    found = []
    at = 0
    opened: tuple[int, int, bool] | None = None
    body = _without_code(text)
    joined = 0
    for sign in _SIGN.finditer(body):
        mark = sign.group()
        if joined == sign.start() and opened is not None and mark == "==":
            joined = 0
            continue  # "==a====b==": one mark ends where the next begins
        if not mark.strip():
            opened = None
        elif opened is None:
            after = body[sign.end() : sign.end() + 1]
            opened = (
                (sign.start(), sign.end(), mark == "==")
                if mark != "</mark>" and after.strip() and after != "="
                else None
            )
        elif opened[2] == (mark == "=="):
            if mark == "==" and body.startswith("==", sign.end()):
                joined = sign.end()
                continue
            begin, start, _ = opened
            opened = None
            words = _CLOSED_AND_OPENED.sub("", body[start : sign.start()]).strip()
            if any(map(str.isalnum, words)) and not only_tags(words):
                while at + 1 < len(offsets) and offsets[at + 1][0] <= begin:
                    at += 1
                lines = "\n".join(_QUOTE.sub(r"\1", line) for line in words.split("\n"))
                found.append(Entry(lines, text.front.first_line + at, chapter=offsets[at][1]))
    return found
