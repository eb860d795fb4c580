"""The Obsidian plugin for Moon+ Reader: a callout named after its colour for each passage, a rule, the remark."""

from corpus.formats.layout import Layout, Text


def evidence(text: Text) -> int:
    """Its front matter: the exported file, and when it was read."""
    exported = (text.front.first("path") or "").endswith(".mrexpt")
    return 3 if exported or text.front.first("lastexportedtimestamp") is not None else 0


LAYOUT = Layout(
    "moon reader plugin",
    "Moon+ Reader highlights (Obsidian plugin)",
    evidence,
    category="books",
    quotes_only=True,
)
