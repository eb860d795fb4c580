"""The Obsidian plugin "Extract PDF Annotations": a block quote, the comment, `* *highlighted by … at page 12 on [[x.pdf]]*`."""

import re

from corpus.formats.layout import Layout, Text, each

_CREDIT = re.compile(
    r"[*-][ \t]+[*_](?P<what>highlighted|noted|underlined) by .{0,80}? at page (?P<page>\w+) on .*[*_][ \t]*$",
    re.I,
)


def evidence(text: Text) -> int:
    """Lines that say who marked something, and on which page."""
    return 3 if " at page " in text.body and any(map(_CREDIT.match, text.lines)) else 0


def rewrite(line: str) -> str:
    """Turns such a line into a label with the page."""
    match = _CREDIT.match(line)
    return f"**Page:** {match['page']}" if match is not None else line


LAYOUT = Layout(
    "pdf annotations",
    "annotations of PDFs (Obsidian plugin)",
    evidence,
    rewrite=each(rewrite),
    marks=(" at page ",),
)
