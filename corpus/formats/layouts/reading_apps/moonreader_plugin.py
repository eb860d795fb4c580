"""The Obsidian plugin for Moon+ Reader: for each passage a callout named after its colour, then a rule and the remark."""

from corpus.formats.layout import Layout, Text


def evidence(text: Text) -> int:
    """Its front matter: the exported file, or the time of the export."""
    exported = (text.front.first("path") or "").endswith(".mrexpt")
    return 3 if exported or text.front.first("lastexportedtimestamp") is not None else 0


LAYOUT = Layout(
    "moon reader plugin",
    "Moon+ Reader highlights (Obsidian plugin)",
    evidence,
    category="books",
    quotes_only=True,
)
