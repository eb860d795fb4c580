"""The outline of a note: headings, blocks with their children, paragraphs. It decides which lines a tag covers.

It knows Markdown and outliners, but not the layout of any tool.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

_HEADING = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?(#{1,6})[ \t]+\S")
_HTML_HEADING = re.compile(r"[ \t]*<h([1-6])(?:\s[^<>]{0,200})?>[^\n]{0,500}</h\1>[ \t]*$")
_BULLET = re.compile(r"([ \t]*)(?:[-*+•]|\d{1,9}[.)])(?:[ \t]+|$)")
_RULE = re.compile(r"[ \t]*(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,}|_(?:[ \t]*_){2,}|={3,})[ \t]*$")
_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?(```+|~~~+)")
TAB = 4
MAX_UP = 500
"""How many lines above a block's property are searched for the block's first line."""
MAX_STEPS = 2_000_000
"""How many lines may be examined for the tags of one note. Beyond this number the whole note counts as private."""


@dataclass(frozen=True, slots=True)
class Line:
    """The place of a line in the outline."""

    blank: bool
    rule: bool
    """Whether it separates the lines above from those below: a rule, or a code fence at the margin."""
    heading: int
    """Level of the heading; 0 if the line is not a heading."""
    indent: int
    """Columns before its first character."""
    bullet: bool
    code: bool
    """Whether it stands inside a closed code fence."""
    underlined: bool = False
    """Whether it is a heading only by the dashes below it, unless a passage begins there: then they are a rule."""


def lines_of(lines: Sequence[str]) -> list[Line]:
    """Returns the outline of a note, line by line."""
    code, fences = _code(lines)
    found = []
    for number, line in enumerate(lines):
        heading = _HEADING.match(line) if "#" in line[:200] else None
        level = len(heading.group(1)) if heading is not None else _html_level(line)
        bare = line.lstrip(" \t")
        underlined = not level and number not in code and _is_underlined(lines, number)
        width = line[: len(line) - len(bare)]
        found.append(
            Line(
                blank=not bare,
                rule=number in fences or (_RULE.match(line[:200]) is not None and number not in code),
                heading=0 if number in code else 2 if underlined else level,
                indent=len(width) + (TAB - 1) * width.count("\t"),
                bullet=_BULLET.match(line) is not None,
                code=number in code,
                underlined=underlined,
            )
        )
    return found


def _html_level(line: str) -> int:
    """Returns the level of a line that is an HTML heading; 0 for other lines."""
    match = _HTML_HEADING.match(line) if "<h" in line[:20] else None
    return int(match.group(1)) if match is not None else 0


def _is_underlined(lines: Sequence[str], number: int) -> bool:
    """Whether a line is a heading of the second level by the dashes below it (CommonMark 0.31, section 4.3)."""
    if number + 1 >= len(lines) or not lines[number + 1].startswith("---"):
        return False
    line = lines[number]
    alone = number == 0 or not lines[number - 1].strip()
    return (
        alone
        and bool(line.strip())
        and line[0] not in " \t>-*+#<|"
        and not lines[number + 1].strip().strip("-")
        and _BULLET.match(line) is None
    )


def _code(lines: Sequence[str]) -> tuple[set[int], set[int]]:
    """Returns the numbers of the lines inside fences, and of the fences at the margin. An unclosed fence does not count."""
    inside: set[int] = set()
    fences: set[int] = set()
    opened: tuple[str, int] | None = None
    for number, line in enumerate(lines):
        match = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if match is None:
            continue
        sign = match.group(1)
        if opened is None:
            opened = (sign, number)
        elif sign.startswith(opened[0]) and line.strip(" \t>") == sign:
            inside.update(range(opened[1] + 1, number))
            fences.update(at for at in (opened[1], number) if lines[at].startswith(("`", "~")))
            opened = None
    return inside, fences


class Outline:
    """Tells which lines a tag covers, given the lines on which the note's passages begin."""

    def __init__(self, lines: Sequence[Line], starts: Iterable[int]) -> None:
        self._starts = sorted(set(starts))
        self._lines = list(lines)
        for start in self._starts:
            if start < len(lines) and lines[start].underlined:
                self._lines[start] = replace(lines[start], heading=0, underlined=False)
        self._steps = 0
        self._above: dict[int, int] | None = None
        self._headings = [number for number, line in enumerate(self._lines) if line.heading]

    def reach(self, at: int, own_line: bool) -> range | None:
        """Returns the lines that a tag on line `at` covers; None for the whole note. `own_line`: the line has only tags."""
        line = self._lines[at]
        if not self._starts or self._steps > MAX_STEPS:
            return None
        if at < self._starts[0] and not line.heading > 1:
            return None
        if line.heading:
            return self._section(at)
        above = self._starts[bisect_right(self._starts, at) - 1] if at >= self._starts[0] else None
        if own_line and (above == at or not line.indent):
            return None
        if above == at:
            return range(at, self._subtree_end(at))
        if not line.indent and self._is_apart(at):
            return None
        if above is not None and self._belongs_to_passage(above, at, own_line):
            return range(above, max(at + 1, self._subtree_end(at)))
        return self._reach_both_ways(at)

    def passages_above(self, at: int, own_line: bool) -> Iterator[int]:
        """Yields the first lines of the passages that the block around line `at` is a child of, from the nearest on.

        What a reader took for a passage may be a remark on them. Yields nothing for a line that is only about the passage it
        stands below: a tag, a property, or an item that is not a passage itself.
        """
        passage = self._starts[bisect_right(self._starts, at) - 1] if self._starts[:1] <= [at] else None
        if passage is None or own_line or (passage != at and self._lines[at].bullet):
            return
        if self._above is None:
            self._above = self._parents()
        while (above := self._above.get(passage)) is not None:
            yield above
            passage = above

    def _parents(self) -> dict[int, int]:
        """Returns for each first line of a passage the nearest one that it is a child of, if any."""
        starts, parents = set(self._starts), {}
        open_blocks: list[int] = []
        for number, line in enumerate(self._lines):
            if line.heading or line.rule:
                open_blocks.clear()
            if line.blank or line.heading or line.rule:
                continue
            while open_blocks and self._lines[open_blocks[-1]].indent >= line.indent:
                open_blocks.pop()
            if number in starts:
                if open_blocks:
                    parents[number] = open_blocks[-1]
                open_blocks.append(number)
        return parents

    def ends_at_rule(self, at: int) -> bool:
        """Whether a rule follows, with nothing but blank lines between."""
        for line in self._lines[at + 1 : at + 1 + MAX_UP]:
            if not line.blank:
                return line.rule
        return False

    def is_close(self, at: int, own_line: bool) -> bool:
        """Whether a line can be a tag or remark of the passage above it. Headings cannot, nor can a
        line of tags after a blank line.
        """
        line = self._lines[at]
        return (
            not line.heading
            and not (own_line and not line.indent and at > 0 and self._lines[at - 1].blank)
            and not self._has_block_between(at)
        )

    def block(self, at: int) -> range:
        """Returns the lines of the block that begins here, with its children."""
        return range(at, self._subtree_end(at))

    def _has_block_between(self, at: int) -> bool:
        """Whether another block begins between the passage above a line and that line, and the line is further in than it."""
        place = bisect_right(self._starts, at) - 1
        above = self._starts[place] if place >= 0 else at
        indent = self._lines[above].indent
        self._steps += at - above
        return self._lines[at].indent > indent and any(
            line.bullet and line.indent <= indent for line in self._lines[above + 1 : at]
        )

    def _belongs_to_passage(self, above: int, at: int, own_line: bool) -> bool:
        """Whether a line belongs to the passage that begins above it: it is its child in the outline, or in its paragraph."""
        lines = self._lines
        self._steps += at - above
        if any(lines[number].rule or lines[number].heading for number in range(above + 1, at)):
            return False
        if lines[at].indent > lines[above].indent:
            return all(
                lines[number].blank or lines[number].indent > lines[above].indent or not lines[number].bullet
                for number in range(above + 1, at)
            )
        apart = any(lines[number].blank for number in range(above + 1, at))
        return not apart and not own_line

    def _is_apart(self, at: int) -> bool:
        """Whether a line stands alone: blank lines, rules or the end of the note on both sides."""
        beside = [self._lines[number] for number in (at - 1, at + 1) if 0 <= number < len(self._lines)]
        return all(line.blank or line.rule for line in beside)

    def _reach_both_ways(self, at: int) -> range | None:
        """Returns the reach of a tag that may belong to the passage above or to the one below: it covers both."""
        begin = self._starts[max(0, bisect_right(self._starts, at) - 1)]
        headings = bisect_left(self._headings, at)
        heading = self._headings[headings - 1] if headings else -1
        below = bisect_right(self._starts, at)
        if heading > begin:  # the tag belongs to the section of that heading
            section = self._section(heading)
            if section is None or below == len(self._starts) or self._starts[below] >= section.stop:
                return None
            return range(heading, self._starts[below] + 1)
        if below == len(self._starts) and self._has_rule(begin, at):
            return None
        end = self._starts[below] + 1 if below < len(self._starts) and not self._follows_text(at) else at + 1
        return range(begin, max(end, self._subtree_end(at), self._end_of_parent(at)))

    def _end_of_parent(self, at: int) -> int:
        """Returns the line after the last child of the block that the item on this line stands below, if that is no passage."""
        line = self._lines[at]
        for number in range(at - 1, max(-1, at - MAX_UP), -1):
            above = self._lines[number]
            if above.bullet and above.indent < line.indent:
                place = bisect_left(self._starts, number)
                passage = place < len(self._starts) and self._starts[place] == number
                return at + 1 if passage else self._subtree_end(number)
            if above.heading or (not above.blank and not above.indent):
                break
        return at + 1

    def _has_rule(self, begin: int, at: int) -> bool:
        self._steps += at - begin
        return any(self._lines[number].rule for number in range(begin, at))

    def _follows_text(self, at: int) -> bool:
        """Whether the line stands right below a line other than a rule. Then it belongs there, not to the next passage."""
        above = self._lines[at - 1]
        return not above.blank and not above.rule

    def _section(self, at: int) -> range | None:
        """Returns the lines below a heading, down to the next heading of its level.

        Returns None, the whole note, for the first level, or if no passage stands in the section.
        """
        level = self._lines[at].heading
        indent = self._lines[at].indent
        if level == 1 and not self._lines[at].bullet:
            return None
        if self._lines[at].bullet:
            end = self._subtree_end(at)
            if self._holds_passage(at, end):
                return range(at, end)
        place = bisect_right(self._headings, at)
        self._steps += len(self._headings) - place
        end = len(self._lines)
        for number in self._headings[place:]:
            other = self._lines[number]
            if other.heading <= level and other.indent <= indent:
                end = number
                break
        return range(at, end) if self._holds_passage(at, end) else None

    def _holds_passage(self, begin: int, end: int) -> bool:
        place = bisect_left(self._starts, begin)
        return place < len(self._starts) and self._starts[place] < end

    def _subtree_end(self, at: int) -> int:
        """Returns the line after the last child of the block that this line begins or belongs to."""
        lines = self._lines
        owner = at
        if not lines[at].bullet and lines[at].indent:  # a property or further line of the block above
            for number in range(at - 1, max(-1, at - MAX_UP), -1):
                if lines[number].bullet and lines[number].indent < lines[at].indent:
                    owner = number
                    break
        if not lines[owner].bullet:
            return at + 1
        end = at + 1
        while end < len(lines) and (lines[end].blank or lines[end].indent > lines[owner].indent):
            end += 1
        self._steps += end - at
        return end
