"""Glasp: "### Metadata", then "### Highlights & Notes" with bullets or block quotes."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_HEADING = re.compile(r"#{2,6}[ \t]+Highlights & Notes[ \t]*$")
_HEADED = re.compile(r"^-[ \t]+#{1,6}[ \t]+(?=\S)")

_NOTE = re.compile(r"[ \t]+\*\*note:\*\*[ \t]*$")
_RULE = re.compile(r"-{3}[ \t]*$")


def evidence(text: Text) -> int:
    """Its heading "Highlights & Notes"."""
    return 3 if any(map(_HEADING.match, text.headings)) else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Makes a highlighted heading of the page a passage like others, and drops the rule above a note."""
    found = [_HEADED.sub("- ", line) for line in lines]
    for at, line in enumerate(found):
        if _NOTE.match(line):
            found[at] = "**Note:**"
            if at and _RULE.match(found[at - 1]):
                found[at - 1] = ""
    return found


LAYOUT = Layout("glasp", "Glasp highlights", evidence, rewrite=rewrite, category="articles")
