"""Moon+ Reader's shared text: `Title - Author (Highlight: 3; Note: 1)`, a rule, `◆ Chapter`, `▪ passage`, `♦ remark`."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.outline.read import read_note

_TITLE = re.compile(
    r"(?P<title>\S.*?)(?:[ \t]+-[ \t]+(?P<author>[^()]+?))?[ \t]*\((?:Highlight|划线|Markierung)[^()]{0,40}\)[ \t]*$"
)
_MAX_TITLE = 300
_RULE = re.compile(r"[─—-]{5,}[ \t]*$")
_LINES = (
    (re.compile(r"◆[ \t]*"), "### "),
    (re.compile(r"▪[ \t]*"), "- "),
    (re.compile(r"[ \t]*[♦✎✏]\ufe0f?[ \t]*"), "    - Note: "),
)


def evidence(text: Text) -> int:
    """Its first line and its signs."""
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
    if match is not None:
        reading.header.values["title"] = [match["title"]]
        reading.header.values.setdefault("author", [match["author"] or ""])
    return reading


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


LAYOUT = Layout("moon reader", "Moon+ Reader highlights", evidence, read, rewrite=rewrite, category="books")
