"""Reads the title, author and other properties of a source from the head of a note and its front matter.

The title comes from Readwise's Metadata section, the front matter, the first heading or the file name, in this order. The author
comes from the first two. The front matter is second because its `Author:` is sometimes the owner of the vault.
"""

import re
from functools import lru_cache
from itertools import islice

from corpus.formats import dates, link_tail, properties
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header_names import (
    CHOSEN_PATTERN,
    HIGHLIGHTS_HEADINGS,
    HIGHLIGHTS_PATTERN,
    KEYS,
    OTHER_KEYS,
    PASSAGES_HEADINGS,
)
from corpus.model import Source

_PROPERTY = re.compile(
    r"[ \t]*(?:>[ \t]*)?(?:[-*+][ \t]+)?(?:[^\w\s*_\[(<>-]{1,3}[ \t]+)?(?P<bold>\*{1,2}|__)?"
    r"(?P<key>[^\W\d_][^\n:：*\[\]<>\"“”]{0,30}?)[ \t]?(?:\*{1,2}|__)?(?:::|(?P<wide>：)|:(?:\*{1,2}|__)?)"
    r"(?P<gap>[ \t]+|$)?(?P<value>.*)$"
)
_LISTED = re.compile(r"[ \t]*(?:>|[-*+][ \t])")
_COVER = re.compile(r"!\[[^\[\]\n]*\]\((?P<url>[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)")
_ONLY_LINK = re.compile(
    r"[ \t]*(?:[-*+>][ \t]*)?\[(?P<label>[^\[\]\n]{1,60})\]\((?P<url>[a-zA-Z][\w+.\-]*:[^\s()]+)\)[ \t]*$"
)
_ORIGINALS = frozenset(
    {"read original", "original", "view original", "original article", "source", "原文链接", "原文"}
)
BY = r"(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|[Aa]v|[Aa]f)"
"""The word "by" before an author's name, in several languages."""
_BY = re.compile(
    rf"[*_]{{0,2}}{BY}:?[ \t]+\[{{0,2}}(?P<author>[^\W\d_a-z][^*_\[\]\n,]{{1,80}})\]{{0,2}}"
    r"(?:\(https?://[^\s()]*\))?(?:,[ \t]*\d{4})?[*_]{0,2}[ \t]*$"
)
_OPEN_VALUE_LINES = 20
"""Maximum number of lines of a value in `[[ ]]`."""
_SETS = {keys: frozenset(keys) for keys in KEYS.values()}
_FIRST_AUTHOR = "firstauthor"
"""A property in templates for Zotero. Another property has all other authors."""
_KNOWN = frozenset(key for keys in KEYS.values() for key in keys) | OTHER_KEYS | {_FIRST_AUTHOR}

_TAGS_BEHIND = re.compile(r"(?:[ \t]+#[^\s#]+)+[ \t]*$")
"""Tags after the words of a heading: "Highlights #to-process"."""
_NEW = re.compile(r"\bnew\b|\badded\b", re.I)
_HIGHLIGHTS = frozenset({"highlight", "highlights"})
_WORD = re.compile(r"[^\W\d_]+")
_WORDS_BEFORE = 2
"""How many words may stand before the word for highlights: "New", "Neue", "My new"."""
_MAX_HEADING = 300
"""Only so many characters of a heading are looked at to tell what stands below it."""
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)$")
NO_CHAPTERS = frozenset({"summary", "quotes", "passages", "notes and highlights", "annotations"})
"""Headings that describe the note's own sections, not a chapter of the source."""


def heading(line: str) -> tuple[int, str] | None:
    """Returns (level, text) of a heading. Closing `#` signs are dropped only after a blank ("# C#" is about C#)."""
    match = _HEADING.match(line) if "#" in line[:4] else None
    if match is None:
        return None
    text = match.group(2).rstrip()
    bare = text.rstrip("#")
    return len(match.group(1)), bare.rstrip() if bare != text and bare[-1:] in ("", " ", "\t") else text


def is_highlights(title: str) -> bool:
    """Whether highlights follow a heading with this text: "Highlights", "New highlights added July 4, 2024 at 9:56 AM"."""
    return _is_highlights(title[:_MAX_HEADING])


@lru_cache(maxsize=1_024)
def _is_highlights(title: str) -> bool:
    title = _TAGS_BEHIND.sub("", title) if "#" in title else title
    return (
        HIGHLIGHTS_PATTERN.match(title) is not None
        or title.strip(" :*_#").lower() in HIGHLIGHTS_HEADINGS
        or _before_highlights_of_a_day(title) is not None
    )


def is_passages(title: str) -> bool:
    """Whether passages follow a heading with this text in an export. In a person's own note it says little."""
    return _is_passages(title[:_MAX_HEADING])


@lru_cache(maxsize=1_024)
def _is_passages(title: str) -> bool:
    name = title.strip(" :*_#").lower()
    return is_highlights(title) or name in PASSAGES_HEADINGS or CHOSEN_PATTERN.match(name) is not None


def batch(title: str) -> str | None:
    """Returns the time in "New highlights added July 4, 2024 at 9:56 AM"; None for the first highlights."""
    later = _NEW.search(title) is not None or bool(_before_highlights_of_a_day(title))
    return dates.moment(title) if later else None


def _before_highlights_of_a_day(title: str) -> str | None:
    """Returns what stands before the word for highlights if a date stands after it; else None.

    It is "" in "Highlights [[2024-07-04]] at 9:56 AM", and "Neue" in "Neue Markierungen vom 4. Juli 2024".
    """
    if not any(map(str.isdigit, title)):
        return None
    for word in islice(_WORD.finditer(title), _WORDS_BEFORE + 1):
        name = word.group().lower()
        if name in _HIGHLIGHTS or name in HIGHLIGHTS_HEADINGS:
            return title[: word.start()].strip(" :*_#-–—") if dates.is_date(title[word.end() :]) else None
    return None


class Header:
    """Collects the properties in a note's head. Of several values of a key, the first counts."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self.h1: str | None = None
        self.cover: str | None = None
        self._open: tuple[str, int] | None = None
        """The key of a value whose `[[` is not closed yet, and how many more lines it may take."""

    def read(self, line: str, listed_only: bool = False) -> bool:
        """Reads a line of the head. Returns whether it was a property, a cover or a link to the source."""
        if self._open is not None:
            return self._continue_value(line)
        if "![" in line and (match := _COVER.search(line)) is not None:
            self.cover = self.cover or match["url"]
            return True
        if "](" in line and (match := _ONLY_LINK.match(line)) is not None:
            return self._link(match["label"].strip().lower(), match["url"])
        match = _property(line)
        if match is None or (listed_only and not _LISTED.match(line)):
            return match is None and self.read_by(line)
        if ("))" in line or line[:1] == ">") and _is_passage(match["value"] or "", quoted=line[:1] == ">"):
            return False
        key = match["key"].strip().lower()
        value = properties.value((match["value"] or "").strip())
        if value:
            self.values.setdefault(key, []).append(value)
            if value.count("[[") > value.count("]]"):
                self._open = (key, _OPEN_VALUE_LINES)
        return True

    def read_by(self, line: str) -> bool:
        """Reads a line such as "by Mara Vale, 2011". Returns whether it named an author."""
        match = _BY.match(line.lstrip("> ") if "](" in line else line)
        if match is None or not properties.is_person(match["author"]):
            return False
        self.values.setdefault("author", []).append(match["author"].strip())
        return True

    def _continue_value(self, line: str) -> bool:
        """Reads another line of a value whose `[[` is not closed yet."""
        assert self._open is not None
        key, left = self._open
        self._open = None
        if not line.strip() or not left or line.lstrip().startswith(("#", "- ", "* ")):
            return self.read(line)
        value = f"{self.values[key][-1].rstrip()} {line.strip()}"
        self.values[key][-1] = value
        if value.count("[[") > value.count("]]"):
            self._open = (key, left - 1)
        return True

    def _link(self, label: str, url: str) -> bool:
        """Reads a link on its own line: to the source, or to the app in which the source was read."""
        if link_tail.is_highlight_address(url):
            self.values.setdefault("opens", []).append(url)
        elif label in _ORIGINALS or any(
            word in label for word in ("source", "original", "article", "website")
        ):
            self.values.setdefault("url", []).append(url)
        return True

    def title(self, front: FrontMatter) -> str | None:
        """Returns the title of the source, if the note has one; else None."""
        found = _first((FrontMatter(self.values), front), KEYS["title"])
        return properties.title(found or "") or properties.title(self.h1 or "")

    def names_author(self, front: FrontMatter) -> bool:
        """Whether the head or the front matter names an author."""
        return bool(self._authors((FrontMatter(self.values), front)))

    def source(self, front: FrontMatter, path: str) -> Source:
        """Returns the source of the note. The head is trusted most, then the front matter, then the path."""
        metadata = FrontMatter(self.values)
        sources = (metadata, front)
        tags = properties.tags(_all(sources, KEYS["tags"]))
        category = properties.category(_first(sources, KEYS["category"]) or "")
        if category is None:
            category = next(filter(None, map(properties.category_of_tag, tags)), None)
        return Source(
            title=self.title(front) or properties.title_of_file(path),
            authors=self._authors(sources),
            category=category,
            url=_address(sources, "url") or _address(sources, "opens"),
            tags=tags,
            cover=self.cover or _address(sources, "cover"),
            date=next((day for value in _all(sources, KEYS["date"]) if (day := dates.day(value))), None),
        )

    def _authors(self, sources: tuple[FrontMatter, ...]) -> tuple[str, ...]:
        found = (
            properties.people(part.properties[key])
            for part in sources
            if part.properties
            for key in sorted(part.properties.keys() & _SETS[KEYS["author"]], key=KEYS["author"].index)
        )
        first, *others = [*filter(None, found), ()]
        names = next((other for other in others if _are_full_names(other, first)), first)
        before = (properties.people(part.properties.get(_FIRST_AUTHOR, ())) for part in sources)
        return tuple(dict.fromkeys((*next(filter(None, before), ()), *names)))


def _are_full_names(names: tuple[str, ...], short: tuple[str, ...]) -> bool:
    """Whether `names` are the full names of the people whose family names are `short`."""
    pairs = list(zip(names, short, strict=False))
    return (
        len(names) == len(short)
        and all(full == name or full.endswith(f" {name}") for full, name in pairs)
        and names != short
    )


def _is_passage(value: str, *, quoted: bool) -> bool:
    """Whether a line that begins like a property is a passage: words followed by a highlight's link.

    In a block quote any link counts, except a Zotero link, which properties have, too. Elsewhere only a highlight's link counts.
    """
    passage = link_tail.cut(value)
    if not passage.text or passage.link is None:
        return False
    return (
        link_tail.is_highlight_address(passage.link) if not quoted else not passage.link.startswith("zotero:")
    )


def header_role(name: str) -> str | None:
    """Returns the role of a property: "author", "title", "category", "url", or None for all others."""
    return next((role for role in ("author", "title", "category", "url") if name in KEYS[role]), None)


def is_known_property(key: str) -> bool:
    """Whether exporters write a property of this name about a source."""
    return key.strip().lower() in _KNOWN


def is_property(line: str) -> bool:
    """Whether the line is a bullet or quoted line with a key that exporters write."""
    return _LISTED.match(line) is not None and _property(line) is not None


def _property(line: str) -> re.Match[str] | None:
    if ":" not in line[:60] and "：" not in line[:60]:
        return _bare_property(line)
    match = _PROPERTY.match(line)
    if match is None or match["key"].strip().lower() not in _KNOWN:
        return None
    value = match["value"]
    return match if not value or match["gap"] or match["wide"] else None


_BARE = re.compile(r"[ \t]*>?[ \t]*[-*+][ \t]+(?P<key>出版时间|ISBN)[ \t]+(?P<value>.*)$")


def _bare_property(line: str) -> re.Match[str] | None:
    """Matches WeRead's properties that have no colon."""
    return _BARE.match(line)


def _all(sources: tuple[FrontMatter, ...], keys: tuple[str, ...]) -> list[str]:
    found = []
    for part in sources:
        if not part.properties:
            continue
        known = part.properties.keys() & _SETS[keys]
        ordered = known if len(known) < 2 else sorted(known, key=keys.index)
        found += [value for key in ordered for value in part.properties[key] if value.strip()]
    return found


def _first(sources: tuple[FrontMatter, ...], keys: tuple[str, ...]) -> str | None:
    return next(iter(_all(sources, keys)), None)


def _address(sources: tuple[FrontMatter, ...], name: str) -> str | None:
    return next((url for value in _all(sources, KEYS[name]) if (url := properties.address(value))), None)
