"""Notes whose highlights are no bullets: bare paragraphs apart by blank lines, block quotes or callouts.

They stand below "Highlights"; where there is no such heading, what ends in a tail is one.
"""

import re

from corpus.formats import link_tail, properties
from corpus.formats.entry import Draft, Entry, child
from corpus.formats.header import NO_CHAPTERS, Header, batch, heading, is_highlights

_RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,})[ \t]*$")
_ITEM = re.compile(r"[-*+][ \t]+")
_NESTED = re.compile(r"(?:[ \t]*>)+[ \t]?")
_QUOTE = re.compile(r" {0,3}>[ \t]?(.*)$")
_CALLOUT = re.compile(r">?[ \t]*\[![\w-]+\][+-]?[ \t]*")
_SECTIONS = frozenset(
    [
        "metadata",
        "about",
        "source",
        "linked notes",
        "full document",
        "notes",
        "my notes",
        "summary",
        "related",
        "document note",
    ]
)


def read(lines: list[str], first_line: int, header: Header) -> tuple[Entry, ...]:
    """The note's highlights in order; its properties go into `header`."""
    heads = (found[1].strip("# :") for line in lines if (found := heading(line)) is not None)
    headed = any(map(is_highlights, heads))
    reader = _BlockReader(header, headed)
    for offset, (line, more) in enumerate(zip(lines, _tails_ahead(lines), strict=True)):
        reader.line(line, first_line + offset, more)
    entries = (draft.finish() for draft in reader.drafts)
    return tuple(entry for entry in entries if headed or entry.marked)


def _tails_ahead(lines: list[str]) -> list[bool]:
    """For every line, whether it or a further one of its paragraph ends in a tail."""
    found, ahead = [], False
    for line in reversed(lines):
        ahead = bool(line.strip()) and (ahead or link_tail.is_tail(line))
        found.append(ahead)
    return found[::-1]


class _BlockReader:
    def __init__(self, header: Header, headed: bool) -> None:
        self._header = header
        self._headed = headed
        """Whether there is a heading "Highlights" to wait for."""
        self._inside = False
        self._chapter: str | None = None
        self._added: str | None = None
        self._current: Draft | None = None
        self._ended = False
        """Whether a line of the open highlight ends in its tail."""
        self._in_quote = False
        self._apart = True
        self.drafts: list[Draft] = []

    def line(self, line: str, number: int, tail_ahead: bool) -> None:
        if (found := heading(line)) is not None:
            self._head(*found)
        elif not line.strip():
            self._apart, self._in_quote = True, False
        elif _RULE.match(line) is not None:
            self._current, self._apart = None, True
        elif self._inside or not (self._header.read(line) or self._headed):
            self._text(line, number, tail_ahead)
            self._apart = False

    def _head(self, level: int, text: str) -> None:
        self._current, self._apart = None, True
        name = text.strip("# :").lower()
        if is_highlights(name):
            self._inside, self._chapter, self._added = True, None, batch(text)
        elif level == 1 and self._header.h1 is None:
            self._header.h1 = text
        elif level <= 2 and name in _SECTIONS:
            self._inside = False
        else:
            self._inside = self._inside or not self._headed
            self._chapter = None if name in NO_CHAPTERS else properties.chapter(text)

    def _text(self, line: str, number: int, tail_ahead: bool) -> None:
        quote = _QUOTE.match(line)
        text = quote.group(1) if quote is not None else line
        callout = _CALLOUT.match(text)
        found = child(_ITEM.sub("", text.strip(), count=1))
        if self._current is not None and callout is not None and self._in_quote:
            self._current.child("Note", "")  # a callout within the callout: the reader's
        elif self._current is not None and found is not None and not link_tail.is_tail(line):
            self._current.child(*found)
        elif self._current is not None and link_tail.cut(text.strip()).text == "":
            self._current.in_child = False
            self._current.add(text)  # the link on a line of its own
        elif self._current is not None and self._continues(quote is not None, tail_ahead):
            self._current.add(_NESTED.sub("", text) if self._current.in_child else text)
        else:
            self._current = Draft(
                number, text[callout.end() :] if callout else text, self._chapter, self._added
            )
            self.drafts.append(self._current)
            self._ended = False
        self._in_quote = quote is not None
        self._ended = self._ended or link_tail.is_tail(line)

    def _continues(self, quoted: bool, tail_ahead: bool) -> bool:
        if self._current is None or self._apart or (self._ended and tail_ahead):
            return False
        return self._current.in_child or quoted == self._in_quote or self._in_quote
