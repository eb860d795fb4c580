"""The type of a layout of notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from corpus.formats import org
from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header

Problems = list[tuple[int | None, str]]
"""(line of the note, from 1, or None for the whole note; what is wrong, as `check` tells it)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text, for recognising its layout and reading it."""

    path: str
    text: str
    front: FrontMatter
    lines: tuple[str, ...]
    """Of the body, without line ends."""
    headings: tuple[str, ...] = ()
    """Those of the lines that begin with "#"."""

    @property
    def body(self) -> str:
        return self.front.body

    @property
    def suffix(self) -> str:
        name = self.path.rsplit("/", 1)[-1]
        suffix = f".{name.rsplit('.', 1)[-1].lower()}" if "." in name else ""
        return ".md" if suffix == org.SUFFIX else suffix  # read as Markdown


@dataclass(frozen=True, slots=True)
class Reading:
    """What a layout made of a file."""

    entries: tuple[Entry, ...]
    header: Header
    problems: Problems = field(default_factory=list)
    tags: tuple[str, ...] = ()
    """Tags of the note as a whole that stand in its text."""
    titled: bool | None = None
    """Whether the file names its source itself; None: as its header says."""


def no_evidence(_: Text) -> int:
    """The answer of a layout that is only read when nothing else fits."""
    return 0


def same_lines(lines: Sequence[str]) -> Sequence[str]:
    """Returns the lines unchanged: for layouts whose lines need no rewriting."""
    return lines


def each(line: Callable[[str], str]) -> Callable[[Sequence[str]], Sequence[str]]:
    """A rewriting of every line on its own."""
    return lambda lines: [line(one) for one in lines]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout of notes, as data and rules of its own."""

    name: str
    """In `shapes` of `check`."""
    title: str
    """In people's words: "Kindle clippings"."""
    evidence: Callable[[Text], int]
    """How strongly a text suggests this layout: 0 not at all, 1 a hint, 2 clearly, 3 certainly."""
    read: Callable[[Text], Reading] | None = None
    """Its own reader; None: the blocks of the note are weighed."""
    suffixes: frozenset[str] = frozenset({".md", ".markdown", ".txt"})
    rewrite: Callable[[Sequence[str]], Sequence[str]] = same_lines
    """Turns the lines of this layout into what the common reader knows; their number stays."""
    fences: frozenset[str] = frozenset()
    """Languages of code fences that hold passages."""
    chapters_in_bullets: bool = False
    same_link_is_remark: bool = False
    """Whether a second block with the same link is the reader's comment of the first."""
    repeats: bool = False
    """Whether a passage stands a second time, without its link, where the reader wrote about it."""
    always_linked: bool = False
    """Whether a link stands behind every passage."""
    paragraphs_lead: bool = False
    """Whether paragraphs above one with a link are its beginning: what the reader wrote has labels."""
    one_paragraph: bool = False
    """Whether a passage is one paragraph, as the text of a PDF is: a further one, behind an empty line, is the reader's."""
    escaped: bool = False
    """Whether its template writes the signs of HTML as entities."""
    styled: bool = False
    """Whether its template may put emphasis around every passage."""
    quoted: bool = False
    """Whether its template puts quotation marks around every passage."""
    tags_follow: bool = False
    """Whether its template may put tags behind a passage that has no link there."""
    quotes_only: bool = False
    """Whether only block quotes, and what has a link, can be passages: nothing else speaks for the note."""
    by_readwise: bool = False
    """Whether Readwise itself writes it: highlights deleted there count as deleted in such a note, too."""
    category: str | None = None
    """Category of its sources if the note names none."""
