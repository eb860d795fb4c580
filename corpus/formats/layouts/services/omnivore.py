"""Omnivore: `> passage [⤴️](https://omnivore.app/me/…#id) #label ^id`, the remark as a paragraph below."""

import re

from corpus.formats.layout import Layout, Text

_OWN = re.compile(r"\[Read on Omnivore\]\(|\]\(https://omnivore\.app/")

_HEADED = re.compile(r"(?m)^## Highlights\b")
_HIGHLIGHT = re.compile(r"\]\(https://omnivore\.app/[^\s()#]+#[\w-]+\)")
"""A link to a highlight of a page, whatever its label is."""


def evidence(text: Text) -> int:
    """Its links, with highlights in the note; without, it is a page saved whole."""
    if "omnivore" not in text.body.lower() or _OWN.search(text.body) is None:
        return 0
    if "[⤴️](" in text.body or _HEADED.search(text.body) is not None:
        return 3
    return 3 if _HIGHLIGHT.search(text.body) is not None else 0


LAYOUT = Layout("omnivore", "Omnivore highlights", evidence, category="articles", escaped=True)
