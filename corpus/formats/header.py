"""Who and what a note is about: properties from the note's head and its front matter, the most trustworthy first.

Title and author come from Readwise's own Metadata, then the front matter, then the H1, then the file name: in the
wild, an `Author:` in the front matter is at times the owner of the vault.
"""

import re

from corpus.formats import properties
from corpus.formats.front_matter import FrontMatter
from corpus.model import Source

_PROPERTY = re.compile(
    r"[ \t]*(?:>[ \t]*)?(?:[-*+][ \t]+)?\*{0,2}(?P<key>[A-Za-z][A-Za-z _()/-]{1,30}?)"
    r"\*{0,2}(?:::|:\*{0,2})(?:[ \t]+(?P<value>.*))?$"
)
_LISTED = re.compile(r"[ \t]*(?:>|[-*+][ \t])")
_COVER = re.compile(r"!\[[^\[\]\n]*\]\((?P<url>[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)")
_KEYS = {
    "author": ("author", "authors", "author(s)", "creator", "owner / host", "show_author", "show", "show_title"),
    "title": ("full title", "full-title", "full_title", "title", "episode title", "episode_title"),
    "category": ("category", "type"),
    "url": (
        "url", "episode link", "episode_url", "source url", "source_url", "source-url", "sourceurl", "link", "source",
    ),
    "opens": ("readwise-link", "readwise url", "readwise_url", "readwise link", "highlights_url", "highlights url"),
    "tags": ("document tags", "document-tags", "document_tags", "tags", "tag", "topics", "keywords"),
    "cover": ("cover", "image", "cover_image_url", "cover-image"),
    "date": (
        "published-date", "published date", "published_date", "published", "publish date", "date published", "publication date",
        "episode publish date", "episode_publish_date", "date", "date created", "created",
        "date saved", "saved", "updated", "last-highlighted-date", "last highlighted",
    ),
}  # fmt: skip
_KNOWN = frozenset(key for keys in _KEYS.values() for key in keys) | {
    "summary",
    "document note",
    "document_note",
    "note",
}

_HIGHLIGHTS = re.compile(
    r"(?:\W*)(?:new )?highlights?\b(?:\s*(?:from\b.*|added\b.*|synced\b.*|&.*|and notes.*|\(.*\)))?\W*$", re.I
)


_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)$")
NO_CHAPTERS = frozenset({"summary", "quotes", "passages", "notes and highlights", "annotations"})
"""Headings that name what stands below them, not a chapter of the source."""


def heading(line: str) -> tuple[int, str] | None:
    """(level, text) of a heading; closing signs count only behind a blank ("# C#" is about C#)."""
    match = _HEADING.match(line)
    if match is None:
        return None
    text = match.group(2).rstrip()
    bare = text.rstrip("#")
    return len(match.group(1)), bare.rstrip() if bare != text and bare[-1:] in ("", " ", "\t") else text


def is_highlights(title: str) -> bool:
    """Whether a heading of this text stands above highlights: "Highlights", "New highlights added July 4, 2024 at 9:56 AM"."""
    return _HIGHLIGHTS.match(title) is not None


def batch(title: str) -> str | None:
    """The moment in "New highlights added July 4, 2024 at 9:56 AM"; None for the first highlights."""
    return properties.moment(title) if re.search(r"\bnew\b|\badded\b", title, re.I) else None


class Header:
    """Properties met in a note's head, in order; the first value of a key counts."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self.h1: str | None = None
        self.cover: str | None = None

    def read(self, line: str, listed_only: bool = False) -> bool:
        """Takes a line of the head; says whether it was a property, the cover or the like."""
        if "![" in line and (match := _COVER.search(line)) is not None:
            self.cover = self.cover or match["url"]
            return True
        match = _PROPERTY.match(line)
        if match is None or (listed_only and not _LISTED.match(line)):
            return False
        key = match["key"].strip().lower()
        if key not in _KNOWN:
            return False
        value = (match["value"] or "").strip()
        if value:
            self.values.setdefault(key, []).append(value)
        return True

    def title(self, front: FrontMatter) -> str | None:
        """The title that the note itself gives its source."""
        found = _first((FrontMatter(self.values), front), _KEYS["title"])
        return properties.title(found or "") or properties.title(self.h1 or "")

    def source(self, front: FrontMatter, path: str) -> Source:
        """The source of the note, from the head, the front matter and the path, in this order of trust."""
        metadata = FrontMatter(self.values)
        sources = (metadata, front)
        tags = properties.tags(
            value for part in sources for key in _KEYS["tags"] for value in part.properties.get(key, ())
        )
        category = properties.category(_first(sources, _KEYS["category"]) or "")
        if category is None:
            category = next(filter(None, map(properties.category_of_tag, tags)), None)
        return Source(
            title=self.title(front) or properties.title_of_file(path),
            authors=self._authors(sources),
            category=category,
            url=_address(sources, "url") or _address(sources, "opens"),
            tags=tags,
            cover=self.cover or _address(sources, "cover"),
            date=next(
                (day for value in _all(sources, _KEYS["date"]) if (day := properties.day(value))), None
            ),
        )

    def _authors(self, sources: tuple[FrontMatter, ...]) -> tuple[str, ...]:
        found = (
            properties.people(part.properties.get(key, ())) for part in sources for key in _KEYS["author"]
        )
        return next(filter(None, found), ())


def is_property(line: str) -> bool:
    """Whether the line is a bullet or callout line with a key that exporters write."""
    match = _PROPERTY.match(line)
    return match is not None and _LISTED.match(line) is not None and match["key"].strip().lower() in _KNOWN


def _all(sources: tuple[FrontMatter, ...], keys: tuple[str, ...]) -> list[str]:
    return [
        value for part in sources for key in keys for value in part.properties.get(key, ()) if value.strip()
    ]


def _first(sources: tuple[FrontMatter, ...], keys: tuple[str, ...]) -> str | None:
    return next(iter(_all(sources, keys)), None)


def _address(sources: tuple[FrontMatter, ...], name: str) -> str | None:
    return next((url for value in _all(sources, _KEYS[name]) if (url := properties.address(value))), None)
