"""Reads a Logseq page into a tree of blocks, each with its lines, tags and properties.

A block begins with tabs and a dash. Its further lines, blank ones too, have the same tabs and two blanks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.formats import dates, link_tail
from corpus.formats.entry import child
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, is_known_property
from corpus.formats.labels import Label, Role, role_of
from corpus.formats.outline.places import place
from corpus.model import Source

PROPERTY = re.compile(r"(?:- )?([A-Za-z][\w -]*)::(?:\s+(.*))?$")
BATCH = re.compile(r"\s*(?:-\s+)?(?:\*\s*)?(?:##\s+)?new highlights added\b", re.I)
_BULLET = re.compile(r"(?P<indent>[ \t]*)[-*](?:[ \t]+(?P<text>.*))?$")
_BLOCK_PROPERTY = re.compile(r"\s*(?P<key>[A-Za-z][\w.-]*):: ?(?P<value>.*)$")
_LEADING = re.compile(r"(?P<key>[a-z][\w.-]{0,29})::(?:[ \t]+(?P<value>.*))?$")
"""A property at the beginning of a block. Logseq writes their names in lower case."""
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
"""The tag of a flashcard after a passage, written by a person's template."""
_AREA = "[:span]"
"""Text of a block for an area that was marked in a PDF. It has no words, only a picture."""
_ONLY_LINK = re.compile(
    r"(?:\[(?P<name>[^\[\]\n]{1,300})\]\((?P<url>https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)|\[\[(?P<page>[^\[\]\n]{1,300})\]\])"
)
"""A block that is only a link to an address or to a page of the graph."""
_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\([^\s()]*\)(?:\{[^{}\n]*\})?")
_ANNOTATION = {"hl-page": Role.LOCATION, "hl-color": Role.COLOR}
_FIELDS = frozenset({Role.LOCATION, Role.ADDED, Role.COLOR, Role.LINK, Role.NOTE})
_INDENT = 4
"""How many blanks indent a block. Two blanks indent the further lines of a block."""


@dataclass(slots=True)
class Block:
    """A block with its children."""

    depth: int
    line: int
    lines: list[str]
    children: list["Block"] = field(default_factory=list)
    certain: bool = False
    """Whether it ends in a highlight's link or an exporter's id."""
    above: bool = False
    """Whether any block below it is certain."""
    quoted: bool = False
    """Whether its reader wrote it as a quotation, or tagged it as a highlight."""
    tags: list[str] = field(default_factory=list)
    card: bool = False
    """Whether it ends in the tag of a flashcard."""
    fields: list[Label] = field(default_factory=list)
    """Its properties about a passage, such as "page:: 41"."""
    sign: str = ""
    """Its quote sign, exactly as written."""
    quote_ended: bool = False
    """Whether an empty line stands below the lines with its quote sign. What follows is the reader's."""
    behind: list[str] = field(default_factory=list)
    """Its lines below that empty line. If Readwise wrote the block, they may belong to the passage."""
    joined: bool = False
    """Whether paragraphs without a quote sign stand before its link. They are the source's."""
    annotation: bool = False
    """Whether Logseq made it from a highlight in a PDF."""
    leading: list[str] = field(default_factory=list)
    """The properties at its beginning, as written."""
    properties: list[str] = field(default_factory=list)
    """Its properties about a source, such as "author:: [[Mara Vale]]", as written."""


def tabbed(lines: Sequence[str]) -> Sequence[str]:
    """Replaces indentation by blanks (as Roam writes it, and Logseq can) with tabs."""
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
    """Reads the blocks of a page. A line at the margin without a dash is a property, the cover, or a block that lost its dash."""
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
            path = [outer for outer in path if outer.depth < depth]
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
        if block.leading:
            _read_leading(block)
        block.lines = block.lines or [""]
        block.certain = any(link_tail.is_tail(line) for line in block.lines)
        block.above = any(below.certain or below.above for below in block.children)
    return roots


def _merge_links(block: Block) -> None:
    """Merges a child that has only a highlight's link, a location or tags into the child before it."""
    kept: list[Block] = []
    for below in block.children:
        words = " ".join(below.lines).strip()
        link = link_tail.cut(words) if "](" in words else None
        placed = place(words) if kept and not below.children and words[:1] in ("(", "[") else None
        if placed is not None and placed.location:
            kept[-1].fields.append(Label(Role.LOCATION, placed.location, "", True))
        elif (
            kept
            and not below.children
            and ((not words and below.tags) or (link is not None and link.link and not link.text))
        ):
            kept[-1].lines += below.lines
            kept[-1].tags += below.tags
        else:
            kept.append(below)
    block.children = kept


def _depth(line: str, current: Block | None) -> int | None:
    """Returns the depth of the block that a line begins; None for any other line."""
    bullet = _BULLET.match(line)
    if bullet is None:
        return None
    indent = bullet["indent"]
    if not indent.strip("\t"):
        return len(indent)
    if indent.startswith("\t") and indent.strip("\t") == " " and indent[-1] == " ":
        return len(indent) - 1  # "\t - a": two blanks would continue the block, one does not
    # Tabs and two blanks continue a block. But a label there is a child, and so is a block indented by fours.
    deep = len(indent.expandtabs(4))
    if current is None or child(bullet["text"] or "") is None:
        return None
    return deep // 4 if deep >= 4 * (current.depth + 1) or deep // 4 > 0 else None


def _line(block: Block, text: str) -> None:
    """Adds a line to a block: a property, a tag at the end, a quote sign, or plain text."""
    match = _BLOCK_PROPERTY.match(text)
    if text.strip() == _AREA or (
        match is not None and _property(block, match["key"].lower(), match["value"])
    ):
        return
    if (card := _CARD.search(text)) is not None:
        block.card, text = True, text[: card.start()]
        block.tags.append(f"#{card['tag']}{card['more']}")
    if (tagged := _TAGGED.search(text)) is not None:
        block.quoted, text = True, text[: tagged.start()]
    if not block.lines and block.depth and _LEADING.match(text.strip()) is not None:
        block.leading.append(text.strip())
        return
    if _QUOTE_FENCE.match(text) is not None:
        _fence(block, begins=_BEGIN_QUOTE.match(text) is not None)
        text = _QUOTE_FENCE.sub("", text)
        if not text.strip():
            return
    if (quote := _QUOTE.match(text)) is not None and (not block.lines or block.quoted):
        block.quoted, block.sign = True, block.sign or quote.group()
        text = text[quote.end() :]
    elif block.quote_ended and not link_tail.is_tail(text):
        block.behind.append(text)
        return
    elif block.sign and not text.strip():
        block.quote_ended = True
    elif block.quote_ended and link_tail.cut(text.strip()).text:
        block.lines += block.behind  # this is the last paragraph of the passage, with its link
        block.behind, block.joined = [], True
    block.lines.append(text)


def _fence(block: Block, *, begins: bool) -> None:
    """Begins or ends a quotation. The words of the block around it are the reader's; a sign above it is the template's."""
    if not begins:
        block.quote_ended = block.quote_ended or block.quoted
        return
    if not block.quoted:
        block.behind += [line for line in block.lines if any(map(str.isalnum, line))]
        block.lines.clear()
    block.quoted = True


def _read_leading(block: Block) -> None:
    """Reads the properties at the beginning of a block ("link:: …", "on:: …"). If there is nothing below, they are its text."""
    if not is_worded(block):
        block.lines = block.leading + block.lines
        return
    for line in block.leading:
        match = _LEADING.match(line)
        assert match is not None
        value = (match["value"] or "").strip()
        role = role_of(match["key"]) or (Role.ADDED if dates.is_date(value) else None)
        if role in _FIELDS and value:
            block.fields.append(Label(role, value, match["key"].capitalize(), True))


def _property(block: Block, key: str, value: str) -> bool:
    """Takes a line that looks like a property. Returns false if it is part of a passage instead."""
    if key not in _DROPPED and _is_about_source(key, block):
        block.properties.append(f"{key}:: {value}")
    if block.properties or key in _DROPPED or key == "tags":
        if key == "tags":
            block.tags.append(value)
        if key == "ls-type" and value.strip() == "annotation":
            block.quoted = block.annotation = True
        if key in _ANNOTATION:
            role = _ANNOTATION[key]
            block.fields.append(Label(role, value, role.value.capitalize(), True))
        return True
    if block.lines and (named := role_of(key)) is not None and named in _FIELDS:
        block.fields.append(Label(named, value, key.capitalize(), True))
        return True
    return key.startswith("card-")


def _is_about_source(key: str, block: Block) -> bool:
    """Whether a property describes a source: the block that has it is only a link, which leads to that source."""
    return bool(block.properties) or (
        len(block.lines) == 1
        and _ONLY_LINK.fullmatch(block.lines[0].strip()) is not None
        and is_known_property(key)
    )


def source_of(block: Block) -> Source:
    """Returns the source that a block's properties describe. Its title and address may be those of the block's link."""
    header = Header()
    for line in block.properties:
        header.read(line)
    link = _ONLY_LINK.fullmatch(block.lines[0].strip())
    if link is not None:
        header.values.setdefault("title", [link["name"] or link["page"]])
        if link["url"]:
            header.values.setdefault("url", [link["url"]])
    return header.source(FrontMatter(), "")


def walk(roots: list[Block]) -> list[Block]:
    """Returns all blocks of the trees, each before its children."""
    found: list[Block] = []
    stack = list(reversed(roots))
    while stack:
        block = stack.pop()
        found.append(block)
        stack += reversed(block.children)
    return found


def _continued(line: str, depth: int) -> str:
    """Removes the block's tabs, so that all further lines begin with the same two blanks."""
    tabs = len(line) - len(line.lstrip("\t"))
    return line[min(tabs, depth) :] if line.strip() else ""


def page_properties(lines: Sequence[str], header: Header) -> tuple[int, str | None]:
    """Reads the page's properties into `header`. Returns the index of the line after them, and the date of a batch heading."""
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
    """Whether a line continues the property above: another property follows before any bullet or blank line."""
    for line in lines[index + 1 : index + 40]:
        if PROPERTY.match(line) and not line.startswith("- "):
            return True
        if not line.strip() or _BULLET.match(line):
            return False
    return False


def is_worded(block: Block) -> bool:
    """Whether a block has any letters or digits beside pictures. Flashcards have empty blocks such as "- -"."""
    return any(any(map(str.isalnum, _IMAGE.sub("", line) if "![" in line else line)) for line in block.lines)
