"""The blocks of a note while its lines are read: which one is open, and what the note as a whole says about its lines."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.formats import link_tail
from corpus.formats.entry import Draft, Kind, child
from corpus.formats.header import Header, heading
from corpus.formats.labels import Label, Role
from corpus.formats.outline.places import moment, place

_LISTED_BELOW = re.compile(r"[ \t]+[-*+][ \t]+(\S.*)$")
RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,}|_{3,})[ \t]*$")
_MIN_UNITS = 2
_NEAR = 10
"""Blocks before a line that say what the note's passages look like."""


@dataclass(slots=True)
class Outline:
    """The blocks of a note, in order, and the lines that belong to none."""

    drafts: list[Draft] = field(default_factory=list)
    headed: bool = False
    """Whether there is a heading "Highlights"."""
    ruled_at: int | None = None
    """Line of the last rule: what stands below it and is not understood is a footer."""


class OpenBlocks:
    """The open block, the one before, and labels that wait for the next."""

    def __init__(
        self,
        header: Header,
        first_line: int,
        title: str | None,
        *,
        chapters_in_bullets: bool = False,
        fences: frozenset[str] = frozenset(),
        paragraphs_lead: bool = False,
        one_paragraph: bool = False,
        always_linked: bool = False,
    ) -> None:
        self._header = header
        self._first_line = first_line
        self._title = title
        self._chapters_in_bullets = chapters_in_bullets
        self._paragraphs_lead = paragraphs_lead
        self._one_paragraph = one_paragraph
        self._always_linked = always_linked
        self._fences = fences
        """Languages of fences whose lines are read as the note's own."""
        self._out = Outline()
        self._current: Draft | None = None
        self._last: Draft | None = None
        """The block before, to which a label behind a blank line belongs."""
        self._section = "head"
        self._listed = False
        """Whether the properties of the Metadata section are bullets; else every line may be one."""
        self._region_level = 0
        self._region_begin = 0
        """Number of blocks above the heading "Highlights"."""
        self._chapters_beside = False
        """Whether chapters have headings of the same level as that one."""
        self._top_level = 6
        """The highest level of a heading below the title, so far."""
        self._chapter: str | None = None
        self._added: str | None = None
        self._one_each = -1
        """The unit whose heading stands above one passage only."""
        self._raw = ""
        """The line that is being read, as it stands."""
        self._sealed = False
        """Whether the open block has its link on a line of its own: what follows is another one."""
        self._in_pending = False
        """Whether the line before is of such a label."""
        self._places_above: bool | None = None
        """Whether a line with a place stands above its passage in this note; None as long as there was none."""
        self._pending: list[Label] = []
        """Labels that stand before their passage."""
        self._part = 0
        self._unit = 0
        self._blank = False
        self._ended = False
        """Whether a line of the open block ends in its tail."""
        self._has_passage_callouts = False
        self._linked = False
        """Whether a passage with a link stood in the head of the note."""
        self._quoted = False
        self._callout: str | None = None
        self._titled: Draft | None = None
        """The callout whose title was taken for the beginning of its text, until its next line is read."""
        self._nested: Draft | None = None
        """The callout whose passage is a quote within it: what stands there behind it is the reader's."""
        self._told: Draft | None = None
        """The paragraph that begins as a list does."""
        self._lines: list[str] = []
        self._known_tails: list[int] | None = None
        self._known_labels: bool | None = None
        self._known_units: bool | None = None
        self._known_ruled: bool | None = None
        self._no_table_until = 0
        """Line before which a table was looked at already that has no passages."""

    @property
    def _tails(self) -> list[int]:
        """For every line what `_tail_ahead` says of it; asked for paragraphs only."""
        if self._known_tails is None:
            self._known_tails = _tail_ahead(self._lines)
        return self._known_tails

    @property
    def _labels_are_indented(self) -> bool:
        """Whether the remarks of this note are indented below their passages, and no passage has a link by which it is known."""
        if self._known_labels is None:
            below = (
                child(match[1]) for line in self._lines if (match := _LISTED_BELOW.match(line)) is not None
            )
            noted = any(one is not None and (one.role is Role.NOTE or one.marked) for one in below)
            self._known_labels = noted and not any(map(link_tail.is_tail, self._lines))
        return self._known_labels

    @property
    def _ruled_quotes(self) -> bool:
        """Whether rules stand within block quotes of this note: between a passage and its remark."""
        if self._known_ruled is None:
            quoted = (line[1:].strip() for line in self._lines if line[:1] == ">")
            self._known_ruled = any(line[:1] in "-*_" and RULE.match(line) for line in quoted if line)
        return self._known_ruled

    @property
    def _ruled_units(self) -> bool:
        """Whether one passage stands between every two rules: most parts have a line with its place, and none has two."""
        if self._known_units is None:
            self._known_units = _are_units(self._lines)
        return self._known_units

    @property
    def _dated(self) -> bool:
        """Whether a passage of this note was a paragraph with its date below."""
        return any(draft.kind is Kind.PARAGRAPH and draft.added for draft in self._out.drafts[-_NEAR:])

    def _target(self) -> Draft | None:
        """The block to which a line that is none of its own belongs."""
        if self._current is not None:
            return self._current
        return self._last if self._last is not None and self._last.unit == self._unit else None

    def _open(self, text: str, index: int, kind: Kind) -> None:
        self._close()
        self._in_pending = self._sealed = False
        draft = Draft(
            self._first_line + index,
            text,
            self._chapter,
            self._added,
            self._section,
            self._part,
            kind,
            unit=self._unit,
        )
        for found in self._pending:
            draft.child(found)
        draft.field = None
        self._pending = []
        self._current = draft
        self._out.drafts.append(draft)
        self._ended = link_tail.is_tail(text)

    def _close(self) -> None:
        if self._current is not None:
            self._last = self._current
            self._current = None


def _tail_ahead(lines: list[str]) -> list[int]:
    """For every line the index of the first line of its paragraph, from it on, that ends in a tail; -1 for none."""
    found, ahead = [-1] * len(lines), -1
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if not line.strip():
            ahead = -1
        elif link_tail.is_tail(line):
            ahead = index
        found[index] = ahead
    return found


def _are_units(lines: list[str]) -> bool:
    """Whether the parts of a note between rules hold a passage each, by the lines that only say where it stands."""
    places = [0]
    worded = [False]
    for above, line in pairwise(["", *lines]):
        if heading(line) is not None or RULE.match(line) is not None:
            if RULE.match(line) is not None:
                places.append(0)
                worded.append(False)
        elif line.strip():
            worded[-1] = True
            found = child(line) if line[:1] in "*_" else None
            alone = not above.strip() and (place(line) is not None or moment(line) is not None)
            if alone or (found is not None and found.role is Role.LOCATION):
                places[-1] += 1
    parts = [number for number, text in zip(places, worded, strict=True) if text]
    return len(parts) >= _MIN_UNITS and max(parts) == 1 and sum(parts) * 3 >= len(parts) * 2
