"""Notes whose highlights are bullets at column 0: the Obsidian plugin's default and custom templates, the download, the seed.

The rule that held in every such vault: a highlight begins at column 0 with a bullet; what is indented is its continuation;
a deeper "- Note:" or "- Tags:" is its child, what is indented further continues the child. A heading between highlights is a
chapter. Custom templates put "- Note:" and "- See also:" at column 0.
"""

import re

from corpus.formats import link_tail, properties
from corpus.formats.entry import Draft, Entry, child
from corpus.formats.header import NO_CHAPTERS, Header, batch, heading, is_highlights, is_property

_BULLET = re.compile(r"[-*+](?:[ \t]+(.*))?$")
_INDENTED_CHILD = re.compile(r"(?: {3,}|[ ]{0,3}\t[\t ]*)[-*+][ \t]+(.*)$")
_BOLD_CHILD = re.compile(r"[ \t]+[-*+][ \t]+(\*\*.*)$")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})[ \t]*$")
_FENCE = re.compile(r"(?:```|~~~)[ \t]*(\w*)")
_QUOTE_SIGN = re.compile(r"(?:[ \t]*>)+[ \t]?(?:\[![\w-]+\][+-]?[ \t]*)?")
_BLOCK_LINE = re.compile(r"\^rw[\w-]+[ \t]*$")
_METADATA = frozenset({"metadata", "about", "source", "details"})
_DOCUMENT = frozenset({"full document", "document", "full text", "full article"})
_READERS = frozenset(
    [
        "linked notes",
        "my notes",
        "notes",
        "note",
        "thoughts",
        "my thoughts",
        "comments",
        "related",
        "references",
        "backlinks",
        "see also",
        "links",
        "to do",
        "todo",
        "tasks",
        "questions",
        "actions",
        "action items",
        "reflections",
        "footnotes",
    ]
)
Problems = list[tuple[int | None, str]]


class BulletReader:
    """Reads the lines of one note into drafts; `entries` then keeps what is a highlight."""

    def __init__(self, header: Header, first_line: int, title: str | None, chapters_in_bullets: bool) -> None:
        self._header = header
        self._first_line = first_line
        self._title = title
        self._chapters_in_bullets = chapters_in_bullets
        self._drafts: list[Draft] = []
        self._current: Draft | None = None
        self._section = "head"
        self._listed = False
        """Whether the properties of the Metadata section are bullets; else every line may be one."""
        self._region_level = 0
        self._chapter: str | None = None
        self._added: str | None = None
        self._part = 0
        self._blank = False
        self._ruled = False
        """Whether a rule stands above; unindented text below it is a footer."""
        self._outside: list[tuple[int, str]] = []
        """Lines of an unindented paragraph that belongs to no bullet, as far as read."""
        self._told = 0
        self._lines: list[str] = []
        self.problems: Problems = []

    def read(self, lines: list[str]) -> tuple[Entry, ...]:
        """The note's highlights in order. `lines` are without line ends."""
        self._lines = lines
        index = 0
        while index < len(lines):
            skip = self._fenced(lines, index) or self._second_front_matter(lines, index)
            if skip:
                self._close()
                index += skip
                continue
            self._line(lines[index], self._first_line + index)
            index += 1
        self._close()
        return self._kept()

    def _line(self, line: str, number: int) -> None:
        if not line.strip():
            self._blank = True
            self._outside_ends()
            if self._current is not None:
                self._current.add("")
            return
        if line[0] == "#" and (found := heading(line)) is not None:
            self._heading(*found)
        elif _RULE.match(line) is not None or line.startswith("![rw-book-cover]"):
            self._close()
            self._ruled = True
            self._header.read(line)
        elif self._section == "head":
            if not self._header.read(line) and (bullet := _BULLET.match(line)) is not None:
                self._section = "soft"
                self._open(bullet.group(1) or "", number)
        elif self._section == "metadata":
            listed = line[0] in "->*+ \t"
            self._listed = self._listed or listed
            self._header.read(line, listed_only=self._listed)
        elif self._section != "document":
            self._body(line, number)
        self._blank = False

    def _body(self, line: str, number: int) -> None:
        if line[0] in " \t":
            self._continue(line, number)
        elif (bullet := _BULLET.match(line)) is not None:
            self._bullet(bullet.group(1) or "", line, number)
        elif _BLOCK_LINE.match(line) is not None and self._current is not None:
            self._current.in_child = False
            self._current.add(line)
        elif self._current is not None and self._lazy(line, number):
            self._current.add(line)
        else:
            if self._current is not None:
                self._close()
            self._outside_text(line, number)

    def _bullet(self, text: str, line: str, number: int) -> None:
        found = child(text)
        if found is not None and self._current is not None and not link_tail.is_tail(text):
            kind, value = found
            if not kind.lower().startswith(("tag", "see")) or _only_tags(value):
                self._current.child(kind, value)
                return
        if is_property(line) and self._header_like(line):
            return
        if self._chapters_in_bullets and re.match(r"#{1,6} ", text) and not link_tail.is_tail(text):
            self._close()
            self._chapter = properties.chapter(text.lstrip("# "))
            return
        self._open(text, number)

    def _header_like(self, line: str) -> bool:
        """A second head within the list, as a re-sync leaves it: only its own properties count, not a passage."""
        return bool(re.match(r"- (?:Author|Full Title|Category): ", line)) and not link_tail.is_tail(line)

    def _continue(self, line: str, number: int) -> None:
        if self._current is None:
            self._outside_text(line, number)
            return
        below = _INDENTED_CHILD.match(line) or _BOLD_CHILD.match(line)
        found = child(below.group(1)) if below is not None else None
        if found is not None and not found[0].lower().startswith("see"):
            self._current.child(*found)
        else:
            self._current.add(line)

    def _open(self, text: str, number: int) -> None:
        self._close()
        self._current = Draft(number, text, self._chapter, self._added, self._section, self._part)

    def _lazy(self, line: str, number: int) -> bool:
        """Whether an unindented line continues the open highlight. With a tail of its own below another it is the next one."""
        if self._blank:
            return self._tail_ahead(number)
        if self._current is None or not link_tail.is_tail(line):
            return True
        return not any(
            map(
                link_tail.is_tail,
                self._lines[self._current.line - self._first_line : number - self._first_line],
            )
        )

    def _tail_ahead(self, number: int) -> bool:
        """Whether the open highlight ends below this unindented paragraph, as some custom templates write it."""
        if self._current is None or self._current.in_child:
            return False
        first = self._current.line - self._first_line
        here = number - self._first_line
        if any(link_tail.is_tail(line) for line in self._lines[first:here]):
            return False
        for line in self._lines[here : here + 100]:
            if _BULLET.match(line) or heading(line) or _RULE.match(line):
                return False
            if link_tail.is_tail(line):
                return True
        return False

    def _close(self) -> None:
        self._outside_ends()
        if self._current is not None:
            self._drafts.append(self._current)
            self._current = None

    def _heading(self, level: int, text: str) -> None:
        self._close()
        self._ruled = False
        self._part += 1
        name = text.strip("# :").lower()
        if is_highlights(name) and (level < 4 or self._section == "metadata" or name.startswith("new")):
            self._section, self._chapter, self._added = "highlights", None, batch(text)
            self._region_level = level if self._added is None else self._region_level or level
        elif name in _METADATA and level <= 3:
            self._section, self._listed = "metadata", False
        elif name in _DOCUMENT or self._section == "document":
            self._section = "document"
        elif level == 1 and self._header.h1 is None and self._section == "head":
            self._header.h1 = text
        elif level == 1 and text in (self._header.h1, self._title):
            self._section, self._chapter = "metadata", None
        elif self._section == "highlights" and level > max(self._region_level, 2):
            self._chapter = properties.chapter(text)
        elif name in _READERS:
            self._section, self._chapter = "reader", None
        else:
            within = self._section in ("highlights", "soft")
            self._section = self._section if within and level > 2 else "soft"
            self._chapter = None if name in NO_CHAPTERS else properties.chapter(text)

    def _fenced(self, lines: list[str], index: int) -> int:
        """How many lines a fence at column 0 takes that is none of a passage's (a dataview, a head's)."""
        match = _FENCE.match(lines[index])
        if match is None or (
            self._current is not None and match.group(1) not in ("dataview", "dataviewjs", "button")
        ):
            return 0
        sign = lines[index][:3]
        for end in range(index + 1, min(len(lines), index + 200)):
            if lines[end].startswith(sign):
                return end - index + 1
        return 1

    def _second_front_matter(self, lines: list[str], index: int) -> int:
        """How many lines a block of properties takes in the middle of a note (a re-sync appends whole notes)."""
        if lines[index].rstrip() != "---" or index + 1 >= len(lines):
            return 0
        if re.match(r"[A-Za-z][\w -]{0,30}:(?:\s|$)", lines[index + 1]) is None:
            return 0
        for end in range(index + 2, min(len(lines), index + 60)):
            if lines[end].rstrip() == "---":
                self._section, self._chapter = "metadata", None
                return end - index + 1
        return 0

    def _outside_text(self, line: str, number: int) -> None:
        """A paragraph that is no bullet is a highlight where it ends in a tail."""
        self._outside.append((number, line))
        if self._section == "reader" or not link_tail.is_tail(line):
            return
        paragraph, self._outside = self._outside, []
        first, text = paragraph[0]
        self._open(_QUOTE_SIGN.sub("", text), first)
        for _, further in paragraph[1:]:
            assert self._current is not None
            self._current.add(_QUOTE_SIGN.sub("", further))

    def _outside_ends(self) -> None:
        told = self._section == "highlights" and not self._ruled
        for number, _ in self._outside if told else ():
            self._told += 1
            if self._told <= 3:
                self.problems.append((number, "text between the highlights that belongs to none: left out"))
        self._outside = []

    def _kept(self) -> tuple[Entry, ...]:
        """What of the sections is a highlight. All that stands below "Highlights" is, and what has a tail. Below another
        heading, bullets without a tail are when one beside them has a tail, or when the note has no better ones."""
        finished = [(draft, draft.finish()) for draft in self._drafts]
        marked = {draft.part for draft, entry in finished if entry.marked}
        certain = bool(marked) or any(draft.section == "highlights" for draft, _ in finished)
        return tuple(
            entry
            for draft, entry in finished
            if draft.section == "highlights"
            or entry.marked
            or (draft.section == "soft" and (draft.part in marked or not certain))
        )


def _only_tags(value: str) -> bool:
    return re.fullmatch(r"(?:\s*(?:#?\[\[[^\[\]]*\]\]|#\S+),?)*\s*", value) is not None
