"""Finds all private tags of one note, and the passages that they cover."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.normalize import fold
from corpus.privacy import properties
from corpus.privacy.marks import (
    MAX_LABEL_WORDS,
    Label,
    begins_with_private_tag,
    dot_tags,
    has_private_comment,
    has_private_field,
    has_private_tag,
    is_bare_private_item,
    is_item,
    is_name_key,
    is_only_tags,
    is_privacy_switch,
    is_private_callout,
    is_private_item,
    is_private_label,
    is_tag_key,
    label_of,
    without_elements,
)  # fmt: skip
from corpus.privacy.outline import Line, Outline, lines_of
from corpus.privacy.tables import private_rows
from corpus.privacy.tags import PrivateTags

MAX_FENCE_LINES = 500
"""How far, in lines, a tag in a code fence may stand from a passage in the same fence."""

_CELLS = re.compile(r"(?<!\\)\|")
_INLINE_CODE = re.compile(r"(?<!`)`[^`\n]{1,500}`(?!`)")
_HEADING_TEXT = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?#{2,6}[ \t]+(.*?)[ \t#]*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A line with a private tag."""

    at: int
    """Number of the line, from 0."""
    own_line: bool
    """Whether the line has nothing but tags. Such a line is not itself a passage."""
    labelled: bool
    """Whether the line has a label or is a table row. In the head of a note such a line is not a passage either."""
    text: str = ""
    """The line without HTML, if `own_line`; else empty."""
    element: bool = False
    """Whether the line is an HTML element (not a comment)."""
    code: bool = False
    """Whether it stands in a code fence. There it counts only if the fence also contains a passage."""
    property: bool = False
    """Whether the line is a label with nothing but a private value ("Visibility: private"). It is not itself a passage."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The private parts of a note."""

    whole: bool = False
    marked: tuple[Mark, ...] = ()
    unreadable: tuple[tuple[int, str], ...] = ()
    """(line from 1, key) of tag lists that cannot be read. They make the whole note private."""
    outline: tuple[Line, ...] = ()
    """The outline of the note, if any line is marked."""

    @property
    def has_private_tag(self) -> bool:
        """Whether the note has a private tag outside code fences, or a tag list that cannot be read."""
        return self.whole or bool(self.unreadable) or any(not mark.code for mark in self.marked)

    def covered(
        self,
        starts: Sequence[int],
        tagged: Iterable[int] = (),
        remarked: Iterable[int] = (),
        remarks: Collection[str] = (),
        labelled: Iterable[int] = (),
    ) -> tuple[bool, ...] | None:
        """Returns for each passage, given by its first line (from 0), whether it is private; None if the whole note is.

        `tagged` and `remarked` are indexes into `starts`: passages that are private by their own tags or remark. A tag next to
        such a passage covers no other. `remarks` are the lines of those remarks. They may stand anywhere in the note, because
        some exporters put a remark into a block of its own (between rules, or in HTML). `labelled` are indexes of passages that
        begin with a label such as "Note:". In a layout that is not recognised they may be remarks on the passage above.
        """
        if self.whole or self.unreadable:
            return None
        found = [False] * len(starts)
        ordered = sorted(range(len(starts)), key=lambda place: starts[place])
        begins = [starts[place] for place in ordered]
        bare = {starts[place] for place in labelled} | {
            mark.at
            for mark in self.marked
            if mark.own_line or mark.property or (mark.labelled and begins[:1] == [mark.at])
        }
        outline = Outline(self.outline, (at for at in begins if at not in bare))
        by_tags = {starts[place] for place in tagged}
        known = by_tags | {starts[place] for place in remarked}
        reached: list[tuple[int, int]] = []
        for mark in self.marked:
            at = mark.at
            if mark.code and not self._passage_in_fence(at, begins):
                continue
            above = bisect_right(begins, at) - 1
            explained = above >= 0 and begins[above] in (by_tags if mark.own_line else known)
            if explained and outline.is_close(at, mark.own_line):
                continue
            if mark.text in remarks and (mark.element or outline.ends_at_rule(at)):
                continue
            reach = outline.reach(at, mark.own_line)
            if reach is None:
                return None
            reached.append((bisect_left(begins, reach.start), bisect_left(begins, reach.stop)))
            lines = (at, *outline.passages_above(at, mark.own_line))
            reached += [(bisect_left(begins, line), bisect_right(begins, line)) for line in lines]
        done = 0
        for first, end in sorted(reached):
            for place in ordered[max(first, done) : end]:
                found[place] = True
            done = max(done, end)
        return tuple(found)

    def _passage_in_fence(self, at: int, begins: Sequence[int]) -> bool:
        """Whether a passage begins in the code fence around a line."""
        above = bisect_right(begins, at)
        beside = begins[max(0, above - 1) : above + 1]
        return any(
            all(line.code for line in self.outline[min(at, begin) : max(at, begin) + 1])
            for begin in beside
            if abs(at - begin) < MAX_FENCE_LINES
        )


def scan(text: str, tags: PrivateTags) -> Scan:
    """Finds the tags that make the note, or parts of it, private. Never raises; linear in the length of the text."""
    may = tags.may_be_in(text)
    fenced = text.lstrip("\ufeff \t\n").startswith(("---", "+++")) or "\n---" in text
    if not tags.names or not (may or fenced):
        return Scan()
    lines = text.split("\n")
    unreadable: list[tuple[int, str]] = []
    inside: set[int] = set()
    whole = False
    for block in properties.blocks(lines) if fenced else ():
        found = properties.read("\n".join(lines[block.begin : block.end]), block.fence, tags)
        whole = whole or found.private
        unreadable += [(block.begin + line + 1, key) for line, key in found.unreadable]
        inside.update(range(block.begin - 1, block.end + 1))
    if whole or not may:
        return Scan(whole, (), tuple(unreadable))
    outline = lines_of(lines)
    marked = tuple(_private_lines(lines, outline, inside, tags))
    marked += tuple(Mark(at, False, True) for at in private_rows(text, tags))
    return Scan(False, marked, tuple(unreadable), tuple(outline) if marked else ())


def _private_lines(
    lines: Sequence[str], outline: Sequence[Line], inside: set[int], tags: PrivateTags
) -> Iterable[Mark]:
    """Yields a mark for every line with a private tag, outside front matter."""
    listing: int | None = None
    """Line of the last "Tags:" without a value: its items follow on the next lines."""
    columns: tuple[int, ...] = ()
    """Columns of the current table that contain tags."""
    beside = False
    """Whether the line above is a table row."""
    names: Mapping[int, str] = {}
    """Columns of the current table that have a private tag as their heading, with that heading."""
    for number, line in enumerate(lines):
        if number in inside:
            continue
        code = outline[number].code
        label = label_of(line)
        table = line.count("|") > 1
        columns = (columns or _tag_columns(line)) if table else ()
        names = {} if not table else names if beside else _switch_columns(line, tags)
        beside = table
        if label is not None and label.is_tags and not label.value:
            listing = number
            continue
        if listing is not None and line.strip():
            if is_item(line) and outline[number].indent >= outline[listing].indent:
                if tags.may_be_in(line) and is_private_item(line, tags):
                    yield Mark(listing, False, True, code=outline[listing].code)
                    yield Mark(number, False, True, code=code)
                    continue
            else:
                listing = None
        if (tags.may_be_in(line) or names) and _is_private_line(line, label, tags, columns, names):
            tag_list = label is not None and label.is_tags
            own_line = tag_list or is_only_tags(line)
            text = without_elements(line).strip() if own_line else ""
            element = line.lstrip().startswith("<") and not line.lstrip().startswith("<!--")
            private_value = label is not None and not tag_list and is_private_label(label, tags)
            yield Mark(number, own_line, label is not None or table, text, element, code, private_value)


def _is_private_line(
    line: str, label: Label | None, tags: PrivateTags, columns: tuple[int, ...], names: Mapping[int, str]
) -> bool:
    """Whether a line has a private tag in any of its forms."""
    text = _INLINE_CODE.sub(" ", line) if line.count("`") > 1 else line
    if has_private_tag(text, tags) or (label is not None and is_private_label(label, tags)):
        return True
    if has_private_field(line, tags) or has_private_comment(line, tags) or is_private_callout(line, tags):
        return True
    if label is not None and not is_name_key(label.name) and begins_with_private_tag(label.value, tags):
        return True
    if line[:1] in (" ", "\t") and is_item(line) and is_bare_private_item(line, tags):
        return True
    heading = _HEADING_TEXT.match(line)
    if heading is not None and tags.covers(heading.group(1)):
        return True
    if _has_dot_tag(line if label is None else label.value, label is not None, tags):
        return True
    return line.count("|") > 1 and _is_private_row(line, tags, columns, names)


def _has_dot_tag(text: str, labelled: bool, tags: PrivateTags) -> bool:
    """Whether a remark contains ".private", an inline tag of Readwise. Elsewhere such a word is code."""
    if "." not in text:
        return False
    if not labelled:
        text = text.strip(" \t>*-+")
        if not text.startswith(".") or not is_only_tags(text):
            return False
    return tags.covers_any(dot_tags(text))


def _tag_columns(row: str) -> tuple[int, ...]:
    return tuple(
        n for n, cell in enumerate(_CELLS.split(row)) if cell.strip() and is_tag_key(cell.strip(" *_"))
    )


def _switch_columns(row: str, tags: PrivateTags) -> Mapping[int, str]:
    """Returns the columns with a heading that switches privacy on ("Private"), by index."""
    if not tags.may_be_in(row):
        return {}
    cells = enumerate(_CELLS.split(row))
    return {
        n: fold(cell).strip(" *_")
        for n, cell in cells
        if cell.strip() and is_privacy_switch(cell.strip(" *_"), tags)
    }


def _is_private_row(row: str, tags: PrivateTags, columns: tuple[int, ...], names: Mapping[int, str]) -> bool:
    """Whether a table row is private.

    `columns` contain tags. `names` are columns with a heading that switches privacy on ("Private"), by index.
    """
    cells = [cell.strip() for cell in _CELLS.split(row)]
    for number, cell in enumerate(cells):
        labelled = number and cells[number - 1] and is_tag_key(cells[number - 1].strip(" *_:"))
        if (labelled or number in columns) and is_private_label(Label("tags", cell), tags):
            return True
        if number in names and cell and is_private_label(Label(names[number], cell), tags):
            return True
    return False


def is_private_remark(remark: str, tags: PrivateTags) -> bool:
    """Whether a remark contains a private tag.

    Besides the forms that count in any line, these do: ".private", a line with nothing but the word, and a line that begins with
    it ("private: about Tom", "(private) do not share").
    """
    if not tags.may_be_in(remark):
        return False
    return any(
        has_private_tag(line, tags)
        or tags.covers_any(dot_tags(line))
        or (len(line.split()) <= MAX_LABEL_WORDS and tags.covers(line))
        or begins_with_private_tag(line, tags)
        or ((label := label_of(line)) is not None and is_private_label(label, tags))
        for line in remark.split("\n")
    )
