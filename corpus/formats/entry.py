"""A note as read, before it becomes part of a library."""

import re
from dataclasses import dataclass, field

from corpus.formats import link_tail, properties
from corpus.model import Source

MAX_PASSAGE = 100_000
"""Code points; a longer passage is a document, not a highlight. The longest measured in the wild has 8,525."""

_CHILD = re.compile(
    r"\*{0,2}(?P<kind>Notes?|Comments?|Tags?|See also)\s?(?::\*{0,2}|\*{0,2}:)(?=\s|$)\s?(?P<value>.*)$", re.S
)
_HASHTAG = re.compile(r"(?:^|\s)[#.]([^\s#.,;:!?]+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One highlight of a note."""

    text: str
    line: int
    link: str | None = None
    location: str | None = None
    remark: str | None = None
    tags: tuple[str, ...] = ()
    chapter: str | None = None
    added: str | None = None
    marked: bool = False
    """Whether a tail or Readwise's block id stood behind it."""


@dataclass(frozen=True, slots=True)
class Note:
    """One file, read."""

    path: str
    shape: str
    source: Source
    entries: tuple[Entry, ...] = ()
    problems: tuple[tuple[int | None, str], ...] = ()
    tags: tuple[str, ...] = ()
    """All tags of the note as a whole, for what is private."""
    titled: bool = True
    """Whether the note names its source itself; else the title is the file's name."""


@dataclass(slots=True)
class Draft:
    """A highlight while its lines are being gathered."""

    line: int
    first: str
    chapter: str | None = None
    added: str | None = None
    section: str = "highlights"
    part: int = 0
    """Number of the heading below which it stands."""
    rest: list[str] = field(default_factory=list)
    remark: list[str] = field(default_factory=list)
    tag_lines: list[str] = field(default_factory=list)
    in_child: bool = False
    child_is_tags: bool = False

    def add(self, line: str) -> None:
        """A further line: of the passage, or of the child that began last."""
        if not self.in_child:
            self.rest.append(line)
        elif self.child_is_tags:
            if line.strip():
                self.tag_lines.append(line)
        else:
            self.remark.append(line)

    def child(self, kind: str, value: str) -> None:
        """A "Note:" or "Tags:" below the passage. "See also:" with nothing but links holds tags, too."""
        self.in_child = True
        self.child_is_tags = kind.lower().startswith(("tag", "see"))
        if self.child_is_tags:
            self.tag_lines.append(value)
        elif value.strip() or self.remark:
            self.remark.append(value)

    def finish(self) -> Entry:
        lines, behind = tail_lines(self.first, self.rest)
        remark = "\n".join(dedent(self.remark) + behind).strip("\n").rstrip()
        return Entry(
            text=lines.text.strip("\n") if lines.text.strip() else "",
            line=self.line,
            link=lines.link,
            location=lines.location,
            remark=remark.strip() or None,
            tags=properties.tags(self.tag_lines),
            chapter=self.chapter,
            added=self.added,
            marked=lines.link is not None or (lines.block or "").startswith("rw"),
        )


def tail_lines(first: str, rest: list[str]) -> tuple[link_tail.Passage, list[str]]:
    """The passage of a bullet's first line and its continuation, and what the reader wrote behind its tail."""
    lines = [first.strip(), *dedent(rest)]
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    passage, behind = link_tail.cut_lines([line.rstrip() for line in lines])
    return passage, behind


def dedent(lines: list[str]) -> list[str]:
    """Without the indentation that all lines share, and without blanks at their ends.

    A line that does not share it at all (a lazy continuation) is left as it is and counts for nothing.
    """
    indented = [line for line in lines if line.strip() and line[0] in " \t"]
    widths = [len(line) - len(line.lstrip(" \t")) for line in indented]
    width = min(widths, default=0)
    return [(line[width:] if line[:width].strip() == "" else line).rstrip() for line in lines]


def child(text: str) -> tuple[str, str] | None:
    """(kind, value) when the text of a bullet is a "Note:", "Tags:" or "See also:" below a highlight."""
    match = _CHILD.match(text)
    return (match["kind"], match["value"]) if match is not None else None


def hashtags(text: str | None) -> tuple[str, ...]:
    """Tags that the reader wrote into a remark: "#private", or ".private" as Readwise reads it."""
    return tuple(_HASHTAG.findall(text)) if text else ()
