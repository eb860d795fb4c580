"""Zotero Integration, zotlit, and notes that Zotero makes from annotations: `zotero://` links, quotation marks, `<mark>`."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_LINK = re.compile(r"\]\( ?zotero://(?:open-pdf|select|open)/")
_NAMED = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+>][ \t]+)?)\[\**(?P<text>[\"“«„][^\[\]\n]+[\"”»“])\**\]"
    r"\((?P<url>zotero://[^\s()]+)\)(?P<behind>.*)$"
)
_MARKED_NAME = re.compile(
    r"(?P<lead>[ \t]*[-*+][ \t]+)(?P<sign>==|\*\*)\[(?P<text>[^\[\]\n]+)\]\((?P<url>zotero://[^\s()]+)\)(?P=sign)"
    r"[:：]?[ \t]*(?P<behind>.*)$"
)
"""A passage in a mark that is the label of its own link."""
_LABELLED = re.compile(
    r"[ \t]*(?:[-*+>][ \t]*)?(?:[^\w\s\[]{1,3}[ \t]*)?\**[^\W\d_][\w ]{0,30}:{1,2}\**[ \t]*"
    r"\[[^\]\n]*\]\(zotero://[^)]*\)[ \t]*$"
)
_BREAK = re.compile(r"(?:[ \t]*<br[ \t]*/?>)+[ \t]*$")
_SIGN = re.compile(r"^([ \t]*[-*][ \t]+)[&@?!$%~+=][ \t]+(?=\S)")
"""A sign before a passage. Some templates use it for the colour."""
_COMMENT = re.compile(r"-[ \t]+(?P<sign>\*{1,2}|_{1,2})(?P<text>[^*_\n]+)(?P=sign):?[ \t]*$")
_NESTED = re.compile(r"(?:\t| {2,})[->][ \t]+(?P<text>.+)$")
_ANNOTATION = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+>][ \t]+)?\**)annotation(?P<colon>\**:{1,2}\**)(?=[ \t])", re.I
)
_ITS_COMMENT = re.compile(r"[ \t]*(?:[-*+>][ \t]+)*\**comments?\**:{1,2}", re.I)
_PAGE = re.compile(r"[?&]page=|\bpp?\.\s?\d")
_ONLY_LINKS = re.compile(
    r"^[ \t]*(?:[-*>][ \t]*)?(?:\*\*)?\[(?:Zotero|Open in Zotero|PDF)[^\]]*\]\(zotero://[^)]*\)"
)


def evidence(text: Text) -> int:
    """Links to annotations, or a citation key with annotations below."""
    if "zotero" not in text.text.lower():
        marked = "](file:///" in text.body or "> <mark " in text.body
        return 2 if marked and text.front.first("citekey", "citation-key") is not None else 0
    if _LINK.search(text.body) is not None:
        return 3 if "annotation=" in text.body or "```zotero-annot" in text.body else 2
    return 2 if text.front.first("citekey", "zotero-key", "citation-key") is not None else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Removes signs of templates, and moves a comment in bold above its passage below it."""
    found = [_line(line) for line in lines]
    if any(map(_ITS_COMMENT.match, found)):  # if comments have their own label, the annotation is the passage
        found = [_ANNOTATION.sub(r"\g<lead>highlight\g<colon>", line) for line in found]
    for at, line in enumerate(found[:-1]):
        above, below = _COMMENT.match(line), _NESTED.match(found[at + 1])
        if above is not None and below is not None and "annotation=" in below["text"]:
            found[at : at + 2] = [f"- {below['text']}", f"    - **Note:** {above['text']}"]
    _unindent(found)
    return found


def _unindent(lines: list[str]) -> None:
    """Moves annotations to the margin if they are indented without a bullet above."""
    below, indent = False, ""
    for at, line in enumerate(lines):
        before = line[: len(line) - len(line.lstrip(" \t"))]
        if before and "annotation=" in line and (not below or before == indent):
            lines[at], indent = line[len(before) :], before
        elif line.strip() and not before:
            below, indent = line[:1] in ("-", "*", "+"), ""


def _line(line: str) -> str:
    """Drops a line with only a link to the item or its file, and moves a passage out of the label of its link."""
    line = _SIGN.sub(r"\1", _BREAK.sub("", line))
    if "annotation=" in line and (alone := _ONLY_LINKS.match(line)) is not None:
        return alone.group() if "annotation=" in alone.group() else line
    if "zotero://" in line and (named := _MARKED_NAME.match(line)) is not None:
        return f"{named['lead']}{named['text']} ([View]({named['url']})) {named['behind']}".rstrip(" :")
    if "zotero://" in line and (named := _NAMED.match(line)) is not None:
        remark = named["behind"].replace("<br>", " ").strip(" -–—*")
        return f"{named['lead']}{named['text']} ([View]({named['url']})) {remark}".rstrip()
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
    "zotero", "Zotero annotations", evidence, rewrite=rewrite, fences=frozenset({"zotero-annot"}),
    same_link_is_remark=True, quoted=True, styled=True, words_around=True, arrows=True,
    always_linked=True, tags_follow=True, one_paragraph=True,
)  # fmt: skip
