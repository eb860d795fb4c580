"""Omnivore: `> passage [⤴️](https://omnivore.app/me/…#id) #label ^id`, the remark as a paragraph below."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_HIGHLIGHT = re.compile(r"\]\(https://omnivore\.app/(?:me|[\w-]+)/[^\s()#]+#[^\s()]+\)")
_OWN = re.compile(r"\[Read on Omnivore\]\(|\]\(https://omnivore\.app/")

_ABOUT = re.compile(r"[-*+][ \t]+\[[^\[\]\n]{1,60}\]\((?P<url>https?://[^\s()]+)\)[ \t]*$")
"""A bullet with nothing but a link to the article."""
_OPENED = re.compile(r"(?P<sign>>?[ \t]*)<mark class=\"(?:omni|hltr)[\w -]{1,40}\">")
_CLOSED = "</mark>"


def evidence(text: Text) -> int:
    """Its links, in a note with highlights. Without highlights it is a web page saved whole."""
    if "_start%%" in text.body:
        return 0  # several articles: `omnivore_file`
    if "omnivore" not in text.body.lower() or _OWN.search(text.body) is None:
        return 0
    return 3 if has_highlights(text.lines) else 0


def has_highlights(lines: Sequence[str]) -> bool:
    """Whether an article has the link of a highlight, or the heading above highlights."""
    return any(
        line.startswith("## Highlights") or ("](https://omnivore.app/" in line and _HIGHLIGHT.search(line))
        for line in lines
    )


def rewrite(lines: Sequence[str]) -> list[str]:
    """Puts a passage of several lines into one mark. With the option for colours, the plugin puts each line into its own."""
    found = ["" if _is_about(line) else line for line in lines]
    last: int | None = None
    """The line above that ends in the end of a mark."""
    for at, line in enumerate(lines):
        if not line.strip("> \t"):
            last = last if line.startswith(">") else None
            continue
        opened = _OPENED.match(line) if "<mark" in line else None
        if opened is not None and last is not None:
            found[last] = found[last].rstrip().removesuffix(_CLOSED)
            found[at] = f"{opened['sign']}{found[at][opened.end() :]}"
        last = at if opened is not None and line.rstrip().endswith(_CLOSED) else None
    return found


def _is_about(line: str) -> bool:
    """Whether a line only links to the article. The link of a highlight has its id after "#"."""
    match = _ABOUT.match(line) if line[:1] in ("-", "*", "+") and "](" in line else None
    return match is not None and _HIGHLIGHT.search(line) is None


LAYOUT = Layout(
    "omnivore",
    "Omnivore highlights",
    evidence,
    rewrite=rewrite,
    category="articles",
    escaped=True,
    marks=("[read on omnivore](", "](https://omnivore.app/"),
)
