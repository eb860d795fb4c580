"""Matter's Obsidian plugin: "## Metadata" with starred properties, "## Highlights" with starred bullets."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_PROPERTY = re.compile(r"\* (?:URL|Publisher|Published Date|Author):")
_ITEM = re.compile(r"[ \t]*\*[ \t]")
_NO_PARAGRAPH = re.compile(r"[ \t]|$|[*#>|-]|\d+[.)] ")


def evidence(text: Text) -> int:
    """Its properties."""
    found = {match.group() for line in text.lines[:60] if (match := _PROPERTY.match(line)) is not None}
    return 2 if len(found) >= 2 and "kindle" not in text.text[:4000].lower() else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Further paragraphs of a passage stand at the margin, with the next bullet right below: they are indented."""
    found = list(lines)
    for at in range(len(found) - 2, 0, -1):
        below = found[at + 1]
        if not _NO_PARAGRAPH.match(found[at]) and (_ITEM.match(below) or _is_indented(below, lines[at + 1])):
            found[at] = f"  {found[at]}"
        elif not found[at].strip() and _is_indented(below, lines[at + 1]):
            found[at] = "  "
    return found


def _is_indented(line: str, before: str) -> bool:
    return line != before


LAYOUT = Layout("matter", "Matter highlights", evidence, rewrite=rewrite)
