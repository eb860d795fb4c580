"""KOReader's export as JSON: one book with its `entries`, or several under `documents`."""

import json
from datetime import UTC, datetime

from corpus.formats import dates, properties
from corpus.formats.entry import Entry, color
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.model import Source

_MAX_YEAR_S = 4_102_444_800
"""Unix time of the year 2100. A later time is taken as an error."""


def _books(text: str) -> list[dict[str, object]]:
    """Returns the books of an export; empty if the text is not one."""
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    several = found.get("documents")
    books = several if isinstance(several, list) else [found]
    return [book for book in books if isinstance(book, dict) and isinstance(book.get("entries"), list)]


def evidence(text: Text) -> int:
    """Books with entries."""
    return 3 if '"entries"' in text.text and _books(text.text) else 0


def read(text: Text) -> Reading:
    """Reads every entry with a text. Each book is a source."""
    entries: list[Entry] = []
    problems: Problems = []
    position = counted = 0
    line = 1
    for book in _books(text.text):
        source = Source(
            properties.title(_string(book.get("title"))) or "Untitled",
            properties.people(_string(book.get("author")).split("\n")),
            "books",
            tags=tuple(tag.strip() for tag in _string(book.get("keywords")).split("\n") if tag.strip()),
        )
        found = book["entries"]
        for record in found if isinstance(found, list) else []:
            if not isinstance(record, dict) or not _string(record.get("text")).strip():
                continue
            key = json.dumps(record["text"], ensure_ascii=False)[1:41]
            at = text.text.find(key, position)
            if at >= 0:
                line += text.text.count("\n", counted, at)
                position, counted = at + 1, at
            entries.append(_entry(record, source, line))
    return Reading(tuple(entries), Header(), problems, titled=True)


def _entry(record: dict[str, object], source: Source, line: int) -> Entry:
    page = _string(record.get("page"))
    return Entry(
        _string(record.get("text")).strip(),
        line,
        location=f"Page {page}" if page.isdigit() else None,
        remark=_string(record.get("note")).strip() or None,
        chapter=properties.chapter(_string(record.get("chapter"))),
        added=moment_of(record.get("time") if record.get("time") is not None else record.get("datetime")),
        color=color(_string(record.get("color"))),
        source=source,
    )


def moment_of(value: object) -> str | None:
    """Returns the moment of a Unix time in seconds (UTC), or of a date as text; None for anything else."""
    if isinstance(value, int | float) and 0 < value < _MAX_YEAR_S:
        return datetime.fromtimestamp(value, UTC).replace(tzinfo=None, microsecond=0).isoformat()
    return dates.moment(value) if isinstance(value, str) else None


def _string(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if isinstance(value, int | float) and abs(value) < 1e15 else ""


LAYOUT = Layout("koreader json", "KOReader highlights (JSON)", evidence, read, frozenset({".json"}))
