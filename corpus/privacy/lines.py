"""Finds the lines of a note that have a private tag, outside front matter."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.normalize import fold
from corpus.privacy.marks import (
    Label,
    dot_tags,
    has_private_field,
    has_private_tag,
    is_item,
    is_name_key,
    is_only_tags,
    is_privacy_switch,
    is_private_callout,
    is_private_item,
    is_private_label,
    is_tag_key,
    label_of,
    without_elements,
)  # fmt: skip
from corpus.privacy.outline import Line
from corpus.privacy.remarks import (
    begins_with_private_tag,
    has_private_brackets,
    has_private_comment,
    has_private_footnote,
    is_bare_private_item,
    is_private_child,
    is_private_comment,
    stands_alone,
)
from corpus.privacy.tags import PrivateTags

_CELLS = re.compile(r"(?<!\\)\|")
_INLINE_CODE = re.compile(r"(?<!`)`[^`\n]{1,500}`(?!`)")
_OPENS_COMMENT = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?(?:%%|<!--)(?!.*(?:%%|-->))")
_FOLDED = re.compile(r"^[ \t>]*(?:[-*+][ \t]+)?<(?:details|summary)\b", re.I)
_HTML_HEADING = re.compile(
    r"<summary[^<>\n]{0,200}>([^<>\n]{1,100})</summary>|^[ \t]*<h[2-6][^<>\n]{0,200}>([^<>\n]{1,100})</h[2-6]>[ \t]*$",
    re.I,
)
_NUMBER = re.compile(r"^(?:\d{1,3}[.)]|[^\w\s#\[({<]{1,3}\ufe0f?)[ \t]+")
_CONTAINER = re.compile(
    r"[ \t>]*(?::{3,}[ \t]*\{?|!{3}\+?|\?{3}\+?|`{3,}ad-)[ \t]*[\"'.]?([^\s\"'}.][^\n\"'}]{0,60})"
)
"""The beginning of a block that an extension of Markdown names: "::: private", "!!! private", "```ad-private"."""
_TAGS_HEADING = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]+(?P<heading>[^#\n]{1,40}?)|(?:[-*+][ \t]+)?(?P<sign>\*\*|__)(?P<bold>[^*_\n]{1,40})(?P=sign))[ \t#:]*$"
)
_HEADING_TEXT = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?#(?P<deep>#{0,5})[ \t]+(?P<text>.*?)[ \t#]*$")
MAX_COMMENT_LINES = 200
"""A comment of more lines is not closed, or is no comment."""
ENTITY_IN_WORD = re.compile(r"\w&#?\w{2,8};|&#?\w{2,8};\w")


@dataclass(frozen=True, slots=True)
class Mark:
    """A line with a private tag."""

    at: int
    """Number of the line, from 0."""
    own_line: bool
    """Whether the line has nothing but tags. Such a line is not itself a passage."""
    labelled: bool
    """Whether the line has a label or is a table row. In the head of a note such a line is not a passage either."""
    text: str = ""
    """The line without HTML, if `own_line`; else empty."""
    element: bool = False
    """Whether the line is an HTML element (not a comment)."""
    code: bool = False
    """Whether it stands in a code fence. There it counts only if the fence also contains a passage."""
    property: bool = False
    """Whether the line is a label with nothing but a private value ("Visibility: private"). It is not itself a passage."""


def private_lines(
    lines: Sequence[str], outline: Sequence[Line], inside: set[int], tags: PrivateTags
) -> Iterable[Mark]:
    """Yields a mark for every line with a private tag, outside front matter."""
    listing: int | None = None
    """Line of the last "Tags:" without a value: its items follow on the next lines."""
    loose = False
    """Whether it is a heading. Below it only whole items are tags, for it may be a chapter's."""
    columns: tuple[int, ...] = ()
    """Columns of the current table that contain tags."""
    beside = False
    """Whether the line above is a table row."""
    names: Mapping[int, str] = {}
    """Columns of the current table that have a private tag as their heading, with that heading."""
    comment: list[str] | None = None
    """The lines of the comment that began above and goes on: "%%" or "<!--"."""
    for number, raw in enumerate(lines):
        if number in inside:
            continue
        line = html.unescape(raw) if "&" in raw and ENTITY_IN_WORD.search(raw) else raw
        code = outline[number].code
        if comment is None:
            comment = [line] if _OPENS_COMMENT.match(line) else None
        elif "-->" in line or "%%" in line:
            if not code and any(
                is_private_comment(words.strip("%<!-> \t"), tags) for words in (*comment, line)
            ):
                yield Mark(number, _has_no_indent(line), True)
            comment = None
        elif len(comment) > MAX_COMMENT_LINES:
            comment = None
        else:
            comment.append(line)
        label = label_of(line)
        table = line.count("|") > 1
        columns = (columns or _tag_columns(line)) if table else ()
        names = {} if not table else names if beside else _switch_columns(line, tags)
        beside = table
        if (label is not None and label.is_tags and not label.value) or _is_tags_heading(line):
            listing, loose = number, label is None
            continue
        if listing is not None and line.strip():
            if _continues_list(line, outline[number], outline[listing], loose):
                if tags.may_be_in(line) and is_private_item(line, tags, whole_items=loose):
                    apart = _has_no_indent(lines[listing]) and listing > 0 and outline[listing - 1].blank
                    yield Mark(listing, apart, True, code=outline[listing].code)
                    yield Mark(number, False, True, code=code)
                    continue
            else:
                listing = None
        if (tags.may_be_in(line) or names) and (
            _is_private_line(line, label, tags, columns, names)
            or (outline[number].underlined and tags.covers(line))
        ):
            tag_list = label is not None and label.is_tags
            own_line = tag_list or is_only_tags(line) or _FOLDED.search(line) is not None
            text = without_elements(line).strip() if own_line else ""
            element = line.lstrip().startswith("<") and not line.lstrip().startswith("<!--")
            private_value = (label is not None and not tag_list and is_private_label(label, tags)) or (
                is_item(line) and is_bare_private_item(line, tags)
            )
            yield Mark(number, own_line, label is not None or table, text, element, code, private_value)


def _has_no_indent(line: str) -> bool:
    return line[:1] not in (" ", "\t")


def _is_tags_heading(line: str) -> bool:
    """Whether a line is a heading above a list of tags: "## Tags", "**Tags**"."""
    match = _TAGS_HEADING.match(line) if "#" in line[:10] or "*" in line[:20] or "_" in line[:20] else None
    return match is not None and is_tag_key((match["heading"] or match["bold"]).strip(" :"))


def _continues_list(line: str, place: Line, label: Line, loose: bool) -> bool:
    """Whether a line goes on with the list below a label: its items, or words that are further in than the label."""
    if is_item(line):
        return place.indent >= label.indent
    return not place.heading and (loose or place.indent > label.indent)


def _is_private_line(
    line: str, label: Label | None, tags: PrivateTags, columns: tuple[int, ...], names: Mapping[int, str]
) -> bool:
    """Whether a line has a private tag in any of its forms."""
    text = _INLINE_CODE.sub(" ", line) if line.count("`") > 1 else line
    if has_private_tag(text, tags) or (label is not None and is_private_label(label, tags)):
        return True
    if has_private_field(line, tags) or has_private_comment(line, tags) or is_private_callout(line, tags):
        return True
    if label is not None and not is_name_key(label.name) and begins_with_private_tag(label.value, tags):
        return True
    if has_private_footnote(line, tags) or _is_private_beside(line, tags):
        return True
    if _has_dot_tag(line if label is None else label.value, label is not None, tags):
        return True
    return line.count("|") > 1 and _is_private_row(line, tags, columns, names)


def _is_private_beside(line: str, tags: PrivateTags) -> bool:
    """Whether a line that is no part of a sentence is private by the bare word: an item, a heading, a line further in."""
    if "<" in line and any(
        tags.covers(words) for found in _HTML_HEADING.findall(line) for words in found if words
    ):
        return True
    heading = _HEADING_TEXT.match(line)
    if heading is not None:
        return has_private_brackets(heading["text"], tags) or (
            bool(heading["deep"])
            and (
                tags.covers(_NUMBER.sub("", heading["text"]))
                or stands_alone(heading["text"], tags)
                or begins_with_private_tag(heading["text"], tags)
            )
        )
    container = _CONTAINER.match(line)
    if container is not None and tags.covers_any(container.group(1).split()):
        return True
    item = is_item(line)
    inner = line[:1] in (" ", "\t", ">")
    return ((item or inner) and is_bare_private_item(line, tags)) or (
        item and inner and is_private_child(line, tags)
    )


def _has_dot_tag(text: str, labelled: bool, tags: PrivateTags) -> bool:
    """Whether a remark contains ".private", an inline tag of Readwise. Elsewhere such a word is code."""
    if "." not in text:
        return False
    if not labelled:
        text = text.strip(" \t>*-+")
        if not text.startswith(".") or not is_only_tags(text):
            return False
    return tags.covers_any(dot_tags(text))


def _tag_columns(row: str) -> tuple[int, ...]:
    return tuple(
        n for n, cell in enumerate(_CELLS.split(row)) if cell.strip() and is_tag_key(cell.strip(" *_"))
    )


def _switch_columns(row: str, tags: PrivateTags) -> Mapping[int, str]:
    """Returns the columns with a heading that switches privacy on ("Private"), by index."""
    if not tags.may_be_in(row):
        return {}
    cells = enumerate(_CELLS.split(row))
    return {
        n: fold(cell).strip(" *_")
        for n, cell in cells
        if cell.strip() and is_privacy_switch(cell.strip(" *_"), tags)
    }


def _is_private_row(row: str, tags: PrivateTags, columns: tuple[int, ...], names: Mapping[int, str]) -> bool:
    """Whether a table row is private.

    `columns` contain tags. `names` are columns with a heading that switches privacy on ("Private"), by index.
    """
    cells = [cell.strip() for cell in _CELLS.split(row)]
    for number, cell in enumerate(cells):
        labelled = number and cells[number - 1] and is_tag_key(cells[number - 1].strip(" *_:"))
        if (labelled or number in columns) and is_private_label(Label("tags", cell), tags):
            return True
        if number in names and cell and is_private_label(Label(names[number], cell), tags):
            return True
    return False
