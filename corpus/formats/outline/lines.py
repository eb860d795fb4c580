"""Reads the lines of a note into blocks: bullets, paragraphs, block quotes, table rows, each with the lines that belong to it.

`corpus.formats.outline.roles` then decides whose words they are. These rules were true in every vault of exports: a bullet begins
at column 0. Indented lines continue it. A deeper "- Note:" or "- Tags:" is its child, and lines indented further continue the
child. A heading between highlights is a chapter.
"""

import re

from corpus.formats import link_tail
from corpus.formats.entry import Kind, child, only_tags
from corpus.formats.header import heading
from corpus.formats.labels import Role, inline_fields, label, role_of
from corpus.formats.outline.blocks import BLOCK_LINE, BULLET, is_linked
from corpus.formats.outline.callouts import NO_PASSAGES, is_passage_callout
from corpus.formats.outline.multi_line import OTHER_BLOCK, MultiLineReader
from corpus.formats.outline.nested import parted, unnested
from corpus.formats.outline.open_blocks import Outline, is_rule
from corpus.formats.outline.places import is_import

_NUMBER = re.compile(r"(\d{1,4}[.)])[ \t]+(.*)$")
_FOLDED = re.compile(r"(?:<details>[ \t]*)?<summary>(?P<name>[^<>\n]{1,40})</summary>[ \t]*$", re.I)
"""The heading of words that are folded away."""
_MARK_LINES = 20
"""How many lines a passage in a `<mark>` may have."""
_BLOCK_BEHIND = re.compile(r"(?<=\S)[ \t]+\^[A-Za-z0-9-]{4,60}$")
_ONLY_HTML = re.compile(
    r"(?:<(?P<tag>div|span|p|hr|br|center|a|details|summary|small|sub|sup|cite)\b[^<>]*>(?:\s*</(?P=tag)>)?\s*|</\w+>\s*)+$",
    re.I,
)
"""A line with HTML tags but no text."""


class OutlineReader(MultiLineReader):
    """Reads the lines of one note into blocks. Its properties go into `header`."""

    def read(self, lines: list[str]) -> Outline:
        """Returns the blocks of a note. `lines` have no line ends."""
        self._lines = lines = unnested(lines)
        index = 0
        while index < len(lines):
            if lines[index][:1] in ("%", "<") and (hidden := self._hidden(index)):
                index += hidden
                continue
            if skip := self._multi_line(lines[index], index):
                index += skip
                continue
            if ")#" in lines[index]:
                for part in parted(lines[index]):
                    self._line(part, index)
            else:
                self._line(lines[index], index)
            index += 1
        self._close()
        return self._outline

    def _line(self, line: str, index: int) -> None:
        """Reads one line according to the section that it stands in."""
        if line[:1] == "<" and (folded := _FOLDED.match(line)) is not None:
            target = self._target()
            if target is not None and role_of(folded["name"].strip(" :")) is Role.NOTE:
                target.note("")
                self._current = target
            return
        if not line.strip() or (line[0] == "<" and _ONLY_HTML.match(line)):
            self._after_blank, self._in_quote, self._callout, self._in_waiting_label = (
                True,
                False,
                None,
                False,
            )
            if self._current is not None:
                self._current.add("")
            return
        if (
            "#" in line[:4]
            and line.lstrip(" ")[:1] == "#"
            and self._is_rule(line)
            and (found := heading(line)) is not None
            and not ("](" in line and self._section != "document" and is_linked(found[1]))
        ):
            if is_import(found[1]):
                self._close()
                self._chapter = None
                self._section = self._section if self._section in ("highlights", "soft") else "soft"
            else:
                self._heading(index, found[0], _BLOCK_BEHIND.sub("", found[1]))
        elif (is_rule(line) and self._is_rule(line)) or line.startswith("![rw-book-cover]"):
            self._rule(line, index)
        elif self._section == "head":
            self._head(line, index)
        elif self._section == "metadata":
            self._metadata(line)
        elif self._section != "document":
            self._body(line, index)
        self._after_blank = False

    def _is_rule(self, line: str) -> bool:
        """Whether a rule or heading belongs to the note. An indented one belongs to the open highlight."""
        return line[0] != " " or self._current is None or self._after_blank

    def _head(self, line: str, index: int) -> None:
        """Reads a line above the highlights: a property, or already a block."""
        current = self._current
        worded = current is not None and current.worded
        placed = current is not None and (
            (self._callout is not None and bool(current.location or current.link))
            or (worded and current.signed)
        )
        if (
            self._in_quote
            and line[0] == ">"
            and (placed or self._in_passage(line) or (worded and "](" in line))
        ):
            pass  # part of a passage, even if it looks like a property or has a link
        elif (
            not self._is_remark_of_quote(line)
            and not self._is_below_passage(line)
            and not self._is_link_of_passage(line)
            and (self._header.read(line) or self._is_other_property(line))
        ):
            return
        bullet = BULLET.match(line)
        if bullet is not None and child(bullet.group(1) or "") is None:
            self._section = "soft"
        self._body(line, index)

    def _is_other_property(self, line: str) -> bool:
        """Whether a bullet in the head has an unknown label with two colons, and stands among properties: "- Status:: #open"."""
        if "::" not in line or not self._header.values or self._outline.drafts or link_tail.is_tail(line):
            return False
        bullet = BULLET.match(line)
        found = label(bullet.group(1) or "") if bullet is not None else None
        return found is not None and found.role is None and found.marked

    def _inline_fields(self, line: str) -> bool:
        """Takes a line with nothing but inline fields. They belong to the passage above, or else to the source."""
        fields = inline_fields(line.lstrip("> \t"))
        target = self._target()
        for found in fields:
            if target is not None and target.worded:
                target.child(found)
            else:
                self._header.read(f"{found.name}:: {found.value}")
        return bool(fields)

    def _is_remark_of_quote(self, line: str) -> bool:
        target = self._target()
        if target is None or target.kind is not Kind.QUOTE or not target.worded:
            return False
        found = child(line)
        return found is not None and found.role is Role.NOTE

    def _is_link_of_passage(self, line: str) -> bool:
        """Whether a line has only a highlight's link, and a block quote stands above. Other links in the head are properties."""
        target = self._target() if "](" in line else None
        if target is None or target.kind is not Kind.QUOTE or not target.worded:
            return False
        found = link_tail.cut(line.strip())
        return not found.text and found.link is not None and link_tail.is_highlight_address(found.link)

    def _in_passage(self, line: str) -> bool:
        """Whether a line of the open callout is a passage or the reader's words, and not a property of the source."""
        if self._callout is None or self._callout in NO_PASSAGES:
            return False
        return is_passage_callout(self._callout) or (self._has_passage_callouts and "::" not in line)

    def _is_below_passage(self, line: str) -> bool:
        """Whether a plain line stands below a passage with a link. Then the head is over."""
        self._passage_in_head = self._passage_in_head or (self._has_tail and self._target() is not None)
        return self._passage_in_head and line[0] not in "->*+!["

    def _metadata(self, line: str) -> None:
        listed = line[0] in "->*+ \t"
        self._listed_metadata = self._listed_metadata or listed
        self._header.read(line, listed_only=self._listed_metadata)

    def _body(self, line: str, index: int) -> None:
        """Reads a line below the head by its first characters."""
        before, self._raw_line = self._current, line
        if "::" in line and self._inline_fields(line):
            return
        if self._after_blank and OTHER_BLOCK.match(line) and self._is_described_passage(line, index):
            self._open(line, index, Kind.PARAGRAPH)
            self._described_passage = self._current
        elif (quote := self._quote(line)) is not None:
            self._quoted_line(quote, index)
        elif line[0] in " \t":
            self._indented(line, index)
        elif (bullet := BULLET.match(line)) is not None:
            self._bullet(bullet.group(1) or "", line, index)
        elif _NUMBER.match(line) is not None and self._new_item():
            self._open(line, index, Kind.NUMBER)
        elif self._only_link(line) or self._only_tags(line):
            pass
        elif BLOCK_LINE.match(line) is not None and (self._current or self._previous) is not None:
            self._block_id(line)
        elif (found := self._field(line, index)) is not None:
            self._child(found)
        elif (named := self._named_passage(line)) is not None or self._is_marked(line, index):
            self._open(named or line, index, Kind.PARAGRAPH)
            assert self._current is not None
            self._current.signed = named is not None or self._own_template
        else:
            self._paragraph(line, index)
        if (
            (self._in_quote or self._callout is not None)
            and self._quote(line) is None
            and (
                self._current is not before
                or before is None
                or before.kind is not Kind.QUOTE
                or (before.in_child and line[0] in "-*+")
            )
        ):
            self._in_quote, self._callout = False, None

    def _is_marked(self, line: str, index: int) -> bool:
        """Whether a line is all marked, by `<mark>` or `==`, perhaps with tags behind it. Then it is a passage."""
        if line.startswith("==") and self._own_template:
            return line.count("==") == 2 and only_tags(line.rpartition("==")[2]) and "](" not in line
        if not line.startswith("<mark") or line.count("<mark") > 1 or "](" in line:
            return False
        if self._section not in ("highlights", "soft", "head"):
            return False
        below = index + 1
        while "</mark>" not in line and below < min(len(self._lines), index + _MARK_LINES):
            line = self._lines[below]
            below += 1
            if not line.strip() or line.startswith(("<mark", "#", ">")):
                return False
        _, closed, behind = line.rpartition("</mark>")
        return bool(closed) and only_tags(behind)

    def _quoted_line(self, text: str, index: int) -> None:
        if (remark := self._quoted_remark(text)) is not None:
            self._child(remark)
        else:
            self._quote_line(text, index)

    def _named_passage(self, line: str) -> str | None:
        """Returns the passage after a label in bold: "**Highlight:** a hedge grows"."""
        found = child(line) if line[0] in "*_" and self._section in ("highlights", "soft") else None
        is_passage = found is not None and found.role is Role.PASSAGE and found.marked and found.value.strip()
        return found.value if found is not None and is_passage else None
