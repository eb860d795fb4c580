"""Zotero Integration, zotlit, and notes that Zotero makes from annotations: `zotero://` links, quotation marks, `<mark>`."""

import re
from collections.abc import Sequence

from corpus.formats import link_tail
from corpus.formats.entry import COLORS
from corpus.formats.header import heading, is_passages
from corpus.formats.layout import Layout, Text
from corpus.formats.layouts.notebooks._zotero_comments import (
    drop_comments_beside_quotations,
    drop_lone_callouts,
    drop_signed_comments,
    label_page_notes,
)
from corpus.formats.layouts.notebooks._zotero_notes import (
    drop_mark_labels,
    has_callouts,
    label_comments,
    rewrite_callouts,
    rewrite_notes,
)
from corpus.formats.outline.places import is_import, place
from corpus.formats.outline.sections import METADATA, READERS

_LINK = re.compile(r"(?:\]\( ?|\(\[\[)zotero://(?:open-pdf|select|open)/")
_CONTROL = re.compile(r"~(?=>)|~[ \t]*$")
"""A sign that a template leaves at the beginning of a line, where it should have removed blanks."""
_WIKI = re.compile(r"\(\[\[(?P<url>zotero://[^\s|\[\]]+)\|(?P<label>[^\[\]\n]+)\]\]\)")
"""A link to an annotation in wiki brackets, as converters of links leave it."""
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
_BREAK = re.compile(r"<br[ \t]*/?>")
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
_FILE = re.compile(r"[ \t]*[-*+][ \t]+\[[^\[\]\n]*\]\(zotero://[^\s()]*\)[ \t]*$")
"""A bullet with only a link to the item, or to a file of it, such as "[Vale 2019.pdf](zotero://open-pdf/…)"."""
_ON_PICTURE = re.compile(
    r"[-*+][ \t]+\*\*[^*\n]*\*\*[ \t]*\(?\[[^\[\]\n]{1,200}\]\(zotero://[^\s()]+\)\)?[ \t]*!\[\[[^\[\]\n]+\]\][ \t]*$"
)
"""A picture with its link, and before it the reader's comment, which the template writes in bold."""
_PERSISTED = re.compile(r"%%[ \t]*(?P<edge>begin|end)[ \t]+(?P<name>[\w-]{1,40})[ \t]*%%[ \t]*$", re.I)
"""The comments around text that Zotero Integration keeps when it writes a note again. Before version 2 they had a capital."""
_BLOCK = re.compile(r"[ \t]+\^[\w-]+[ \t]*$")
_PASSAGE_BELOW = re.compile(
    r"[ \t]+[-*+][ \t]+(?:<mark\b[^<>]{0,200}>[ \t]*)?[\"“„«][^\n]*[\"“”»](?:</mark>)?[ \t]*\(?\["
)
"""An indented bullet with a quotation and its link."""
_EMBEDDED = re.compile(r"(?P<lead>>[ \t]*)(?P<picture>!\[\[[^\[\]\n]+\]\])[ \t]*$")
_EMBEDS = "zotero://select/picture"
"""The link that a picture in a block quote gets. It makes the picture a block of its own, and the words below it its remark."""
_ANNOTATIONS = "## Annotations"
_ITEM_TITLE = re.compile(r"#[ \t]+\[(?P<title>[^\[\]\n]+)\]\(zotero://select/[^\s()]+\)[ \t]*$")
_ABOUT = frozenset({"formatted bibliography", "bibliography", "abstract", "citation"})
"""Headings in Zotero Integration's basic template with text about the source below them."""
_OPEN_EMPHASIS = re.compile(r"(?P<lead>>?[ \t]*[-*+][ \t]+)\*\*(?P<text>[^*\n]+)$")
_MAX_REMARK_LINES = 20
"""Maximum number of lines of a remark in emphasis."""


def evidence(text: Text) -> int:
    """Links to annotations, the signs or headings of Zotero Integration, or a citation key with annotations below."""
    if _is_from_basic_template(text):
        return 2
    if "zotero" not in text.text.lower():
        marked = "](file:///" in text.body or "> <mark " in text.body
        return 2 if marked and text.front.first("citekey", "citation-key") is not None else 0
    if _LINK.search(text.body) is not None:
        return 3 if "annotation=" in text.body or "```zotero-annot" in text.body else 2
    return 2 if text.front.first("citekey", "zotero-key", "citation-key") is not None else 0


def _is_from_basic_template(text: Text) -> bool:
    """Whether a note has the signs around annotations, or the heading above a bibliography, with block quotes below."""
    signed = "%%" in text.body and any(
        (edge := _PERSISTED.match(line)) is not None and edge["name"].lower() == "annotations"
        for line in text.lines
    )
    headed = any(line.strip("# :").lower() == "formatted bibliography" for line in text.headings)
    return (signed or headed) and any(line.startswith(">") for line in text.lines)


def rewrite(lines: Sequence[str]) -> list[str]:
    """Removes signs of templates, and moves a comment in bold above its passage below it."""
    found = [_WIKI.sub(r"([\g<label>](\g<url>))", line) if "[[zotero:" in line else line for line in lines]
    found = [
        _CONTROL.sub("" if line[1:2] == ">" else ">", line) if line[:1] == "~" else line for line in found
    ]
    label_page_notes(found)
    drop_signed_comments(found)
    drop_comments_beside_quotations(found)
    if has_callouts(found):
        drop_lone_callouts(found)
        rewrite_callouts(found)
    rewrite_notes(found)
    label_comments(found)
    drop_mark_labels(found)
    found = [_line(line) for line in found]
    _name_sections(found)
    _part_pictures(found)
    _close_emphasis(found)
    if any(map(_ITS_COMMENT.match, found)):  # if comments have their own label, the annotation is the passage
        found = [_ANNOTATION.sub(r"\g<lead>highlight\g<colon>", line) for line in found]
    for at, line in enumerate(found[:-1]):
        above, below = _COMMENT.match(line), _NESTED.match(found[at + 1])
        if above is not None and below is not None and "annotation=" in below["text"]:
            found[at : at + 2] = [f"- {below['text']}", f"    - **Note:** {above['text']}"]
    _unindent(found)
    return found


def _name_sections(lines: list[str]) -> None:
    """Makes the first heading the title, drops the reader's text between the comments, and puts a heading above the annotations."""
    heads = [
        (at, *head)
        for at, line in enumerate(lines)
        if line[:1] == "#" and (head := heading(line)) is not None
    ]
    named = any(is_passages(name) for _, _, name in heads)
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    top = [name for _, level, name in heads if level == 2]
    alone = len(top) == 1 and all(level > 1 for _, level, _ in heads)
    if alone and heads[0][:2] == (first, 2) and _is_title(top[0]):
        lines[first] = f"# {top[0]}"
    begins: dict[str, int] = {}
    for at, line in enumerate(lines):
        if (edge := _PERSISTED.match(line)) is None:
            continue
        name = edge["name"].lower()
        if edge["edge"].lower() == "begin":
            begins[name] = at
            if name == "annotations" and not named:
                lines[at], named = _ANNOTATIONS, True
        elif name != "annotations" and name in begins:
            own = range(begins[name], at + 1)
            begins.clear()  # so that each line is looked at once
            if not any(link_tail.is_tail(lines[number]) for number in own):
                lines[own.start : own.stop] = [""] * len(own)
    if not named and not any("zotero://" in line for line in lines):
        _name_quotes(lines, heads)


def _name_quotes(lines: list[str], heads: Sequence[tuple[int, int, str]]) -> None:
    """Writes a heading above the block quotes that follow the abstract or bibliography."""
    last = heads[-1] if heads else None
    if last is None or last[2].strip(" :").lower() not in _ABOUT:
        return
    for at in range(last[0] + 2, len(lines)):
        if lines[at].startswith(">") and not lines[at - 1].strip():
            lines[at - 1] = _ANNOTATIONS
            return


def _is_title(name: str) -> bool:
    name = _BLOCK.sub("", name)
    bare = name.strip(" :").lower()
    about = bare in METADATA or bare in READERS or bare in _ABOUT or bare in COLORS
    return not (about or is_passages(name) or place(name) is not None or is_import(name))


def _part_pictures(lines: list[str]) -> None:
    """Makes a picture in a block quote of its own a block, so that the words below it are not a remark on the passage above."""
    if not any("annotation=" in line or "open-pdf" in line for line in lines):
        return
    for at, line in enumerate(lines):
        alone = line[:1] == ">" and "![[" in line and not (at and lines[at - 1].startswith(">"))
        if alone and (found := _EMBEDDED.match(line)) is not None:
            lines[at] = f"{found['lead']}{found['picture']} ([View]({_EMBEDS}))"


def _close_emphasis(lines: list[str]) -> None:
    """Puts emphasis around each line of a remark in which only the first and the last line have a sign."""
    for at, line in enumerate(lines):
        if "**" not in line or (match := _OPEN_EMPHASIS.match(line)) is None:
            continue
        for end in range(at + 1, min(len(lines), at + _MAX_REMARK_LINES)):
            if not lines[end].strip():
                break
            if "**" in lines[end]:
                if lines[end].rstrip().endswith("**") and lines[end].count("**") == 1:
                    inner = [
                        lines[number].lstrip("> \t").rstrip().removesuffix("**")
                        for number in range(at + 1, end + 1)
                    ]
                    lines[at] = f"{line.rstrip()}**"
                    lines[at + 1 : end + 1] = [f"{match['lead']}**{text}**" for text in inner]
                break


def _unindent(lines: list[str]) -> None:
    """Moves annotations to the margin if they are indented without a bullet above, or are passages themselves."""
    below, indent = False, ""
    for at, line in enumerate(lines):
        before = line[: len(line) - len(line.lstrip(" \t"))]
        own = before != "" and "annotation=" in line and _PASSAGE_BELOW.match(line) is not None
        if own or (before and "annotation=" in line and (not below or before == indent)):
            lines[at], indent = line[len(before) :], before
        elif line.strip() and not before:
            below, indent = line[:1] in ("-", "*", "+"), ""


def _without_breaks(line: str) -> str:
    """Drops the line breaks of HTML at the end of a line, one by one: a pattern for all of them would try each beginning."""
    whole = end = len(line)
    while end:
        while end and line[end - 1] in " \t":
            end -= 1
        begin = line.rfind("<br", 0, end)
        if begin < 0 or _BREAK.fullmatch(line, begin, end) is None:
            break
        whole = end = begin
    return line[:whole].rstrip(" \t") if whole < len(line) else line


def _line(line: str) -> str:
    """Drops a line with only a link to the item or its file, and moves a passage out of the label of its link."""
    if (item := _ITEM_TITLE.match(line)) is not None:
        return f"# {item['title']}"
    line = _SIGN.sub(r"\1", _without_breaks(line) if "<br" in line else line)
    if "annotation=" in line and (alone := _ONLY_LINKS.match(line)) is not None:
        return alone.group() if "annotation=" in alone.group() else line
    if "![[" in line and _ON_PICTURE.match(line):
        return ""
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
    if "zotero://" in line and "annotation=" not in line and _FILE.match(line) and _PAGE.search(line) is None:
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
    same_link_is_remark=True, quoted=True, styled=True, words_around=True, arrows=True, family_name_first=True,
    always_linked=True, tags_follow=True, one_paragraph=True,
    marks=("zotero", "%%", "formatted bibliography", "](file:///", "> <mark "),
)  # fmt: skip
