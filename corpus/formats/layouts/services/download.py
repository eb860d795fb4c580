"""The download from readwise.io. It is like the Obsidian plugin's, but with "### Metadata" and chapters as "- # Chapter"."""

from corpus.formats.layout import Layout, Text
from corpus.formats.layouts.services._readwise import metadata_level


def evidence(text: Text) -> int:
    """Properties in bullets below "### Metadata"."""
    return 2 if metadata_level(text) == 3 else 0


LAYOUT = Layout("download", "download from readwise.io", evidence, chapters_in_bullets=True, by_readwise=True)
