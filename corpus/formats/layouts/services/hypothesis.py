"""The Obsidian plugin "Hypothesis Highlights": `- passage — [Updated on …](https://hyp.is/…) — Group: #Public`."""

import re

from corpus.formats.layout import Layout, Text, each

_GROUP = re.compile(r"-[ \t]+Group:[ \t]*#\S*[ \t]*$")


def evidence(text: Text) -> int:
    """Its front matter, or its links."""
    if "hypothesis" in (text.front.first("doc_type") or ""):
        return 3
    return 2 if "](https://hyp.is/" in text.text else 0


def rewrite(line: str) -> str:
    """Indents the group of a shared highlight, so that it is not a passage of its own."""
    return "    " + line if _GROUP.match(line) else line


LAYOUT = Layout(
    "hypothesis",
    "Hypothesis annotations",
    evidence,
    rewrite=each(rewrite),
    always_linked=True,
    marks=("](https://hyp.is/",),
    properties=frozenset({"doc_type"}),
)
