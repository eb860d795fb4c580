"""Lines that begin with a quote sign: block quotes, callouts, and the reader's quotes within them."""

import re

from corpus.formats import dates, link_tail
from corpus.formats.entry import COLORS, Draft, Kind, child, is_kind, only_tags
from corpus.formats.labels import Label, Role, role_of
from corpus.formats.outline.blocks import BLOCK_LINE, BLOCKS_BEFORE, UNIT_HEADING, BlockReader, is_linked
from corpus.formats.outline.open_blocks import RULE
from corpus.formats.outline.places import moment

_NESTED = re.compile(r"(?:[ \t]*>)+[ \t]?")
_CALLOUT = re.compile(r">?[ \t]*\[!(?P<kind>[^\[\]\n]{1,60})\][+-]?[ \t]*(?P<title>.*)$")
NO_PASSAGES = frozenset({"abstract", "cite", "summary", "metadata", "info", "tldr", "bibliography"})
"""Callouts that hold what is said about the source, unless they hold a passage's link."""
PASSAGE_CALLOUTS = frozenset({"quote", "cite", "highlight"})
_CITED_TITLE = re.compile(r"\b(?:pp?|S|page|seite)\.?$|\(\d{4}\)")
"""The end of a citation, behind which the page is linked."""
_EMPHASISED_ITEM = re.compile(r"[ \t]*[-*+][ \t]+(?P<sign>\*\*|__|\*|_)(?P<text>\S.*\S)(?P=sign)[ \t]*$")
"""A bullet all in bold below a passage whose link stands above it, in a callout's title: the reader's."""
_COMMENT = re.compile(r"[ \t]*(?:<!--.*-->|%%.*%%)[ \t]*$")
_SENTENCE_ENDS = tuple('.!?…"”»’。！？」')
_TITLE_WORDS = 6
_TITLE_CHARS = 40
"""A longer title of a callout is a text."""


class QuoteReader(BlockReader):
    """Reads the lines of block quotes and callouts."""

    def _quote_line(self, text: str, index: int) -> None:
        callout = _CALLOUT.match(text) if "[!" in text[:6] else None
        nested = text.lstrip().startswith(">")
        current = self._current
        taken = callout is None and self._labelled_passage(text, index)
        if taken or (
            current is not None and self._quoted and self._within(text, callout, nested, current, index)
        ):
            pass
        elif callout is None and not nested and (remark := self._own_remark(text)) is not None:
            self._child(remark)
        elif callout is not None:
            self._open_callout(callout, index)
        elif current is None or self._blank or (self._sealed and child(text) is None):
            self._open(text, index, Kind.QUOTE)
        elif current.in_child and not link_tail.is_tail(text):
            current.add(text)
        elif current.kind is Kind.BULLET and not (self._ended or current.in_child):
            current.add(self._raw if any(map(str.strip, current.lines())) else text)
        else:
            self._open(text, index, Kind.QUOTE)
        self._quoted = True

    def _labelled_passage(self, text: str, index: int) -> bool:
        """Takes "**Highlight:** …" or "📌 …": the words of the open callout, which has none yet, or a passage of its own."""
        found = child(text) if text[:1] >= "\u2600" or text[:1] in "*_" else None
        if found is None or found.role is not Role.PASSAGE:
            return False
        current = self._current
        if current is None or not self._callout or any(map(str.strip, current.lines())) or current.in_child:
            self._open(found.value, index, Kind.QUOTE)
        else:
            current.first = found.value
        assert self._current is not None
        self._current.signed = True
        return True

    def _within(
        self, text: str, callout: re.Match[str] | None, nested: bool, current: Draft, index: int
    ) -> bool:
        """Takes a further line of the open block quote; False where it is none."""
        worded = any(map(str.strip, current.lines()))
        if callout is not None:  # within a callout: the reader's
            current.note(callout["title"] if len(callout["title"]) > _TITLE_CHARS else "")
        elif not nested and worded and self._begins_another(text, current):
            self._open(text, index, Kind.QUOTE)
            assert self._current is not None
            self._current.callout, self._current.color = current.callout, current.color
        elif self._in_nested(text, nested, current):
            pass
        elif nested and worded:
            bare = _NESTED.sub("", text, count=1)
            if self._only_link(bare):
                pass
            elif current.field is Role.NOTE:
                current.add(bare)
            else:
                current.note(bare)
        elif self._sealed and not nested and text.strip() and child(text) is None:
            self._open(text, index, Kind.QUOTE)
        else:
            self._more_quoted(_NESTED.sub("", text, count=1) if current.in_child and nested else text)
        return True

    def _tags_above(self, text: str) -> bool:
        """Takes a line of tags above the words of a callout."""
        current = self._current
        assert current is not None
        if not self._callout or any(map(str.strip, current.lines())) or not only_tags(text.strip()):
            return False
        current.tag_lines.append(text.strip())
        return True

    def _begins_another(self, text: str, current: Draft) -> bool:
        """Whether a line of a block quote is the next passage: the one above ended in its link, and this one has its own."""
        if "](" not in text or not (self._ended or current.link):
            return False
        found = child(text)
        if found is not None and found.role is not None:
            return False
        own = link_tail.cut(text)
        above = link_tail.cut_lines(current.lines())[0].link or current.link
        return is_linked(text) and not is_kind(own.text) and own.link != above

    def _own_remark(self, text: str) -> Label | None:
        """The remark of a block quote that begins with "Note:", below a passage that is no block quote."""
        target = self._target()
        if target is None or target.kind is Kind.QUOTE or (self._current is not None and not self._blank):
            return None
        if any(draft.kind is Kind.QUOTE for draft in self._out.drafts[-BLOCKS_BEFORE:]):
            return None  # quotes are the passages here
        found = child(text) if not link_tail.is_tail(text) and any(map(str.strip, target.lines())) else None
        return found if found is not None and found.role is Role.NOTE else None

    def _in_nested(self, text: str, nested: bool, current: Draft) -> bool:
        """Takes a line of a callout whose passage is a quote within it: what is quoted less deep is the reader's."""
        if nested and self._callout and not current.in_child and not any(map(str.strip, current.lines())):
            self._nested = current
        if self._nested is not current or current.in_child:
            return False
        if nested or not text.strip():
            current.add(_NESTED.sub("", text, count=1))
            return True
        told = not link_tail.cut(text.strip()).text or child(text) is not None
        if told or self._place_line(text, current):
            return not told
        current.note(text)
        return True

    def _more_quoted(self, text: str) -> None:
        current = self._current
        assert current is not None
        bare = re.sub(r"^[-*+][ \t]+", "", text.strip())
        found = child(bare)
        if _COMMENT.match(text):
            return
        if (
            (added := moment(text)) is not None
            and any(map(str.strip, current.lines()))
            and not current.in_child
        ):
            current.added = current.added or added
            return
        if text[:1] == "#" and self._tags_above(text):
            return
        if self._titled is current and text.strip():
            begun = current.first.rstrip(".… ")
            if len(begun) < len(current.first) and text.strip().startswith(begun):
                current.first = ""  # the title is only the beginning of what follows
            self._titled = None
        if BLOCK_LINE.match(text) is not None and not link_tail.is_export_block(text.strip()[1:]):
            return
        if RULE.match(text) is not None and any(map(str.strip, current.lines())):
            current.note("")
        elif current.link and not current.in_child and (own := _EMPHASISED_ITEM.match(text)) is not None:
            current.note(own["text"])
        elif (
            self._place_line(text, current)
            or (current.in_child and self._only_tags(text))
            or self._tags_in_callout(text)
        ):
            return
        elif (
            found is not None
            and found.role is not Role.PASSAGE
            and (current.in_child or any(map(str.strip, current.lines())))
            and (found.marked or self._ended or found.role is Role.NOTE or _lists_tags(found))
        ):
            current.child(found)
        elif link_tail.cut(text.strip()).text == "" and text.strip():
            current.field = None
            current.add(text)
        else:
            listed = current.kind is Kind.BULLET and current.first.strip() and not current.in_child
            current.add(self._raw.rstrip() if listed else text)
        self._ended = self._ended or link_tail.is_tail(text)

    def _open_callout(self, callout: re.Match[str], index: int) -> None:
        kind, title = callout["kind"].split("|")[0].strip().lower(), callout["title"].strip()
        shade = next((name for name in COLORS if name in kind), None)
        self._callout = kind
        self._has_passage_callouts = self._has_passage_callouts or is_passage_callout(kind)
        self._open("", index, Kind.QUOTE)
        assert self._current is not None
        self._current.color = shade
        self._current.callout = (
            title.strip(" :*_").lower() if role_of(title.strip(" :*_")) is Role.NOTE else kind
        )
        if kind in NO_PASSAGES:
            self._current.section = (
                "about"
                if self._section in ("head", "metadata") or kind in ("abstract", "cite", "summary")
                else self._section
            )
        cut = link_tail.cut(title) if "](" in title else None
        if (
            cut is not None
            and cut.link is not None
            and link_tail.is_highlight_address(cut.link)
            and (not cut.text or is_kind(cut.text) or self._is_citation(cut.text, index))
        ):
            self._current.link, self._current.location = cut.link, cut.location
            if cut.location and cut.location[0].isdigit() and role_of(cut.text) is Role.LOCATION:
                self._current.location = f"{cut.text} {cut.location}"
            self._current.added = cut.added or self._current.added
        elif self._place_line(title, self._current):
            pass
        elif (named := child(title)) is not None and named.marked and named.role is not Role.PASSAGE:
            self._current.child(named)
            self._current.field = None
        elif (unit := UNIT_HEADING.match(title)) is not None:
            self._place(self._current, unit)
        elif (dated := dates.moment(title)) is not None:
            self._current.added = dated
        elif title and (
            (cut is not None and link_tail.is_tail(title) and cut.text)
            or (kind not in NO_PASSAGES and len(title.split()) > _TITLE_WORDS)
        ):
            self._current.first = title
            self._titled = self._current
        elif cut is not None:
            self._current.link = cut.link

    def _is_citation(self, words: str, index: int) -> bool:
        """Whether the words before the link in a callout's title say where the passage below stands, and are no passage."""
        if _CITED_TITLE.search(words) or role_of(words.strip(" :*_")) is Role.LOCATION:
            return True
        below = self._lines[index + 1] if index + 1 < len(self._lines) else ""
        quoted = self._quote(below)
        if quoted is None or not quoted.strip() or quoted.startswith(">") or child(quoted) is not None:
            return False
        return len(words.split()) <= _TITLE_WORDS and not words.endswith(_SENTENCE_ENDS)


def is_passage_callout(kind: str) -> bool:
    """Whether a callout of this kind holds a passage: "quote", "highlight", "zitat"."""
    return kind in PASSAGE_CALLOUTS or role_of(kind) is Role.PASSAGE


def _lists_tags(found: Label) -> bool:
    """Whether a line is a label of tags with nothing but tags behind it."""
    return found.role in (Role.TAGS, Role.SEE_ALSO) and bool(found.value.strip()) and only_tags(found.value)
