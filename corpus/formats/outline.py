"""A note's lines to blocks: bullets, paragraphs, block quotes, table rows, each with what stands below it.

Nothing is decided here about whose words they are: that is `corpus.formats.roles`. What held in every vault of exports: a
bullet begins at column 0; what is indented is its continuation; a deeper "- Note:" or "- Tags:" is its child, what is
indented further continues the child; a heading between highlights is a chapter.
"""

import re
from dataclasses import dataclass, field

from corpus.formats import dates, link_tail, properties
from corpus.formats.entry import COLORS, Draft, Kind, child, only_tags
from corpus.formats.header import NO_CHAPTERS, Header, batch, heading, is_highlights, is_passages, is_property
from corpus.formats.labels import Label, Role, label, role_of
from corpus.formats.sections import DOCUMENT, METADATA, READERS

_BULLET = re.compile(r"[-*+](?:[ \t]+(.*))?$")
_NUMBER = re.compile(r"(\d{1,4}[.)])[ \t]+(.*)$")
_INDENTED_CHILD = re.compile(r"(?: {2,}|[ ]{0,3}\t[\t ]*)(?:[-*+][ \t]+)?(.*)$")
_RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,}|_{3,})[ \t]*$")
_FENCE = re.compile(r"(?:```|~~~)[ \t]*([\w-]*)")
_QUOTE = re.compile(r" {0,3}>[ \t]?(.*)$")
_NESTED = re.compile(r"(?:[ \t]*>)+[ \t]?")
_CALLOUT = re.compile(r">?[ \t]*\[!(?P<kind>[^\[\]\n]{1,60})\][+-]?[ \t]*(?P<title>.*)$")
_BLOCK_LINE = re.compile(r"\^(?:rw|ref-)?[\w-]{4,}[ \t]*$")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-{2,}[ \t:|-]*$")
_BOX = re.compile(r"\[[ xX]\] ")
_UNIT_HEADING = re.compile(
    r"(?:(?P<word>[^\W\d_][^\W\d_ .]{0,20})[ .:#：]*(?P<place>\d[\w.:–\-]*|[ivxlc]+)(?:[ \t]*[@|,·•–-][ \t]*(?P<date>.*))?"
    r"|(?:id[ :]?)?(?P<id>[\w-]{0,8}\d{3,}[\w-]*))$",
    re.I,
)
_ITEMS = frozenset(
    {"highlight", "quote", "annotation", "note", "clip", "passage", "snippet", "id", "item", "no"}
)
_FRONT_KEY = re.compile(r"[^\W\d_][\w -]{0,30}:(?:\s|$)")
_NO_PASSAGES = frozenset({"abstract", "cite", "summary", "metadata", "info", "tldr", "bibliography"})
"""Callouts that hold what is said about the source, unless they hold a passage's link."""
_CITED_TITLE = re.compile(r"\b(?:pp?|S|page|seite)\.?$|\(\d{4}\)")
"""The end of a citation, behind which the page is linked."""
_MAX_LINK_LEAD = 40
"""Characters that may stand before a link that is alone on its line ("— location: ")."""
_TITLE_CHARS = 40
"""A longer title of a callout is a text."""
_COMMENT = re.compile(r"%%(?P<text>[^%]*)%%[ \t]*$")
_HTML_COMMENT_LINES = 20
_LOOK_AHEAD = 100
_FENCE_LINES = 200
_FRONT_MATTER_LINES = 60


@dataclass(slots=True)
class Outline:
    """The blocks of a note, in order, and the lines that belong to none."""

    drafts: list[Draft] = field(default_factory=list)
    headed: bool = False
    """Whether there is a heading "Highlights"."""
    ruled_at: int | None = None
    """Line of the last rule: what stands below it and is not understood is a footer."""


class OutlineReader:
    """Reads the lines of one note into blocks; its properties go into `header`."""

    def __init__(
        self,
        header: Header,
        first_line: int,
        title: str | None,
        *,
        chapters_in_bullets: bool = False,
        fences: frozenset[str] = frozenset(),
    ) -> None:
        self._header = header
        self._first_line = first_line
        self._title = title
        self._chapters_in_bullets = chapters_in_bullets
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
        self._pending: list[Label] = []
        """Labels that stand before their passage."""
        self._part = 0
        self._unit = 0
        self._blank = False
        self._ended = False
        """Whether a line of the open block ends in its tail."""
        self._quoted = False
        self._callout: str | None = None
        self._columns: list[Role | None] = []
        self._lines: list[str] = []
        self._known_tails: list[int] | None = None

    def read(self, lines: list[str]) -> Outline:
        """The note's blocks. `lines` are without line ends."""
        self._lines = lines
        index = 0
        while index < len(lines):
            if lines[index][:1] in ("%", "<") and (hidden := self._hidden(index)):
                index += hidden
                continue
            skip = self._fenced(index) or self._second_front_matter(index) or self._table(index)
            if skip:
                index += skip
                continue
            self._line(lines[index], index)
            index += 1
        self._close()
        return self._out

    @property
    def _tails(self) -> list[int]:
        """For every line what `_tail_ahead` says of it; asked for paragraphs only."""
        if self._known_tails is None:
            self._known_tails = _tail_ahead(self._lines)
        return self._known_tails

    def _hidden(self, index: int) -> int:
        """How many lines a comment takes, with what stands between "%% begin notes %%" and "%% end notes %%"."""
        line = self._lines[index]
        if line.startswith("<!--"):
            end = next(
                (
                    at
                    for at in range(index, min(len(self._lines), index + _HTML_COMMENT_LINES))
                    if "-->" in self._lines[at]
                ),
                index,
            )
            return end - index + 1
        match = _COMMENT.match(line)
        if match is None:
            return 0
        words = match["text"].lower().split()
        kept = words[:1] in (["begin"], ["start"]) and words[1:2] not in (["annotations"], ["highlights"])
        if kept or (len(words) == 1 and words[0].startswith("keep")):
            for at in range(index + 1, min(len(self._lines), index + 2_000)):
                if (other := _COMMENT.match(self._lines[at])) and other["text"].strip().lower().startswith(
                    ("end", "/", "stop")
                ):
                    return at - index + 1
        return 1

    def _line(self, line: str, index: int) -> None:
        if not line.strip():
            self._blank, self._quoted, self._callout, self._in_pending = True, False, None, False
            if self._current is not None:
                self._current.add("")
            return
        if line.lstrip(" ")[:1] == "#" and self._is_rule(line) and (found := heading(line)) is not None:
            self._heading(*found)
        elif (_RULE.match(line) is not None and self._is_rule(line)) or line.startswith("![rw-book-cover]"):
            self._rule(line, index)
        elif self._section == "head":
            self._head(line, index)
        elif self._section == "metadata":
            self._metadata(line)
        elif self._section != "document":
            self._body(line, index)
        self._blank = False

    def _is_rule(self, line: str) -> bool:
        """Whether a rule or heading is the note's, not one within a highlight's lines, which are indented."""
        return line[0] != " " or self._current is None or self._blank

    def _head(self, line: str, index: int) -> None:
        if self._header.read(line):
            return
        bullet = _BULLET.match(line)
        if bullet is not None and child(bullet.group(1) or "") is None:
            self._section = "soft"
        self._body(line, index)

    def _metadata(self, line: str) -> None:
        listed = line[0] in "->*+ \t"
        self._listed = self._listed or listed
        self._header.read(line, listed_only=self._listed)

    def _body(self, line: str, index: int) -> None:
        before, self._raw = self._current, line
        if line[0] in " \t" and self._quote(line) is None:
            self._indented(line, index)
        elif (quote := self._quote(line)) is not None:
            self._quote_line(quote, index)
        elif (bullet := _BULLET.match(line)) is not None:
            self._bullet(bullet.group(1) or "", line, index)
        elif _NUMBER.match(line) is not None and self._new_item():
            self._open(line, index, Kind.NUMBER)
        elif self._only_link(line) or self._only_tags(line):
            pass
        elif _BLOCK_LINE.match(line) is not None and (self._current or self._last) is not None:
            self._block_id(line)
        elif (found := self._field(line)) is not None:
            self._child(found)
        else:
            self._paragraph(line, index)
        if self._quote(line) is None and (
            self._current is not before or before is None or before.kind is not Kind.QUOTE
        ):
            self._quoted, self._callout = False, None

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
        if (
            found.link is None
            or found.text.strip(" *-")
            or target.link
            or link_tail.cut_lines(target.lines())[0].link
        ):
            return False
        if not any(map(str.strip, target.lines())):
            return False
        target.link, target.location = found.link, target.location or found.location
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

    def _new_item(self) -> bool:
        """Whether a numbered line may begin a block: not amid the lines of another one without a tail."""
        current = self._current
        return current is None or self._blank or self._ended or current.kind is Kind.NUMBER

    def _block_id(self, line: str) -> None:
        target = self._current or self._last
        assert target is not None
        if link_tail.is_export_block(line.strip().removeprefix("^")):
            target.field = None
            target.add(line)
        self._blank = True

    def _field(self, line: str) -> Label | None:
        """A label at the margin below a passage: "**Note:** …", "Location: 12"."""
        target = self._current or self._last
        found = child(line)
        if found is None or (link_tail.is_tail(line) and found.role not in (Role.LINK, Role.LOCATION)):
            return None
        if found.role is Role.PASSAGE:
            return None
        if target is None or target.unit != self._unit:
            if found.marked and self._section in ("highlights", "soft") and found.role is not Role.NOTE:
                self._pending.append(found)
                return found
            return None
        below = target.kind is not Kind.BULLET or self._ended or found.marked
        return found if below and (found.marked or self._blank or self._ended or target.in_child) else None

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

    def _quote_line(self, text: str, index: int) -> None:
        callout = _CALLOUT.match(text) if "[!" in text[:6] else None
        current = self._current
        signed = child(text) if callout is None and text[:1] >= "\u2600" else None
        if signed is not None and signed.role is Role.PASSAGE:
            self._open(signed.value, index, Kind.QUOTE)
            assert self._current is not None
            self._current.signed, self._quoted = True, True
            return
        nested = text.lstrip().startswith(">")
        if callout is not None and current is not None and self._quoted:
            current.note(
                callout["title"] if len(callout["title"]) > _TITLE_CHARS else ""
            )  # within a callout: the reader's
        elif nested and current is not None and self._quoted and any(map(str.strip, current.lines())):
            bare = _NESTED.sub("", text, count=1)
            if self._only_link(bare):
                self._quoted = True
                return
            if current.field is Role.NOTE:
                current.add(bare)
            else:
                current.note(bare)
        elif (
            current is not None
            and self._sealed
            and not nested
            and callout is None
            and text.strip()
            and child(text) is None
        ):
            self._open(text, index, Kind.QUOTE)
        elif current is not None and self._quoted:
            self._more_quoted(_NESTED.sub("", text, count=1) if current.in_child and nested else text)
        elif callout is not None:
            self._open_callout(callout, index)
        elif current is not None and not self._blank and current.in_child and not link_tail.is_tail(text):
            current.add(text)
        elif current is not None and not self._blank and current.kind is Kind.BULLET and not self._ended:
            current.add(self._raw if any(map(str.strip, current.lines())) else text)
        else:
            self._open(text, index, Kind.QUOTE)
        self._quoted = True

    def _more_quoted(self, text: str) -> None:
        current = self._current
        assert current is not None
        bare = re.sub(r"^[-*+][ \t]+", "", text.strip())
        found = child(bare)
        if _BLOCK_LINE.match(text) is not None and not link_tail.is_export_block(text.strip()[1:]):
            return
        if _RULE.match(text) is not None and any(map(str.strip, current.lines())):
            current.note("")
        elif (
            self._place_line(text, current)
            or (current.in_child and self._only_tags(text))
            or self._tags_in_callout(text)
        ):
            return
        elif (
            found is not None
            and found.role is not Role.PASSAGE
            and (found.marked or self._ended or found.role is Role.NOTE)
        ):
            current.child(found)
        elif link_tail.cut(text.strip()).text == "" and text.strip():
            current.field = None
            current.add(text)
        else:
            own = current.kind is Kind.BULLET and current.first.strip() and not current.in_child
            current.add(self._raw.rstrip() if own else text)
        self._ended = self._ended or link_tail.is_tail(text)

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
        """A line that only says where a passage stands, and when: "_Page 12 • Jan 2, 2024_", "— Page 12, Jan 2, 2024"."""
        bare = text.strip().strip("_*()[] ").lstrip("—–- ").strip("_* ")
        if bare == text.strip() or len(bare) > 80:
            return False
        unit = _UNIT_HEADING.match(bare)
        if unit is None or not unit["place"] or role_of(unit["word"].lower()) is not Role.LOCATION:
            return False
        if draft is not None:
            self._place(draft, unit)
        else:
            self._pend(unit)
        return True

    def _pend(self, unit: re.Match[str]) -> None:
        """Keeps a place and a date for the passage below them."""
        if unit["place"] and role_of((unit["word"] or "").lower()) is Role.LOCATION:
            self._pending.append(Label(Role.LOCATION, unit["place"], unit["word"], True))
        if unit["date"]:
            self._pending.append(Label(Role.ADDED, unit["date"], "", True))

    def _open_callout(self, callout: re.Match[str], index: int) -> None:
        kind, title = callout["kind"].split("|")[0].strip().lower(), callout["title"].strip()
        shade = next((name for name in COLORS if name in kind), None)
        self._callout = kind
        self._open("", index, Kind.QUOTE)
        assert self._current is not None
        self._current.color = shade
        if kind in _NO_PASSAGES:
            self._current.section = (
                "about"
                if self._section in ("head", "metadata") or kind in ("abstract", "cite", "summary")
                else self._section
            )
        if title and (unit := _UNIT_HEADING.match(title)) is not None:
            self._place(self._current, unit)
        elif title and (moment := dates.moment(title)) is not None:
            self._current.added = moment
        elif (
            title
            and (cut := link_tail.cut(title)).link is not None
            and link_tail.is_highlight_address(cut.link)
            and (_CITED_TITLE.search(cut.text) or not cut.text)
        ):
            self._current.link, self._current.location = cut.link, cut.location
        elif title and (
            (link_tail.is_tail(title) and link_tail.cut(title).text)
            or (kind not in _NO_PASSAGES and len(title.split()) > 6)
        ):
            self._current.first = title
        elif title:
            self._current.link = link_tail.cut(title).link

    def _place(self, draft: Draft, unit: re.Match[str]) -> None:
        """The place that a heading or a callout's title names: "Page 12", not "Highlight 12"."""
        word = (unit["word"] or "").lower()
        if unit["place"] and role_of(word) is Role.LOCATION:
            draft.location = f"{unit['word']} {unit['place']}"
        if unit["date"]:
            draft.added = dates.moment(unit["date"]) or draft.added

    def _bullet(self, text: str, line: str, index: int) -> None:
        target = self._current or (
            self._last if self._last is not None and self._last.unit == self._unit else None
        )
        found = child(text)
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
        if found is None and self._continues_field(text, line):
            return
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
        if found is not None and target is None and found.marked and found.role is not Role.NOTE:
            self._pending.append(found)
            self._in_pending = True
            return
        if (
            is_property(line)
            and re.match(r"- (?:Author|Full Title|Category): ", line)
            and not link_tail.is_tail(line)
        ):
            return  # a second head within the list, as a re-sync leaves it
        if self._chapters_in_bullets and re.match(r"#{1,6} ", text) and not link_tail.is_tail(text):
            self._close()
            self._chapter = properties.chapter(text.lstrip("# "))
            return
        self._open(text, index, Kind.BULLET)
        assert self._current is not None
        self._current.sign = line[: len(line) - len(text)]

    def _continues_field(self, text: str, line: str) -> bool:
        """Whether a bullet is a line of the field or passage above: where all is labelled, or the sign is another one."""
        current = self._current
        if self._in_pending and not self._blank:
            return True
        if current is None or self._blank:
            return self._only_link(text)
        other = bool(current.sign) and current.sign[0] != line[0] and current.field is Role.NOTE
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
        current = self._current
        if current is None:
            self._paragraph(line, index)
            return
        if (
            current.kind not in (Kind.BULLET, Kind.NUMBER)
            and self._blank
            and not current.in_child
            and child(line.strip().lstrip("-* ")) is None
        ):
            if not self._only_link(line.strip().lstrip("*-+ ")):
                self._paragraph(line.lstrip(), index)
            return
        if self._only_link(line.strip().lstrip("*-+ ")):
            return
        below = _INDENTED_CHILD.match(line)
        text = below.group(1) if below is not None else ""
        bulleted = line.lstrip()[:2] in ("- ", "* ", "+ ")
        found = child(text)
        worded = (
            found is not None and found.marked and found.name[:1].isalpha() and found.role is not Role.PASSAGE
        )
        if found is not None and not (
            self._ended or current.in_child or worded or (bulleted and found.name[:1].isalpha())
        ):
            found = None  # an emoji within a passage
        deep = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) >= 3
        if found is None and bulleted and (deep or self._ended or current.in_child):
            found = self._unknown_label(text)
        listed = (
            len(current.rest) > 0 and current.rest[-1].lstrip()[:2] in ("- ", "* ", "+ ") and not self._ended
        )
        if (
            found is not None
            and found.role not in (Role.SEE_ALSO, Role.PASSAGE)
            and (deep or found.marked or not listed)
        ):
            current.child(found)
        else:
            current.add(line)
        self._ended = self._ended or link_tail.is_tail(line)

    def _unknown_label(self, text: str) -> Label | None:
        """A label of no table, told by its place: below a passage, in bold or behind another label."""
        found = label(text)
        if found is None or found.role is Role.PASSAGE:
            return None
        assert self._current is not None
        return found if found.marked or self._current.in_child or self._ended else None

    def _paragraph(self, line: str, index: int) -> None:
        current = self._current
        if (self._in_pending and not self._blank) or (current is None and self._header_line(line)):
            return
        if (
            (current is None or self._blank)
            and self._section in ("highlights", "soft")
            and self._place_line(line, None)
        ):
            self._close()
            return
        if current is not None and self._continues(line, index):
            current.add(line)
            if not current.in_child:
                self._ended = self._ended or link_tail.is_tail(line)
            return
        self._open(line, index, Kind.PARAGRAPH)

    def _header_line(self, line: str) -> bool:
        """Whether a line at the margin is one of the source's properties, not a passage: "Number of annotations:: 2"."""
        return "::" in line and not link_tail.is_tail(line) and self._header.read(line)

    def _continues(self, line: str, index: int) -> bool:
        """Whether an unindented line belongs to the open block."""
        current = self._current
        assert current is not None
        if not self._blank:
            return self._lazy(line, index)
        if current.kind is Kind.BULLET:
            empty = not any(map(str.strip, current.lines()))
            return not current.in_child and (empty or (not self._ended and self._tail_ahead(index)))
        return (
            self._one_each == self._unit
            and current.kind is Kind.PARAGRAPH
            and not current.in_child
            and not self._ended
        )

    def _lazy(self, line: str, index: int) -> bool:
        """A line right below: the next passage only where both have a tail of their own."""
        current = self._current
        assert current is not None
        if current.kind is Kind.QUOTE and not current.in_child and self._ended:
            return link_tail.cut(line.strip()).text == ""
        if (
            current.kind is Kind.PARAGRAPH
            and self._ended
            and self._tails[index] >= 0
            and not current.in_child
        ):
            return False
        if current.kind is Kind.PARAGRAPH and current.in_child and self._tails[index] >= 0:
            return False
        return not (link_tail.is_tail(line) and self._ended)

    def _tail_ahead(self, index: int) -> bool:
        """Whether the open bullet ends below this unindented paragraph, as some custom templates write it."""
        for line in self._lines[index : index + _LOOK_AHEAD]:
            if _BULLET.match(line) or heading(line) or _RULE.match(line):
                return False
            if link_tail.is_tail(line) or (line[:1] in " \t" and self._child_line(line)):
                return True
        return False

    def _child_line(self, line: str) -> bool:
        match = _INDENTED_CHILD.match(line)
        found = (
            child(match.group(1)) if match is not None and line.lstrip()[:2] in ("- ", "* ", "+ ") else None
        )
        return found is not None and found.role in (Role.NOTE, Role.TAGS)

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

    def _rule(self, line: str, index: int) -> None:
        current = self._current
        if current is not None and current.in_child and not self._blank and self._tail_follows_bullets(index):
            current.add(line)  # a rule within a remark that spills to the margin
            return
        self._close()
        self._unit += 1
        self._pending = []
        self._out.ruled_at = index
        self._header.read(line)

    def _tail_follows_bullets(self, index: int) -> bool:
        """Whether the line below a rule stands right below it and is no highlight: more of the remark above."""
        below = self._lines[index + 1] if index + 1 < len(self._lines) else ""
        return (
            bool(below.strip())
            and not _BULLET.match(below)
            and heading(below) is None
            and not link_tail.is_tail(below)
            and below[0] != ">"
        )

    def _heading(self, level: int, text: str) -> None:
        self._close()
        self._part += 1
        name = text.strip("# :").lower()
        unit = _UNIT_HEADING.match(text.strip("# *")) if level > 1 else None
        if self._reader_words(name, level):
            return
        self._unit += 1
        self._pending = []
        self._out.ruled_at = None
        if is_passages(name) and (
            level < 4 or self._section in ("metadata", "head") or name.startswith("new")
        ):
            self._out.headed = self._out.headed or is_highlights(name)
            self._section, self._chapter, self._added = "highlights", None, batch(text)
            self._region_level = level if self._added is None else self._region_level or level
        elif (name in METADATA and level <= 3) or name == "元数据":
            self._section, self._listed = "metadata", False
        elif name in DOCUMENT or self._section == "document":
            self._section = "document"
        elif level == 1 and self._header.h1 is None and self._section in ("head", "metadata"):
            self._header.h1, self._section = text, "head"
        elif level == 1 and text in (self._header.h1, self._title):
            self._section, self._chapter = "metadata", None
        elif unit is not None and self._is_unit(unit):
            self._unit_heading(unit)
        elif self._section == "highlights" and level > max(self._region_level, 2):
            self._chapter = properties.chapter(text)
        elif name in READERS:
            self._section, self._chapter = "reader", None
        else:
            within = self._section in ("highlights", "soft")
            self._section = self._section if within and level > (self._region_level or 2) else "soft"
            self._chapter = None if name in NO_CHAPTERS else properties.chapter(text)

    def _reader_words(self, name: str, level: int) -> bool:
        """A deeper heading "Note" right below a passage: what follows is the reader's remark of it."""
        if level <= max(2, self._region_level) or role_of(name) is not Role.NOTE or self._last is None:
            return False
        if self._last.section not in ("highlights", "soft"):
            return False
        self._last.note("")
        self._current, self._blank = self._last, False
        return True

    def _is_unit(self, unit: re.Match[str]) -> bool:
        word = (unit["word"] or "").lower()
        return bool(unit["id"]) or word in _ITEMS or role_of(word) is Role.LOCATION

    def _unit_heading(self, unit: re.Match[str]) -> None:
        """A heading above each passage: "Page 12 @ 2 January 2024", "Highlight 3", "id4711"."""
        if self._section not in ("highlights", "soft") or self._section == "soft":
            self._section = "highlights"
        self._pend(unit)
        self._one_each = self._unit

    def _fenced(self, index: int) -> int:
        """How many lines a fence at column 0 takes that is none of the note's passages (a dataview, a head's)."""
        line = self._lines[index]
        match = _FENCE.match(line) if line[:3] in ("```", "~~~") else None
        if match is None or match.group(1) in self._fences or self._section == "document":
            return 1 if match is not None and match.group(1) in self._fences else 0
        end = next(
            (
                at
                for at in range(index + 1, min(len(self._lines), index + _FENCE_LINES))
                if self._lines[at].startswith(line[:3])
            ),
            None,
        )
        current = self._current
        target = self._target()
        if end is not None and target is not None and role_of(match.group(1)) is Role.NOTE:
            target.note("\n".join(self._lines[index + 1 : end]))
            return end - index + 1
        if (
            current is not None
            and not self._blank
            and not self._ended
            and self._section in ("highlights", "soft")
        ):
            stop = index if end is None else end
            for part in self._lines[index : stop + 1]:
                current.add(part)
            return stop - index + 1
        if self._fences and line.strip() == line[:3] and self._out.drafts:
            return 1
        self._close()
        return 1 if end is None else end - index + 1

    def _second_front_matter(self, index: int) -> int:
        """How many lines a block of properties takes in the middle of a note (a re-sync appends whole notes)."""
        lines = self._lines
        if (
            lines[index].rstrip() != "---"
            or index + 1 >= len(lines)
            or _FRONT_KEY.match(lines[index + 1]) is None
        ):
            return 0
        for end in range(index + 2, min(len(lines), index + _FRONT_MATTER_LINES)):
            if lines[end].rstrip() == "---":
                if not any(map(is_key, lines[index + 1 : end])):
                    return 0
                self._close()
                self._section, self._chapter = "metadata", None
                return end - index + 1
        return 0

    def _table(self, index: int) -> int:
        """How many lines of a table are read: the head names the columns, each row is a passage with its fields."""
        lines = self._lines
        if "|" not in lines[index] or self._section in ("document", "metadata", "reader"):
            return 0
        if (
            index + 1 >= len(lines)
            or "|" not in lines[index + 1]
            or _TABLE_RULE.match(lines[index + 1]) is None
        ):
            return 0
        roles = [role_of(name.strip("* ")) for name in cells(lines[index])]
        if Role.PASSAGE not in roles:
            return 0
        at = index + 2
        while at < len(lines) and lines[at].strip() and "|" in lines[at]:
            self._row(roles, cells(lines[at]), at, cells(lines[index]))
            at += 1
        self._close()
        return at - index

    def _row(self, roles: list[Role | None], values: list[str], index: int, names: list[str]) -> None:
        place = roles.index(Role.PASSAGE)
        if place >= len(values) or not values[place]:
            return
        self._open(values[place], index, Kind.ROW)
        assert self._current is not None
        self._current.signed = True
        for role, value, name in zip(roles, values, names, strict=False):
            if role not in (None, Role.PASSAGE) and value:
                self._current.child(Label(role, value, name, True))


def is_key(line: str) -> bool:
    """Whether a line of a front matter begins with a key that exporters write."""
    key = line.split(":", 1)[0].strip().lower()
    return is_property(f"- {key}: x") or key in ("aliases", "created", "cover", "status", "rating")


def cells(line: str) -> list[str]:
    """The cells of a table's row; `\\|` is no border."""
    text = line.strip().replace("\\|", "\ue003")
    text = text.removeprefix("|")
    return [
        cell.replace("\ue003", "|").replace("<br>", "\n").strip()
        for cell in text.removesuffix("|").split("|")
    ]


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
