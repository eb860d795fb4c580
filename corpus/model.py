"""The data model: sources, highlights, and problems met while reading.

All of it is immutable. Times and dates are ISO 8601 strings, as the notes carry no time zone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """What was read: a book, an article, a podcast episode, a thread."""

    title: str
    authors: tuple[str, ...] = ()
    category: str | None = None
    """A lower-case word: "articles", "books", "podcasts", "tweets"."""
    url: str | None = None
    tags: tuple[str, ...] = ()
    cover: str | None = None
    """Address of the cover picture."""
    date: str | None = None
    """YYYY-MM-DD, or a prefix of it if the note says no more."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """One passage of a source, verbatim."""

    id: str
    """Stable on every machine; see `corpus.merging.merge`."""
    text: str
    """The passage as in the note, without its bullet and link tail; lines joined by a line feed."""
    plain: str
    """`text` as a person reads it: markup dropped, never a word; see `corpus.plain_text`."""
    source: Source
    link: str | None = None
    """Opens the very passage."""
    location: str | None = None
    """The link's label as in the note, with ordinary blanks: "Location 144"."""
    remark: str | None = None
    """The reader's own words about it, lines joined by a line feed."""
    tags: tuple[str, ...] = ()
    color: str | None = None
    """A lower-case word: "yellow", "blue"."""
    favorite: bool = False
    chapter: str | None = None
    """The nearest heading above."""
    added: str | None = None
    """YYYY-MM-DDTHH:MM:SS at which it was highlighted if the note says so, else of its "New highlights added" batch;
    local time. None if neither is known."""
    path: str = ""
    """Path of the note below the corpus, with forward slashes."""
    line: int = 0
    """Where the passage begins in the note, from 1."""

    @property
    def has_text(self) -> bool:
        """Whether there is anything to quote."""
        return bool(self.plain.strip())


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a note that could not be read as meant; the rest of the note was."""

    path: str
    line: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is no note, or a folder that cannot be read, and why."""

    path: str
    reason: str
    unread_folder: bool = False
    """A folder that cannot be read: its notes are unknown, not gone."""


@dataclass(frozen=True, slots=True)
class Library:
    """All sources and highlights of a corpus, in the order of their paths and lines."""

    sources: tuple[Source, ...] = ()
    highlights: Sequence[Highlight] = ()
    """`corpus.passages.Passages` if a folder was read."""
    notes: int = 0
    """Files read as notes, those without a highlight included."""
    shapes: Mapping[str, int] = field(default_factory=dict)
    """Number of notes of each shape."""
    duplicates: int = 0
    """Copies left out because the same highlight is kept already."""
    private: int = 0
    """Highlights left out as private."""
    gone: int = 0
    """Highlights in Readwise's own exports that are left out because Readwise no longer has them."""
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[Problem, ...] = ()
    idle_privacy: tuple[str, ...] = ()
    """Entries of PRIVATE_TAGS and PRIVATE_PATHS that cover nothing here."""
