"""JSON of sources with their `highlights` (Pocket's export, Bookcision): one source, or a list of them."""

import json
import re
from collections.abc import Mapping

from corpus.formats import properties
from corpus.formats.entry import Entry, color
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.layouts.reading_apps.koreader_json import moment_of
from corpus.model import Source

_TEXTS = ("text", "quote", "highlight", "content")


def _sources(text: str) -> list[Mapping[str, object]]:
    """Returns the sources of an export; empty if the text is not one."""
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return []
    several = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, dict) and _highlights(one)]


def _highlights(source: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = source.get("highlights")
    several = found if isinstance(found, list) else []
    return [one for one in several if isinstance(one, dict) and _first(one, *_TEXTS)]


def evidence(text: Text) -> int:
    """Sources with a title and highlights."""
    known = '"highlights"' in text.text and '"title"' in text.text
    return 2 if known and any(_first(one, "title") for one in _sources(text.text)) else 0


def read(text: Text) -> Reading:
    """Reads every highlight of every source."""
    entries: list[Entry] = []
    position, line = 0, 1
    for one in _sources(text.text):
        source = Source(
            properties.title(_first(one, "title")) or "Untitled",
            properties.people(_first(one, "authors", "author").split(";")),
            properties.category(_first(one, "category")) or ("books" if "asin" in one else None),
            properties.address(_first(one, "url", "source_url")),
            tags_of(one),
        )
        for found in _highlights(one):
            words = _first(found, *_TEXTS)
            at = text.text.find(json.dumps(words, ensure_ascii=False)[1:41], position)
            if at >= 0:
                line += text.text.count("\n", position, at)
                position = at
            entries.append(_entry(found, words, source, line))
    return Reading(tuple(entries), Header(), titled=True)


def _entry(one: Mapping[str, object], words: str, source: Source, line: int) -> Entry:
    place = one.get("location")
    inner: Mapping[str, object] = place if isinstance(place, dict) else {}
    location = _first(inner, "value") or _first(one, "location", "page")
    return Entry(
        words.strip(),
        line,
        link=properties.address(_first(inner, "url") or _first(one, "url", "link")),
        location=f"Location {location}" if location.isdigit() else location or None,
        remark=_first(one, "note", "comment", "annotation").strip() or None,
        tags=tags_of(one),
        chapter=properties.chapter(_first(one, "chapter")),
        added=moment_of(one.get("created_at") or one.get("date")),
        color=color(_first(one, "color")),
        source=source,
    )


def tags_of(one: Mapping[str, object]) -> tuple[str, ...]:
    """Returns the tags of a source or a highlight. They may be texts, or maps with a name."""
    found: list[str] = []
    for key in ("tags", "labels", "keywords"):
        value = one.get(key)
        for tag in (
            value if isinstance(value, list) else re.split(r"[,;\n]", value) if isinstance(value, str) else []
        ):
            named = _first(tag, "name", "tag", "label") if isinstance(tag, dict) else tag
            if isinstance(named, str) and named.strip():
                found.append(named.strip().lstrip("#"))
    return tuple(dict.fromkeys(found))


def _first(one: Mapping[str, object], *keys: str) -> str:
    """Returns the first value under these keys that is a text or a whole number; else an empty text."""
    for key in keys:
        value = one.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
            return str(value)
    return ""


LAYOUT = Layout("highlights json", "highlights as JSON", evidence, read, frozenset({".json"}))
