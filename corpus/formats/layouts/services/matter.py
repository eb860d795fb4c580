"""Matter's Obsidian plugin: "## Metadata" with starred properties, "## Highlights" with starred bullets."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_PROPERTY = re.compile(r"\* (?:URL|Publisher|Published Date|Author):")
_ITEM = re.compile(r"[ \t]*\*[ \t]")
_LIST = re.compile(r"(?:[-+>]|\d+[.)])[ \t]")
"""Signs of lists and quotes within a passage. The plugin itself writes stars."""
_OTHER_BLOCK = re.compile(r"[*#>|-]|\d+[.)] ")
_HEADING = re.compile(r"## Highlights[ \t]*$")
_NO_PARAGRAPH = re.compile(r"[ \t]|$|[*#>|-]|\d+[.)] ")


def evidence(text: Text) -> int:
    """Its properties."""
    found = {match.group() for line in text.lines[:60] if (match := _PROPERTY.match(line)) is not None}
    return 2 if len(found) >= 2 and "kindle" not in text.text[:4000].lower() else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Indents further paragraphs of a passage. The plugin writes them at the margin, with the next bullet right below.

    No bullet follows the last passage. Paragraphs below it belong to it if another passage has several paragraphs, too, or if the
    note has no final line end: the plugin writes none, an editor does. Otherwise they may be the reader's.
    """
    found = list(lines)
    several = False
    for at in range(len(found) - 2, 0, -1):
        below = found[at + 1]
        if not _NO_PARAGRAPH.match(found[at]) and (_ITEM.match(below) or _is_indented(below, lines[at + 1])):
            found[at] = f"  {found[at]}"
            several = True
        elif not found[at].strip() and _is_indented(below, lines[at + 1]):
            found[at] = "  "
    begin = next((at for at, line in enumerate(lines) if _HEADING.match(line)), len(lines))
    first = next((at for at in range(begin, len(lines)) if _ITEM.match(lines[at])), len(lines))
    for at in range(first + 1, len(found)):
        if _LIST.match(found[at]) and found[at - 1].strip():
            found[at] = f"  {found[at]}"
    if several or (lines and lines[-1].strip()):
        _indent_last(found)
    return found


def _indent_last(lines: list[str]) -> None:
    last = next((at for at in range(len(lines) - 1, -1, -1) if _ITEM.match(lines[at])), len(lines))
    below = lines[last + 1 :]
    if not any(map(_OTHER_BLOCK.match, below)) and any(map(_HEADING.match, lines[:last])):
        lines[last + 1 :] = [f"  {line}" for line in below]


def _is_indented(line: str, before: str) -> bool:
    return line != before


LAYOUT = Layout(
    "matter",
    "Matter highlights",
    evidence,
    rewrite=rewrite,
    marks=("* url:", "* publisher:", "* published date:", "* author:"),
)
