"""Names out of properties: people, tags, categories, addresses, dates."""

import html
import re
from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import unquote

from corpus.plain_text import plain

_WIKI = re.compile(r"\[\[([^\[\]]*)\]\]")
_BETWEEN_PEOPLE = re.compile(r",\s+and\s+|,\s+|\s+and\s+")
_TAG = re.compile(r"#?\[\[([^\[\]]+)\]\]|#([^\s#,\[\]]+)|([^\s,#\[\]\"'][^,#\[\]\"']*)")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>]+")
_MARKDOWN_LINK = re.compile(r"\[[^\[\]]*\]\((\S+)\)")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_LONG_DATE = re.compile(r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp])?\.?[Mm]?")
_CATEGORIES = {"article": "articles", "book": "books", "tweet": "tweets", "podcast": "podcasts"}
KNOWN_CATEGORIES = frozenset(_CATEGORIES.values()) | {"supplementals"}


_ESCAPE = re.compile(r"\\([^\w\s])")
_EXPORT_FOLDER = re.compile(r"Readwise/(?:Articles|Books|Podcasts|Supplementals|Tweets)/")


def unwiki(text: str) -> str:
    """`[[wiki links]]` become plain names: the alias after a bar, else the page."""
    return _WIKI.sub(lambda match: _page(match.group(1)), text)


def chapter(text: str) -> str | None:
    """A heading as a person reads it, in one line."""
    return " ".join(plain(text).split()) or None


def people(values: Iterable[str]) -> tuple[str, ...]:
    """Names out of property values such as "[[A One and B Two]]" or "[[C]] [[D]]", each once, in order."""
    names: dict[str, None] = {}
    for value in values:
        links = [_page(page) for page in _WIKI.findall(value)]
        for text in links or [value]:
            for name in _persons(text):
                names[name] = None
    return tuple(names)


def tags(values: Iterable[str]) -> tuple[str, ...]:
    """Tags out of "[[x]] [[y]]", "#x #[[y z]]" or "x, y", without their signs, each once, in order."""
    found: dict[str, None] = {}
    for value in values:
        for wiki, hashed, bare in _TAG.findall(value):
            tag = (_page(wiki) if wiki else hashed or bare).strip().lstrip("#").strip()
            if tag:
                found[tag] = None
    return tuple(found)


def category(value: str) -> str | None:
    """A lower-case word out of "#articles", "[[articles]]" or "#Type/Highlight/Article"."""
    found = tags([value])
    if not found:
        return None
    word = found[0].rsplit("/", 1)[-1].strip(" .,;:").lower()
    return _CATEGORIES.get(word, word) or None


def category_of_tag(tag: str) -> str | None:
    """The category that a source's tag names: "articles", "rw/articles", "readwise-articles"."""
    word = re.sub(r"(?:rw|readwise)[/-]", "", tag.lower())
    return word if word in KNOWN_CATEGORIES else None


def address(value: str) -> str | None:
    """The value as an address with a scheme; None when it is none."""
    value = value.strip()
    if (link := _MARKDOWN_LINK.fullmatch(value)) is not None:
        value = link.group(1)
    value = value.removeprefix("<").removesuffix(">")
    return value if _ADDRESS.fullmatch(value) and not _WINDOWS_PATH.match(value) else None


_WINDOWS_PATH = re.compile(r"[A-Za-z]:[\\/]")


def day(value: str) -> str | None:
    """YYYY-MM-DD (or YYYY-MM, YYYY) out of a property: ISO, "Oct 11th, 2024", "[[2024-10-11]]"."""
    if (iso := _ISO_DATE.search(value)) is not None:
        year, month, number = (int(part) if part else None for part in iso.groups())
        return _checked(year or 0, month or 0, number)
    if (long := _LONG_DATE.search(value)) is not None and (month := _month(long.group(1))):
        return _checked(int(long.group(3)), month, int(long.group(2)))
    bare = value.strip().strip("\"'")
    return bare if re.fullmatch(r"[12]\d{3}", bare) else None


def moment(value: str) -> str | None:
    """YYYY-MM-DDTHH:MM:SS out of a batch's heading: "July 4, 2024 at 9:56 AM", "[[Feb 10th, 2023]] at 7:32 PM"."""
    found = day(value)
    if found is None or len(found) < 10:
        return None
    start = value.find(" at ")
    clock = _CLOCK.search(value, start) if start >= 0 else _CLOCK.search(value)
    hour = minute = second = 0
    if clock is not None:
        hour, minute, second = int(clock.group(1)), int(clock.group(2)), int(clock.group(3) or 0)
        if half := (clock.group(4) or "").lower():
            hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime.fromisoformat(found).replace(hour=hour, minute=minute, second=second).isoformat()
    except ValueError:
        return f"{found}T00:00:00"


def title(value: str) -> str | None:
    """A title out of a property or heading: without quotation marks around it, wiki brackets, backslashes of escapes."""
    text = _EXPORT_FOLDER.sub("", unwiki(value).strip())
    while len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    return html.unescape(_ESCAPE.sub(r"\1", text)) or None


def title_of_file(path: str) -> str:
    """The title that a file's name stands for: without suffix, coding and what exporters append."""
    name = path.rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0] if "." in name[1:] else name
    stem = unquote(stem).replace("___", "/")
    stem = re.sub(r"(?i)\s*(?:\(highlights\)|-\s+highlights|\bby\s.{1,80}\shighlights)\s*$", "", stem)
    return stem.strip() or name


def _page(page: str) -> str:
    return page.rsplit("|", 1)[-1].strip() if "|" in page else page.strip()


def _persons(text: str) -> list[str]:
    text = " ".join(text.split())
    parts = _BETWEEN_PEOPLE.split(text)
    whole = len(parts) < 2 or not all(_is_person(part) for part in parts)
    return [name for name in ([text] if whole else parts) if any(c.isalnum() for c in name)]


def _is_person(text: str) -> bool:
    return sum(word[:1].isupper() for word in text.split()) >= 2


def _month(name: str) -> int | None:
    return _MONTHS.get(name[:3].lower())


def _checked(year: int, month: int, number: int | None) -> str | None:
    try:
        found = date(year, month, number or 1)
    except ValueError:
        return None
    return found.isoformat() if number else found.isoformat()[:7]
