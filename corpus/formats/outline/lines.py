"""Reads the lines of a note into blocks: bullets, paragraphs, block quotes, table rows, each with the lines that belong to it.

`corpus.formats.outline.roles` then decides whose words they are. These rules were true in every vault of exports: a bullet begins
at column 0. Indented lines continue it. A deeper "- Note:" or "- Tags:" is its child, and lines indented further continue the
child. A heading between highlights is a chapter.
"""

import re

from corpus.formats import link_tail
from corpus.formats.entry import Kind, child
from corpus.formats.header import heading, is_property
from corpus.formats.labels import Label, Role, inline_fields, role_of
from corpus.formats.outline.blocks import BLOCK_LINE, BULLET, is_linked
from corpus.formats.outline.headings import HeadingReader
from corpus.formats.outline.nested import parted, unnested
from corpus.formats.outline.open_blocks import RULE, Outline
from corpus.formats.outline.places import is_import
from corpus.formats.outline.quotes import NO_PASSAGES, is_passage_callout

_NUMBER = re.compile(r"(\d{1,4}[.)])[ \t]+(.*)$")
_FENCE = re.compile(r"(?:```|~~~)[ \t]*([\w-]*)")
_OTHER_BLOCK = re.compile(r"[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|>|#{1,6}[ \t]|```|~~~)")
"""The beginning of a list item, a quote, a heading or a fence."""
TABLE_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-{2,}[ \t:|-]*$")
_FRONT_KEY = re.compile(r"[^\W\d_][\w -]{0,30}:(?:\s|$)")
_FRONT_LINE = re.compile(r"(?:[^\W\d_][\w -]{0,30}:(?:\s|$)|[ \t]+\S|-[ \t]|#|[ \t]*$)")
"""A line of front matter: a key, an item or further line of a value, or a comment."""
_BLOCK_BEHIND = re.compile(r"(?<=\S)[ \t]+\^[A-Za-z0-9-]{4,60}$")
_COMMENT = re.compile(r"%%(?P<text>[^%]*)%%[ \t]*$")
_ONLY_HTML = re.compile(
    r"(?:<(?P<tag>div|span|p|hr|br|center|a|details|summary)\b[^<>]*>(?:\s*</(?P=tag)>)?\s*|</\w+>\s*)+$",
    re.I,
)
"""A line with HTML tags but no text."""
_HTML_COMMENT_LINES = 20
_FENCE_LINES = 200
_FRONT_MATTER_LINES = 60


class OutlineReader(HeadingReader):
    """Reads the lines of one note into blocks. Its properties go into `header`."""

    def read(self, lines: list[str]) -> Outline:
        """Returns the blocks of a note. `lines` have no line ends."""
        self._lines = lines = unnested(lines)
        index = 0
        while index < len(lines):
            if lines[index][:1] in ("%", "<") and (hidden := self._hidden(index)):
                index += hidden
                continue
            if skip := self._several(lines[index], index):
                index += skip
                continue
            for part in parted(lines[index]) if ")##" in lines[index] else lines[index : index + 1]:
                self._line(part, index)
            index += 1
        self._close()
        return self._out

    def _several(self, line: str, index: int) -> int:
        """Reads a fence, a second front matter or a table that begins here. Returns how many lines it takes; 0 for none."""
        found = 0
        if line[:3] in ("```", "~~~"):
            found = self._fenced(index)
        elif line[:3] == "---":
            found = self._second_front_matter(index)
        return found or ("|" in line and self._table(index))

    def _hidden(self, index: int) -> int:
        """Returns how many lines a comment takes. "%% begin notes %%" takes all lines up to "%% end notes %%"."""
        line = self._lines[index]
        if line.startswith("<!--"):
            end = next(
                (
                    at
                    for at in range(index, min(len(self._lines), index + _HTML_COMMENT_LINES))
                    if "-->" in self._lines[at]
                ),
                index,
            )
            return end - index + 1
        match = _COMMENT.match(line)
        if match is None:
            return 0
        words = match["text"].lower().split()
        kept = words[:1] in (["begin"], ["start"]) and words[1:2] not in (["annotations"], ["highlights"])
        if kept or (len(words) == 1 and words[0].startswith("keep")):
            for at in range(index + 1, min(len(self._lines), index + 2_000)):
                if (other := _COMMENT.match(self._lines[at])) and other["text"].strip().lower().startswith(
                    ("end", "/", "stop")
                ):
                    return at - index + 1
        return 1

    def _line(self, line: str, index: int) -> None:
        if not line.strip() or (line[0] == "<" and _ONLY_HTML.match(line)):
            self._blank, self._quoted, self._callout, self._in_pending = True, False, None, False
            if self._current is not None:
                self._current.add("")
            return
        if (
            line.lstrip(" ")[:1] == "#"
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
        elif (RULE.match(line) is not None and self._is_rule(line)) or line.startswith("![rw-book-cover]"):
            self._rule(line, index)
        elif self._section == "head":
            self._head(line, index)
        elif self._section == "metadata":
            self._metadata(line)
        elif self._section != "document":
            self._body(line, index)
        self._blank = False

    def _is_rule(self, line: str) -> bool:
        """Whether a rule or heading belongs to the note. An indented one belongs to the open highlight."""
        return line[0] != " " or self._current is None or self._blank

    def _head(self, line: str, index: int) -> None:
        current = self._current
        worded = current is not None and any(map(str.strip, current.lines()))
        placed = current is not None and (
            (self._callout is not None and bool(current.location or current.link))
            or (worded and current.signed)
        )
        if self._quoted and line[0] == ">" and (placed or self._in_passage() or (worded and "](" in line)):
            pass  # part of a passage, even if it looks like a property or has a link
        elif (
            not self._is_remark_of_quote(line)
            and not self._is_below_passage(line)
            and self._header.read(line)
        ):
            return
        bullet = BULLET.match(line)
        if bullet is not None and child(bullet.group(1) or "") is None:
            self._section = "soft"
        self._body(line, index)

    def _inline_fields(self, line: str) -> bool:
        """Takes a line with nothing but inline fields. They belong to the passage above, or else to the source."""
        fields = inline_fields(line.lstrip("> \t"))
        target = self._target()
        for found in fields:
            if target is not None and any(map(str.strip, target.lines())):
                target.child(found)
            else:
                self._header.read(f"{found.name}:: {found.value}")
        return bool(fields)

    def _is_remark_of_quote(self, line: str) -> bool:
        target = self._target()
        if target is None or target.kind is not Kind.QUOTE or not any(map(str.strip, target.lines())):
            return False
        found = child(line)
        return found is not None and found.role is Role.NOTE

    def _in_passage(self) -> bool:
        """Whether the open callout has a passage or the reader's words in it. Then it has no properties of the source."""
        if self._callout is None or self._callout in NO_PASSAGES:
            return False
        return is_passage_callout(self._callout) or self._has_passage_callouts

    def _is_below_passage(self, line: str) -> bool:
        """Whether a plain line stands below a passage with a link. Then the head is over."""
        self._linked = self._linked or (self._ended and self._target() is not None)
        return self._linked and line[0] not in "->*+!["

    def _metadata(self, line: str) -> None:
        listed = line[0] in "->*+ \t"
        self._listed = self._listed or listed
        self._header.read(line, listed_only=self._listed)

    def _body(self, line: str, index: int) -> None:
        before, self._raw = self._current, line
        if "::" in line and self._inline_fields(line):
            return
        if self._blank and _OTHER_BLOCK.match(line) and self._is_described_passage(line, index):
            self._open(line, index, Kind.PARAGRAPH)
            self._described_passage = self._current
        elif line[0] in " \t" and self._quote(line) is None:
            self._indented(line, index)
        elif (quote := self._quote(line)) is not None:
            self._quoted_line(quote, index)
        elif (bullet := BULLET.match(line)) is not None:
            self._bullet(bullet.group(1) or "", line, index)
        elif _NUMBER.match(line) is not None and self._new_item():
            self._open(line, index, Kind.NUMBER)
        elif self._only_link(line) or self._only_tags(line):
            pass
        elif BLOCK_LINE.match(line) is not None and (self._current or self._last) is not None:
            self._block_id(line)
        elif (found := self._field(line, index)) is not None:
            self._child(found)
        elif (named := self._named_passage(line)) is not None:
            self._open(named, index, Kind.PARAGRAPH)
            assert self._current is not None
            self._current.signed = True
        else:
            self._paragraph(line, index)
        if self._quote(line) is None and (
            self._current is not before or before is None or before.kind is not Kind.QUOTE
        ):
            self._quoted, self._callout = False, None

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

    def _fenced(self, index: int) -> int:
        """Reads a code fence at column 0. Returns how many lines of it need no further reading.

        Most fences are dropped (a dataview query, the head's properties). Others contain a passage or a remark.
        """
        line = self._lines[index]
        match = _FENCE.match(line)
        if match is None:
            return 0
        if match.group(1) in self._fences:
            return 1
        if self._section == "document":
            return 0
        end = next(
            (
                at
                for at in range(index + 1, min(len(self._lines), index + _FENCE_LINES))
                if self._lines[at].startswith(line[:3])
            ),
            None,
        )
        current = self._current
        target = self._target()
        if end is not None and match.group(1) == "" and self._linked_below(end):
            self._open("\n".join(self._lines[index + 1 : end]), index, Kind.PARAGRAPH)
            return end - index + 1
        if (
            end is not None
            and target is not None
            and role_of(match.group(1).removeprefix("ad-")) is Role.NOTE
        ):
            target.note("\n".join(self._lines[index + 1 : end]))
            return end - index + 1
        if (
            current is not None
            and not self._blank
            and not self._ended
            and self._section in ("highlights", "soft")
        ):
            stop = index if end is None else end
            for part in self._lines[index : stop + 1]:
                current.add(part)
            return stop - index + 1
        if self._fences and line.strip() == line[:3] and self._out.drafts:
            return 1
        self._close()
        return 1 if end is None else end - index + 1

    def _linked_below(self, end: int) -> bool:
        """Whether the first line of text below a fence is only the link to a highlight."""
        below = next((line for line in self._lines[end + 1 : end + 4] if line.strip()), "")
        found = link_tail.cut(below.strip())
        return found.link is not None and not found.text and link_tail.is_highlight_address(found.link)

    def _second_front_matter(self, index: int) -> int:
        """Returns how many lines a block of properties in the middle of a note takes. A re-sync can append whole notes."""
        lines = self._lines
        if (
            lines[index].rstrip() != "---"
            or index + 1 >= len(lines)
            or _FRONT_KEY.match(lines[index + 1]) is None
        ):
            return 0
        for end in range(index + 2, min(len(lines), index + _FRONT_MATTER_LINES)):
            if lines[end].rstrip() == "---":
                block = lines[index + 1 : end]
                if not any(map(is_key, block)) or not all(map(_FRONT_LINE.match, block)):
                    return 0
                if any(map(link_tail.is_tail, block)):
                    return 0
                self._close()
                self._section, self._chapter = "metadata", None
                return end - index + 1
        return 0

    def _table(self, index: int) -> int:
        """Reads a table of passages. Returns how many lines it takes; 0 for no table, or one without passages.

        The head names the columns; each row is a passage with its fields. Another block ends the table (GitHub Flavored Markdown,
        4.10), so a bullet with a "|" in it is not a row.
        """
        lines = self._lines
        if index < self._no_table_until or self._section in ("document", "metadata", "reader"):
            return 0
        if (
            index + 1 >= len(lines)
            or "|" not in lines[index + 1]
            or TABLE_RULE.match(lines[index + 1]) is None
        ):
            return 0
        roles = [role_of(name.strip("* ")) for name in cells(lines[index])]
        end = index + 2
        while end < len(lines) and "|" in lines[end] and _OTHER_BLOCK.match(lines[end]) is None:
            end += 1
        if Role.PASSAGE not in roles and roles.count(Role.NOTE) > 1:  # "Annotation | Comment"
            roles[roles.index(Role.NOTE)] = Role.PASSAGE
        if Role.PASSAGE not in roles:
            place = _linked_column([cells(line) for line in lines[index + 2 : end]], len(roles))
            if place is None:
                self._no_table_until = end
                return 0
            roles[place] = Role.PASSAGE
        for at in range(index + 2, end):
            self._row(roles, cells(lines[at]), at, cells(lines[index]))
        self._close()
        return end - index

    def _row(self, roles: list[Role | None], values: list[str], index: int, names: list[str]) -> None:
        place = roles.index(Role.PASSAGE)
        if place >= len(values) or not values[place]:
            return
        self._open(values[place], index, Kind.ROW)
        assert self._current is not None
        self._current.signed = True
        for role, value, name in zip(roles, values, names, strict=False):
            if role not in (None, Role.PASSAGE) and value:
                self._current.child(Label(role, value, name, True))


def _linked_column(rows: list[list[str]], columns: int) -> int | None:
    """Returns the first column whose cells all have words with a highlight's link after them; None if no column is like that."""
    for column in range(columns):
        tails = [link_tail.cut(row[column]) for row in rows if column < len(row)]
        if tails and all(
            tail.link and tail.text and link_tail.is_highlight_address(tail.link) for tail in tails
        ):
            return column
    return None


def is_key(line: str) -> bool:
    """Whether a line of front matter begins with a key that exporters write."""
    key = line.split(":", 1)[0].strip().lower()
    return is_property(f"- {key}: x") or key in ("aliases", "created", "cover", "status", "rating")


def cells(line: str) -> list[str]:
    """Returns the cells of a table row. `\\|` does not end a cell."""
    text = line.strip().replace("\\|", "\ue003")
    text = text.removeprefix("|")
    return [
        cell.replace("\ue003", "|").replace("<br>", "\n").strip()
        for cell in text.removesuffix("|").split("|")
    ]
