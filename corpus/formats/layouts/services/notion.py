"""Readwise's pages in Notion, exported as Markdown: properties are plain lines, passages are paragraphs that end in a link.

All that stands between two links belongs to the passage below it, headings and lists too, because Readwise puts a whole highlight
into one paragraph. The property "Highlights" says how many there are. Readwise cuts a highlight of more than 2,000 characters in
two, with "..." on both sides of the cut. Remarks and tags are bullets with a label. Callouts (`<aside>`), toggles, tasks and other
headings are the reader's.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.formats import link_tail
from corpus.formats.entry import Draft, Entry, child, only_tags
from corpus.formats.header import Header, batch, heading
from corpus.formats.labels import Label, Role
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.outline.open_blocks import is_rule
from corpus.formats.outline.roles import NOT_UNDERSTOOD

_FIRST = re.compile(r"#{1,3} (?:New )?[Hh]ighlights (?:first )?(?:synced|added) by Readwise")
_ADDED = re.compile(r"#{1,3} (?:\*\*)?(?:New )?[Hh]ighlights (?:first )?(?:synced|added)\b")
_SYNCED = re.compile(
    r"(?P<bold>\*\*)?(?P<words>(?:New )?[Hh]ighlights (?:first )?(?:synced|added)\b[^*\n]{4,80})(?(bold)\*\*)[ \t]*$"
)
"""The heading above the passages of a day, as a paragraph: exporters do not keep every heading."""
_PROPERTY = re.compile(r"(?:Last Synced|Last Highlighted|Highlights): ")
_KEYS = frozenset({"last synced", "last highlighted", "highlights"})
_NUMBER = re.compile(r"Highlights:[ \t]*(\d+)[ \t]*$")
_BULLET = re.compile(r"^[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
_TASK = re.compile(r"[-*+][ \t]+\[[ xX]\]")
_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)[ \t]*$")
_CUT = "..."
_MIN_CUT_CHARS = 1_500
"""The part before a cut is at least this long."""
_HEAD_LINES = 40
"""How many lines the title and the properties may take."""
_OWN_HEADING = 3
"""The deepest level of headings in Notion. A deeper one is a line of a passage."""


def evidence(text: Text) -> int:
    """Its heading, or its properties, as lines or in the front matter."""
    if any(map(_FIRST.match, text.headings)):
        return 3
    found = sum(map(bool, map(_PROPERTY.match, text.lines[:_HEAD_LINES])))
    if max(found, len(_KEYS & text.front.properties.keys())) < 2:
        return 0
    synced = any(map(_FIRST.match, _headed(text.lines[:_HEAD_LINES])))
    return 4 if synced else 2  # Readwise's pages for Logseq have that line, too


def read(text: Text) -> Reading:
    """Reads the page between its properties and its end."""
    header = Header()
    lines = _headed(text.lines)
    page = _Page(lines, text.front.first_line)
    at = _body_at(lines, header)
    page.own = any(map(_ADDED.match, lines))
    while at < len(lines):
        at += page.read(at)
    page.close()
    numbers = (match for line in lines[:_HEAD_LINES] if (match := _NUMBER.match(line)) is not None)
    number = next((match[1] for match in numbers), text.front.first("highlights") or "")
    entries = page.entries(int(number) if number.isdigit() else None)
    return Reading(entries, header, page.problems)


def _headed(lines: Sequence[str]) -> list[str]:
    """Turns paragraphs with nothing but the day of a sync into headings."""
    return [
        line if (synced := _SYNCED.match(line)) is None else f"## {synced['words'].rstrip()}"
        for line in lines
    ]


def _body_at(lines: Sequence[str], header: Header) -> int:
    """Reads the title and the properties. Returns the index of the line below them."""
    at = next((index for index, line in enumerate(lines) if line.strip()), 0)
    title = heading(lines[at]) if at < len(lines) else None
    if title is not None and title[0] == 1 and not (_ADDED.match(lines[at]) or link_tail.is_tail(lines[at])):
        header.h1, at = title[1], at + 1
    begin = next((index for index in range(at, len(lines)) if lines[index].strip()), len(lines))
    end = next((index for index in range(begin, len(lines)) if not lines[index].strip()), len(lines))
    block = lines[begin:end]
    known = [
        header.read(line) or _PROPERTY.match(line) is not None
        for line in block
        if not link_tail.is_tail(line)
    ]
    return end if len(known) == len(block) and any(known) else begin


@dataclass
class _Run:
    """The paragraphs of one highlight, or paragraphs that have no link."""

    unit: int
    own: bool
    """Whether it stands below a heading of the reader's."""
    draft: Draft
    paragraphs: list[tuple[int, list[str]]] = field(default_factory=list)
    """The index of the first line, and the lines, of each."""
    linked: bool = False


class _Page:
    """Collects the highlights of a page line by line."""

    def __init__(self, lines: Sequence[str], first_line: int) -> None:
        self.own = False
        self.problems: Problems = []
        self._lines, self._first_line = lines, first_line
        self._linked = [False] * (len(lines) + 1)
        """Whether a line, or one below it before the next empty one, ends in a link."""
        self._asides = [at for at, line in enumerate(lines) if "</aside>" in line]
        for at in range(len(lines) - 1, -1, -1):
            self._linked[at] = bool(lines[at].strip()) and (
                self._linked[at + 1] or link_tail.is_tail(lines[at])
            )
        self._runs: list[_Run] = []
        self._open: _Run | None = None
        """The highlight whose link is still to come."""
        self._last: Draft | None = None
        """What a label belongs to."""
        self._unit, self._added, self._blank, self._fenced = 0, "", True, False

    def read(self, at: int) -> int:
        """Reads the line at an index. Returns how many lines were read."""
        line = self._lines[at]
        if not line.strip():
            if self._last is not None and self._open is None:
                self._last.add("")
            elif self._fenced and self._open is not None:
                self._open.paragraphs[-1][1].append("")
            self._blank = self._blank or not self._fenced
            return 1
        read = 1 if self._fenced else self._apart(at)
        if not read or self._fenced:
            read = 1
            self._words(at)
        self._blank = False
        return read

    def _apart(self, at: int) -> int:
        """Takes lines that belong to no passage: headings, rules, pictures, and what only the reader writes. 0 if it is none."""
        line = self._lines[at]
        found = heading(line)
        if is_rule(line) or (found is not None and found[0] <= _OWN_HEADING and not link_tail.is_tail(line)):
            self.close()
            self._unit += 1
            self.own = found is not None and _ADDED.match(line) is None
            self._added = (
                (batch(found[1].strip("* ")) or "") if found is not None and not self.own else self._added
            )
            return 1
        if _IMAGE.match(line):
            return 1
        end = 0
        if line.startswith("<aside>"):
            place = bisect_left(self._asides, at)
            end = self._asides[place] + 1 if place < len(self._asides) else at + 1
        elif self._label(line) is None and _BULLET.match(line) and not self._linked[at]:
            end = self._toggle_end(at) or (at + 1 if _TASK.match(line) else 0)
        if end:
            self._report(at)
        return end - at if end else 0

    def _toggle_end(self, at: int) -> int:
        """Returns the index of the line below a toggle: a bullet with indented lines after an empty one. 0 if it is none."""
        end, indented = at + 1, 0
        while end < len(self._lines) and (not self._lines[end].strip() or self._lines[end][0] in " \t"):
            end, indented = end + 1, end + 1 if self._lines[end].strip() else indented
        return indented if indented and not self._lines[at + 1].strip() else 0

    def _words(self, at: int) -> None:
        """Takes a line of a passage, or of the reader's words about the last one."""
        line, last = self._lines[at], self._last
        found = self._label(line) if not self._fenced else None
        inside = self._open is not None and not self._blank
        if found is not None and not inside:
            self.close()
            if self._last is None:
                self._report(at)
            else:
                self._last.child(found)
        elif (
            last is not None
            and self._open is None
            and last.in_child
            and (line[0] in " \t" or not self._blank)
        ):
            last.add(line)
        elif (
            last is not None
            and self._open is None
            and not self._blank
            and not _BULLET.match(line)
            and not self._linked[at]
        ):
            last.note(line)
        elif last is not None and self._open is None and _BULLET.match(line) and not self._linked[at]:
            last.note(_BULLET.sub("", line, count=1))
        else:
            self._passage(at)

    def _passage(self, at: int) -> None:
        line = self._lines[at]
        if self._open is None:
            self._open = _Run(
                self._unit, self.own, Draft(self._first_line + at, "", None, self._added or None)
            )
            self._last = None
        if (self._blank and not self._fenced) or not self._open.paragraphs:
            self._open.paragraphs.append((at, []))
        self._open.paragraphs[-1][1].append(line)
        if line.lstrip().startswith("```"):
            self._fenced = not self._fenced
        if not self._fenced and link_tail.is_tail(line):
            self._open.linked = True
            self.close()

    def close(self) -> None:
        """Ends the open highlight."""
        if self._open is not None:
            self._runs.append(self._open)
            self._last = self._open.draft
        self._open, self._fenced = None, False

    def _label(self, line: str) -> Label | None:
        bare = line.strip().lstrip(">").lstrip()
        listed = _BULLET.match(bare)
        bare = _BULLET.sub("", bare, count=1) if listed else bare
        found = child(bare) if not link_tail.is_tail(line) else None
        loose = (
            found is not None and found.role in (Role.TAGS, Role.SEE_ALSO) and not (found.marked or listed)
        )
        return (
            None
            if found is None or found.role is Role.PASSAGE or (loose and not only_tags(found.value))
            else found
        )

    def _report(self, at: int) -> None:
        if not self.problems:
            self.problems.append((self._first_line + at, NOT_UNDERSTOOD))

    def entries(self, number: int | None) -> tuple[Entry, ...]:
        """Returns the highlights. `number` is how many the page has, as it says itself."""
        linked = [run for run in self._runs if run.linked]
        units = {run.unit for run in linked}
        loose = sum(len(run.paragraphs) - run.linked for run in self._runs)
        apart = number is not None and loose <= number - len(linked)
        listed = sum(_BULLET.match(run.paragraphs[0][1][0]) is not None for run in linked) * 2 > len(linked)
        found: list[Entry] = []
        for run in self._runs:
            known = run.linked or apart or run.draft.labelled or run.unit not in units
            if not known or (run.own and not run.linked):
                self._report(run.paragraphs[0][0])
                continue
            parts = [[part] for part in run.paragraphs] if apart or not run.linked else [run.paragraphs]
            drafts = [*(Draft(0, "", None, run.draft.added) for _ in parts[1:]), run.draft]
            found += [self._entry(part, draft, listed) for part, draft in zip(parts, drafts, strict=True)]
        return tuple(found)

    def _entry(self, part: list[tuple[int, list[str]]], draft: Draft, listed: bool) -> Entry:
        text: list[str] = []
        above = ""
        for _, paragraph in part:
            words = "\n".join(paragraph)
            if len(above) >= _MIN_CUT_CHARS and above.endswith(_CUT) and words.startswith(_CUT):
                text[-1] = text[-1].removesuffix(_CUT)
                text.append(words.removeprefix(_CUT))
            else:
                text += ["\n\n", words] if text else [words]
            above = words
        lines = "".join(text).split("\n")
        draft.line = self._first_line + part[0][0]
        draft.first = _BULLET.sub("", lines[0], count=1) if listed or len(lines) == 1 else lines[0]
        draft.rest = lines[1:]
        return draft.finish()


LAYOUT = Layout(
    "notion",
    "Readwise's Notion export",
    evidence,
    read,
    by_readwise=True,
    marks=(
        "by readwise",
        "last synced: ",
        "last highlighted: ",
        "highlights: ",
        '"last synced"',
        "'last synced'",
    ),
)
