"""The first templates of "Raindrop Highlights" (July 2022): `passage — Updated on 2022/07/12 21:03:11`, the remark as a quote.

The passage is an item of a task list, or stands between two rules.
"""

import re
from dataclasses import replace

from corpus.formats import dates
from corpus.formats.entry import Entry
from corpus.formats.header import heading
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.layouts.services import raindrop
from corpus.formats.outline.read import read_note
from corpus.formats.quoted_blocks import trimmed

_UPDATED = " — Updated on "
_END = re.compile(r"[ \t]*(?P<date>\d[\d/.:TZ -]{7,30})$")
_ITEM = re.compile(r"^- (?:\[[ xX]\] )?")
NO_DATE = "text without the date that every highlight of this template has: left out"


def evidence(text: Text) -> int:
    """The plugin's front matter, and a line with the date of a highlight at its end."""
    if "raindrop_id" not in text.front.properties or _UPDATED not in text.body:
        return 0
    return 4 if any(_date(line) is not None for line in text.lines[: _later(text)]) else 0


def _later(text: Text) -> int:
    """Returns the first line of what a later version of the plugin appended: its callouts."""
    return next((at for at, line in enumerate(text.lines) if line.startswith("> [!")), len(text.lines))


def _date(line: str) -> str | None:
    """Returns the moment at the end of a line; None in other lines. In callouts the date stands above the passage."""
    if _UPDATED not in line or line.startswith(">"):
        return None
    found = _END.match(line.rpartition(_UPDATED)[2])
    return dates.moment(found["date"]) if found is not None else None


def read(text: Text) -> Reading:
    """Reads every passage. The text above the first one is about the page.

    A later version of the plugin may have appended callouts, which are read as that version wrote them.
    """
    reading = read_note(text, raindrop.LAYOUT)
    first = text.front.first_line
    later = _later(text)
    lines = text.lines[:later]
    ends = [at for at, line in enumerate(lines) if _date(line) is not None]
    entries: list[Entry] = []
    problems: Problems = []
    for number, (end, stop) in enumerate(zip(ends, [*ends[1:], len(lines)], strict=True)):
        begin = _begin(lines, end, ends[number - 1] + 1 if number else 0)
        words = [*lines[begin:end], lines[end].rpartition(_UPDATED)[0]]
        words[0] = _ITEM.sub("", words[0], count=1)
        below = end + 1
        while below < stop and not _ends_remark(lines[below]):
            below += 1
        own = trimmed([line.strip().removeprefix(">").strip() for line in lines[end + 1 : below]])
        if number + 1 == len(ends) and any(map(str.strip, lines[below + 1 :])):
            problems.append((first + below + 1, NO_DATE))
        remark = "\n".join(own) or None
        entries.append(Entry("\n".join(words).strip(), first + begin, remark=remark, added=_date(lines[end])))
    entries += [entry for entry in reading.entries if entry.line >= first + later]
    return replace(reading, entries=tuple(entries), problems=problems)


def _begin(lines: tuple[str, ...], end: int, above: int) -> int:
    """Returns the first line of the passage that ends on line `end`: below a rule, at an item, or else after an empty line."""
    begin = end
    while begin > above and not lines[begin].startswith("- ["):
        line = lines[begin - 1]
        if line.startswith((">", "---")) or heading(line) is not None:
            break
        begin -= 1
    if not _ITEM.match(lines[begin]) and not (begin and lines[begin - 1].startswith("---")):
        # above the first passage stands what the page is about
        begin = next((at + 1 for at in range(end - 1, begin - 1, -1) if not lines[at].strip()), begin)
    return next(at for at in range(begin, end + 1) if lines[at].strip())


def _ends_remark(line: str) -> bool:
    return line.startswith(("---", "- ["))


LAYOUT = Layout(
    "raindrop lines",
    "Raindrop highlights (first templates)",
    evidence,
    read,
    category="articles",
    properties=frozenset({"raindrop_id"}),
)
