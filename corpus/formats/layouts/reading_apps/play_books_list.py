"""Google Play Books' notes from a Takeout, as playbook2md writes them: `- passage`, and `  +  note` below it."""

import re

from corpus.formats.header import heading
from corpus.formats.layout import Layout, Text, each

_PASSAGE = re.compile(r"- \S")
_NOTE = re.compile(r"  \+  (?P<text>\S.*)$")
_CHILD = re.compile(r"(?: {4}|\t)[ \t]*\S")
"""A line that the reader added below a passage."""


def evidence(text: Text) -> int:
    """A title, then only passages and what is below them: notes (a `+` between two blanks each) and the reader's lines."""
    if "\n  +  " not in text.body:
        return 0
    lines = [line for line in text.lines if line.strip()]
    titled = bool(lines) and (named := heading(lines[0])) is not None and named[0] == 1
    listed = all(any(pattern.match(line) for pattern in (_PASSAGE, _NOTE, _CHILD)) for line in lines[1:])
    return 2 if titled and listed else 0


def rewrite(line: str) -> str:
    """Turns the `+` before a note into a label."""
    note = _NOTE.match(line)
    return f"    - **Note:** {note['text']}" if note is not None else line


LAYOUT = Layout(
    "google play list",
    "Google Play Books notes (from a Takeout)",
    evidence,
    rewrite=each(rewrite),
    category="books",
    marks=("\n  +  ",),
)
