"""Two Obsidian plugins for Moon+ Reader: for each passage a callout named after its colour, then perhaps a rule and the remark.

MoonSync also writes callouts of its own: the progress, the publisher's description of the book, and room for the reader's notes.
"""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_OWN_CALLOUT = re.compile(r"> \[!moonsync-[\w-]+\]")


def evidence(text: Text) -> int:
    """Front matter with the exported file, the time of the export, or the book's path in the app."""
    exported = (text.front.first("path") or "").endswith(".mrexpt")
    exported = exported or text.front.first("moon_reader_path") is not None
    return 3 if exported or text.front.first("lastexportedtimestamp") is not None else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Drops MoonSync's own callouts."""
    found: list[str] = []
    own = False
    for line in lines:
        own = line.startswith(">") and (own or _OWN_CALLOUT.match(line) is not None)
        found.append("" if own else line)
    return found


LAYOUT = Layout(
    "moon reader plugin",
    "Moon+ Reader highlights (Obsidian plugin)",
    evidence,
    rewrite=rewrite,
    category="books",
    quotes_only=True,
    properties=frozenset({"path", "moon_reader_path", "lastexportedtimestamp"}),
)
