"""Reads lines that begin with a quote sign: block quotes, callouts, and quotes nested in them."""

import re

from corpus.formats import dates, link_tail
from corpus.formats.entry import Draft, Kind, child, is_kind, only_tags
from corpus.formats.labels import Label, Role, label
from corpus.formats.outline.blocks import BLOCK_LINE, is_linked
from corpus.formats.outline.callouts import CALLOUT, TITLE_CHARS, CalloutReader
from corpus.formats.outline.open_blocks import is_rule
from corpus.formats.outline.places import cut_place, moment, place

_NESTED = re.compile(r"(?:[ \t]*>)+[ \t]?")
_EMPHASISED_ITEM = re.compile(r"[ \t]*[-*+][ \t]+(?P<sign>\*\*|__|\*|_)(?P<text>\S.*\S)(?P=sign)[ \t]*$")
"""A bullet all in emphasis. If the link stands in the callout's title, a bullet like this below the passage is the reader's."""
_NEAR = 5
"""How many of the last lines of a passage are searched for text."""
_COMMENT = re.compile(r"[ \t]*(?:<!--.*-->|%%.*%%)[ \t]*$")
_DAY = re.compile(r"[ \t]*\d{4}-\d{2}-\d{2}[#T ]\d{1,2}:\d{2}(?::\d{2})?[ \t]*$")
"""A moment alone on a line, in the form that templates write."""


class QuoteReader(CalloutReader):
    """Reads the lines of block quotes and callouts."""

    def _quote_line(self, text: str, index: int) -> None:
        """Takes a line without its quote sign: it begins a quote or callout, or continues the open one."""
        callout = CALLOUT.match(text) if "[!" in text[:6] else None
        current = self._current
        signed = child(text) if callout is None and text[:1] >= "\u2600" else None
        if signed is not None and signed.role is Role.PASSAGE:
            self._open(signed.value, index, Kind.QUOTE)
            assert self._current is not None
            self._current.signed, self._in_quote = True, True
            return
        nested = text.lstrip().startswith(">")
        if callout is None and self._within_quote(text, index, nested=nested):
            self._in_quote = True
        elif (
            callout is not None
            and current is not None
            and self._in_quote
            and not (not nested and self._is_next_callout(callout, current))
        ):
            current.note(
                callout["title"] if len(callout["title"]) > TITLE_CHARS else ""
            )  # a callout within a callout has the reader's words
        elif nested and current is not None and self._in_quote and current.worded:
            self._nested_line(text, current)
        elif (
            current is not None
            and self._link_was_last
            and not nested
            and callout is None
            and text.strip()
            and child(text) is None
        ):
            self._open(text, index, Kind.QUOTE)
        elif callout is None and current is not None and self._in_quote:
            self._more_quoted(_NESTED.sub("", text, count=1) if current.in_child and nested else text, index)
        elif callout is not None:
            self._open_callout(callout, index)
        elif (
            current is not None
            and not self._after_blank
            and current.in_child
            and not link_tail.is_tail(text)
            and not (current.kind is Kind.QUOTE and self._begins_below_label(text, current))
        ):
            current.add(text)
        elif current is not None and self._is_indented_below(current, text):
            current.note(text)
        elif (
            current is not None
            and not self._after_blank
            and current.kind is Kind.BULLET
            and not (self._has_tail or current.in_child)
        ):
            current.add(self._raw_line if current.worded else text)
        else:
            self._open(text, index, Kind.QUOTE)
        self._in_quote = True

    def _within_quote(self, text: str, index: int, *, nested: bool) -> bool:
        """Takes a line that begins the next passage of a block quote, or a line of a callout whose passage is a nested quote."""
        current = self._current
        if current is None or not self._in_quote:
            return False
        if not nested and (self._is_next(text) or self._is_next_below_label(text, index)):
            self._open(text, index, Kind.QUOTE)
            assert self._current is not None
            self._current.color = current.color
        elif self._callout is None:
            return False
        elif (
            nested
            and not current.in_child
            and (self._callout_of_nested_quote is current or not current.worded)
        ):
            self._callout_of_nested_quote = current
            current.add(_NESTED.sub("", text, count=1))
        elif (
            self._callout_of_nested_quote is current and not nested and text.strip() and not current.in_child
        ):
            self._below_nested(text, current, index)
        else:
            return False
        return True

    def _nested_line(self, text: str, current: Draft) -> None:
        """Takes a line of a quote within a quote: a link, or the reader's words, unless the passage leads to it."""
        bare = _NESTED.sub("", text, count=1)
        if self._is_announced(current):
            current.add(text)
        elif self._only_link(bare):
            pass
        elif current.field is Role.NOTE:
            current.add(bare)
        else:
            current.note(bare)

    def _is_announced(self, current: Draft) -> bool:
        """Whether a nested quotation is the source's: the passage leads to it with a colon ("My aunt wrote:")."""
        last = _last_line(current)
        return (current.field is None and last.endswith((":", "："))) or (
            current.field is None and last.startswith(">")
        )

    def _is_indented_below(self, current: Draft, text: str) -> bool:
        """Whether a quotation is indented below a bullet that ends in its link. It is the reader's remark."""
        listed = current.kind is Kind.BULLET and not self._after_blank and self._raw_line[:1] in " \t"
        ended = self._has_tail or cut_place(current.first.rstrip()) is not None
        return listed and ended and not current.rest and not is_linked(text)

    def _begins_below_label(self, text: str, current: Draft) -> bool:
        """Whether a quotation right below the label of another one is the next passage, and not a part of that label's value."""
        return not current.alone and (current.field is not Role.NOTE or cut_place(text.strip()) is not None)

    def _is_next_callout(self, callout: re.Match[str], current: Draft) -> bool:
        """Whether a callout right below another one is a new callout, not a part of it. It is if both have the same kind."""
        kind = callout["kind"].split("|")[0].strip().lower()
        return kind == self._callout and current.worded

    def _is_next(self, text: str) -> bool:
        """Whether a line of a block quote is the next passage: it ends in a link, and the passage above has a different link."""
        current = self._current
        if current is None or not (self._in_quote and (self._has_tail or current.link)):
            return False
        if "](" not in text:
            return self._is_identified_next(text, current)
        found = child(text)
        own = link_tail.cut(text)
        above = link_tail.cut_lines(current.lines())[0]
        link = above.link or current.link
        other = link != own.link if link is not None else above.block not in (None, own.block)
        named = found is not None and found.role is not None
        return not named and is_linked(text) and not is_kind(own.text) and other

    def _is_next_below_label(self, text: str, index: int) -> bool:
        """Whether a line of a block quote is the next passage: it stands below the indented labels of the one above, or below its
        location.

        It must end in a location as that one does, or in a link, there or further down; tags cannot go on with a sentence.
        """
        current = self._current
        if (
            current is None
            or text[:1].isspace()
            or not any(map(str.isalnum, text))
            or child(text) is not None
        ):
            return False
        if not current.in_child:
            lines = (text.rstrip(), _last_line(current))
            return self._own_template and all(cut_place(line) is not None for line in lines)
        if not self._label_indented:
            return False
        if current.field is not Role.NOTE:
            return not only_tags(text)
        above = cut_place(_last_line(current))
        return (above is not None and cut_place(text.rstrip()) is not None) or (
            self._tails[index] >= 0 and link_tail.is_tail(_last_line(current))
        )

    def _is_identified_next(self, text: str, current: Draft) -> bool:
        """Whether a line without a link has an exporter's block id, and the passage above has another one."""
        own = link_tail.cut(text) if "^r" in text else None
        if own is None or not own.text or not link_tail.is_export_block(own.block):
            return False
        above = link_tail.cut_lines(current.lines())[0].block
        return above is not None and above != own.block and child(text) is None

    def _below_nested(self, text: str, current: Draft, index: int) -> None:
        """Takes a line of a callout below its nested quote: tags, a location, a label, or the reader's words."""
        if only_tags(text.strip()):
            current.tag_lines.append(text.strip())
        elif place(text) or moment(text) or child(text.strip()) or not link_tail.cut(text.strip()).text:
            self._more_quoted(text, index)
        else:
            current.note(text)

    def _more_quoted(self, text: str, index: int) -> None:
        """Takes a further line of the open quote: a label, a date, tags, a remark, or text."""
        current = self._current
        assert current is not None
        if not current.worded and self._begins_quote(text, current):
            return
        bare = re.sub(r"^[-*+][ \t]+", "", text.strip())
        found = child(bare) or self._label_of_template(bare)
        if _COMMENT.match(text):
            return
        if self._dates(text, current):
            return
        if self._titled_callout is current and text.strip():
            begun = current.first.rstrip(".… ")
            if len(begun) < len(current.first) and text.strip().startswith(begun):
                current.first = ""  # the title only repeats the beginning of this line
            self._titled_callout = None
        if BLOCK_LINE.match(text) is not None and not link_tail.is_export_block(text.strip()[1:]):
            return
        if is_rule(text) and current.worded:
            current.note("")
        elif current.link and not current.in_child and (remark := _EMPHASISED_ITEM.match(text)) is not None:
            current.note(remark["text"])
        elif (
            self._place_line(text, current)
            or (self._is_described(current) and self._only_tags(text))
            or self._tags_at_end(text)
            or self._second_paragraph(text, current, index)
        ):
            return
        elif (
            found is not None
            and found.role is not Role.PASSAGE
            and (current.in_child or current.worded)
            and (found.marked or self._has_tail or found.role is Role.NOTE or _lists_tags(found))
        ):
            current.child(found)
            self._label_indented = text[:1].isspace()
        elif link_tail.cut(text.strip()).text == "" and text.strip():
            current.field = None
            current.add(text)
        else:
            listed = current.kind is Kind.BULLET and current.first.strip() and not current.in_child
            current.add(self._raw_line.rstrip() if listed else text)
        self._has_tail = self._has_tail or link_tail.is_tail(text)

    def _is_described(self, passage: Draft) -> bool:
        """Whether a label, a link or a location stands below the passage. A line of tags after it is the reader's."""
        return passage.in_child or (passage.worded and (self._has_tail or passage.location is not None))

    def _dates(self, text: str, current: Draft) -> bool:
        """Takes a date below the passage: in brackets, in italics, or after an empty line."""
        if not current.worded or (current.in_child and not _DAY.match(text)):
            return False
        added = moment(text)
        if added is None and _DAY.match(text) and _is_blank(current.rest[-1:] or current.remark[-1:]):
            added = dates.moment(text.strip().replace("#", " "))
        current.added = current.added or added
        return added is not None

    def _label_of_template(self, text: str) -> Label | None:
        """Returns an unknown label in bold, such as "**Mein Senf:** …", if passages here are plain text. It is the template's."""
        found = label(text) if self._always_linked and text[:1] in "*_" else None
        is_label = found is not None and found.role is None and found.marked and found.value.strip()
        return found if is_label else None

    def _second_paragraph(self, text: str, current: Draft, index: int) -> bool:
        """Takes a paragraph after an empty line as the reader's words, if passages are single paragraphs."""
        if not self._one_paragraph or current.in_child or not _is_blank(current.rest[-1:]):
            return False
        if self._ruled_quotes:
            return False  # in this note a rule separates the reader's words from the passage
        if self._in_quotation(index):
            return False
        if (child(text.strip()) or self._label_of_template(text)) or not link_tail.cut(text.strip()).text:
            return False
        if not current.worded or (link_tail.is_tail(text) and not self._has_tail):
            return False
        current.note(text)
        return True

    def _begins_quote(self, text: str, current: Draft) -> bool:
        """Takes the first line of a quote if it has tags, or the passage after a label."""
        if self._callout and text.startswith("#") and only_tags(text.strip()):
            current.tag_lines.append(text.strip())
            return True
        named = child(text)
        if named is None or not named.marked or named.role is not Role.PASSAGE:
            return False
        current.first, current.signed = named.value, True
        return True


def _last_line(passage: Draft) -> str:
    """Returns the last line of a passage with any text. Looks at a few only, because this is asked for each line of a quote."""
    near = (line.strip() for line in reversed(passage.rest[-_NEAR:]))
    return next(filter(None, near), "" if len(passage.rest) > _NEAR else passage.first.strip())


def _is_blank(last: list[str]) -> bool:
    """Whether the last line is empty."""
    return bool(last) and not last[0].strip()


def _lists_tags(found: Label) -> bool:
    """Whether a label is followed by tags and nothing else."""
    return found.role in (Role.TAGS, Role.SEE_ALSO) and bool(found.value.strip()) and only_tags(found.value)
