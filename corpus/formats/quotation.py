"""Finds the end of a quotation in quotation marks, which may have several paragraphs and other quotations inside."""

import re

_CLOSING = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«"}
"""The marks that close a quotation, by the mark that opens it."""
_BEFORE = re.compile(r"[ \t\n*_=~]*(?:<[a-z]{1,6}\b[^<>]{0,300}>)?[*_=~]*", re.I)
"""Emphasis and HTML that may stand before the first mark."""
_BEHIND = re.compile(r"[.,;:!?…*_=~ \t]*(?:</[a-z]{1,6}>)?[*_=~ \t]*(?:$|\n|\(|\[)", re.I)
"""What may stand after the last mark: punctuation and emphasis, up to the end of the line or a link."""


class Quotation:
    """A text that may begin with a quotation mark, read line by line."""

    def __init__(self) -> None:
        self._mark: str | None = None
        """The first character of the text, which may be a quotation mark; None until a line with words was read."""
        self._depth = 0
        """Number of quotations that are open now, this one included."""
        self.end: int | None = None
        """Position of the closing mark in its line; None if there is none yet, or if words follow it in the line."""
        self.closed_at: int | None = None
        """Position of the closing mark in its line, whatever follows it; None if there is none yet."""

    @property
    def is_open(self) -> bool:
        """Whether the quotation goes on below the last line."""
        return self._depth > 0

    def read(self, line: str) -> None:
        """Reads the next line. Some books repeat the opening mark at the beginning of every paragraph; it opens nothing new
        there."""
        match = _BEFORE.match(line)
        begin = match.end() if match is not None else 0
        if self._mark is None and line.strip():
            self._mark = line[begin : begin + 1]
            self._depth = int(self._mark in _CLOSING)
            self._take(line, begin + 1)
        elif self.is_open:
            self._take(line, begin + 1 if line[begin : begin + 1] == self._mark else begin)

    def _take(self, line: str, begin: int) -> None:
        if not self.is_open or self._mark is None:
            return
        for at in range(begin, len(line)):
            if line[at] == self._mark and (self._mark != '"' or _opens(line, at)):
                self._depth += 1
            elif line[at] in _CLOSING[self._mark]:
                self._depth -= 1
                if not self._depth:
                    self.closed_at = at
                    self.end = at if _BEHIND.match(line, at + 1) is not None else None
                    return


def is_quotation(text: str) -> bool:
    """Whether a text is one quotation, from its first mark to its last."""
    return quoted_lines(text) == text.count("\n") + 1


def quoted_lines(text: str) -> int:
    """Returns the number of lines of the quotation that begins a text; 0 if the text begins with none, or words follow its end in
    the same line."""
    quotation = Quotation()
    for number, line in enumerate(text.split("\n"), start=1):
        quotation.read(line)
        if not quotation.is_open and line.strip():
            return number if quotation.end is not None else 0
    return 0


def _opens(line: str, at: int) -> bool:
    """Whether a straight mark opens a quotation: it follows a blank, bracket or dash, and a word follows it."""
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    return before in ("", " ", "\t", "(", "[", "—", "–") and (after.isalnum() or after in ("‘", "'", "…"))
