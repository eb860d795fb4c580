"""The Obsidian plugin "Raindrop Highlights": `> [!quote]+ Updated on …`, the passage, `> > remark`."""

import re

from corpus.formats.layout import Layout, Text

_UPDATED = re.compile(r"(?m)^> \[!\w+\][+-]? (?:Updated|Created) on ")


def evidence(text: Text) -> int:
    """Its callouts, or its front matter."""
    if "raindrop_id" in text.front.properties or "raindrop_last_update" in text.front.properties:
        return 3
    if {"collectionid", "collectiontitle"} & text.front.properties.keys():  # "Make It Rain"
        return 3
    return 2 if " on " in text.body and "> [!" in text.body and _UPDATED.search(text.body) is not None else 0


LAYOUT = Layout("raindrop", "Raindrop highlights", evidence, category="articles", escaped=True)
