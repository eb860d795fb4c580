"""Omnivore: `> passage [⤴️](https://omnivore.app/me/…#id) #label ^id`, the remark as a paragraph below."""

import re

from corpus.formats.layout import Layout, Text

_HIGHLIGHT = re.compile(r"\]\(https://omnivore\.app/(?:me|[\w-]+)/[^\s()#]+#[^\s()]+\)")
_OWN = re.compile(r"\[Read on Omnivore\]\(|\]\(https://omnivore\.app/")


def evidence(text: Text) -> int:
    """Its links, in a note with highlights. Without highlights it is a web page saved whole."""
    if "_start%%" in text.body:
        return 0  # several articles: `omnivore_file`
    if "omnivore" not in text.body.lower() or _OWN.search(text.body) is None:
        return 0
    linked = _HIGHLIGHT.search(text.body) is not None
    return 3 if linked or re.search(r"(?m)^## Highlights\b", text.body) else 0


LAYOUT = Layout(
    "omnivore", "Omnivore highlights", evidence, category="articles", escaped=True, marks=("omnivore",)
)
