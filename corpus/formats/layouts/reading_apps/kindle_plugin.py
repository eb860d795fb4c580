"""The Obsidian plugin "Kindle Highlights": `passage — location: [170](kindle://…) ^ref-1`, the remark below, rules between."""

from corpus.formats.layout import Layout, Text


def evidence(text: Text) -> int:
    """Its front matter, or its links with its block ids."""
    if "kindle-sync" in text.front.properties:
        return 3
    return 2 if "](kindle://" in text.text and "^ref-" in text.text else 0


LAYOUT = Layout(
    "kindle plugin",
    "Kindle highlights (Obsidian plugin)",
    evidence,
    category="books",
    always_linked=True,
    marks=("kindle",),
)
