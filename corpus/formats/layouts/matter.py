"""Matter's Obsidian plugin: "## Metadata" with starred properties, "## Highlights" with starred bullets."""

import re

from corpus.formats.layout import Layout, Text

_PROPERTY = re.compile(r"\* (?:URL|Publisher|Published Date|Author):")


def evidence(text: Text) -> int:
    """Its properties."""
    found = {match.group() for line in text.lines[:60] if (match := _PROPERTY.match(line)) is not None}
    return 2 if len(found) >= 2 and "kindle" not in text.text[:4000].lower() else 0


LAYOUT = Layout("matter", "Matter highlights", evidence)
