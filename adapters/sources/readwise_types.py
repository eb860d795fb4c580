"""The answers of Readwise's API, and the parts of them that are kept. Unknown fields are ignored, missing ones are null.

Source of the fields: the documentation of `GET /api/v2/export/` and `GET /api/v2/review/` (https://readwise.io/api_deets).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from corpus.formats.readwise_api import FetchedHighlight, FetchedSource, tags_of
from corpus.privacy.marks import dot_tags, hashtags, wiki_pages

IsPrivate = Callable[[Iterable[str]], bool]
"""Whether one of these tags is private (`PRIVATE_TAGS`)."""

NOT_EXPORTED = "supplementals"
"""The category of sources that Readwise adds by itself. They are not the reader's, and are never stored."""


class Tag(msgspec.Struct):
    """A tag of a source or a highlight."""

    name: str | None = None


class Page(msgspec.Struct, rename={"next_cursor": "nextPageCursor"}):
    """One answer of `/export/`."""

    results: list[msgspec.Raw]
    next_cursor: str | int | None = None
    count: int | None = None


class WireSource(msgspec.Struct):
    """A source as Readwise sends it, with its highlights."""

    user_book_id: int
    is_deleted: bool | None = None
    title: str | None = None
    readable_title: str | None = None
    author: str | None = None
    source: str | None = None
    cover_image_url: str | None = None
    unique_url: str | None = None
    source_url: str | None = None
    readwise_url: str | None = None
    category: str | None = None
    asin: str | None = None
    document_note: str | None = None
    book_tags: list[Tag] | None = None
    highlights: list[msgspec.Raw] | None = None


class WireHighlight(msgspec.Struct):
    """A highlight as Readwise sends it."""

    id: int
    is_deleted: bool | None = None
    is_discard: bool | None = None
    text: str | None = None
    note: str | None = None
    location: int | None = None
    location_type: str | None = None
    color: str | None = None
    highlighted_at: str | None = None
    updated_at: str | None = None
    url: str | None = None
    readwise_url: str | None = None
    tags: list[Tag] | None = None
    is_favorite: bool | None = None


class WireReviewed(msgspec.Struct):
    """A highlight of the Daily Review."""

    id: int | None = None
    text: str | None = None
    title: str | None = None
    url: str | None = None
    highlight_url: str | None = None


class WireReview(msgspec.Struct):
    """The answer of `/review/`."""

    highlights: list[WireReviewed]


class _Identified(msgspec.Struct):
    user_book_id: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class SourceChange:
    """A received source: what to keep and what to remove."""

    id: int
    source: FetchedSource | None
    """The source with the highlights to keep; None if nothing is kept: deleted, private, a supplemental, or unreadable."""
    about: FetchedSource | None = None
    """The source as received, without highlights, even if nothing of it is kept."""
    private: Mapping[int, FetchedHighlight] = field(default_factory=dict)
    """Received highlights that are private, by id. Their text is never written."""
    deleted: Mapping[int, FetchedHighlight] = field(default_factory=dict)
    """Highlights received as deleted or discarded, perhaps without their text."""
    all_withheld_as: str = ""
    """Says "private" or "deleted" if the whole source is; otherwise empty."""
    left_as_is: frozenset[int] = frozenset()
    """Ids of received highlights that could not be read: their stored versions stay."""
    unreadable: bool = False
    """Whether the source itself could not be read: its stored version stays."""

    @property
    def gone(self) -> frozenset[int]:
        """Ids of highlights that came as deleted, discarded or private."""
        return frozenset(self.private) | frozenset(self.deleted)


def marks_in(text: str | None) -> list[str]:
    """Everything in a remark that may be a tag: "#private", ".private", "[[private]]"."""
    return [*hashtags(text), *dot_tags(text), *wiki_pages(text)] if text else []


def changes(page: Page, is_private: IsPrivate) -> list[SourceChange]:
    """The sources of a page. Items without an id are left out."""
    return [change for raw in page.results if (change := _change(raw, is_private)) is not None]


def _change(raw: msgspec.Raw, is_private: IsPrivate) -> SourceChange | None:
    try:
        wire = msgspec.json.decode(raw, type=WireSource, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        source_id = _identified(raw).user_book_id
        return SourceChange(source_id, None, unreadable=True) if source_id is not None else None
    tags = _names(wire.book_tags)
    about = FetchedSource(**{name: getattr(wire, name) for name in _COMMON_FIELDS}, book_tags=tags)
    if (wire.category or "").lower() == NOT_EXPORTED:
        return SourceChange(wire.user_book_id, None)
    kept: dict[int, FetchedHighlight] = {}
    private: dict[int, FetchedHighlight] = {}
    deleted: dict[int, FetchedHighlight] = {}
    unreadable_ids = set()
    whole_private = is_private((*tags, *marks_in(wire.document_note)))
    for raw_highlight in wire.highlights or ():
        highlight = _highlight(raw_highlight)
        if isinstance(highlight, WireHighlight):
            fetched = _to_highlight(highlight)
            if whole_private or is_private((*tags_of(fetched), *marks_in(fetched.note))):
                private[fetched.id] = fetched
            elif wire.is_deleted or highlight.is_deleted or highlight.is_discard:
                deleted[fetched.id] = fetched
            else:
                kept[fetched.id] = fetched
        elif highlight is not None:
            unreadable_ids.add(highlight)
    if whole_private or wire.is_deleted:
        reason = "private" if whole_private else "deleted"
        return SourceChange(wire.user_book_id, None, about, private, deleted, reason)
    source = replace(about, highlights=tuple(kept[id_] for id_ in sorted(kept)))
    return SourceChange(
        wire.user_book_id, source, about, private, deleted, left_as_is=frozenset(unreadable_ids)
    )


_COMMON_FIELDS = tuple(
    name for name in FetchedSource.__struct_fields__ if name not in ("book_tags", "highlights")
)


def _highlight(raw: msgspec.Raw) -> WireHighlight | int | None:
    """The highlight; only its id if the rest cannot be read; None if the id cannot be read either."""
    try:
        return msgspec.json.decode(raw, type=WireHighlight, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _identified(raw).id


def _identified(raw: msgspec.Raw) -> _Identified:
    try:
        return msgspec.json.decode(raw, type=_Identified, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _Identified()


def _to_highlight(wire: WireHighlight) -> FetchedHighlight:
    return FetchedHighlight(
        id=wire.id,
        text=wire.text or "",
        note=wire.note or None,
        location=wire.location,
        location_type=wire.location_type,
        color=wire.color or None,
        highlighted_at=wire.highlighted_at,
        updated_at=wire.updated_at,
        url=wire.url or None,
        readwise_url=wire.readwise_url or None,
        tags=_names(wire.tags),
        is_favorite=bool(wire.is_favorite),
    )


def _names(tags: list[Tag] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.name.strip() for tag in tags or () if tag.name and tag.name.strip()))
