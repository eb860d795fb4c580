"""The script kobo-notes: numbered quotations, `0. "passage" --- *0.054, 2019-03-02*`, with the note below as `> > note`.

The number in italics is the progress in the book, from 0 to 1 (https://github.com/EdwinWenink/kobo-notes).
"""

import re

from corpus.formats import dates
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text

_BEGIN = re.compile(r'\d{1,5}\. "')
_END = '" --- *'
"""Stands between a passage and its progress."""
_PLACE = re.compile(r"(?P<progress>[01](?:\.\d{0,6})?), (?P<date>\d{4}-\d{2}-\d{2})\*[ \t]*$")
_NOTE = "> > "
NO_END = "a quotation without progress and date after it: left out, because it cannot be told where it ends"
BESIDE = "text beside the quotations that is not a note on one: left out"


def evidence(text: Text) -> int:
    """A numbered quotation, and the end of one."""
    if _END not in text.body or not any(_place(line) for line in text.lines):
        return 0
    return 3 if any(map(_BEGIN.match, text.lines)) else 0


def read(text: Text) -> Reading:
    """Reads every quotation with its progress and date, and the note between it and the next one."""
    entries: list[Entry] = []
    problems: Problems = []
    begins = [at for at, line in enumerate(text.lines) if _BEGIN.match(line)]
    for begin, stop in zip(begins, [*begins[1:], len(text.lines)], strict=True):
        number = text.front.first_line + begin
        end = next((at for at in range(begin, stop) if _place(text.lines[at])), None)
        if end is None:
            problems.append((number, NO_END))
            continue
        place = _place(text.lines[end])
        assert place is not None
        words = [*text.lines[begin:end], text.lines[end].rpartition(_END)[0]]
        words[0] = _BEGIN.sub("", words[0], count=1)
        note = "\n".join(text.lines[end + 1 : stop]).strip()
        if note and not note.startswith(_NOTE):
            problems.append((number, BESIDE))
            note = ""
        entries.append(
            Entry(
                "\n".join(words).strip(),
                number,
                location=f"{float(place['progress']):.0%}",
                remark=note.removeprefix(_NOTE).strip() or None,
                added=dates.moment(place["date"]),
            )
        )
    return Reading(tuple(entries), Header(), problems)


def _place(line: str) -> re.Match[str] | None:
    """Returns the progress and date at the end of a line with the end of a quotation; None without them."""
    return _PLACE.match(line.rpartition(_END)[2]) if _END in line else None


LAYOUT = Layout(
    "kobo numbered", "Kobo annotations (kobo-notes)", evidence, read, category="books", marks=('" --- *',)
)
