"""Finds the end of a quotation in quotation marks, which may have several paragraphs and other quotations inside."""

import re

_CLOSING = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«"}
"""The marks that close a quotation, by the mark that opens it."""
_BEFORE = re.compile(r"[ \t\n*_=~]*(?:<[a-z]{1,6}\b[^<>]{0,300}>)?[*_=~]*", re.I)
"""Emphasis and HTML that may stand before the first mark."""
_BEHIND = re.compile(r"[.,;:!?…*_=~ \t]*(?:</[a-z]{1,6}>)?[*_=~ \t]*(?:$|\n|\(|\[)", re.I)
"""What may stand between the last mark and the end of the line, or a link."""


class Quotation:
    """A text that may begin with a quotation mark, read line by line."""

    def __init__(self) -> None:
        self._mark: str | None = None
        """The mark that the text begins with; None before its first line with words."""
        self._depth = 0
        """How many quotations are open, this one included."""
        self.end: int | None = None
        """Position of the closing mark in the line that was read last, if nothing but a link stands behind it."""

    @property
    def is_open(self) -> bool:
        """Whether the quotation goes on below the last line."""
        return self._depth > 0

    def read(self, line: str) -> None:
        """Takes the next line. A mark at its beginning repeats the first one, as some books print it at every paragraph."""
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
                    self.end = at if _BEHIND.match(line, at + 1) is not None else None
                    return


def is_quotation(text: str) -> bool:
    """Whether a text is one quotation, from its first mark to its last."""
    return quoted_lines(text) == text.count("\n") + 1


def quoted_lines(text: str) -> int:
    """Returns how many lines the quotation at the beginning of a text has; 0 if it is no quotation, or ends within a line."""
    quotation = Quotation()
    for number, line in enumerate(text.split("\n"), start=1):
        quotation.read(line)
        if not quotation.is_open and line.strip():
            return number if quotation.end is not None else 0
    return 0


def _opens(line: str, at: int) -> bool:
    """Whether a straight mark opens a quotation: a blank or bracket stands before it, and a word after it."""
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    return before in ("", " ", "\t", "(", "[", "—", "–") and (after.isalnum() or after in ("‘", "'", "…"))
