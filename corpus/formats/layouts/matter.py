"""Matter's Obsidian plugin: "## Metadata" with starred properties, "## Highlights" with starred bullets."""

import re

from corpus.formats.layout import Layout, Text

_PROPERTY = re.compile(r"(?m)^\* (?:URL|Publisher|Published Date|Author):")


def evidence(text: Text) -> int:
    """Its properties."""
    found = {match.split(":")[0] for match in _PROPERTY.findall(text.body[:4000])}
    return 2 if len(found) >= 2 and "kindle" not in text.text[:4000].lower() else 0


LAYOUT = Layout("matter", "Matter highlights", evidence)
