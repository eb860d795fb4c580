"""The Obsidian plugin "Extract PDF Annotations": a block quote, the comment, `* *highlighted by … at page 12 on [[x.pdf]]*`."""

import re

from corpus.formats.layout import Layout, Text, each

_CREDIT = re.compile(
    r"[*-][ \t]+[*_](?P<what>highlighted|noted|underlined) by .{0,80}? at page (?P<page>\w+) on .*[*_][ \t]*$",
    re.I,
)


def evidence(text: Text) -> int:
    """Its lines of who marked something where."""
    return 3 if " at page " in text.body and any(map(_CREDIT.match, text.lines)) else 0


def rewrite(line: str) -> str:
    """Such a line as the place."""
    match = _CREDIT.match(line)
    return f"**Page:** {match['page']}" if match is not None else line


LAYOUT = Layout("pdf annotations", "annotations of PDFs (Obsidian plugin)", evidence, rewrite=each(rewrite))
