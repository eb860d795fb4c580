"""Zotero Integration, zotlit, and notes that Zotero makes of annotations: links of `zotero://`, quotation marks, `<mark>`."""

import re

from corpus.formats.layout import Layout, Text, each

_LINK = re.compile(r"\]\( ?zotero://(?:open-pdf|select|open)/")
_NAMED = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+>][ \t]+)?)\[\**(?P<text>[\"“«„][^\[\]\n]+[\"”»“])\**\]"
    r"\((?P<url>zotero://[^\s()]+)\)(?P<behind>.*)$"
)
_LABELLED = re.compile(
    r"[ \t]*(?:[-*+>][ \t]*)?(?:[^\w\s\[]{1,3}[ \t]*)?\**[^\W\d_][\w ]{0,30}:{1,2}\**[ \t]*"
    r"\[[^\]\n]*\]\(zotero://[^)]*\)[ \t]*$"
)
_LINKS = re.compile(r"\[([^\[\]\n]*)\]\(([a-z]+:[^()\s]*)\)")
_PAGE_NAMED = re.compile(r"\bp(?:p|age)?\.?\s?\d+(?:[-–]\d+)?")
_PAGE = re.compile(r"[?&]page=|\bpp?\.\s?\d")
_ONLY_LINKS = re.compile(
    r"^[ \t]*(?:[-*>][ \t]*)?(?:\*\*)?\[(?:Zotero|Open in Zotero|PDF)[^\]]*\]\(zotero://[^)]*\)"
)


def evidence(text: Text) -> int:
    """Its links to annotations, or its citation key with annotations below."""
    if "[!zotflow-" in text.body:
        return 3
    if "zotero" not in text.text.lower():
        return 0
    if _LINK.search(text.body) is not None:
        return 3 if "annotation=" in text.body or "```zotero-annot" in text.body else 2
    return 2 if text.front.first("citekey", "zotero-key", "citation-key") is not None else 0


def _annotation_alone(line: str) -> str | None:
    """The annotation's link of a line of links, with its page from another one: "[Zotero](zotero://…) [vale, p. 6](file:///…)"."""
    links = _LINKS.findall(line)
    own = next((url for _, url in links if url.startswith("zotero://") and "annotation=" in url), None)
    if own is None or len(links) < 2 or _LINKS.sub("", line).strip(" |·•-*"):
        return None
    page = next((match.group() for label, _ in links if (match := _PAGE_NAMED.search(label))), "View")
    return f"[{page}]({own})"


def rewrite(line: str) -> str:
    """A link to the item or its file alone says nothing about a passage; a passage may be its link's label."""
    if "zotero://" in line and (named := _NAMED.match(line)) is not None:
        remark = named["behind"].replace("<br>", " ").strip(" -–—*")
        return f"{named['lead']}{named['text']} ([View]({named['url']})) {remark}".rstrip()
    if "annotation=" in line and (alone := _annotation_alone(line)) is not None:
        return alone
    if (
        "zotero://" in line
        and "annotation=" not in line
        and _PAGE.search(line) is None
        and _LABELLED.match(line)
    ):
        return ""
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
    always_linked=True, tags_follow=True,
)  # fmt: skip
