"""Describes a layout of notes, and the text and result that its reader works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from corpus.formats import org
from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header

Problems = list[tuple[int | None, str]]
"""(line of the note from 1, or None for the whole note; the message that `check` shows)."""


LONE_COMMENT = "<!-- the reader's comment, without a passage -->"
"""What `rewrite` puts in place of the first line of a comment that it leaves out."""


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file, split for the layouts' evidence and readers."""

    path: str
    text: str
    front: FrontMatter
    lines: tuple[str, ...]
    """The lines of the body, without line ends."""
    headings: tuple[str, ...] = ()
    """The lines that begin with "#"."""

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
    """The result of reading a file."""

    entries: tuple[Entry, ...]
    header: Header
    problems: Problems = field(default_factory=list)
    tags: tuple[str, ...] = ()
    """Tags of the whole note that stand in its text."""
    titled: bool | None = None
    """Whether the file itself names its source; None: the header decides."""


def no_evidence(_: Text) -> int:
    """The evidence of a layout that is chosen only when no other fits."""
    return 0


def same_lines(lines: Sequence[str]) -> Sequence[str]:
    """Returns the lines unchanged: for layouts whose lines need no rewriting."""
    return lines


def each(line: Callable[[str], str]) -> Callable[[Sequence[str]], Sequence[str]]:
    """Makes a `rewrite` out of a function that rewrites a single line."""
    return lambda lines: [line(text) for text in lines]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout of notes: how it is recognised, and how it is read."""

    name: str
    """The name under `shapes` in the output of `check`."""
    title: str
    """The name that people read: "Kindle clippings"."""
    evidence: Callable[[Text], int]
    """How strongly a text suggests this layout: 0 not at all, 1 a hint, 2 clearly, 3 certainly."""
    read: Callable[[Text], Reading] | None = None
    """The layout's own reader; None: the common reader in `corpus.formats.outline` is used."""
    suffixes: frozenset[str] = frozenset({".md", ".markdown", ".txt"})
    rewrite: Callable[[Sequence[str]], Sequence[str]] = same_lines
    """Rewrites lines into a form that the common reader knows. It must not change their number."""
    fences: frozenset[str] = frozenset()
    """Languages of code fences that contain passages."""
    chapters_in_bullets: bool = False
    """Whether chapters are bullets with a heading in them: "- # Chapter"."""
    same_link_is_remark: bool = False
    """Whether a second block with the same link is the reader's comment on the first."""
    repeats: bool = False
    """Whether a passage appears again, without its link, where the reader wrote about it."""
    always_linked: bool = False
    """Whether every passage ends in a link."""
    paragraphs_lead: bool = False
    """Whether the paragraphs above one with a link are its beginning. The reader's words have labels in such a layout."""
    one_paragraph: bool = False
    """Whether a passage is a single paragraph. Then a paragraph after an empty line is the reader's."""
    escaped: bool = False
    """Whether its template writes HTML's special characters as entities."""
    styled: bool = False
    """Whether its template may put emphasis around every passage."""
    quoted: bool = False
    """Whether its template puts quotation marks around every passage."""
    words_around: bool = False
    """Whether its templates put text around a passage: the kind of annotation, a line that all passages share, or the reader's
    comment after the closing quotation mark."""
    arrows: bool = False
    """Whether an arrow may stand between a passage and the remark, as in templates that people write themselves."""
    tags_follow: bool = False
    """Whether its template may put tags after a passage that does not end in a link."""
    quotes_only: bool = False
    """Whether only block quotes, and blocks with a link, can be passages."""
    family_name_first: bool = False
    """Whether it writes an author as "Doe, Jane"."""
    unknown_author: bool = False
    """Whether the author named in the note may be the person who wrote the note, and not the author of the passages."""
    by_readwise: bool = False
    """Whether Readwise itself writes it. Highlights deleted in Readwise count as deleted in such a note, too."""
    category: str | None = None
    """Category of its sources if the note does not name one."""
    marks: tuple[str, ...] = ()
    """Texts, in lower case, one of which stands in every file with any evidence, unless it has one of the `properties`. A file
    with none of either is not searched for evidence, which saves time. If a layout has neither, every file is searched."""
    properties: frozenset[str] = frozenset()
    """Properties of the front matter, one of which is in every file with any evidence that has none of the `marks`."""
