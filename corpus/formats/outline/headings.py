"""Reads headings and rules. They decide the section and chapter of the lines below them."""

import re

from corpus.formats import link_tail, properties
from corpus.formats.header import NO_CHAPTERS, batch, heading, is_highlights, is_passages
from corpus.formats.labels import Label, Role, role_of
from corpus.formats.outline.blocks import BULLET, UNIT_HEADING
from corpus.formats.outline.callouts import CALLOUT, is_passage_callout
from corpus.formats.outline.items import ItemReader
from corpus.formats.outline.places import moment, place
from corpus.formats.outline.sections import DOCUMENT, METADATA, READERS

_ITEMS = frozenset(
    {"highlight", "quote", "annotation", "note", "clip", "passage", "snippet", "id", "item", "no"}
)
_ROLES_BELOW = (Role.NOTE, Role.TAGS)
_FIRST_SIGN = "\u2300"
"""The lowest character that may be an emoji."""


class HeadingReader(ItemReader):
    """Reads headings and rules."""

    def _rule(self, line: str, index: int) -> None:
        """Takes a rule: it closes the open block and begins a new unit."""
        current = self._current
        if current is not None and current.in_child and not self._after_blank and self._goes_on_below(index):
            current.add(line)  # the rule is part of a remark that continues at the margin
            return
        self._close()
        self._unit += 1
        if self._rules_part_passages:
            self._single_passage_unit = self._unit
        self._waiting_labels = []
        self._outline.ruled_at = index
        self._outline.rules += 1
        self._header.read(line)

    def _goes_on_below(self, index: int) -> bool:
        """Whether the text above a rule continues right below it, with a line that does not begin a highlight or heading."""
        below = self._lines[index + 1] if index + 1 < len(self._lines) else ""
        return (
            bool(below.strip())
            and not BULLET.match(below)
            and heading(below) is None
            and not link_tail.is_tail(below)
            and below[0] != ">"
        )

    def _heading(self, index: int, level: int, text: str) -> None:
        """Takes a heading: it closes the open block and sets the section or chapter of the lines below."""
        self._close()
        self._part += 1
        name = _name(text)
        unit = UNIT_HEADING.match(text.strip("# *")) if level > 1 else None
        if self._reader_words(name, level):
            return
        if (
            level > 1
            and self._section in ("head", "soft")
            and not self._outline.drafts
            and self._header.read_by(text)
        ):
            return
        self._unit += 1
        if self._rules_part_passages:
            self._single_passage_unit = self._unit
        self._waiting_labels = []
        self._outline.ruled_at = None
        topmost = is_highlights(name) and not self._outline.headed and level <= self._top_level
        self._top_level = min(self._top_level, level if level > 1 else self._top_level)
        if is_passages(name) and (
            level < 4 or topmost or self._section in ("metadata", "head") or name.startswith("new")
        ):
            self._outline.headed = self._outline.headed or is_highlights(name)
            self._section, self._chapter, self._added = "highlights", None, batch(text)
            self._highlights_level = level if self._added is None else self._highlights_level or level
            self._highlights_begin = len(self._outline.drafts)
        elif (name in METADATA and level <= 3) or name == "元数据":
            self._section, self._listed_metadata = "metadata", False
        elif name in DOCUMENT or self._section == "document":
            self._section = "document"
        elif level == 1 and self._header.h1 is None and self._section in ("head", "metadata"):
            self._header.h1, self._section = text, "head"
        elif level == 1 and text in (self._header.h1, self._title):
            self._section, self._chapter = "metadata", None
        elif level > 1 and self._unit_heading(unit, text):
            pass
        elif self._section == "highlights" and (
            level > max(self._highlights_level, 2) or self._is_chapter_beside(index, level, name)
        ):
            self._chapter = properties.chapter(text)
        elif name in READERS:
            self._section, self._chapter = "reader", None
        else:
            within = self._section in ("highlights", "soft")
            self._section = self._section if within and level > (self._highlights_level or 2) else "soft"
            self._chapter = None if name in NO_CHAPTERS else properties.chapter(text)

    def _is_chapter_beside(self, index: int, level: int, name: str) -> bool:
        """Whether a heading of the same level as "Highlights" is a chapter.

        It is if no block stands between them, and the lines below have links, locations or dates, as passages do.
        """
        if level != self._highlights_level or name in READERS:
            return False
        if len(self._outline.drafts) > self._highlights_begin and not self._chapters_at_that_level:
            return False
        for line in self._lines[index + 1 :]:
            if heading(line) is not None:
                return False
            quoted = line.startswith(">") and self._is_quotation(line)
            if quoted or link_tail.is_tail(line) or moment(line) is not None or place(line) is not None:
                self._chapters_at_that_level = True
                return True
        return False

    def _is_quotation(self, line: str) -> bool:
        """Whether a quoted line is an ordinary quote, or a callout for passages."""
        callout = CALLOUT.match(line)
        return callout is None or is_passage_callout(callout["kind"].split("|")[0].strip().lower())

    def _reader_words(self, name: str, level: int) -> bool:
        """Takes a deeper heading "Note" or "Tags" right below a passage: the reader's remark or tags follow."""
        role = role_of(name)
        if level <= max(2, self._highlights_level) or role not in _ROLES_BELOW or self._previous is None:
            return False
        if self._previous.section not in ("highlights", "soft"):
            return False
        if role is Role.NOTE:
            self._previous.note("")
        else:
            self._previous.child(Label(role, "", name, True))
        self._current, self._after_blank = self._previous, False
        return True

    def _is_unit(self, unit: re.Match[str]) -> bool:
        word = (unit["word"] or "").lower()
        return bool(unit["id"]) or word in _ITEMS or role_of(word) is Role.LOCATION

    def _unit_heading(self, unit: re.Match[str] | None, text: str) -> bool:
        """Takes a heading that stands above a single passage: "Page 12 @ 2 January 2024", "Highlight 3", "id4711", "p. 33"."""
        if unit is not None and self._is_unit(unit):
            self._keep_for_next(unit)
        elif link_tail.cut(text).location and self._keep_link_for_next(text):
            pass
        elif not self._place_line(text, None):
            return False
        self._section, self._single_passage_unit = "highlights", self._unit
        return True


def _name(text: str) -> str:
    """Returns the words of a heading in lower case, without a colon and the emoji that some templates put before them."""
    name = text.strip("# :").lower()
    at = next((at for at, char in enumerate(name) if char < _FIRST_SIGN or char.isalnum()), 0)
    return name[at:].lstrip("\ufe0f ")
