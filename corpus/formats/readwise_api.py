"""Highlights fetched from Readwise's API: the JSON file of each source on disk, and how it is read as a note.

JSON and not plain-text notes, because a highlight of any text must come back letter for letter ("- not a bullet", "# not a
heading"), and because a change is merged by Readwise's own ids, for which a Markdown note has no room.

A file is one line about the source, then one line per highlight, so that `line` of a highlight means something:

    {"layout":"readwise api 1","user_book_id":7,"title":"The Tide Clock",…,"highlights":[
    {"id":70,"text":"Water keeps its own calendar.",…},
    {"id":71,…}
    ]}

Field names and meanings are those of `GET /api/v2/export/` (https://readwise.io/api_deets). Discarded, deleted and private
highlights are never in such a file.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from corpus.errors import AnalectsError
from corpus.formats import properties as names
from corpus.formats import shapes
from corpus.formats.entry import Entry, Note, hashtags
from corpus.model import Source

SHAPE = shapes.FETCHED
LAYOUT = "readwise api 1"
"""Marks the file; the number is raised when its content is read differently."""

_START = '{"layout":"readwise api '
_INLINE_TAGS = re.compile(r"\s*\.([^\W\d_][\w/-]*)(?=\s|$)")
"""A tag that the reader wrote at the beginning of a note: ".idea"."""
_HEADING = re.compile(r"h([1-6])", re.I)


class FetchedHighlight(msgspec.Struct, frozen=True, omit_defaults=True):
    """A highlight of the account, as the API names its fields."""

    id: int
    text: str = ""
    note: str | None = None
    location: int | None = None
    location_type: str | None = None
    color: str | None = None
    highlighted_at: str | None = None
    updated_at: str | None = None
    url: str | None = None
    readwise_url: str | None = None
    tags: tuple[str, ...] = ()
    is_favorite: bool = False


class FetchedSource(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="layout", tag=LAYOUT):
    """A source of the account (a "user book") with its highlights."""

    user_book_id: int
    title: str | None = None
    readable_title: str | None = None
    author: str | None = None
    source: str | None = None
    """The app it was read in: "kindle", "reader", "snipd"."""
    cover_image_url: str | None = None
    unique_url: str | None = None
    source_url: str | None = None
    readwise_url: str | None = None
    category: str | None = None
    asin: str | None = None
    document_note: str | None = None
    book_tags: tuple[str, ...] = ()
    highlights: tuple[FetchedHighlight, ...] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(FetchedSource).decode


class UnreadableError(AnalectsError):
    """A file that is not of this layout, or damaged."""


def encode(source: FetchedSource) -> bytes:
    """The source as a file; equal sources give equal bytes."""
    head = _encode(msgspec.structs.replace(source, highlights=()))[:-1]
    lines = b",\n".join(_encode(one) for one in source.highlights)
    return head + b',"highlights":[\n' + lines + b"\n]}\n"


def decode(data: bytes | str) -> FetchedSource:
    """The source in a file. Raises UnreadableError."""
    try:
        return _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"damaged, or of another version: {type(error).__name__}") from None


def recognises(text: str) -> bool:
    """Whether the text is a file of this layout, of any number."""
    return text.startswith(_START)


def read(path: str, text: str) -> Note:
    """The file as a note. Raises UnreadableError."""
    fetched = decode(text)
    source = source_of(fetched)
    note_tags = source.tags + hashtags(fetched.document_note)
    return Note(path, SHAPE, source, tuple(_entries(fetched)), (), note_tags, True)


def tags_of(highlight: FetchedHighlight) -> tuple[str, ...]:
    """All tags of a highlight: those that Readwise keeps, and those at the beginning of its note."""
    return tuple(dict.fromkeys((*highlight.tags, *_split_note(highlight.note)[0])))


def heading_level(highlight: FetchedHighlight) -> int | None:
    """1 to 6 if the reader marked the highlight as a heading (`.h1`): it is a chapter's name, no passage."""
    levels = (match for tag in tags_of(highlight) if (match := _HEADING.fullmatch(tag)))
    return next((int(match[1]) for match in levels), None)


def source_of(fetched: FetchedSource) -> Source:
    """The source as a library has it."""
    title = next(
        filter(None, (names.title(one or "") for one in (fetched.title, fetched.readable_title))), None
    )
    addresses = (names.address(one or "") for one in (fetched.source_url, fetched.unique_url))
    return Source(
        title=title or "Untitled",
        authors=names.people([fetched.author or ""]),
        category=names.category(fetched.category or ""),
        url=next(filter(None, addresses), None),
        tags=fetched.book_tags,
        cover=names.address(fetched.cover_image_url or ""),
    )


def _entries(fetched: FetchedSource) -> Iterator[Entry]:
    chapters: list[tuple[int, str | None]] = []
    for line, highlight in _in_reading_order(fetched.highlights):
        level = heading_level(highlight)
        if level is not None:
            chapters = [one for one in chapters if one[0] < level]
            chapters.append((level, names.chapter(highlight.text)))
            continue
        inline, remark = _split_note(highlight.note)
        yield Entry(
            text=_clean(highlight.text),
            line=line,
            link=_link(fetched, highlight),
            location=_location(highlight),
            remark=remark,
            tags=tuple(dict.fromkeys((*highlight.tags, *inline))),
            chapter=chapters[-1][1] if chapters else None,
            added=_local(highlight.highlighted_at),
            marked=True,
            color=highlight.color.lower() if highlight.color else None,
            favorite=highlight.is_favorite,
        )


def _in_reading_order(highlights: Iterable[FetchedHighlight]) -> list[tuple[int, FetchedHighlight]]:
    """(line in the file, highlight), by location; those without one come last, in the order in which they were made."""
    return sorted(
        enumerate(highlights, start=2),
        key=lambda item: (item[1].location is None, item[1].location or 0, item[1].id),
    )


def _clean(text: str) -> str:
    """The passage with line feeds only and without blanks at the ends of its lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n").strip()


def _split_note(note: str | None) -> tuple[tuple[str, ...], str | None]:
    """(tags at its beginning, the remark that is left)."""
    rest, tags = note or "", []
    while (match := _INLINE_TAGS.match(rest)) is not None:
        tags.append(match[1])
        rest = rest[match.end() :]
    return tuple(tags), _clean(rest) or None


def _link(fetched: FetchedSource, highlight: FetchedHighlight) -> str | None:
    """Opens the passage: the link that Readwise's own exports have, so that copies agree, else its page on readwise.io."""
    if (link := names.address(highlight.url or "")) is not None:
        return link
    if fetched.asin and highlight.location is not None and highlight.location_type == "location":
        return f"https://readwise.io/to_kindle?action=open&asin={fetched.asin}&location={highlight.location}"
    return names.address(highlight.readwise_url or "")


def _location(highlight: FetchedHighlight) -> str | None:
    """The label as Readwise's exports write it; an order or an offset says nothing to a person."""
    if highlight.location is None:
        return None
    if highlight.location_type in ("location", "page"):
        return f"{highlight.location_type.capitalize()} {highlight.location}"
    if highlight.location_type == "time_offset":
        minutes, seconds = divmod(highlight.location, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
    return None


def _local(moment: str | None) -> str | None:
    """A moment of the API (UTC) as local time without a zone, as everywhere in a library; None where there is none."""
    if moment is None:
        return None
    try:
        found = datetime.fromisoformat(moment)
        if found.tzinfo is not None:
            found = found.astimezone().replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
    return found.replace(microsecond=0).isoformat()
