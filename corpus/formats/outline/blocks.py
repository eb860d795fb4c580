"""The blocks of a note while its lines are read: which one is open, and what belongs to it."""

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.formats import dates, link_tail
from corpus.formats.entry import Draft, Kind, child, color, is_kind, only_tags
from corpus.formats.header import Header, heading
from corpus.formats.labels import Label, Role, label, role_of
from corpus.formats.outline.places import moment, place

BULLET = re.compile(r"[-*+](?:[ \t]+(.*))?$")
INDENTED_CHILD = re.compile(r"(?: {2,}|[ ]{0,3}\t[\t ]*)(?:[-*+][ \t]+)?(.*)$")
_LISTED_BELOW = re.compile(r"[ \t]+[-*+][ \t]+(\S.*)$")
RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,}|_{3,})[ \t]*$")
_QUOTE = re.compile(r" {0,3}>[ \t]?(.*)$")
BLOCK_LINE = re.compile(r"\^(?:rw|ref-)?[\w-]{4,}[ \t]*$")
UNIT_HEADING = re.compile(
    r"(?:(?P<word>[^\W\d_][^\W\d_ .]{0,20})[ .:#：]*(?P<place>\d[\w.:–\-]*|[ivxlc]+)(?:[ \t]*[@|,·•–-][ \t]*(?P<date>.*))?"
    r"|(?:id[ :]?)?(?P<id>[\w-]{0,8}\d{3,}[\w-]*))$",
    re.I,
)
_MAX_LINK_LEAD = 60
"""Characters that may stand before a link that is alone on its line ("— location: ")."""
_ENDS = tuple('.!?…"”»’)]。！？」*_')
"""What a passage ends in, so that a label on the next line is none of its words."""
_PRECISE = frozenset({Role.ADDED, Role.LOCATION, Role.COLOR})
"""Labels whose values can be told from a sentence: a date, a number, a colour."""
_MIN_UNITS = 2
_LOOK_AHEAD = 100


@dataclass(slots=True)
class Outline:
    """The blocks of a note, in order, and the lines that belong to none."""

    drafts: list[Draft] = field(default_factory=list)
    headed: bool = False
    """Whether there is a heading "Highlights"."""
    ruled_at: int | None = None
    """Line of the last rule: what stands below it and is not understood is a footer."""


class BlockReader:
    """What all kinds of lines have in common: the open block, the one before, and what stands alone on a line."""

    def __init__(
        self,
        header: Header,
        first_line: int,
        title: str | None,
        *,
        chapters_in_bullets: bool = False,
        fences: frozenset[str] = frozenset(),
        paragraphs_lead: bool = False,
    ) -> None:
        self._header = header
        self._first_line = first_line
        self._title = title
        self._chapters_in_bullets = chapters_in_bullets
        self._paragraphs_lead = paragraphs_lead
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
        self._lines: list[str] = []
        self._known_tails: list[int] | None = None
        self._known_labels: bool | None = None
        self._known_units: bool | None = None
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
    def _ruled_units(self) -> bool:
        """Whether one passage stands between every two rules: most parts have a line with its place, and none has two."""
        if self._known_units is None:
            self._known_units = _are_units(self._lines)
        return self._known_units

    def _target(self) -> Draft | None:
        """The block to which a line that is none of its own belongs."""
        if self._current is not None:
            return self._current
        return self._last if self._last is not None and self._last.unit == self._unit else None

    def _only_link(self, text: str) -> bool:
        """Takes a link that stands alone below a passage without one: the passage's."""
        if "](" not in text or text.find("[") > _MAX_LINK_LEAD:
            return False
        target = self._target()
        if target is None or self._section not in ("highlights", "soft", "head"):
            return False
        found = link_tail.cut(text.strip())
        words = found.text.strip(" *-|·•")
        if (
            found.link is None
            or (words and not is_kind(found.text) and place(words) is None)
            or target.link
            or link_tail.cut_lines(target.lines())[0].link
        ):
            return False
        if not any(map(str.strip, target.lines())):
            return False
        target.link, target.location = found.link, target.location or found.location
        if words and not self._place_line(words, target):
            target.color = target.color or color(found.text)
        self._current, self._ended, self._sealed = target, True, True
        return True

    def _only_tags(self, text: str) -> bool:
        """Takes a line of nothing but tags below a passage: its tags."""
        target = self._target()
        bare = text.strip().replace("`", "")
        if target is None or not bare or bare[0] not in "#[" or bare.startswith("# ") or not only_tags(bare):
            return False
        if not (self._blank or self._ended or target.in_child) or (
            target.kind is Kind.BULLET and not (self._ended or target.in_child)
        ):
            return False
        target.tag_lines.append(bare)
        self._current = target
        return True

    def _block_id(self, line: str) -> None:
        target = self._current or self._last
        assert target is not None
        if link_tail.is_export_block(line.strip().removeprefix("^")):
            target.field = None
            target.add(line)
        self._blank = True

    def _field(self, line: str, index: int) -> Label | None:
        """A label at the margin below a passage: "**Note:** …", "Location: 12"."""
        target = self._current or self._last
        found = child(line)
        linked = link_tail.is_tail(line) and (
            (found is None or found.role is not Role.NOTE) or link_tail.cut(line).link is not None
        )
        if found is None or (linked and found.role not in (Role.LINK, Role.LOCATION)):
            return None
        if found.role is Role.NOTE and "^" in found.value:
            found = replace(found, value=link_tail.cut(found.value).text)
        if found.role is Role.PASSAGE:
            return None
        if target is None or target.unit != self._unit:
            if found.marked and self._section in ("highlights", "soft") and found.role is not Role.NOTE:
                self._pending.append(found)
                return found
            return None
        if (
            found.role is Role.NOTE
            and not found.marked
            and self._blank
            and (self._ended or target.in_child)
            and self._is_told_below(index)
        ):
            return None
        before = next((line.rstrip() for line in reversed(target.lines()) if line.strip()), "")
        if (
            found.role in _PRECISE
            and found.value.strip()
            and (target.kind is Kind.QUOTE or before.endswith(_ENDS))
        ):
            return found  # `child` has seen that its value is of the kind that the label announces
        below = target.kind is not Kind.BULLET or self._ended or found.marked
        if (
            found.role in (Role.NOTE, Role.TAGS)
            and target.kind is not Kind.BULLET
            and self._current is target
        ):
            below = below and (found.role is Role.NOTE or only_tags(found.value))
            ended = found.marked or before.endswith(_ENDS) or found.role is Role.TAGS or self._blank
            return found if below and ended else None
        return found if below and (found.marked or self._blank or self._ended or target.in_child) else None

    def _is_told_below(self, index: int) -> bool:
        """Whether the next line with a text says something of the paragraph on line `index`, as lines below passages do here: a
        label in bold, a place, a date."""
        below = next((line for line in self._lines[index + 1 : index + 4] if line.strip()), "")
        found = child(below) if below[:1] in "*_" else None
        return (found is not None and found.marked) or moment(below) is not None or place(below) is not None

    def _child(self, found: Label) -> None:
        if self._pending and self._pending[-1] is found:
            self._close()
            return
        target = self._current or self._last
        assert target is not None
        target.child(found)
        self._current = target
        self._blank = False

    def _quote(self, line: str) -> str | None:
        match = _QUOTE.match(line) if ">" in line[:4] else None
        return match.group(1) if match is not None else None

    def _tags_in_callout(self, text: str) -> bool:
        """A line of tags at the end of a callout's passage, behind an empty line."""
        current = self._current
        assert current is not None
        behind = bool(current.rest) and not current.rest[-1].strip() and any(map(str.strip, current.lines()))
        if not (self._callout and behind and text.startswith("#") and only_tags(text.strip())):
            return False
        current.tag_lines.append(text.strip())
        return True

    def _place_line(self, text: str, draft: Draft | None) -> bool:
        """A line that only says where a passage stands, and when: of this one, or of the one below where `draft` is None."""
        found = place(text)
        if found is None:
            return False
        if draft is not None:
            draft.location = draft.location or found.location
            draft.added = found.added or draft.added
            draft.color = draft.color or found.color
        else:
            self._pending += [
                Label(role, value, "", True)
                for role, value in (
                    (Role.LOCATION, found.location),
                    (Role.ADDED, found.added),
                    (Role.COLOR, found.color),
                )
                if value
            ]
        return True

    def _place_alone(self, line: str) -> bool:
        """A paragraph that is such a line: of the passage above or of the one below, as the first one of the note stands."""
        if self._section not in ("highlights", "soft") and (
            self._section != "head" or self._target() is None
        ):
            return False
        if (
            (added := moment(line)) is not None
            and (dated := self._target()) is not None
            and dated.added is None
        ):
            dated.added, self._current, self._ended = added, dated, True
            return True
        if place(line) is None:
            return False
        above = self._last if self._last is not None and self._last.unit == self._unit else None
        above = self._current or above
        if self._places_above is None:
            self._places_above = above is None or above.location is not None
        if self._places_above or above is None:
            self._close()
            return self._place_line(line, None)
        if above.in_child and not self._blank:
            return False
        self._current, self._ended = above, True
        return self._place_line(line, above)

    def _pend(self, unit: re.Match[str]) -> None:
        """Keeps a place and a date for the passage below them."""
        if unit["place"] and role_of((unit["word"] or "").lower()) is Role.LOCATION:
            self._pending.append(Label(Role.LOCATION, unit["place"], unit["word"], True))
        if unit["date"]:
            self._pending.append(Label(Role.ADDED, unit["date"], "", True))

    def _place(self, draft: Draft, unit: re.Match[str]) -> None:
        """The place that a heading or a callout's title names: "Page 12", not "Highlight 12"."""
        word = (unit["word"] or "").lower()
        if unit["place"] and role_of(word) is Role.LOCATION:
            draft.location = f"{unit['word']} {unit['place']}"
        if unit["date"]:
            draft.added = dates.moment(unit["date"]) or draft.added

    def _header_line(self, line: str) -> bool:
        """Whether a line at the margin is one of the source's properties, not a passage: "Number of annotations:: 2"."""
        return "::" in line and not link_tail.is_tail(line) and self._header.read(line)

    def _child_line(self, line: str) -> bool:
        match = INDENTED_CHILD.match(line)
        found = (
            child(match.group(1)) if match is not None and line.lstrip()[:2] in ("- ", "* ", "+ ") else None
        )
        return found is not None and found.role in (Role.NOTE, Role.TAGS)

    def _tail_ahead(self, index: int) -> bool:
        """Whether the open bullet ends below this unindented paragraph, as some custom templates write it."""
        for line in self._lines[index : index + _LOOK_AHEAD]:
            if BULLET.match(line) or heading(line) or RULE.match(line):
                return False
            if link_tail.is_tail(line) or (line[:1] in " \t" and self._child_line(line)):
                return True
        return False

    def _label_ahead(self, index: int, *, passage: bool = False) -> bool:
        """Whether another label of the same highlight stands below, before a rule or a heading; of its passage, or of another
        thing."""
        for line in self._lines[index + 1 : index + _LOOK_AHEAD]:
            if heading(line) or RULE.match(line):
                return False
            if (bullet := BULLET.match(line)) is not None:
                found = label(bullet.group(1) or "")
                return found is not None and (found.role is Role.PASSAGE) is passage
        return False

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


def is_linked(text: str) -> bool:
    """Whether a highlight's link stands behind words: a passage, even if it begins as a heading does."""
    found = link_tail.cut(text)
    worded = any(map(str.isalnum, found.text))
    return worded and found.link is not None and link_tail.is_highlight_address(found.link)


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
