"""Moon+ Reader's shared text: `Title - Author (Highlight: 3; Note: 1)`, a rule, `◆ Chapter`, `▪ passage`, `♦ remark`.

In some versions the remark stands in brackets at the end of the passage: `▪ passage (remark)`. The first line says how many remarks
there are. The text of a passage may end in brackets, too.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.outline.read import read_note

_TITLE = re.compile(
    r"(?P<title>\S.*?)(?:[ \t]+-[ \t]+(?P<author>[^()]+?))?[ \t]*\((?P<counts>(?:Highlight|划线|Markierung)[^()]{0,40})\)[ \t]*$"
)
_MAX_TITLE = 300
"""How many characters of the first line are read."""
_NUMBER = re.compile(r"\d{1,9}")
_COUNTS = 2
"""How many numbers the first line has: of highlights and of notes."""
UNSURE = "brackets at the end of passages, which may be your remarks: left out"
_RULE = re.compile(r"[─—-]{5,}[ \t]*$")
_LINES = (
    (re.compile(r"◆\ufe0f?[ \t]*"), "### "),
    (re.compile(r"▪\ufe0f?[ \t]*"), "- "),
    (re.compile(r"[ \t]*[♦✎✏]\ufe0f?[ \t]*"), "    - Note: "),
)


def evidence(text: Text) -> int:
    """The first line and the signs of the app."""
    first = next((line for line in text.lines[:5] if line.strip()), "")
    return (
        3
        if "(" in first[:_MAX_TITLE] and _TITLE.match(first[:_MAX_TITLE]) is not None and "▪" in text.body
        else 0
    )


def read(text: Text) -> Reading:
    """Reads the passages. Title and author stand in the first line."""
    reading = read_note(text, LAYOUT)
    match = next(filter(None, map(_TITLE.match, (line[:_MAX_TITLE] for line in text.lines[:5]))), None)
    if match is None:
        return reading
    reading.header.values["title"] = [match["title"]]
    reading.header.values.setdefault("author", [match["author"] or ""])
    counts = [int(number) for number in _NUMBER.findall(match["counts"])]
    if len(counts) < _COUNTS or not counts[-1] or any(entry.remark for entry in reading.entries):
        return reading
    problems = list(reading.problems)
    entries = _with_remarks(reading.entries, counts[-1], problems)
    return replace(reading, entries=entries, problems=problems)


def _with_remarks(entries: Sequence[Entry], number: int, problems: Problems) -> tuple[Entry, ...]:
    """Cuts the brackets at the ends of passages. If their number is that of the remarks in the first line, they are remarks; else
    it is unknown whose words they are."""
    cuts = {id(entry): begin for entry in entries if (begin := _last_brackets(entry.text)) is not None}
    sure = len(cuts) == number
    if cuts and not sure:
        problems.append((next(entry.line for entry in entries if id(entry) in cuts), UNSURE))
    found = []
    for entry in entries:
        begin = cuts.get(id(entry))
        if begin is not None:
            remark = entry.text[begin + 1 : -1].strip() if sure else None
            entry = replace(entry, text=entry.text[:begin].rstrip(), remark=remark or None)
        found.append(entry)
    return tuple(found)


def _last_brackets(text: str) -> int | None:
    """Returns where the brackets at the end of a passage begin; None without words before them."""
    if not text.endswith(")"):
        return None
    depth = 0
    for at in range(len(text) - 1, 0, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if not depth:
            return at if text[at - 1].isspace() and text[:at].strip() else None
    return None


def rewrite(lines: Sequence[str]) -> list[str]:
    """Turns the signs into headings, bullets and labels."""
    found: list[str] = []
    for line in lines:
        if not any(found) and _TITLE.match(line[:_MAX_TITLE]) is not None:
            found.append("## Metadata")
        elif _RULE.match(line):
            found.append("## Highlights")
        else:
            found.append(
                next(
                    (new + line[sign.end() :] for pattern, new in _LINES if (sign := pattern.match(line))),
                    line,
                )
            )
    return found


LAYOUT = Layout(
    "moon reader", "Moon+ Reader highlights", evidence, read, rewrite=rewrite, category="books", marks=("▪",)
)
