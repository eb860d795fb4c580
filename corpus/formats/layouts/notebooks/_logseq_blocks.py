"""The blocks of a page of Logseq: a tree by indentation, each with its lines, tags and properties.

A block begins with tabs and a dash. Its further lines have the same tabs and two blanks, blank lines included.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.formats import dates, link_tail
from corpus.formats.entry import child
from corpus.formats.header import Header
from corpus.formats.labels import Label, Role, role_of
from corpus.formats.outline.places import place

PROPERTY = re.compile(r"(?:- )?([A-Za-z][\w -]*)::(?:\s+(.*))?$")
BATCH = re.compile(r"\s*(?:-\s+)?(?:\*\s*)?(?:##\s+)?new highlights added\b", re.I)
_BULLET = re.compile(r"(?P<indent>[ \t]*)[-*](?:[ \t]+(?P<text>.*))?$")
_BLOCK_PROPERTY = re.compile(r"\s*(?P<key>[A-Za-z][\w.-]*):: ?(?P<value>.*)$")
_QUOTE_FENCE = re.compile(r"\s*#\+(?:BEGIN|END)_\w+[ \t]*", re.I)
_BEGIN_QUOTE = re.compile(r"\s*#\+BEGIN_(?:QUOTE|HIGHLIGHT|NOTE|IMPORTANT)\b", re.I)
_QUOTE = re.compile(r"\s*>[ \t]?")
_DROPPED = frozenset(
    [
        "id",
        "collapsed",
        "heading",
        "background-color",
        "created-at",
        "updated-at",
        "ls-type",
        "hl-page",
        "hl-color",
        "hl-stamp",
        "hl-type",
        "logseq.order-list-type",
    ]
)
_TAGGED = re.compile(r"(?<![ \t])[ \t]+#(?:quote|highlight|passage|zitat)s?[ \t]*$", re.I)
_CARD = re.compile(
    r"(?<![ \t])[ \t]+#(?P<tag>flashcards?|card)(?![\w/-])(?P<more>(?:[ \t]+#[^\s#]+)*)[ \t]*$", re.I
)
"""The tag of a card behind a passage, which the reader's template writes."""
_ANNOTATION = {"hl-page": Role.LOCATION, "hl-color": Role.COLOR}
_FIELDS = frozenset({Role.LOCATION, Role.ADDED, Role.COLOR, Role.LINK, Role.NOTE})
_INDENT = 4
"""Blanks that are the indentation of a block; two are that of a block's further lines."""


@dataclass(slots=True)
class Block:
    """A block with the blocks below it."""

    depth: int
    line: int
    lines: list[str]
    children: list["Block"] = field(default_factory=list)
    certain: bool = False
    """Whether it ends in a highlight's link or an exporter's id."""
    above: bool = False
    """Whether a block below it is certain."""
    quoted: bool = False
    tags: list[str] = field(default_factory=list)
    card: bool = False
    """Whether the tag of a card stands behind it."""
    fields: list[Label] = field(default_factory=list)
    """Its properties that say something of a passage: "page:: 41"."""


def tabbed(lines: Sequence[str]) -> Sequence[str]:
    """The lines with tabs for the blanks that Roam, or a setting of Logseq, indents blocks by."""
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if _BULLET.match(line)]
    width = min(filter(None, indents), default=0)
    if width < _INDENT or any(line.startswith("\t") for line in lines):
        return lines
    found = []
    for line in lines:
        blanks = len(line) - len(line.lstrip(" "))
        found.append("\t" * (blanks // width) + " " * (blanks % width) + line[blanks:])
    return found


def tree(lines: Sequence[str], index: int, first_line: int, header: Header) -> list[Block]:
    """The blocks of a page. What is at the margin without a dash is a property, the cover, or a block that lost its dash."""
    roots: list[Block] = []
    path: list[Block] = []
    for offset in range(index, len(lines)):
        line = lines[offset]
        current = path[-1] if path else None
        depth = _depth(line, current)
        if depth is not None:
            bullet = _BULLET.match(line)
            text = (bullet["text"] or "") if bullet is not None else ""
            if depth == 0 and PROPERTY.match(line) is not None and header.read(line):
                path = []
                continue
            block = Block(depth, first_line + offset, [])
            path = [one for one in path if one.depth < depth]
            (path[-1].children if path else roots).append(block)
            path.append(block)
            _line(block, text)
        elif line[:1] not in (" ", "\t", "") and (line.startswith("![") or PROPERTY.match(line) is not None):
            header.read(line)
        elif line[:1] not in (" ", "\t", "") and BATCH.match(line):
            path = []
        elif current is None and line[:1] == " " and _BLOCK_PROPERTY.match(line) and roots:
            header.read(line.strip())  # a property of the page, repeated
        elif current is not None:
            _line(current, _continued(line, current.depth))
        elif line.strip():
            block = Block(0, first_line + offset, [])
            roots.append(block)
            path = [block]
            _line(block, line)
    for block in walk(roots):
        _merge_links(block)
    for block in reversed(list(walk(roots))):
        block.lines = block.lines or [""]
        block.certain = any(link_tail.is_tail(line) for line in block.lines)
        block.above = any(one.certain or one.above for one in block.children)
    return roots


def _merge_links(block: Block) -> None:
    """A block of nothing but a highlight's link or tags belongs to the block before it."""
    kept: list[Block] = []
    for one in block.children:
        words = " ".join(one.lines).strip()
        link = link_tail.cut(words) if "](" in words else None
        placed = place(words) if kept and not one.children and words[:1] in ("(", "[") else None
        if placed is not None and placed.location:
            kept[-1].fields.append(Label(Role.LOCATION, placed.location, "", True))
        elif (
            kept
            and not one.children
            and ((not words and one.tags) or (link is not None and link.link and not link.text))
        ):
            kept[-1].lines += one.lines
            kept[-1].tags += one.tags
        else:
            kept.append(one)
    block.children = kept


def _depth(line: str, current: Block | None) -> int | None:
    """How deep a line's block is; None for a line that begins no block."""
    bullet = _BULLET.match(line)
    if bullet is None:
        return None
    indent = bullet["indent"]
    if not indent.strip("\t"):
        return len(indent)
    # Tabs and two blanks are a continuation; a label there is a child, and so is a block indented by fours.
    deep = len(indent.expandtabs(4))
    if current is None or child(bullet["text"] or "") is None:
        return None
    return deep // 4 if deep >= 4 * (current.depth + 1) or deep // 4 > 0 else None


def _line(block: Block, text: str) -> None:
    if (match := _BLOCK_PROPERTY.match(text)) is not None and (
        match["key"].lower() in _DROPPED or match["key"].lower() == "tags"
    ):
        if match["key"].lower() == "tags":
            block.tags.append(match["value"])
        if match["key"].lower() == "ls-type" and match["value"].strip() == "annotation":
            block.quoted = True
        if match["key"].lower() in _ANNOTATION:
            role = _ANNOTATION[match["key"].lower()]
            block.fields.append(Label(role, match["value"], role.value.capitalize(), True))
        return
    if (
        match is not None
        and block.lines
        and (named := role_of(match["key"])) is not None
        and named in _FIELDS
    ):
        block.fields.append(Label(named, match["value"], match["key"].capitalize(), True))
        return
    if match is not None and match["key"].lower().startswith("card-"):
        return
    if (card := _CARD.search(text)) is not None:
        block.card, text = True, text[: card.start()]
        block.tags.append(f"#{card['tag']}{card['more']}")
    if (tagged := _TAGGED.search(text)) is not None:
        block.quoted, text = True, text[: tagged.start()]
    if _QUOTE_FENCE.match(text) is not None:
        block.quoted = block.quoted or _BEGIN_QUOTE.match(text) is not None
        text = _QUOTE_FENCE.sub("", text)
        if not text.strip():
            return
    if (quote := _QUOTE.match(text)) is not None and (not block.lines or block.quoted):
        block.quoted = True
        text = text[quote.end() :]
    block.lines.append(text)


def walk(roots: list[Block]) -> list[Block]:
    found: list[Block] = []
    stack = list(reversed(roots))
    while stack:
        block = stack.pop()
        found.append(block)
        stack += reversed(block.children)
    return found


def _continued(line: str, depth: int) -> str:
    """Without the block's tabs, so that all further lines share their two blanks."""
    tabs = len(line) - len(line.lstrip("\t"))
    return line[min(tabs, depth) :] if line.strip() else ""


def page_properties(lines: Sequence[str], header: Header) -> tuple[int, str | None]:
    """Index of the first line behind the page's properties, and the date of a batch named among them."""
    index, added = 0, None
    seen = False
    while index < len(lines):
        line = lines[index]
        if (match := PROPERTY.match(line)) is not None:
            header.read(f"{match.group(1)}:: {match.group(2) or ''}")
            seen = True
        elif BATCH.match(line) and not line.startswith("-"):
            added = dates.moment(line)
        elif line.startswith("![") and seen:
            header.read(line)
        elif line.strip() not in ("", "-") and not (seen and _spills(lines, index)):
            break
        index += 1
    return index, added


def _spills(lines: Sequence[str], index: int) -> bool:
    """Whether a line belongs to the property above: another property follows before any bullet or blank line."""
    for line in lines[index + 1 : index + 40]:
        if PROPERTY.match(line) and not line.startswith("- "):
            return True
        if not line.strip() or _BULLET.match(line):
            return False
    return False


def is_worded(block: Block) -> bool:
    """Whether a block has words or a picture: "- -" is an empty one, as cards have it."""
    return any(any(map(str.isalnum, line)) for line in block.lines)
