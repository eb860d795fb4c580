"""Finds what the path and the title of a note say about it: pages above it, folders, tags in a file name."""

import re
from itertools import chain, pairwise

from corpus.privacy.marks import hashtags

_LOGSEQ_TITLE = re.compile(r"[^/\s][^/]{0,60}/\S")
_IN_BRACKETS = re.compile(r"^[\[(]([^\[\]()]{1,60})[\])]|[\[(]([^\[\]()]{1,60})[\])]$")


def namespaces(path: str, title: str = "") -> list[str]:
    """Returns the parent pages and tags that a path or title contains. Empty names are among them.

    A folder of that name is one, too, and a tag in a name: "On Hedges #private.md", "[private] On Hedges.md". Logseq writes
    "private___Hedges.md", "private%2FHedges.md" or the title "private/Hedges"; Dendron writes "private.hedges.md".
    """
    *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    found = [folder for folder in folders if not folder.startswith("@")]
    for part in (*folders, stem):
        found += [*hashtags(part), *chain.from_iterable(_IN_BRACKETS.findall(part))]
    for apart in ("___", "%2f", "%2F"):
        found += stem.split(apart)[:-1]
    found += [part for part, rest in pairwise(stem.split(".")) if rest[:1].strip()][:1]
    return found + ([title.split("/", 1)[0]] if _LOGSEQ_TITLE.match(title) else [])
