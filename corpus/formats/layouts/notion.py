"""Notion's pages of Readwise, exported as Markdown: properties as plain lines, passages as paragraphs."""

import re

from corpus.formats.layout import Layout, Text

_FIRST = re.compile(r"(?m)^#{1,3} (?:New )?[Hh]ighlights (?:first )?(?:synced|added) by Readwise")
_PROPERTY = re.compile(r"(?m)^(?:Last Synced|Last Highlighted|Highlights): ")


def evidence(text: Text) -> int:
    """Its heading, or its properties."""
    if "by Readwise" in text.body and _FIRST.search(text.body) is not None:
        return 3
    return 2 if len(_PROPERTY.findall(text.body[:2000])) >= 2 else 0


LAYOUT = Layout("notion", "Readwise's Notion export", evidence, by_readwise=True)
