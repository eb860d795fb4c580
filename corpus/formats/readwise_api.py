"""Highlights fetched from Readwise's API: the JSON file of each source on disk, and how it is read as a note.

The files are JSON and not Markdown for two reasons. Any text must come back letter for letter ("- not a bullet",
"# not a heading"). And changes are merged by Readwise's ids, for which a Markdown note has no room.

The first line of a file describes the source. Each highlight has a line of its own, so that its `line` has a meaning:

    {"layout":"readwise api 1","user_book_id":7,"title":"The Tide Clock",…,"highlights":[
    {"id":70,"text":"Water keeps its own calendar.",…},
    {"id":71,…}
    ]}

The field names and their meanings are those of `GET /api/v2/export/` (https://readwise.io/api_deets). Discarded, deleted and
private highlights are never in such a file.
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
"""Marks a file of this layout. The number rises when its content is read differently."""

_START = '{"layout":"readwise api '
_INLINE_TAGS = re.compile(r"\s*\.([^\W\d_][\w/-]*)(?=\s|$)")
"""A tag at the beginning of a reader's note: ".idea"."""
_HEADING = re.compile(r"h([1-6])", re.I)


class FetchedHighlight(msgspec.Struct, frozen=True, omit_defaults=True):
    """A highlight of the account, with the field names of the API."""

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
    """The file is damaged, or does not have this layout."""


def encode(source: FetchedSource) -> bytes:
    """Returns the file's content. Equal sources give equal bytes."""
    head = _encode(msgspec.structs.replace(source, highlights=()))[:-1]
    lines = b",\n".join(_encode(highlight) for highlight in source.highlights)
    return head + b',"highlights":[\n' + lines + b"\n]}\n"


def decode(data: bytes | str) -> FetchedSource:
    """Reads the source from a file's content. Raises UnreadableError."""
    try:
        return _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"damaged, or of another version: {type(error).__name__}") from None


def recognises(text: str) -> bool:
    """Whether the text is a file of any version of this layout."""
    return text.startswith(_START)


def read(path: str, text: str) -> Note:
    """Reads the file as a note. Raises UnreadableError."""
    fetched = decode(text)
    source = source_of(fetched)
    note_tags = source.tags + hashtags(fetched.document_note)
    return Note(path, SHAPE, source, tuple(_entries(fetched)), (), note_tags, True)


def tags_of(highlight: FetchedHighlight) -> tuple[str, ...]:
    """Returns all tags of a highlight: those that Readwise lists, and those at the beginning of its note."""
    return tuple(dict.fromkeys((*highlight.tags, *_split_note(highlight.note)[0])))


def heading_level(highlight: FetchedHighlight) -> int | None:
    """Returns 1 to 6 if the reader marked the highlight as a heading (`.h1`): then it is a chapter's name, not a passage."""
    levels = (match for tag in tags_of(highlight) if (match := _HEADING.fullmatch(tag)))
    return next((int(match[1]) for match in levels), None)


def source_of(fetched: FetchedSource) -> Source:
    """Returns the source in the form that the library uses."""
    title = next(
        filter(None, (names.title(written or "") for written in (fetched.title, fetched.readable_title))),
        None,
    )
    addresses = (names.address(address or "") for address in (fetched.source_url, fetched.unique_url))
    return Source(
        title=title or "Untitled",
        authors=names.people([fetched.author or ""]),
        category=names.category(fetched.category or ""),
        url=next(filter(None, addresses), None),
        tags=fetched.book_tags,
        cover=names.address(fetched.cover_image_url or ""),
    )


def _entries(fetched: FetchedSource) -> Iterator[Entry]:
    """Yields the entries in reading order. Highlights that are headings become chapters."""
    chapters: list[tuple[int, str | None]] = []
    for line, highlight in _in_reading_order(fetched.highlights):
        level = heading_level(highlight)
        if level is not None:
            chapters = [chapter for chapter in chapters if chapter[0] < level]
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
    """Returns (line in the file, highlight) by location. Highlights without a location come last, by id."""
    return sorted(
        enumerate(highlights, start=2),
        key=lambda item: (item[1].location is None, item[1].location or 0, item[1].id),
    )


def _clean(text: str) -> str:
    """Returns the text with plain line feeds and without blanks at line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n").strip()


def _split_note(note: str | None) -> tuple[tuple[str, ...], str | None]:
    """Returns the tags at the beginning of a note, and the remark after them."""
    rest, tags = note or "", []
    while (match := _INLINE_TAGS.match(rest)) is not None:
        tags.append(match[1])
        rest = rest[match.end() :]
    return tuple(tags), _clean(rest) or None


def _link(fetched: FetchedSource, highlight: FetchedHighlight) -> str | None:
    """Returns the link that opens the passage.

    It is the link that Readwise's own exports have, so that copies agree; or else the highlight's page on readwise.io.
    """
    if (link := names.address(highlight.url or "")) is not None:
        return link
    if fetched.asin and highlight.location is not None and highlight.location_type == "location":
        return f"https://readwise.io/to_kindle?action=open&asin={fetched.asin}&location={highlight.location}"
    return names.address(highlight.readwise_url or "")


def _location(highlight: FetchedHighlight) -> str | None:
    """Returns the location in the words of Readwise's exports. A plain order or offset tells people nothing, so it is left out."""
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
    """Converts a moment of the API (UTC) to local time without a zone, the form that the library uses."""
    if moment is None:
        return None
    try:
        found = datetime.fromisoformat(moment)
        if found.tzinfo is not None:
            found = found.astimezone().replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
    return found.replace(microsecond=0).isoformat()
