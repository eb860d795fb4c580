"""Apple Books importer: one block of labelled bullets for each highlight, with rules between."""

import re

from corpus.formats.layout import Layout, Text, each

_BLOCK = re.compile(r"(?m)^-?[ \t]*(?:🎯[ \t]*)?Highlight::")
_TITLE = re.compile(r"^(Title::[ \t]*)📕[ \t]*")


def evidence(text: Text) -> int:
    """Links into Apple Books, or its labels."""
    if "ibooks://" in text.text or "asset_id" in text.front.properties:
        return 3
    return 2 if "Highlight::" in text.body and _BLOCK.search(text.body) and "Annotations" in text.body else 0


def rewrite(line: str) -> str:
    """Removes the sign of a book from the title."""
    return _TITLE.sub(r"\1", line)


LAYOUT = Layout(
    "apple books",
    "Apple Books highlights",
    evidence,
    rewrite=each(rewrite),
    category="books",
    marks=("ibooks://", "asset_id", "highlight::"),
)
