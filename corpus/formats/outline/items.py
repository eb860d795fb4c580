"""Reads list items and paragraphs, and the lines indented below them."""

import re

from corpus.formats import dates, link_tail, properties
from corpus.formats.entry import Draft, Kind, child, is_metadata, only_tags
from corpus.formats.header import is_property
from corpus.formats.labels import Label, Role, label, role_of
from corpus.formats.outline.blocks import INDENTED_CHILD, is_linked
from corpus.formats.outline.places import cut_place, is_import
from corpus.formats.outline.quotes import QuoteReader

_BLOCKS_BEFORE = 3
"""How many of the last blocks are looked at."""
_TASK = re.compile(r"^\[[ xX]\][ \t]+")
_EMPHASISED = re.compile(r"(?P<sign>\*{1,2}|_{1,2})[^*_\n]+(?P=sign)[ \t]*")
"""A paragraph all in emphasis. If passages are plain text, it is the reader's."""
_MAX_NAME = 80
"""Maximum length of a person's name, in characters."""
_HEAD_PROPERTY = re.compile(r"[-*+] (?P<key>Author|Full Title|Title|Category|URL|Document Tags|Summary): ")


class ItemReader(QuoteReader):
    """Reads bullets, numbered lines, paragraphs and the lines that continue them."""

    def _bullet(self, text: str, line: str, index: int) -> None:
        """Takes a bullet at the margin: a label of the passage above, a chapter, a property, or a new block."""
        target = self._current or (
            self._previous if self._previous is not None and self._previous.unit == self._unit else None
        )
        found = child(_TASK.sub("", text) if text[:1] == "[" else text)
        if found is not None and found.role is Role.PASSAGE:
            self._open(found.value, index, Kind.BULLET)
            assert self._current is not None
            self._current.signed = True
            return
        own_link = (
            found is not None
            and found.role in (Role.LINK, Role.LOCATION)
            and (found.marked or found.value.startswith("["))
        )
        if found is None and self._continues_field(text, line, index):
            return
        if found is not None and "^" in text and target is not None and _is_identified(text, target.first):
            found = None  # it has its own id, as the passage above has, so it is a passage
        if found is not None and found.role is Role.NOTE and not found.marked and self._labels_are_indented:
            found = None  # remarks in this note are indented, so this is a passage that begins with the word "Note"
        if found is not None and target is not None and (own_link or not link_tail.is_tail(text)):
            loose = found.role is Role.TAGS and target.kind is not Kind.BULLET
            if (
                found.role not in (Role.TAGS, Role.SEE_ALSO)
                or only_tags(found.value)
                or found.marked
                or loose
            ):
                target.child(found)
                self._current = target
                return
        alone = self._single_passage_unit == self._unit and found is not None and found.role is Role.LOCATION
        marked = found is not None and found.marked and found.role is not Role.NOTE
        if found is not None and target is None and (marked or alone):
            self._waiting_labels.append(found)
            self._in_waiting_label = True
            return
        if (
            _HEAD_PROPERTY.match(line)
            and self._is_head_property(line)
            and any(
                map(
                    self._is_head_property,
                    self._lines[max(0, index - 1) : index] + self._lines[index + 1 : index + 2],
                )
            )
        ):
            return  # a re-sync can leave a second head within the list
        if self._chapters_in_bullets and re.match(r"#{1,6} ", text) and not link_tail.is_tail(text):
            self._close()
            self._chapter = properties.chapter(text.lstrip("# "))
            return
        self._open(text, index, Kind.BULLET)
        assert self._current is not None
        self._current.sign = line[: len(line) - len(text)]

    def _is_head_property(self, line: str) -> bool:
        """Whether a bullet is a property of Readwise's metadata with a fitting value."""
        match = _HEAD_PROPERTY.match(line)
        if match is None or not is_property(line) or link_tail.is_tail(line):
            return False
        key, value = match["key"], line[match.end() :].strip()
        if key == "URL":
            return properties.address(value) is not None
        if key == "Category":
            return len(value.split()) == 1
        return (
            key != "Author"
            or value.startswith("[")
            or (len(value) <= _MAX_NAME and properties.is_person(value))
        )

    def _continues_field(self, text: str, line: str, index: int) -> bool:
        """Takes a bullet that continues the field or passage above. Returns whether it did.

        It does if everything in the note is labelled, or if its sign (such as "*") differs from the passages' sign.
        """
        current = self._current
        if self._in_waiting_label and not self._after_blank:
            return True
        if current is None or self._after_blank:
            noted = current is not None and current.signed and current.field is Role.NOTE
            if current is not None and noted and current.kind is Kind.BULLET and self._labelled_below(index):
                current.add(line)
                return True
            return self._only_link(text)
        if current.kind is Kind.BULLET and current.field is None and not current.signed:
            return self._only_link(text)
        within = current.kind is Kind.PARAGRAPH and not (self._has_tail or current.in_child)
        if within and current is self._described_passage:
            current.add(line)
            return True
        alone = self._single_passage_unit == self._unit and (within or current.field is Role.NOTE)
        if (alone or (within and self._paragraphs_lead)) and label(text) is None:
            current.add(line)  # a list within the only passage of this unit, or within its remark
            return True
        other = (
            current.kind is Kind.BULLET
            and bool(current.sign)
            and current.sign[0] != line[0]
            and current.field is Role.NOTE
        )
        if (current.signed and current.kind is Kind.BULLET and label(text) is None) or other:
            current.add(line)
            return True
        if (
            current.signed
            and (found := label(text)) is not None
            and found.marked
            and found.role is not Role.PASSAGE
        ):
            current.child(found)
            return True
        return self._only_link(text)

    def _indented(self, line: str, index: int) -> None:
        """Takes an indented line: it continues the open block, or has a label, a link or a passage of its own."""
        current = self._current
        if current is None:
            self._paragraph(line, index)
            return
        if (
            current.kind not in (Kind.BULLET, Kind.NUMBER)
            and self._after_blank
            and not current.in_child
            and child(line.strip().lstrip("-* ")) is None
        ):
            if not self._only_link(line.strip().lstrip("*-+ ")):
                self._paragraph(line.lstrip(), index)
            return
        if self._only_link(line.strip().lstrip("*-+ ")) or self._placed_below(line, current):
            return
        described = current.in_child or current.kind is Kind.QUOTE
        if described and line.lstrip()[:1] in ("(", "[") and self._place_alone(line, index):
            return
        bulleted = line.lstrip()[:2] in ("- ", "* ", "+ ")
        text = _below(line, bulleted=bulleted)
        found = child(text)
        linked = "](" in text and is_linked(found.value if found is not None else text)
        if linked and current.in_child and current.field is not Role.NOTE:
            self._open(text, index, Kind.BULLET)  # a new passage below a label
            return
        if linked and found is not None and found.role is not Role.NOTE:
            found = None
        worded = (
            found is not None and found.marked and found.name[:1].isalpha() and found.role is not Role.PASSAGE
        )
        if found is not None and not (
            self._has_tail or current.in_child or worded or (bulleted and found.name[:1].isalpha())
        ):
            found = None  # an emoji that is part of the passage
        deep = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) >= 3
        if found is None and bulleted and not linked and (deep or self._has_tail or current.in_child):
            found = self._unknown_label(text)
        listed = (
            len(current.rest) > 0
            and current.rest[-1].lstrip()[:2] in ("- ", "* ", "+ ")
            and not self._has_tail
        )
        if (
            found is not None
            and found.role is not Role.PASSAGE
            and (found.role is not Role.SEE_ALSO or only_tags(found.value))
            and (deep or found.marked or not listed)
        ):
            current.child(found)
        elif not (bulleted and found is None and not linked and self._unlabelled_item(text.strip())):
            current.add(line)
        self._has_tail = self._has_tail or link_tail.is_tail(line)

    def _placed_below(self, line: str, current: Draft) -> bool:
        """Takes the location of a bullet, below it and an empty line: "highlight @ page 12, loc. 40", "note @ loc. 41"."""
        if not self._after_blank or current.kind is not Kind.BULLET:
            return False
        kind, sign, rest = line.strip().partition(" @ ")
        if sign and role_of(kind.lower()) in (Role.PASSAGE, Role.NOTE):
            return self._place_line(rest, current)
        return self._place_line(line.strip(), current)

    def _unlabelled_item(self, text: str) -> bool:
        """Takes an indented bullet without a label below a passage: its date, its location, its tags, or the reader's words.

        It is below the passage if that is a block quote, which a bullet ends, or if a label stands between them.
        """
        current = self._current
        assert current is not None
        below = (current.kind is Kind.QUOTE and current.worded) or self._has_tail
        if self._own_template and not below and not current.rest:
            below = cut_place(current.first.rstrip()) is not None
        if not text or not (below or current.in_child):
            return False
        if dates.is_date(text) and (added := dates.moment(text)) is not None:
            current.added = added
        elif self._place_line(text, current):
            pass
        elif text[0] in "#[" and only_tags(text):
            current.tag_lines.append(text)
        elif current.field is Role.NOTE:
            return False  # a list in the reader's words
        else:
            current.note(text)
        return True

    def _unknown_label(self, text: str) -> Label | None:
        """Returns an unknown label below a passage, if its form or place shows that it is one: in bold, or after another label."""
        found = label(text)
        if found is None or found.role is Role.PASSAGE:
            return None
        assert self._current is not None
        if found.role is None and not found.marked and not is_metadata(found.value):
            found = Label(Role.NOTE, text, "", False)  # "I doubt this: ask Tom" is not a label
        return found if found.marked or self._current.in_child or self._has_tail else None

    def _paragraph(self, line: str, index: int) -> None:
        """Takes a plain line at the margin: it continues the open block, has a location, or begins a paragraph."""
        current = self._current
        if is_import(line):
            self._close()
            return
        if (self._in_waiting_label and not self._after_blank) or (
            current is None and self._header_line(line)
        ):
            return
        if current is None and self._waiting_labels and self._label_ahead(index, passage=True):
            return  # the label above the passage has another paragraph
        quoted = current is not None and current.kind is Kind.QUOTE
        if (current is None or self._after_blank or quoted) and self._place_alone(line, index):
            return
        if current is not None and self._continues(line, index):
            current.add(line)
            if not current.in_child:
                self._has_tail = self._has_tail or link_tail.is_tail(line)
            return
        self._open(line, index, Kind.PARAGRAPH)

    def _continues(self, line: str, index: int) -> bool:
        """Whether an unindented line continues the open block."""
        current = self._current
        assert current is not None
        if not self._after_blank:
            return self._continues_directly(line, index)
        if current.kind is Kind.BULLET:
            if current.signed and self._label_ahead(index):
                return current.field in (None, Role.NOTE)
            empty = not current.worded
            goes_on = not self._has_tail and not self._has_linked_paragraphs() and self._tail_ahead(index)
            return not current.in_child and (empty or goes_on)
        within = current.kind is Kind.PARAGRAPH and not (current.in_child or self._has_tail)
        if within and self._one_paragraph and self._in_quotation(index):
            return True
        if self._single_passage_unit != self._unit or (self._always_linked and _EMPHASISED.fullmatch(line)):
            return False
        return current.field is Role.NOTE or (within and not (self._one_paragraph and current.worded))

    def _has_linked_paragraphs(self) -> bool:
        """Whether one of the last blocks is a paragraph with its link. Then a bullet is no passage whose link is still to come."""
        return any(
            draft.kind is Kind.PARAGRAPH and (draft.link or link_tail.cut_lines(draft.lines())[0].link)
            for draft in self._outline.drafts[-_BLOCKS_BEFORE:]
        )

    def _continues_directly(self, line: str, index: int) -> bool:
        """Whether a line right below the open block continues it. It does not if both have their own tail."""
        current = self._current
        assert current is not None
        if current.kind is Kind.QUOTE and not current.in_child and self._has_tail:
            return link_tail.cut(line.strip()).text == ""
        if (
            current.kind is Kind.PARAGRAPH
            and self._has_tail
            and self._tails[index] >= 0
            and not current.in_child
        ):
            return False
        if current.kind is Kind.PARAGRAPH and current.in_child and self._tails[index] >= 0:
            return False
        if current.in_child and current.field is not Role.NOTE and is_linked(line):
            return False  # words before a highlight's link are no tags
        return not (link_tail.is_tail(line) and self._has_tail)

    def _new_item(self) -> bool:
        """Whether a numbered line may begin a block. It may not within a block that has no tail yet."""
        current = self._current
        listed = current is not None and current.kind is Kind.NUMBER and not self._always_linked
        return current is None or self._after_blank or self._has_tail or listed


def _below(line: str, *, bulleted: bool) -> str:
    """Returns the words of an indented line that can be below a passage: it is indented by two blanks, or has a bullet."""
    below = INDENTED_CHILD.match(line)
    if below is not None:
        return below.group(1)
    return line.lstrip()[2:] if bulleted else ""


def _is_identified(text: str, above: str) -> bool:
    """Whether both lines end in an exporter's block id."""
    return link_tail.cut(text).block is not None and link_tail.cut(above).block is not None
