"""Readwise's pages in Notion, exported as Markdown: properties are plain lines, passages are paragraphs."""

import re

from corpus.formats.layout import Layout, Text

_FIRST = re.compile(r"#{1,3} (?:New )?[Hh]ighlights (?:first )?(?:synced|added) by Readwise")
_PROPERTY = re.compile(r"(?:Last Synced|Last Highlighted|Highlights): ")


def evidence(text: Text) -> int:
    """Its heading, or its properties."""
    if any(map(_FIRST.match, text.headings)):
        return 3
    return 2 if sum(map(bool, map(_PROPERTY.match, text.lines[:40]))) >= 2 else 0


LAYOUT = Layout(
    "notion",
    "Readwise's Notion export",
    evidence,
    by_readwise=True,
    paragraphs_lead=True,
    marks=("by readwise", "last synced: ", "last highlighted: ", "highlights: "),
)
