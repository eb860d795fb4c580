"""Notes and entries as the readers return them, before they become part of a library."""

import re
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter

from corpus.formats import dates, link_tail, properties
from corpus.formats.labels import Label, Role, label, role_of
from corpus.model import Source

MAX_PASSAGE = 100_000
"""Code points. A longer passage is a document, not a highlight. The longest seen in real notes has 8,525."""

_HASHTAG = re.compile(r"(?:^|\s)[#.]([^\s#.,;:!?]+)")
_ONLY_TAGS = re.compile(r"(?:\s*(?:#?\[\[[^\[\]]*\]\]|#\S+),?)*\s*")
_TIME = re.compile(r"[ \t]*([\d/\-: ]{8,25})$")
_ITEM = re.compile(r"^[-*+][ \t]+(?=\S)")
_ROMAN = re.compile(r"[ivxlc]+", re.I)
_MAX_FIELD_CHARS = 60
"""A longer value after a plain label is a sentence."""
_NOTHING = frozenset({"", "n/a", "none", "null", "undefined", "-", "—"})
_WEB_LINK = re.compile(r"\[(?P<label>[^\[\]\n]*)\]\((?P<url>[a-zA-Z][a-zA-Z0-9+.\-]*:\S+)\)")
BLOCK_LINE = re.compile(r"[ \t]*\^[A-Za-z0-9-]{4,80}[ \t]*$")
"""A block id on a line of its own, written by an exporter or by Obsidian."""
FAVORITES = frozenset({"favorite", "favourite", "favorites", "favourites"})
COLORS = frozenset(
    [
        "yellow",
        "blue",
        "pink",
        "orange",
        "green",
        "red",
        "purple",
        "gray",
        "grey",
        "cyan",
        "magenta",
        "brown",
        "violet",
        "teal",
        "lime",
        "aqua",
        "indigo",
    ]
)

COLOR_SIGNS = {
    **dict.fromkeys("🟡🟨💛", "yellow"), **dict.fromkeys("🟢🟩💚", "green"), **dict.fromkeys("🔵🟦💙", "blue"),
    **dict.fromkeys("🔴🟥", "red"), **dict.fromkeys("🟠🟧🧡", "orange"), **dict.fromkeys("🟣🟪💜", "purple"),
}  # fmt: skip
"""The colour that each emoji before a passage stands for."""


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
    """Whether the link of a highlight or an exporter's block id followed it."""
    color: str | None = None
    favorite: bool = False
    source: Source | None = None
    """Set if a file has several sources; otherwise the source is the note's."""

    def __reduce__(self) -> tuple[type["Entry"], tuple[object, ...]]:
        """Processes send many entries to each other. This takes a fifth of the time of what `dataclass` generates."""
        return Entry, _values(self)


_values = attrgetter(*(field.name for field in fields(Entry)))


@dataclass(frozen=True, slots=True)
class Note:
    """The result of reading one file."""

    path: str
    shape: str
    source: Source
    entries: tuple[Entry, ...] = ()
    problems: tuple[tuple[int | None, str], ...] = ()
    tags: tuple[str, ...] = ()
    """All tags of the whole note. They decide whether it is private."""
    titled: bool = True
    """Whether the note itself names its source. Otherwise the title is the file name."""
    copies: int = 0
    """How many shorter versions of its passages were left out."""

    def source_of(self, entry: Entry) -> Source:
        """Returns the source of an entry of this note."""
        return entry.source or self.source

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources of the file. Without entries, the note's own source."""
        if not any(entry.source for entry in self.entries):
            return (self.source,)
        return tuple(dict.fromkeys(map(self.source_of, self.entries)))


class Kind(StrEnum):
    """The kind of block that a passage is written as."""

    __hash__ = str.__hash__  # that of an Enum is written in Python, and kinds are counted for each block

    BULLET = "bullets"
    NUMBER = "numbered lines"
    PARAGRAPH = "paragraphs"
    QUOTE = "block quotes"
    ROW = "table rows"


@dataclass(slots=True)
class Draft:
    """A block of a note while its lines are being collected. It may be a passage with its remark and labels, or something else."""

    line: int
    first: str
    chapter: str | None = None
    added: str | None = None
    section: str = "highlights"
    part: int = 0
    """Number of the heading above it."""
    kind: Kind = Kind.BULLET
    sign: str = ""
    """Its bullet, exactly as written."""
    unit: int = 0
    """Number of the rule or heading above it. Blocks between two of them belong together."""
    alone: bool = False
    """Whether its heading, or the rules around it, stand for a single passage."""
    rest: list[str] = field(default_factory=list)
    remark: list[str] = field(default_factory=list)
    tag_lines: list[str] = field(default_factory=list)
    location: str | None = None
    link: str | None = None
    color: str | None = None
    favorite: bool = False
    callout: str = ""
    """The kind of callout: "quote", "note". A title that names a kind takes precedence."""
    signed: bool = False
    """Whether a label or sign of its layout marks it as a passage."""
    field: Role | None = None
    """The field that further lines belong to; None for the passage."""

    @property
    def in_child(self) -> bool:
        return self.field is not None

    @in_child.setter
    def in_child(self, inside: bool) -> None:
        self.field = (self.field or Role.NOTE) if inside else None

    @property
    def labelled(self) -> bool:
        """Whether a remark, tags, a location or a link belong to it."""
        return bool(self.remark or self.tag_lines or self.location or self.link)

    def add(self, line: str) -> None:
        """Adds a further line to the passage, or to the field that began last."""
        if self.field is None:
            if (
                self.rest or self.first.strip() or line.strip()
            ):  # blank lines before the first words are no part of it
                self.rest.append(line)
        elif self.field in (Role.TAGS, Role.SEE_ALSO):
            if line.strip():
                self.tag_lines.append(line)
        elif self.field is Role.NOTE:
            self.remark.append(line)

    def note(self, text: str) -> None:
        """Adds the reader's words to the remark."""
        self.field = Role.NOTE
        words, clock, behind = text.rpartition("⏱")
        timed = _TIME.match(behind) if clock and words[-1:] in (" ", "\t", "-") else None
        if timed is not None and (moment := dates.moment(timed.group(1))) is not None:
            text, self.added = words.rstrip(" \t").removesuffix("-").rstrip(" \t"), moment
        if text.strip() or self.remark:
            self.remark.append(text)

    def child(self, found: Label) -> None:
        """Takes a label below the passage: "Note:", "Tags:", "Location:" or the like."""
        role = found.role or (Role.OTHER if is_metadata(found.value) else Role.NOTE)
        self.field = role
        value = "" if found.value.strip().lower() in _NOTHING else found.value
        if role is Role.NOTE and found.marked and value.startswith("> "):
            value = value[2:]  # a template's quote sign before the reader's words
        if role is Role.NOTE:
            self.note(without_emphasis(value) if found.marked else value)
        elif role in (Role.TAGS, Role.SEE_ALSO):
            self.tag_lines.append(value)
        elif role is Role.ADDED:
            self.added = dates.moment(value) or self.added
        elif role is Role.COLOR:
            self.color = color(value) or self.color
        elif role is Role.FAVORITE:
            self.favorite = value.strip().lower() in ("true", "yes", "1", "x", "✓", "⭐")
        elif role is Role.CHAPTER:
            self.chapter = properties.chapter(value) or self.chapter
        elif role in (Role.LOCATION, Role.LINK):
            self._place(found.name, value, role)

    def _place(self, name: str, value: str, role: Role) -> None:
        """Takes the value of a location or link label."""
        if (match := _WEB_LINK.search(value)) is not None:
            self.link = self.link or match["url"]
            value = _WEB_LINK.sub(r"\1", value)
            if role is Role.LINK:  # "🔗 [p. 12](…)"
                self.location = self.location or link_tail.place_of(match["label"])
        elif (url := properties.address(value)) is not None and role is Role.LINK:
            self.link = self.link or url
        value = " ".join(value.strip("*_ ").split())
        if role is Role.LOCATION and value:
            self.location = f"{name} {value}" if value[0].isdigit() and name[0].isalpha() else value

    def finish(self) -> Entry:
        """Returns the entry that this block makes if it is a passage."""
        if not self.rest and not self.remark and not self.tag_lines and _plain_line(self.first):
            return Entry(
                text=self.first.strip(), line=self.line, link=self.link, location=self.location, chapter=self.chapter,
                added=self.added, color=self.color, favorite=self.favorite,
                marked=self.link is not None and link_tail.is_highlight_address(self.link),
            )  # fmt: skip
        passage, behind = tail_lines(self.first, self.rest)
        text, shade = passage.text, self.color
        head, line, last = text.rpartition("\n")
        if line and passage.link and is_kind(last):  # "Yellow highlight", with the link after it
            text, shade = head, shade or color(last)
        if len(behind) == 1:
            behind = [_ITEM.sub("", behind[0].strip())]
        if self.remark or behind:
            own = dedent([line for line in self.remark if not BLOCK_LINE.match(line)])
            remark = "\n".join(own + behind).strip()
        else:
            remark = ""
        tags = properties.tags([*self.tag_lines, passage.tags]) if self.tag_lines or passage.tags else ()
        return Entry(
            text=text.strip("\n") if text.strip() else "",
            line=self.line,
            link=passage.link or self.link,
            location=passage.location or self.location,
            remark=remark or None,
            tags=tags,
            chapter=self.chapter,
            added=passage.added or self.added,
            marked=passage.link is not None
            or link_tail.is_export_block(passage.block)
            or (self.link is not None and link_tail.is_highlight_address(self.link)),
            color=shade,
            favorite=self.favorite,
        )

    @property
    def worded(self) -> bool:
        """Whether the passage has any words yet."""
        return bool(self.first.strip()) or any(map(str.strip, self.rest))

    def lines(self) -> list[str]:
        """Returns all lines of the passage exactly as written."""
        return [self.first, *self.rest]


def without_emphasis(value: str) -> str:
    """Returns a remark without the emphasis that a template puts around all of it."""
    sign = value[:2] if value[:2] in ("**", "__") else value[:1]
    inner = value[len(sign) : -len(sign)] if sign and sign[0] in "*_" else ""
    whole = value.endswith(sign) and bool(inner) and sign[0] not in inner and inner == inner.strip()
    return inner if whole else value


def _plain_line(line: str) -> bool:
    """Whether a line surely has no link, id or comment at its end. Most lines of most notes are like that."""
    return not (
        "](" in line or "] (" in line or "^" in line or "#" in line or "%%" in line or "Group:" in line
    )


def color(value: str) -> str | None:
    """Returns the colour that a value names; None if it names none."""
    words = re.findall(r"[^\W\d_]+", value.lower())
    return next((word for word in words if word in COLORS), words[0] if len(words) == 1 else None)


def is_kind(text: str) -> bool:
    """Whether the words only name a kind of block: "Highlight", "**Highlight** (==yellow==)"."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return bool(words) and all(word in COLORS or role_of(word) is Role.PASSAGE for word in words)


def is_metadata(value: str) -> bool:
    """Whether a value is a date, a number or an address."""
    bare = value.strip()
    return dates.is_date(bare) or bare.replace(".", "").isdigit() or properties.address(bare) is not None


def tail_lines(first: str, rest: list[str]) -> tuple[link_tail.Passage, list[str]]:
    """Returns the passage in a block's lines, and the lines that the reader wrote after its link."""
    if not rest:
        passage = link_tail.cut(first.strip())
        return passage, [passage.behind] if passage.behind else []
    lines = [first.strip(), *dedent(rest)]
    while lines and not lines[-1].strip():
        lines.pop()
    begin = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    passage, behind = link_tail.cut_lines([line.rstrip() for line in lines[begin:]])
    return passage, behind


def dedent(lines: list[str]) -> list[str]:
    """Removes the indentation that all indented lines share, and blanks at the ends of lines.

    A line without indentation (a lazy continuation) stays as it is and does not count.
    """
    if not lines:
        return []
    indented = [line for line in lines if line.strip() and line[0] in " \t"]
    widths = [len(line) - len(line.lstrip(" \t")) for line in indented]
    width = min(widths, default=0)
    return [(line[width:] if line[:width].strip() == "" else line).rstrip() for line in lines]


def child(text: str) -> Label | None:
    """Returns the label if the text of a bullet is a "Note:", "Tags:" or the like below a highlight; else None."""
    found = label(text)
    if found is None or found.role is None or (found.role in (Role.PASSAGE, Role.OTHER) and not found.marked):
        return None
    return found if found.marked or _fits(found.role, found.value) else None


def _fits(role: Role, value: str) -> bool:
    """Whether a value fits its label. "Date: that was the fruit he sold" does not fit: it has no date."""
    if role in (Role.NOTE, Role.TAGS, Role.SEE_ALSO) or not value.strip():
        return True
    if len(properties.unlink(value)) > _MAX_FIELD_CHARS:
        return False
    if role is Role.ADDED:
        return dates.day(value) is not None
    if role is Role.LOCATION:
        return any(map(str.isdigit, value)) or _ROMAN.fullmatch(value.strip()) is not None
    if role is Role.COLOR:
        return len(value.split()) <= 2  # "light blue"
    if role is Role.LINK:
        return "](" in value or properties.address(value) is not None
    return role is not Role.FAVORITE or len(value.split()) == 1


def only_tags(value: str) -> bool:
    """Whether a value has nothing but wiki links and hashtags."""
    return _ONLY_TAGS.fullmatch(value) is not None


def hashtags(text: str | None) -> tuple[str, ...]:
    """Returns the tags in a remark: "#private", or ".private", which Readwise reads as a tag."""
    return tuple(_HASHTAG.findall(text)) if text else ()
