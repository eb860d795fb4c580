"""Reads links, tags, labels and block ids that stand below a passage or alone on a line."""

import re
from dataclasses import replace

from corpus.formats import link_tail
from corpus.formats.entry import Draft, Kind, child, color, is_kind, only_tags
from corpus.formats.header import heading
from corpus.formats.labels import Label, Role, label
from corpus.formats.outline.open_blocks import is_rule
from corpus.formats.outline.place_lines import PlaceReader
from corpus.formats.outline.places import moment, place
from corpus.formats.quotation import Quotation

BULLET = re.compile(r"[-*+](?:[ \t]+(.*))?$")
INDENTED_CHILD = re.compile(r"(?: {2,}|[ ]{0,3}\t[\t ]*)(?:[-*+][ \t]+)?(.*)$")
_QUOTE = re.compile(r" {0,3}>[ \t]?(.*)$")
BLOCK_LINE = re.compile(r"\^(?:rw|ref-)?[\w-]{4,}(?P<tags>(?:[ \t]+#[^\s#]+)*)[ \t]*$")
UNIT_HEADING = re.compile(
    r"(?:(?P<word>[^\W\d_][^\W\d_ .]{0,20})[ .:#：]*(?P<place>\d[\w.:–\-]*|[ivxlc]+)(?:[ \t]*[@|,·•–-][ \t]*(?P<date>.*))?"
    r"|(?:id[ :]?)?(?P<id>[\w-]{0,8}\d{3,}[\w-]*))$",
    re.I,
)
_MAX_LINK_LEAD = 60
"""How many characters may stand before a link that counts as alone on its line ("— location: ")."""
_ENDS = tuple('.!?…"”»’)]。！？」*_')
"""Characters that end a passage. A label on the next line is then not part of its text."""
_PRECISE = frozenset({Role.ADDED, Role.LOCATION, Role.COLOR})
"""Labels whose values cannot be mistaken for a sentence: a date, a number, a colour."""
_LOOK_AHEAD = 100
"""How many lines below are searched for what decides about a line."""
_LIST_LINES = 20
"""How many lines a list within a passage may have."""
_BLOCKS_BEFORE = 10
"""How many of the last blocks are looked at."""


class BlockReader(PlaceReader):
    """Reads the lines that can stand below any kind of passage."""

    def _only_link(self, text: str) -> bool:
        """Takes a link alone on its line. It belongs to the passage above, if that has no link yet."""
        if "](" not in text or text.find("[") > _MAX_LINK_LEAD:
            return False
        target = self._target()
        if self._links_stand_above(target, text) and self._keep_link_for_next(text):
            self._close()
            return True
        if (
            target is not None and self._single_passage_unit == self._unit
        ):  # here the first block of a unit is the passage
            near = self._outline.drafts[-_BLOCKS_BEFORE:]
            target = next((draft for draft in near if draft.unit == self._unit), target)
        if target is None and self._single_passage_unit == self._unit and self._keep_link_for_next(text):
            return True
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
        if not target.worded:
            return False
        target.link, target.location = found.link, target.location or found.location
        target.added = target.added or found.added
        target.tag_lines += [found.tags] if found.tags else []
        if words and not self._place_line(words, target):
            target.color = target.color or color(found.text)
        self._current, self._has_tail, self._link_was_last = target, True, True
        return True

    def _links_stand_above(self, target: Draft | None, text: str) -> bool:
        """Whether links stand above their passages in this note: the first one below "Highlights" stands above all passages."""
        if self._section != "highlights" or not self._own_template or link_tail.cut(text.strip()).text:
            return False
        if self._links_above is None:
            self._links_above = target is None and len(self._outline.drafts) == self._highlights_begin
        return self._links_above

    def _keep_link_for_next(self, text: str) -> bool:
        """Keeps a highlight's link that stands alone above its passage."""
        found = link_tail.cut(text.strip())
        if found.text or found.link is None or not link_tail.is_highlight_address(found.link):
            return False
        self._waiting_labels.append(
            Label(Role.LINK, text.strip() if found.location else found.link, "", True)
        )
        return True

    def _only_tags(self, text: str) -> bool:
        """Takes a line with nothing but tags. They belong to the passage above."""
        target = self._target()
        bare = text.strip().replace("`", "")
        if target is None or not bare or bare[0] not in "#[" or bare.startswith("# ") or not only_tags(bare):
            return False
        placed = target.kind is Kind.QUOTE and target.location is not None
        if not (self._after_blank or self._has_tail or target.in_child or placed) or (
            target.kind is Kind.BULLET and not (self._has_tail or target.in_child)
        ):
            return False
        target.tag_lines.append(bare)
        self._current = target
        return True

    def _block_id(self, line: str) -> None:
        """Takes a block id on a line of its own, with the tags after it."""
        target = self._current or self._previous
        assert target is not None
        match = BLOCK_LINE.match(line.strip())
        if match is not None and match["tags"]:
            target.tag_lines.append(match["tags"])
            line = line[: line.index(match["tags"])]
        if link_tail.is_export_block(line.strip().removeprefix("^")):
            target.field = None
            target.add(line)
        self._after_blank = True

    def _field(self, line: str, index: int) -> Label | None:
        """Returns a label at the margin below a passage ("**Note:** …", "Location: 12"); None if the line is not one."""
        target = self._current or self._previous
        found = child(line)
        if found is None and target is not None and self._refers_to(target, line):
            return Label(Role.NOTE, "", "", True)
        here = found is None and target is not None and target.unit == self._unit
        if here and (named := self._template_label(line)) is not None:
            return named
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
                self._waiting_labels.append(found)
                return found
            return None
        if (
            found.role is Role.NOTE
            and not found.marked
            and self._after_blank
            and (self._has_tail or target.in_child)
            and self._is_described_below(index)
        ):
            return None
        before = next((line.rstrip() for line in reversed(target.lines()) if line.strip()), "")
        if (
            found.role in _PRECISE
            and found.value.strip()
            and (target.kind is Kind.QUOTE or before.endswith(_ENDS))
        ):
            return found  # `child` has already checked that the value fits the label
        below = target.kind is not Kind.BULLET or self._has_tail or found.marked
        if (
            found.role in (Role.NOTE, Role.TAGS)
            and target.kind is not Kind.BULLET
            and self._current is target
        ):
            alone = self._single_passage_unit == self._unit
            below = below and (found.role is Role.NOTE or alone or found.marked or only_tags(found.value))
            ended = found.marked or before.endswith(_ENDS) or found.role is Role.TAGS or self._after_blank
            ended = ended or self._has_tail or before.rpartition(" ")[2].startswith("#")
            return found if below and ended else None
        return (
            found
            if below and (found.marked or self._after_blank or self._has_tail or target.in_child)
            else None
        )

    def _template_label(self, line: str) -> Label | None:
        """Returns an unknown label in bold that the note repeats, with the role that its value shows; None for other lines."""
        found = label(line) if line[:2] in ("**", "__") else None
        if found is None or found.role is not None or found.name not in self._template_labels:
            return None
        cut = link_tail.cut(found.value)
        if cut.text and link_tail.is_tail(line):
            return None  # words before a highlight's link are a passage
        if cut.link is not None:
            role = Role.LINK
        elif place(found.value) is not None:
            role = Role.LOCATION
        elif found.value.strip() and only_tags(found.value):
            role = Role.TAGS
        else:
            role = Role.NOTE
        value = place(found.value) if role is Role.LOCATION else None
        return Label(role, (value.location if value else None) or found.value, found.name, True)

    def _refers_to(self, passage: Draft, line: str) -> bool:
        """Whether a line has only a label in bold, and the link or location of the passage above again.

        "**My thought on:** [Page 3](…)": the template repeats the link to say what the words
        below are about. So they are the reader's, whatever the label says. The same holds for a label alone that the note repeats.
        """
        found = label(line) if line[:1] in "*_" else None
        if found is None or not found.marked or found.role is not None or passage.unit != self._unit:
            return False
        if not found.value:
            return self._bold_lines[line.strip()] > 1
        if "](" not in found.value:
            again = place(found.value)
            return again is not None and again.location is not None and again.location == passage.location
        named = link_tail.cut(found.value)
        above = passage.link or link_tail.cut_lines(passage.lines())[0].link
        return not named.text and named.link is not None and named.link == above

    def _quoted_remark(self, text: str) -> Label | None:
        """Returns the remark of a block quote that begins with "Note:", below a passage of another kind; else None."""
        target = self._target()
        if (
            target is None
            or target.kind is Kind.QUOTE
            or (self._current is not None and not self._after_blank)
        ):
            return None
        if any(draft.kind is Kind.QUOTE for draft in self._outline.drafts[-_BLOCKS_BEFORE:]):
            return None  # in this note quotes are the passages
        found = child(text) if not link_tail.is_tail(text) and target.worded else None
        return found if found is not None and found.role is Role.NOTE else None

    def _is_described_below(self, index: int) -> bool:
        """Whether the paragraph on line `index` is followed by a label in bold, a location or a date, as passages are."""
        rest = self._lines[index : index + _LOOK_AHEAD]
        end = next((at for at, line in enumerate(rest) if at and not line.strip()), 1)
        below = next((line for line in rest[min(end, 1 + _LIST_LINES) : end + 3] if line.strip()), "")
        found = child(below) if below[:1] in "*_" else None
        return (found is not None and found.marked) or moment(below) is not None or place(below) is not None

    def _is_described_passage(self, line: str, index: int) -> bool:
        """Whether a line that begins like a list item or a quote is a passage.

        It is if the block above is a passage with its location or date, and this one has a location or date right below it.
        """
        target = self._target()
        if any(draft.kind is Kind.QUOTE for draft in self._outline.drafts[-_BLOCKS_BEFORE:]):
            return False  # in this note quotes are the passages, and the paragraph is a remark
        passage_above = (
            target is not None and target.kind is Kind.PARAGRAPH and (self._has_tail or target.in_child)
        ) or (target is None and self._dates_stand_below)
        return passage_above and child(line.lstrip("-*+> \t")) is None and self._is_described_below(index)

    def _child(self, found: Label) -> None:
        """Adds a label to the block that it belongs to, unless it waits for the next block."""
        if self._waiting_labels and self._waiting_labels[-1] is found:
            self._close()
            return
        target = self._current or self._previous
        assert target is not None
        target.child(found)
        self._current = target
        self._after_blank = False

    def _quote(self, line: str) -> str | None:
        match = _QUOTE.match(line) if ">" in line[:4] else None
        return match.group(1) if match is not None else None

    def _tags_at_end(self, text: str) -> bool:
        """Takes a line of tags at the end of a quotation, after an empty line."""
        current = self._current
        assert current is not None
        behind = bool(current.rest) and not current.rest[-1].strip() and current.worded
        if not (behind and text.startswith("#") and only_tags(text.strip())):
            return False
        current.tag_lines.append(text.strip())
        return True

    def _in_quotation(self, index: int) -> bool:
        """Whether the open block is a quotation that ends on line `index` or below: a passage of several paragraphs."""
        current = self._current
        assert current is not None
        if current is not self._quoted_draft:
            self._quoted_draft, self._quotation_ends = current, self._end_of_quotation(current, index)
        return index <= self._quotation_ends

    def _end_of_quotation(self, current: Draft, index: int) -> int:
        """Returns the line, from `index` on, in which the quotation of the open block ends; -1 if it has none or does not end."""
        quotation = Quotation()
        for line in current.lines():
            quotation.read(line)
        if not quotation.is_open:
            return -1
        for at, line in enumerate(self._lines[index : index + _LOOK_AHEAD], start=index):
            quoted = self._quote(line)
            if (current.kind is Kind.QUOTE) is (quoted is None) or heading(line) or is_rule(line):
                return -1
            quotation.read(line if quoted is None else quoted)
            if not quotation.is_open:
                return at if quotation.end is not None else -1
        return -1

    def _header_line(self, line: str) -> bool:
        """Takes a line that is a property of the source, not a passage: "Number of annotations:: 2". Returns whether it was one."""
        return "::" in line and not link_tail.is_tail(line) and self._header.read(line)

    def _child_line(self, line: str) -> bool:
        match = INDENTED_CHILD.match(line)
        found = (
            child(match.group(1)) if match is not None and line.lstrip()[:2] in ("- ", "* ", "+ ") else None
        )
        return found is not None and found.role in (Role.NOTE, Role.TAGS)

    def _tail_ahead(self, index: int) -> bool:
        """Whether the open bullet continues below this unindented paragraph. Some people's templates write that."""
        for line in self._lines[index : index + _LOOK_AHEAD]:
            if BULLET.match(line) or heading(line) or is_rule(line):
                return False
            if link_tail.is_tail(line) or (line[:1] in " \t" and self._child_line(line)):
                return True
        return False

    def _labelled_below(self, index: int) -> bool:
        """Whether a bullet below, before the next passage, rule or heading, is a label of the same passage."""
        for line in self._lines[index + 1 : index + _LOOK_AHEAD]:
            if heading(line) or is_rule(line):
                return False
            bullet = BULLET.match(line)
            found = label(bullet.group(1) or "") if bullet is not None else None
            if found is not None and found.marked and found.role is not None:
                return found.role is not Role.PASSAGE
        return False

    def _label_ahead(self, index: int, *, passage: bool = False) -> bool:
        """Whether the next bullet before a rule or heading has a label of the same highlight.

        With `passage`, it must be the label of a passage; without, any other label.
        """
        for line in self._lines[index + 1 : index + _LOOK_AHEAD]:
            if heading(line) or is_rule(line):
                return False
            if (bullet := BULLET.match(line)) is not None:
                found = label(bullet.group(1) or "")
                return found is not None and (found.role is Role.PASSAGE) is passage
        return False


def is_linked(text: str) -> bool:
    """Whether a text has words with a highlight's link after them. Then it is a passage, even if it begins like a heading."""
    found = link_tail.cut(text)
    worded = any(map(str.isalnum, found.text))
    return worded and found.link is not None and link_tail.is_highlight_address(found.link)
