"""The Obsidian plugin "Raindrop Highlights": `> [!quote]+ Updated on …`, the passage, `> > remark`."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_BULLET = re.compile(r"> -[ \t]+(?P<text>\S.*)$")
"""A bullet from a template that the reader wrote. The plugin itself writes further lines of a passage without a blank: `>line`."""
_CALLOUT = re.compile(r"> \[!\w+\](?P<rest>[+-]? (?:Updated|Created) on .*)$")
"""The first line of a highlight. Its kind stands for a colour."""
_UPDATED = re.compile(r"(?m)^> \[!\w+\][+-]? (?:Updated|Created) on ")


def evidence(text: Text) -> int:
    """Its callouts, or its front matter."""
    if "raindrop_id" in text.front.properties or "raindrop_last_update" in text.front.properties:
        return 3
    return 2 if " on " in text.body and "> [!" in text.body and _UPDATED.search(text.body) is not None else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Turns a lone bullet in the last line of a callout into a nested quote, which is how the plugin itself writes a remark.

    Gives all callouts the same kind, because versions of 2022 put no empty line between them.
    """
    found = [_CALLOUT.sub(r"> [!quote]\g<rest>", line) if line.startswith("> [!") else line for line in lines]
    begin: int | None = None
    for at, line in enumerate([*lines, ""]):
        if line.startswith("> [!"):
            begin = at
        elif not line.startswith(">"):
            bullets = [] if begin is None else [no for no in range(begin, at) if _BULLET.match(lines[no])]
            worded = begin is not None and any(
                map(str.strip, (part[1:] for part in lines[begin + 1 : at - 1]))
            )
            if bullets == [at - 1] and worded:
                found[at - 1] = _BULLET.sub(r"> > \g<text>", lines[at - 1])
            begin = None
    return found


LAYOUT = Layout(
    "raindrop",
    "Raindrop highlights",
    evidence,
    rewrite=rewrite,
    category="articles",
    escaped=True,
    marks=("> [!",),
    properties=frozenset({"raindrop_id", "raindrop_last_update"}),
)
