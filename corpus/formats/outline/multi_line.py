"""Reads blocks that take several lines at once: comments, code fences, a second front matter, tables."""

import re

from corpus.formats import front_matter, link_tail
from corpus.formats.entry import Kind
from corpus.formats.header import is_known_property, is_property
from corpus.formats.labels import Label, Role, role_of
from corpus.formats.outline.callouts import is_passage_callout
from corpus.formats.outline.headings import HeadingReader
from corpus.formats.outline.places import place

_FENCE = re.compile(r"(?:```|~~~)[ \t]*([\w-]*)")
_SETTING = re.compile(r"(?:title|collapse|icon|color):", re.I)
"""A line at the beginning of an admonition that says how it looks (https://github.com/javalent/admonitions)."""
OTHER_BLOCK = re.compile(r"[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|>|#{1,6}[ \t]|```|~~~)")
"""The beginning of a list item, a quote, a heading or a fence."""
TABLE_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-{2,}[ \t:|-]*$")
_FRONT_KEY = re.compile(r"[^\W\d_][\w -]{0,30}:(?:\s|$)")
_FRONT_LINE = re.compile(r"(?:[^\W\d_][\w -]{0,30}:(?:\s|$)|[ \t]+\S|-[ \t]|#|[ \t]*$)")
"""A line of front matter: a key, an item or further line of a value, or a comment."""
_COMMENT = re.compile(r"%%(?P<text>[^%]*)%%[ \t]*$")
_HTML_COMMENT_LINES = 20
_FENCE_LINES = 200
_FRONT_MATTER_LINES = 60
"""How many lines are searched for the end of a comment, a fence and a second front matter."""


class MultiLineReader(HeadingReader):
    """Reads blocks of several lines. Each method gets the index of a line and returns how many lines it took."""

    def _multi_line(self, line: str, index: int) -> int:
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
        if end is not None and any(map(_ends_in_link, self._lines[index + 1 : end])):
            if current is not None and current.in_child:
                current.add(line)
            return 1  # it was never closed: passages stand below it
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
            end is not None
            and match.group(1).startswith("ad-")
            and self._admonition(match.group(1)[3:], index, end)
        ):
            return end - index + 1
        if (
            current is not None
            and not self._after_blank
            and not self._has_tail
            and self._section in ("highlights", "soft")
        ):
            stop = index if end is None else end
            for part in self._lines[index : stop + 1]:
                current.add(part)
            return stop - index + 1
        if self._fences and line.strip() == line[:3] and self._outline.drafts:
            return 1
        self._close()
        return 1 if end is None else end - index + 1

    def _admonition(self, kind: str, index: int, end: int) -> bool:
        """Takes a fence of the admonition plugin if its kind is for passages. Its title may be the location."""
        if self._section == "reader" or not is_passage_callout(kind):
            return False
        begin = index + 1
        while begin < end and _SETTING.match(self._lines[begin]):
            begin += 1
        self._open("\n".join(self._lines[begin:end]).strip(), index, Kind.QUOTE)
        assert self._current is not None
        for line in self._lines[index + 1 : begin]:
            self._place_line(line.partition(":")[2].strip(), self._current)
        return True

    def _linked_below(self, end: int) -> bool:
        """Whether the first line of text below a fence is only the link to a highlight."""
        below = next((line for line in self._lines[end + 1 : end + 4] if line.strip()), "")
        found = link_tail.cut(below.strip())
        linked = found.link is not None and not found.text and link_tail.is_highlight_address(found.link)
        return linked or (self._own_template and place(below) is not None)

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
                if self._section == "head" and not self._outline.drafts:
                    self._read_front_matter(block)  # a template writes the properties below the title
                self._close()
                self._section, self._chapter = "metadata", None
                return end - index + 1
        return 0

    def _read_front_matter(self, block: list[str]) -> None:
        """Reads the properties of the source in a block of YAML below the title."""
        found = front_matter.split("\n".join(["---", *block, "---", ""])).properties
        for key, values in found.items():
            if is_known_property(key) and any(map(str.strip, values)):
                self._header.values.setdefault(key, list(values))

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
        while end < len(lines) and "|" in lines[end] and OTHER_BLOCK.match(lines[end]) is None:
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
        """Reads a table row as a passage with its fields."""
        place = roles.index(Role.PASSAGE)
        if place >= len(values) or not values[place]:
            return
        self._open(values[place], index, Kind.ROW)
        assert self._current is not None
        self._current.signed = True
        for role, value, name in zip(roles, values, names, strict=False):
            if role not in (None, Role.PASSAGE) and value:
                self._current.child(Label(role, value, name, True))


def _ends_in_link(line: str) -> bool:
    """Whether a line ends in a highlight's link."""
    link = link_tail.cut(line.strip()).link if "](" in line else None
    return link is not None and link_tail.is_highlight_address(link)


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
