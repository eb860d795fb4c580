"""Excerpts that Apple Books copies: the passage in quotation marks, then "Excerpt From", title, author, address, notice.

"Excerpt From" and the notice are in the language of the device. The book's address is the same in all languages.
"""

import re

from corpus.formats import properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.model import Source

_ADDRESS = re.compile(r"https?://(?:books|itunes)\.apple\.com/\S*[ \t]*$")
_BLANKS = " \t\u00a0\ufeff"
_EXCERPT = re.compile(
    r"(?:Excerpt From|Auszug aus|Extrait de|Fragmento de|Extracto de|Estratto da|Trecho de|Excerto de|Fragment uit|Utdrag från"
    r"|Uddrag fra|Utdrag fra|Ote teoksesta|Fragment|Отрывок из|Уривок із|抜粋|摘自|摘錄自|摘录来自|발췌|Alıntı)\b.{0,20}$",
    re.I,
)
_MAX_HEAD_LINES = 4
"""How far above the address "Excerpt From" may stand, in lines. Title and author stand between."""
NO_BLOCK = "an excerpt whose source is not understood: left out"


def evidence(text: Text) -> int:
    """Apple Books addresses on lines of their own, right below a title and an author."""
    if ".apple.com/" not in text.body:
        return 0
    return 3 if any(_head(text.lines, at) is not None for at in _addresses(text)) else 0


def _addresses(text: Text) -> list[int]:
    return [at for at, line in enumerate(text.lines) if _ADDRESS.match(line)]


def _head(lines: tuple[str, ...], at: int) -> int | None:
    """Returns the line "Excerpt From" above the address on line `at`; None if there is none.

    In an unknown language it is the first line of its paragraph.
    """
    first = at
    while first and at - first < _MAX_HEAD_LINES and lines[first - 1].strip(_BLANKS):
        first -= 1
    known = next((above for above in range(first, at) if _EXCERPT.match(lines[above].strip(_BLANKS))), None)
    if known is not None:
        return known if at - known >= 2 else None
    return first if at - first in (2, 3) and (not first or not lines[first - 1].strip(_BLANKS)) else None


def read(text: Text) -> Reading:
    """Reads every excerpt. Each names its source."""
    entries: list[Entry] = []
    problems: Problems = []
    begin = 0
    for at in _addresses(text):
        head = _head(text.lines, at)
        end = at + 1
        if end < len(text.lines) and text.lines[end].strip(_BLANKS):
            end += 1  # the copyright notice
        if head is None:
            problems.append((text.front.first_line + at, NO_BLOCK))
        else:
            entries += _excerpt(text, begin, head, at)
        begin = end
    return Reading(tuple(entries), Header(), problems, titled=True)


def _excerpt(text: Text, begin: int, head: int, at: int) -> list[Entry]:
    lines = [line.rstrip(_BLANKS) for line in text.lines[begin:head]]
    first = next((number for number, line in enumerate(lines) if line.strip(_BLANKS)), None)
    if first is None:
        return []
    title, *author = [line.strip(_BLANKS) for line in text.lines[head + 1 : at]]
    source = Source(
        properties.title(title) or "Untitled",
        properties.people(author),
        "books",
        properties.address(text.lines[at].strip(_BLANKS)),
    )
    words = "\n".join(lines[first:]).strip()
    return [Entry(words, text.front.first_line + begin + first, source=source)]


LAYOUT = Layout(
    "apple excerpts", "excerpts copied from Apple Books", evidence, read, quoted=True, marks=(".apple.com/",)
)
