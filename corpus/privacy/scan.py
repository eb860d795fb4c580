"""Finds all private tags of one note, and the passages that they cover."""

import html
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.privacy import properties
from corpus.privacy.lines import ENTITY_IN_WORD, Mark, private_lines
from corpus.privacy.outline import Line, Outline, lines_of
from corpus.privacy.tables import private_rows, table_rows, without_escapes
from corpus.privacy.tags import PrivateTags

MAX_FENCE_LINES = 500
"""How far, in lines, a tag in a code fence may stand from a passage in the same fence."""


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
                block = outline.block(begins[above])
                reached.append((bisect_right(begins, block.start), bisect_left(begins, block.stop)))
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
    may = may_hold(text, tags)
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
    marked = tuple(private_lines(lines, outline, inside, tags))
    rows = table_rows(text) if any(mark.own_line for mark in marked) else []
    if rows:  # a line in a cell belongs to its row
        marked = tuple(_in_its_row(mark, rows) for mark in marked)
    marked += tuple(Mark(at, False, True) for at in private_rows(text, tags))
    return Scan(False, marked, tuple(unreadable), tuple(outline) if marked else ())


def may_hold(text: str, tags: PrivateTags) -> bool:
    """Whether the text may contain a private tag, also one that is spelled with entities or escapes: "#pri&shy;vate"."""
    if tags.may_be_in(text):
        return True
    if "&" in text and ENTITY_IN_WORD.search(text) is not None and tags.may_be_in(html.unescape(text)):
        return True
    return "\\u00" in text and tags.may_be_in(without_escapes(text))


def _in_its_row(mark: Mark, rows: Sequence[int]) -> Mark:
    return replace(mark, at=rows[max(0, bisect_right(rows, mark.at) - 1)], own_line=False, labelled=True)
