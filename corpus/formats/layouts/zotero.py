"""Zotero Integration, zotlit, and notes that Zotero makes of annotations: links of `zotero://`, quotation marks, `<mark>`."""

import re

from corpus.formats.layout import Layout, Text, each

_LINK = re.compile(r"\]\( ?zotero://(?:open-pdf|select|open)/")
_ONLY_LINKS = re.compile(
    r"^[ \t]*(?:[-*>][ \t]*)?(?:\*\*)?\[(?:Zotero|Open in Zotero|PDF)[^\]]*\]\(zotero://[^)]*\)"
)


def evidence(text: Text) -> int:
    """Its links to annotations, or its citation key with annotations below."""
    if "zotero" not in text.text.lower():
        return 0
    if _LINK.search(text.body) is not None:
        return 3 if "annotation=" in text.body or "```zotero-annot" in text.body else 2
    return 2 if text.front.first("citekey", "zotero-key", "citation-key") is not None else 0


def rewrite(line: str) -> str:
    """A link to the item alone says nothing about a passage."""
    if (
        "zotero://select" in line
        and "open-pdf" not in line
        and "annotation" not in line
        and not set('“”"«»') & set(line)
    ):
        return ""
    return "" if _ONLY_LINKS.match(line) and "annotation=" not in line else line


LAYOUT = Layout(
    "zotero", "Zotero annotations", evidence, rewrite=each(rewrite), fences=frozenset({"zotero-annot"}),
    same_link_is_remark=True, quoted=True, styled=True,
    always_linked=True,
)  # fmt: skip
