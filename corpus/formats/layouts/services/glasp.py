"""Glasp: "### Metadata", then "### Highlights & Notes" with bullets or block quotes."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_HEADING = re.compile(r"#{2,6}[ \t]+Highlights & Notes[ \t]*$")
_GLUED = re.compile(r".*[^#\s](?P<heading>#{2,6} Highlights & Notes)[ \t]*$")
"""The heading right behind the reader's last word on the page, as version 0.1.1 of the plugin wrote it."""
_PICTURE = re.compile(r"(?P<sign>[>-][ \t]+)!\[[^\[\]\n]*\]\([^\s()]*\)[ \t]*$")
"""A picture that was highlighted. It has no words, so it is no passage, but a remark below it belongs to it."""
_NOTE = re.compile(r"[ \t]+\*\*note:\*\*[ \t]*$")
_RULE = re.compile(r"-{3}[ \t]*$")
_PAGE = re.compile(r"\*\*Glasp:\*\*[ \t]+https?://(?:www\.)?glasp\.co/")
"""The address at Glasp, as the workflow glasp-highlights-n8n-workflow writes it below the title."""
_TITLE = re.compile(r"##[ \t]+(?P<title>\S.*)$")
_MADE = re.compile(r"- \*(?P<color>\w{3,10}) highlight, (?P<date>\d{1,2}/\d{1,2}/\d{4})\*[ \t]*$")
_TITLE_LINES = 3
"""How far below the title the first property may stand."""


def evidence(text: Text) -> int:
    """Its heading "Highlights & Notes", or the address at Glasp in bold."""
    if any(map(_HEADING.match, text.headings)):
        return 3
    if "**Glasp:** " in text.body and any(map(_PAGE.match, text.lines)):
        return 3
    return 3 if "# Highlights & Notes" in text.body and any(map(_glued, text.lines)) else 0


def _glued(line: str) -> re.Match[str] | None:
    return _GLUED.match(line) if "# Highlights & Notes" in line else None


def rewrite(lines: Sequence[str]) -> list[str]:
    """Parts the heading from the words before it, drops pictures, and drops the rule above a note."""
    found = list(lines)
    for at, line in enumerate(found):
        if (glued := _glued(line)) is not None:
            found[at] = glued["heading"]
        elif line.startswith("## ") and (title := _TITLE.match(line)) is not None and _is_title(lines, at):
            found[at] = f"# {title['title']}"
        elif line.startswith("- *") and (made := _MADE.match(line)) is not None:
            found[at] = f"- Color: {made['color']}"
        elif "![" in line and (picture := _PICTURE.match(line)) is not None:
            found[at] = f"{picture['sign']}![[picture]]"
        elif _NOTE.match(line):
            found[at] = "**Note:**"
            if at and _RULE.match(found[at - 1]):
                found[at - 1] = ""
    return found


def _is_title(lines: Sequence[str], at: int) -> bool:
    """Whether the first line of text below a heading is the address of a page: "**URL:** https://…"."""
    below = (line for line in lines[at + 1 : at + 1 + _TITLE_LINES] if line.strip())
    return next(below, "").startswith("**URL:** ")


LAYOUT = Layout("glasp", "Glasp highlights", evidence, rewrite=rewrite, category="articles")
