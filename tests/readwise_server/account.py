"""A Readwise account: sources and highlights, each with the time of its last change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Json = dict[str, object]


@dataclass
class Highlight:
    id: int
    book_id: int
    text: str
    updated: datetime
    deleted: bool = False
    fields: Json = field(default_factory=dict)
    """All other fields, by their names in the API."""

    def to_json(self) -> Json:
        stamp = _stamp(self.updated)
        return {
            "id": self.id,
            "is_deleted": self.deleted,
            "text": self.text,
            "location": None,
            "location_type": None,
            "note": "",
            "color": "",
            "highlighted_at": stamp,
            "created_at": stamp,
            "external_id": None,
            "end_location": None,
            "url": None,
            "tags": [],
            "is_favorite": False,
            "is_discard": False,
            "readwise_url": f"https://readwise.io/open/{self.id}",
            **self.fields,
            "book_id": self.book_id,
            "updated_at": stamp,
        }


@dataclass
class Source:
    id: int
    title: str
    updated: datetime
    deleted: bool = False
    purged: bool = False
    """Removed without a trace: no response of the API mentions it."""
    fields: Json = field(default_factory=dict)
    highlights: dict[int, Highlight] = field(default_factory=dict)

    @property
    def last_change(self) -> datetime:
        return max([self.updated, *(highlight.updated for highlight in self.highlights.values())])

    def to_json(self, highlights: Iterable[Highlight]) -> Json:
        return {
            "user_book_id": self.id,
            "is_deleted": self.deleted,
            "title": self.title,
            "readable_title": self.title,
            "author": None,
            "source": "kindle",
            "cover_image_url": None,
            "unique_url": None,
            "summary": None,
            "book_tags": [],
            "category": "books",
            "document_note": None,
            "source_url": None,
            "external_id": None,
            "asin": None,
            "readwise_url": f"https://readwise.io/bookreview/{self.id}",
            **self.fields,
            "highlights": [highlight.to_json() for highlight in highlights],
        }


class Account:
    """An account whose owner adds, changes and deletes. No two changes have the same time."""

    def __init__(self, first_id: int = 1000) -> None:
        self.sources: dict[int, Source] = {}
        self.ahead = timedelta()
        """How far the service's clock is ahead of this machine's clock."""
        self.review: list[Highlight] = []
        """Today's Daily Review."""
        self._last = datetime.min.replace(tzinfo=UTC)
        self._next_id = first_id

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def add_source(self, title: str = "The Tide Clock", **fields: object) -> Source:
        source = Source(self._id(), title, self._moment(), fields=dict(fields))
        self.sources[source.id] = source
        return source

    def add_highlight(self, source: Source, text: str, **fields: object) -> Highlight:
        highlight = Highlight(self._id(), source.id, text, self._moment(), fields=dict(fields))
        source.highlights[highlight.id] = highlight
        return highlight

    def save(self, fields: Json) -> None:
        """Adds a highlight as `POST /highlights/` does, to the source with the same title, author and URL."""
        named = {"author": fields.get("author"), "source_url": fields.get("source_url")}
        source = next(
            (
                source
                for source in self.sources.values()
                if source.title == fields["title"] and source.fields == named
            ),
            None,
        )
        source = source or self.add_source(str(fields["title"]), **named)
        if not any(highlight.text == fields["text"] for highlight in source.highlights.values()):
            note = str(fields.get("note") or "")
            self.add_highlight(source, str(fields["text"]), note=note, url=fields.get("highlight_url"))

    def change_source(self, source: Source, **fields: object) -> None:
        source.fields |= fields
        source.updated = self._moment()

    def change(self, highlight: Highlight, text: str | None = None, **fields: object) -> None:
        highlight.text = highlight.text if text is None else text
        highlight.fields |= fields
        highlight.updated = self._moment()

    def delete(self, highlight: Highlight) -> None:
        highlight.deleted = True
        highlight.updated = self._moment()

    def delete_source(self, source: Source) -> None:
        """Deletes a source. From now on the API reports it as deleted, without its highlights."""
        source.deleted = True
        source.updated = self._moment()

    def purge(self, source: Source) -> None:
        """Removes a source without a trace."""
        source.purged = True

    def fill(self, sources: int, highlights: int, **fields: object) -> None:
        """Adds sources with highlights whose texts all differ."""
        for number in range(sources):
            source = self.add_source(f"Volume {number}", author=f"Author {number % 40}", **fields)
            for position in range(highlights):
                self.add_highlight(
                    source, f"Sentence {position} of volume {number} speaks about matter {number * position}."
                )

    def exported(self) -> dict[int, dict[int, str]]:
        """Returns the texts that a complete export must contain, by source id and highlight id."""
        found = {}
        for source in self.sources.values():
            existing = {
                highlight.id: highlight.text
                for highlight in source.highlights.values()
                if not (highlight.deleted or highlight.fields.get("is_discard"))
            }
            if (
                existing
                and not source.deleted
                and not source.purged
                and source.fields.get("category") != "supplementals"
            ):
                found[source.id] = existing
        return found

    def reviewed(self) -> Json:
        """Returns today's Daily Review as the API does."""
        shown = []
        for highlight in self.review:
            source = self.sources[highlight.book_id]
            entry = highlight.to_json()
            about = {"title": source.title, "author": source.fields.get("author"), "source_type": "kindle"}
            kept = ("id", "text", "url", "location", "location_type", "note", "highlighted_at")
            link = {
                "highlight_url": entry["url"],
                "image_url": None,
                "source_url": source.fields.get("source_url"),
            }
            shown.append({**{name: entry[name] for name in kept}, **about, **link})
        return {
            "review_id": 7,
            "review_url": "https://readwise.io/reviews/7",
            "review_completed": False,
            "highlights": shown,
        }

    def _id(self) -> int:
        self._next_id += 1
        return self._next_id

    def _moment(self) -> datetime:
        self._last = max(self.now(), self._last + timedelta(microseconds=1))
        return self._last


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
