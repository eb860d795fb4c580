"""JSON of sources with their `highlights` (Pocket's export, Bookcision): one source, or a list of them."""

import json
import re
from collections.abc import Mapping

from corpus.formats import properties
from corpus.formats.entry import Entry, color
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.layouts.e_readers.koreader_json import moment_of
from corpus.model import Source

_TEXTS = ("text", "quote", "highlight", "content")


def _sources(text: str) -> list[Mapping[str, object]]:
    """Returns the sources of an export; empty if the text is not one."""
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return []
    several = found if isinstance(found, list) else [found]
    return [record for record in several if isinstance(record, dict) and _highlights(record)]


def _highlights(source: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = source.get("highlights")
    several = found if isinstance(found, list) else []
    return [highlight for highlight in several if isinstance(highlight, dict) and _first(highlight, *_TEXTS)]


def evidence(text: Text) -> int:
    """Sources with a title and highlights."""
    known = '"highlights"' in text.text and '"title"' in text.text
    return 2 if known and any(_first(record, "title") for record in _sources(text.text)) else 0


def read(text: Text) -> Reading:
    """Reads every highlight of every source."""
    entries: list[Entry] = []
    position, line = 0, 1
    for record in _sources(text.text):
        source = Source(
            properties.title(_first(record, "title")) or "Untitled",
            properties.people(_first(record, "authors", "author").split(";")),
            properties.category(_first(record, "category")) or ("books" if "asin" in record else None),
            properties.address(_first(record, "url", "source_url")),
            tags_of(record),
        )
        for found in _highlights(record):
            words = _first(found, *_TEXTS)
            at = text.text.find(json.dumps(words, ensure_ascii=False)[1:41], position)
            if at >= 0:
                line += text.text.count("\n", position, at)
                position = at
            entries.append(_entry(found, words, source, line))
    return Reading(tuple(entries), Header(), titled=True)


def _entry(highlight: Mapping[str, object], words: str, source: Source, line: int) -> Entry:
    place = highlight.get("location")
    inner: Mapping[str, object] = place if isinstance(place, dict) else {}
    location = _first(inner, "value") or _first(highlight, "location", "page")
    return Entry(
        words.strip(),
        line,
        link=properties.address(_first(inner, "url") or _first(highlight, "url", "link")),
        location=f"Location {location}" if location.isdigit() else location or None,
        remark=_first(highlight, "note", "comment", "annotation").strip() or None,
        tags=tags_of(highlight),
        chapter=properties.chapter(_first(highlight, "chapter")),
        added=moment_of(highlight.get("created_at") or highlight.get("date")),
        color=color(_first(highlight, "color")),
        source=source,
    )


def tags_of(record: Mapping[str, object]) -> tuple[str, ...]:
    """Returns the tags of a source or a highlight. They may be texts, or maps with a name."""
    found: list[str] = []
    for key in ("tags", "labels", "keywords"):
        value = record.get(key)
        for tag in (
            value if isinstance(value, list) else re.split(r"[,;\n]", value) if isinstance(value, str) else []
        ):
            named = _first(tag, "name", "tag", "label") if isinstance(tag, dict) else tag
            if isinstance(named, str) and named.strip():
                found.append(named.strip().lstrip("#"))
    return tuple(dict.fromkeys(found))


def _first(record: Mapping[str, object], *keys: str) -> str:
    """Returns the first value under these keys that is a text or a whole number; else an empty text."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
            return str(value)
    return ""


LAYOUT = Layout("highlights json", "highlights as JSON", evidence, read, frozenset({".json"}))
