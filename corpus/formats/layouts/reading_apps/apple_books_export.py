"""The program apple-books-export: `## 🟡 ✨ Highlight - Chapter 2`, `**Created:** March 3, 2024 at 09:15 AM`, `> passage`,
`**Note:** *remark*`, and a rule. Its file of all books has a heading with the title for each.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.model import Source

_HEAD = re.compile(
    r"## (?P<color>[🟡🟢🔵🔴🟣➖⚪])\ufe0f? (?P<kind>[✨📌📝📄])\ufe0f? \w{1,20}(?: - (?P<place>\S.*))?$"
)
_COLORS = {"🟡": "yellow", "🟢": "green", "🔵": "blue", "🔴": "pink", "🟣": "purple"}
_BOOKMARK = "📌"
_CREATED = re.compile(r"\*\*Created:\*\* (?P<date>\S.*)$")
_NOTE = re.compile(r"\*\*Note:\*\* \*?")
_TITLE = re.compile(r"# (?P<title>\S.*)$")
_BY = re.compile(r"\*\*by (?P<author>\S.*)\*\*$")
_COUNT = re.compile(r"\*\d+ annotations?\*[ \t]*$")
_COUNT_LINES = 4
"""How far below a title the number of annotations may stand."""
NO_PASSAGE = "a note without the passage it stands at: left out"


def evidence(text: Text) -> int:
    """A heading with the signs of a colour and a kind, and the date below it."""
    lines = text.lines
    return 3 if any(_is_head(lines, at) for at, line in enumerate(lines) if line.startswith("## ")) else 0


def _is_head(lines: Sequence[str], at: int) -> bool:
    return (
        _HEAD.match(lines[at]) is not None
        and at + 1 < len(lines)
        and _CREATED.match(lines[at + 1]) is not None
    )


def _is_title(lines: Sequence[str], at: int) -> bool:
    """Whether the heading on a line is the title of a book: the number of its annotations stands below."""
    return any(map(_COUNT.match, lines[at + 1 : at + 1 + _COUNT_LINES]))


def read(text: Text) -> Reading:
    """Reads every annotation with a passage. Bookmarks have none."""
    lines = text.lines
    heads = [at for at, line in enumerate(lines) if line.startswith("## ") and _is_head(lines, at)]
    titles = [at for at, line in enumerate(lines) if line.startswith("# ") and _is_title(lines, at)]
    several = len(titles) > 1 or "totalbooks" in text.front.properties
    entries: list[Entry] = []
    problems: Problems = []
    source: Source | None = None
    stops = sorted({*heads, *titles, len(lines)})
    for begin, stop in pairwise(stops):
        if (title := _TITLE.match(lines[begin])) is not None:
            by = _BY.match(lines[begin + 1]) if begin + 1 < len(lines) else None
            authors = properties.people([by["author"]]) if by is not None else ()
            source = Source(title["title"].strip(), authors, "books")
            continue
        entry = _entry(lines[begin:stop], text.front.first_line + begin, source if several else None)
        if entry is not None and entry.text:
            entries.append(entry)
        elif entry is not None and entry.remark:
            problems.append((entry.line, NO_PASSAGE))
    return Reading(tuple(entries), Header(), problems, titled=True)


def _entry(lines: Sequence[str], number: int, source: Source | None) -> Entry | None:
    """Returns an annotation, which may have no text; None for a bookmark."""
    head, created = _HEAD.match(lines[0]), _CREATED.match(lines[1])
    assert head is not None
    assert created is not None
    quoted = [at for at, line in enumerate(lines) if line.startswith(">")]
    note = next((at for at, line in enumerate(lines) if line.startswith("**Note:**")), None)
    if not quoted and head["kind"] == _BOOKMARK:
        return None
    words = [lines[at].removeprefix(">").strip() for at in quoted if note is None or at < note]
    remark = ""
    if note is not None:
        own = "\n".join(lines[note:]).rstrip().removesuffix("---").strip()
        remark = _NOTE.sub("", own, count=1).removesuffix("*").strip()
    return Entry(
        "\n".join(words).strip(),
        number + (quoted[0] if quoted else 0),
        location=head["place"],
        remark=remark or None,
        added=dates.moment(created["date"]),
        color=_COLORS.get(head["color"]),
        source=source,
    )


LAYOUT = Layout(
    "apple books export", "Apple Books highlights (apple-books-export)", evidence, read, category="books",
    marks=("**created:** ",),
)  # fmt: skip
