"""Readwise's Obsidian plugin with its default template: "## Metadata" with bullets, "## Highlights" with bullets."""

from corpus.formats.layout import Layout, Text
from corpus.formats.layouts.services._readwise import metadata_level


def evidence(text: Text) -> int:
    """Properties in bullets below "## Metadata"."""
    return 2 if metadata_level(text) in (1, 2) else 0


LAYOUT = Layout("obsidian", "Readwise's Obsidian plugin, default template", evidence, by_readwise=True)
