"""Glasp: "### Metadata", "### Highlights & Notes", bullets; or block quotes below a front matter with its address."""

import re

from corpus.formats.layout import Layout, Text, each

_HEADING = re.compile(r"#{2,4}[ \t]+Highlights & Notes[ \t]*$")
_HEADED = re.compile(r"^-[ \t]+#{1,6}[ \t]+(?=\S)")


def evidence(text: Text) -> int:
    """Its heading with its address or its last update."""
    return 3 if any(map(_HEADING.match, text.headings)) else 0


def rewrite(line: str) -> str:
    """A heading of the page that was highlighted is a passage like others."""
    return _HEADED.sub("- ", line)


LAYOUT = Layout("glasp", "Glasp highlights", evidence, rewrite=each(rewrite), category="articles")
