"""Notes whose highlights are no bullets: bare paragraphs apart by blank lines, block quotes or callouts."""

import re

from corpus import names, tail
from corpus.entry import Draft, Entry, child
from corpus.header import Header, batch, heading, is_highlights

_RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,})[ \t]*$")
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
    reader = _BlockReader(header)
    for offset, line in enumerate(lines):
        reader.line(line, first_line + offset)
    return tuple(draft.finish() for draft in reader.drafts)


class _BlockReader:
    def __init__(self, header: Header) -> None:
        self._header = header
        self._inside = False
        self._chapter: str | None = None
        self._added: str | None = None
        self._current: Draft | None = None
        self._in_quote = False
        self._apart = True
        self.drafts: list[Draft] = []

    def line(self, line: str, number: int) -> None:
        if (found := heading(line)) is not None:
            self._head(*found)
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
        if is_highlights(name):
            self._inside, self._chapter, self._added = True, None, batch(text)
        elif level == 1 and self._header.h1 is None:
            self._header.h1 = text
        elif level <= 2 and name in _SECTIONS:
            self._inside = False
        else:
            self._chapter = names.unwiki(text) or None

    def _text(self, line: str, number: int) -> None:
        quote = _QUOTE.match(line)
        text = quote.group(1) if quote is not None else line
        callout = _CALLOUT.match(text)
        found = child(text.strip())
        if self._current is not None and callout is not None and self._in_quote:
            self._current.child("Note", "")  # a callout within the callout: the reader's
        elif self._current is not None and found is not None:
            self._current.child(*found)
        elif self._current is not None and tail.cut(text.strip()).text == "":
            self._current.in_child = False
            self._current.add(text)  # the link on a line of its own
        elif self._continues(quote is not None):
            assert self._current is not None
            self._current.add(text)
        else:
            self._current = Draft(
                number, text[callout.end() :] if callout else text, self._chapter, self._added
            )
            self.drafts.append(self._current)
        self._in_quote = quote is not None

    def _continues(self, quoted: bool) -> bool:
        if self._current is None or self._apart:
            return False
        return self._current.in_child or quoted == self._in_quote or self._in_quote
