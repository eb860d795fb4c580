"""Glasp: "### Metadata", "### Highlights & Notes", bullets; or block quotes below a front matter with its address."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.layouts.notebooks import several
from corpus.formats.outline.read import read_note

_HEADING = re.compile(r"#{2,6}[ \t]+Highlights & Notes[ \t]*$")
_HEADED = re.compile(r"^-[ \t]+#{1,6}[ \t]+(?=\S)")

_NOTE = re.compile(r"[ \t]+\*\*note:\*\*[ \t]*$")
_RULE = re.compile(r"-{3}[ \t]*$")


def evidence(text: Text) -> int:
    """Its heading with its address or its last update."""
    return 3 if any(map(_HEADING.match, text.headings)) else 0


def read(text: Text) -> Reading:
    """The article's highlights; those of several articles one by one."""
    if sum(_HEADING.match(line) is not None for line in text.headings) > 1:
        rewritten = replace(text, lines=tuple(rewrite(text.lines)))
        if several.starts_of(rewritten.lines):
            return several.read(rewritten)
    return read_note(text, LAYOUT)


def rewrite(lines: Sequence[str]) -> list[str]:
    """A heading of the page that was highlighted is a passage like others; a rule above a note parts nothing."""
    found = [_HEADED.sub("- ", line) for line in lines]
    for at, line in enumerate(found):
        if _NOTE.match(line):
            found[at] = "**Note:**"
            if at and _RULE.match(found[at - 1]):
                found[at - 1] = ""
    return found


LAYOUT = Layout("glasp", "Glasp highlights", evidence, read, rewrite=rewrite, category="articles")
