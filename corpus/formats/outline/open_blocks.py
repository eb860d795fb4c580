"""Tracks the blocks of a note while its lines are read: the open block, and hints from the note as a whole."""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.formats import link_tail
from corpus.formats.entry import Draft, Kind, child
from corpus.formats.header import Header, heading
from corpus.formats.labels import Label, Role, label
from corpus.formats.outline.places import moment, place

_LISTED_BELOW = re.compile(r"[ \t]+[-*+][ \t]+(\S.*)$")
_RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,}|_{3,})[ \t]*$")
_RULE_ENDS = ("-", "*", "_", " ", "\t", "\n")
"""Characters that may stand at the end of a rule."""
_MIN_UNITS = 2
"""Minimum number of parts between rules that shows that rules separate the passages."""
_NEAR = 10
"""How many blocks before a line show what the note's passages look like."""


@dataclass(slots=True)
class Outline:
    """The blocks of a note, in order."""

    drafts: list[Draft] = field(default_factory=list)
    headed: bool = False
    """Whether there is a heading "Highlights"."""
    rules: int = 0
    """How many rules there are."""
    ruled_at: int | None = None
    """Line of the last rule. Text below it that is not understood counts as a footer."""


class OpenBlocks:
    """Keeps the open block, the block before it, and labels that wait for the next block."""

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
        own_template: bool = False,
    ) -> None:
        self._header = header
        self._first_line = first_line
        self._title = title
        self._chapters_in_bullets = chapters_in_bullets
        self._paragraphs_lead = paragraphs_lead
        self._one_paragraph = one_paragraph
        self._always_linked = always_linked
        self._own_template = own_template
        self._fences = fences
        """Languages of code fences whose lines are read like the rest of the note."""
        self._outline = Outline()
        self._current: Draft | None = None
        self._previous: Draft | None = None
        """The block before. A label after a blank line belongs to it."""
        self._section = "head"
        """Section of the note: "head", "metadata", "highlights", "soft" (below other headings), "reader" or "document"."""
        self._listed_metadata = False
        """Whether the properties in the Metadata section are bullets. Otherwise any line may be a property."""
        self._highlights_level = 0
        """Level of the heading "Highlights"; 0 before it."""
        self._highlights_begin = 0
        """Number of blocks above the heading "Highlights"."""
        self._chapters_at_that_level = False
        """Whether chapters have headings of the same level as "Highlights"."""
        self._top_level = 6
        """The highest level of any heading below the title so far."""
        self._chapter: str | None = None
        self._added: str | None = None
        """The moment in a heading such as "New highlights added …". It applies to all passages below."""
        self._single_passage_unit = -1
        """Number of the unit whose heading stands above a single passage."""
        self._raw_line = ""
        """The line that is being read, exactly as written."""
        self._link_was_last = False
        """Whether the open block ended with a link on a line of its own. Then the next line begins another block."""
        self._in_waiting_label = False
        """Whether the line before belongs to a label in `_waiting_labels`."""
        self._places_above: bool | None = None
        """Whether lines with a location stand above their passages in this note; None until the first such line."""
        self._links_above: bool | None = None
        """Whether links alone on a line stand above their passages in this note; None until the first such line."""
        self._waiting_labels: list[Label] = []
        """Labels that wait for the passage below them."""
        self._part = 0
        """Number of headings so far."""
        self._unit = 0
        """Number of rules and headings so far. Blocks with the same number may belong together."""
        self._after_blank = False
        """Whether the line before was blank."""
        self._has_tail = False
        """Whether a line of the open block ended in a highlight's link or block id."""
        self._has_passage_callouts = False
        self._passage_in_head = False
        """Whether the head of the note had a passage with a link."""
        self._in_quote = False
        """Whether the line before belonged to a block quote or callout."""
        self._label_indented = False
        """Whether the last label within a block quote was indented."""
        self._callout: str | None = None
        """The kind of the open callout; None outside of callouts."""
        self._titled_callout: Draft | None = None
        """The callout whose title was taken as the beginning of its text, until its next line is read."""
        self._callout_of_nested_quote: Draft | None = None
        """The callout whose passage is a nested quote. Lines after that quote are the reader's."""
        self._described_passage: Draft | None = None
        """The passage that begins like a list item or a quote; see `_is_described_passage`."""
        self._quoted_draft: Draft | None = None
        """The block of which `_quotation_ends` is known."""
        self._quotation_ends = -1
        """The line in which a block that begins with a quotation mark ends its quotation; -1 if it does not."""
        self._lines: list[str] = []
        self._known_tails: list[int] | None = None
        self._known_bold_lines: Counter[str] | None = None
        self._known_template_labels: frozenset[str] | None = None
        self._known_callouts: frozenset[str] | None = None
        self._known_labels: bool | None = None
        self._known_units: bool | None = None
        self._known_ruled_quotes: bool | None = None
        self._no_table_until = 0
        """End of a table that was found to have no passages, so that it is not read again."""

    @property
    def _tails(self) -> list[int]:
        """The result of `_tail_ahead` for every line. Computed on first use, because only paragraphs need it."""
        if self._known_tails is None:
            self._known_tails = _tail_ahead(self._lines)
        return self._known_tails

    @property
    def _bold_lines(self) -> Counter[str]:
        """How often each line that begins in bold type stands in the note. A template repeats its labels."""
        if self._known_bold_lines is None:
            self._known_bold_lines = Counter(line.strip() for line in self._lines if line[:1] in ("*", "_"))
        return self._known_bold_lines

    @property
    def _template_labels(self) -> frozenset[str]:
        """The unknown labels in bold with which two or more lines begin, in a person's own template: "**My two cents:** …"."""
        if self._known_template_labels is None:
            found = (label(line) for line in self._lines if line[:2] in ("**", "__"))
            names = Counter(
                named.name for named in found if named is not None and named.role is None and named.marked
            )
            repeated = (name for name, number in names.items() if number >= _MIN_UNITS)
            self._known_template_labels = frozenset(repeated if self._own_template else ())
        return self._known_template_labels

    @property
    def _labels_are_indented(self) -> bool:
        """Whether remarks in this note are indented below their passages, and no passage has a link."""
        if self._known_labels is None:
            below = (
                child(match[1]) for line in self._lines if (match := _LISTED_BELOW.match(line)) is not None
            )
            noted = any(named is not None and (named.role is Role.NOTE or named.marked) for named in below)
            self._known_labels = noted and not any(map(link_tail.is_tail, self._lines))
        return self._known_labels

    @property
    def _ruled_quotes(self) -> bool:
        """Whether block quotes in this note contain rules. Such a rule separates a passage from its remark."""
        if self._known_ruled_quotes is None:
            quoted = (line[1:].strip() for line in self._lines if line[:1] == ">")
            self._known_ruled_quotes = any(map(is_rule, quoted))
        return self._known_ruled_quotes

    @property
    def _rules_part_passages(self) -> bool:
        """Whether each two rules have a single passage between them: most parts have one line with a location, and none has two."""
        if self._known_units is None:
            self._known_units = _are_units(self._lines)
        return self._known_units

    @property
    def _dates_stand_below(self) -> bool:
        """Whether a recent passage of this note was a paragraph with a date below it."""
        return any(draft.kind is Kind.PARAGRAPH and draft.added for draft in self._outline.drafts[-_NEAR:])

    def _target(self) -> Draft | None:
        """Returns the block that a line belongs to if it does not begin a block itself; None if there is no such block."""
        if self._current is not None:
            return self._current
        return self._previous if self._previous is not None and self._previous.unit == self._unit else None

    def _open(self, text: str, index: int, kind: Kind) -> None:
        """Closes the open block and begins a new one, which takes the waiting labels."""
        self._close()
        self._in_waiting_label = self._link_was_last = False
        draft = Draft(
            self._first_line + index,
            text,
            self._chapter,
            self._added,
            self._section,
            self._part,
            kind,
            unit=self._unit,
            alone=self._single_passage_unit == self._unit,
        )
        for found in self._waiting_labels:
            draft.child(found)
        draft.field = None
        self._waiting_labels = []
        if kind is Kind.QUOTE and text and self._raw_line.endswith(text):
            draft.sign = self._raw_line[: -len(text)]
        self._current = draft
        self._outline.drafts.append(draft)
        self._has_tail = link_tail.is_tail(text)

    def _close(self) -> None:
        if self._current is not None:
            self._previous = self._current
            self._current = None


def is_rule(line: str) -> bool:
    """Whether a line is a rule. Nearly all lines end like none, and need no regular expression."""
    return line.endswith(_RULE_ENDS) and _RULE.match(line) is not None


def _tail_ahead(lines: list[str]) -> list[int]:
    """Returns for every line the index of the next line in its paragraph that ends in a tail (itself included); -1 for none."""
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
    """Whether each part of a note between two rules has one passage, judged by lines with nothing but a location."""
    if not any(map(is_rule, lines)):
        return False
    places = [0]
    worded = [False]
    for above, line in pairwise(["", *lines]):
        if heading(line) is not None or is_rule(line):
            if is_rule(line):
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
