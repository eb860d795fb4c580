"""Zotero's own notes from annotations, as "Insert notes into current document" of Zotero Integration writes them, and the callouts
and headings of zotlit."""

import re
from collections import Counter
from collections.abc import Sequence

from corpus.formats.entry import COLORS, is_kind
from corpus.formats.header import heading
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import LONE_COMMENT
from corpus.formats.outline.callouts import NO_PASSAGES
from corpus.formats.outline.open_blocks import is_rule
from corpus.formats.outline.places import place
from corpus.formats.outline.sections import DOCUMENT, METADATA, READERS
from corpus.formats.quotation import Quotation

_DATED = re.compile(r"\((?=(?:\D{0,40}\d){6})[^()\n]{0,40}\d:\d\d[^()\n]{0,30}\)[ \t]*$")
"""The moment in brackets below the heading of a note of Zotero, in the form of the person's language."""
_GO = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+>][ \t]+)?)\[[^\[\]\n]{1,60}\]\((?P<url>zotero://open(?:-pdf)?/[^\s()]+)\)[ \t]+(?P<text>\S.*)$"
)
"""A passage after the link that opens it: "[Go to annotation](zotero://open-pdf/…) “passage” ([Vale, 2019, p. 3](zotero://…))"."""
_CITED = re.compile(r"[(（](?P<link>\[[^\[\]\n]{1,200}\]\(zotero://select/[^\s()]+\))[)）]")
_PICTURE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)[ \t]*\[[^\[\]\n]{1,60}\]\(zotero://open")
"""A picture from a PDF with the link that opens it. The next line cites it."""
_CALLOUT = re.compile(r"> \[![^\[\]\n]{1,60}\]")
_BARE_CALLOUT = re.compile(r"\[![\w#|+-]{1,60}\][ \t]+\S")
"""The first line of a callout without a quote sign, as zotlit writes it with the option `callout: false`."""
_HEX = re.compile(r"#(?:[0-9a-f]{3}){1,2}$", re.I)
_NO_COLOR = frozenset({"undefined", "null", "none"})
_RULE = re.compile(r">[ \t]*-{3,}[ \t]*$")
_EMPTY = re.compile(r">[ \t]*$")
_BLOCK = re.compile(r"[ \t]+\^[\w-]+[ \t]*$")
_QUOTES = tuple('"“”„«»「」『』')
_PAGED = re.compile(
    r"> \[!(?P<kind>[^\[\]\n]{1,60})\][+-]?[ \t]+(?P<word>[^\W\d_]{1,20})\.?[ \t]+(?P<page>\w{1,12})(?P<rest>(?:[,;:]|[ \t]).*)?$"
)
"""The first line of a callout that names the page of its passage, and perhaps its colour or source."""
_MARK_LABEL = re.compile(r"<mark\b[^<>]{0,200}>(?P<text>[^<>\n]{2,40})</mark>[ \t]*$")
_GROUPED = "## Annotations"


def rewrite_notes(lines: list[str]) -> None:
    """Puts the link to an annotation behind its passage, and drops pictures and the date below the heading. Changes the list."""
    for at, line in enumerate(lines):
        if "zotero://open" in line and (linked := _GO.match(line)) is not None:
            lines[at] = _linked_behind(linked)
        elif "zotero://open" in line and _PICTURE.match(line):
            lines[at] = ""
            if at + 1 < len(lines) and _CITED.match(lines[at + 1]):
                lines[at + 1] = ""
        elif line[:1] == "(" and at and _DATED.match(line) and heading(lines[at - 1]) is not None:
            lines[at - 1 : at + 1] = [_GROUPED, ""]


def drop_mark_labels(lines: list[str]) -> None:
    """Drops a mark that names the kind of annotation, right above the quote with its passage: "<mark …>Quote</mark>"."""
    marks = [
        (at, match["text"].strip())
        for at, line in enumerate(lines[:-1])
        if line.startswith("<mark")
        and lines[at + 1][:1] == ">"
        and (match := _MARK_LABEL.match(line)) is not None
    ]
    times = Counter(text for _, text in marks)
    for at, text in marks:
        if is_kind(text) or times[text] > 1:
            lines[at] = ""


def label_comments(lines: list[str]) -> None:
    """Labels the words below a rule, if a heading names the page of the passage above the rule: zotlit without callouts."""
    paged = False
    for at, line in enumerate(lines):
        if line[:1] == "#" and (found := heading(line)) is not None:
            paged = found[0] > 1 and place(_BLOCK.sub("", found[1])) is not None
        elif paged and is_rule(line):
            below = next((no for no in range(at + 1, min(len(lines), at + 4)) if lines[no].strip()), None)
            if below is not None and heading(lines[below]) is None and not is_rule(lines[below]):
                lines[at], lines[below] = "", f"**Note:** {lines[below]}"
            paged = False


def _linked_behind(linked: re.Match[str]) -> str:
    """Returns the line with the link behind its passage, before the reader's words.

    The passage ends before the first citation behind a quotation mark. Without a citation, it is the quotation. A text with
    neither stays as it is.
    """
    text = linked["text"].rstrip()
    link = f"([View]({linked['url']}))"
    quoted = text[0] in _QUOTES
    cited = next(
        (found for found in _CITED.finditer(text) if not quoted or _ends_quotation(text, found.start())), None
    )
    if cited is not None:
        passage, behind = text[: cited.start()].rstrip(), text[cited.end() :].strip()
        return f"{linked['lead']}{passage} ({cited['link']}) {link} {behind}".rstrip()
    quotation = Quotation()
    quotation.read(text)
    if not quoted or quotation.closed_at is None:
        return linked.group()
    end = quotation.closed_at + 1
    return f"{linked['lead']}{text[:end]} {link} {text[end:].strip()}".rstrip()


def _ends_quotation(text: str, end: int) -> bool:
    """Whether a quotation mark is the last character before position `end`, but for a few blanks."""
    return text[max(0, end - 4) : end].rstrip()[-1:] in _QUOTES


def rewrite_callouts(lines: list[str]) -> None:
    """Reads zotlit's options: callouts without quote signs, headings of colours, and callouts that have only a comment."""
    _quote_callouts(lines)
    _name_groups(lines)
    for at, line in enumerate(lines):
        if _CALLOUT.match(line):
            lines[at] = _paged(line)
            _drop_without_text(lines, at)


def _paged(line: str) -> str:
    """Keeps only the page and colour in the title of a callout, whose kind is that of passages then."""
    paged = _PAGED.match(line) if "](" not in line else None
    if paged is None or role_of(paged["word"].lower()) is not Role.LOCATION:
        return line
    kind = "quote" if paged["kind"].lower() in NO_PASSAGES else paged["kind"]
    shade = next(
        (word for word in re.findall(r"[a-z]+", (paged["rest"] or "").lower()) if word in COLORS), None
    )
    return f"> [!{kind}] {paged['word']} {paged['page']}{f', {shade}' if shade else ''}"


def _name_groups(lines: list[str]) -> None:
    """Writes the usual heading for groups whose name means something else in other notes. Other groups become chapters below it."""
    groups = [
        (at, found[1])
        for at, line in enumerate(lines)
        if line[:1] == "#"
        and (found := heading(line)) is not None
        and found[0] > 1
        and _CALLOUT.match(next((text for text in lines[at + 1 : at + 4] if text.strip()), ""))
    ]
    if not any(_is_group(name) for _, name in groups):
        return
    headed = False
    for at, name in groups:
        if _is_group(name) or (not headed and at and lines[at - 1].strip()):
            lines[at], headed = _GROUPED, True
        else:
            if not headed:
                lines[at - 1], headed = _GROUPED, True
            lines[at] = f"#### {name}"


def _quote_callouts(lines: list[str]) -> None:
    """Writes the quote signs of callouts without them, each up to the next callout or heading."""
    inside = False
    for at, line in enumerate(lines):
        if line[:2] == "[!" and _BARE_CALLOUT.match(line):
            if inside:
                lines[at - 1] = ""
            inside = True
        elif line[:1] == "#" or line[:1] == ">":
            inside = False
        if inside:
            lines[at] = f"> {line}"


def _is_group(name: str) -> bool:
    """Whether a heading names the group of the annotations below it and would mean something else in another note."""
    bare = name.strip(" :*_").lower()
    return (
        bare in COLORS
        or bare in _NO_COLOR
        or _HEX.match(bare) is not None
        or bare in METADATA | DOCUMENT | READERS
        or role_of(bare) in (Role.NOTE, Role.PASSAGE)
    )


def _drop_without_text(lines: list[str], at: int) -> None:
    """Drops a callout that has only a comment: empty lines, a rule, and the reader's words. It has no passage."""
    rule = at + 1
    while rule < len(lines) and _EMPTY.match(lines[rule]):
        rule += 1
    if rule == at + 1 or rule >= len(lines) or not _RULE.match(lines[rule]):
        return
    end = rule
    while end < len(lines) and lines[end].startswith(">"):
        end += 1
    lines[at:end] = [LONE_COMMENT, *[""] * (end - at - 1)]


def has_callouts(lines: Sequence[str]) -> bool:
    """Whether a note has callouts, with or without quote signs."""
    return any(line.startswith(("> [!", "[!")) for line in lines)
