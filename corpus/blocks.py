"""Notes whose highlights are no bullets: block quotes as the Readwise Mirror plugin writes them, or bare paragraphs.

Mirror: `### first words…`, `>quote ^rw1`, `Comment: … ^rw1comment`, rules between. Bare: paragraphs apart by blank lines.
"""

import re

from corpus import names
from corpus.entry import Draft, Entry, child
from corpus.header import Header
from corpus.normal import key

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_RULE = re.compile(r" {0,3}(?:-[ \t]*){3,}$| {0,3}(?:\*[ \t]*){3,}$")
_QUOTE = re.compile(r" {0,3}>[ \t]?(.*)$")
_HIGHLIGHTS = re.compile(r"\W*highlights?\b\W*$", re.I)
_BATCH = re.compile(r"\W*new highlights\b", re.I)
_EXTRA = re.compile(r"(?:Highlighted|Updated|Color|Colour|Extras|Location|Link|Url)\s*:|%%", re.I)
_COMMENT_ID = re.compile(r"[ \t]*\^rw[\w-]+[ \t]*$")
_SECTIONS = frozenset(
    {
        "metadata",
        "about",
        "source",
        "linked notes",
        "full document",
        "notes",
        "my notes",
        "summary",
        "related",
    }
)


def read(lines: list[str], first_line: int, header: Header) -> tuple[Entry, ...]:
    """The note's highlights in order; its properties go into `header`."""
    quoted = any(_QUOTE.match(line) and _COMMENT_ID.search(line) for line in lines)
    reader = _BlockReader(header, quoted)
    for offset, line in enumerate(lines):
        reader.line(line, first_line + offset)
    return tuple(draft.finish() for draft in reader.drafts)


class _BlockReader:
    def __init__(self, header: Header, quoted: bool) -> None:
        self._header = header
        self._quoted = quoted
        self._inside = False
        self._chapter: str | None = None
        self._added: str | None = None
        self._heading: str | None = None
        self._current: Draft | None = None
        self._in_quote = False
        self._apart = True
        self.drafts: list[Draft] = []

    def line(self, line: str, number: int) -> None:
        if (heading := _HEADING.match(line)) is not None:
            self._head(len(heading.group(1)), heading.group(2))
        elif not line.strip():
            self._apart, self._in_quote = True, False
        elif _RULE.match(line) is not None:
            self._current, self._apart = None, True
        elif not self._inside:
            self._header.read(line)
        else:
            self._text(line, number)
            self._apart = False

    def _head(self, level: int, text: str) -> None:
        self._current, self._apart = None, True
        name = text.strip("# :").lower()
        if _BATCH.match(name):
            self._inside, self._chapter, self._added = True, None, names.moment(text)
        elif _HIGHLIGHTS.match(name):
            self._inside, self._chapter = True, None
        elif level == 1 and self._header.h1 is None:
            self._header.h1 = text
        elif level <= 2 and name in _SECTIONS:
            self._inside = False
        elif not name.startswith("extras"):
            self._heading = names.unwiki(text)
            self._inside = self._inside or self._quoted

    def _text(self, line: str, number: int) -> None:
        quote = _QUOTE.match(line)
        if quote is not None:
            if self._in_quote and self._current is not None:
                self._current.add(quote.group(1))
            else:
                self._start(quote.group(1), number)
            self._in_quote = True
            return
        found = child(line.strip())
        if self._current is not None and found is not None:
            self._current.child(found[0], _COMMENT_ID.sub("", found[1]))
        elif self._current is not None and self._current.in_child:
            self._current.add(_COMMENT_ID.sub("", line))
        elif _EXTRA.match(line.strip()) and self._quoted:
            return
        elif self._quoted:
            if self._current is not None and self._in_quote:
                self._current.add(line)
        elif self._apart or self._current is None:
            self._start(line, number)
        else:
            self._current.add(line)

    def _start(self, text: str, number: int) -> None:
        """A highlight begins. A heading that is only its first words is no chapter."""
        if self._heading is not None:
            first_words = key(self._heading.rstrip("… .")) or "-"
            if not (self._quoted and key(text).startswith(first_words)):
                self._chapter = self._heading
            self._heading = None
        self._current = Draft(number, text, self._chapter, self._added)
        self.drafts.append(self._current)
