"""Readwise's Logseq plugin: properties, then a tree of blocks, in which the highlights stand below headings of any kind, or at
the margin.

A block begins with tabs and a dash. Its further lines have the same tabs and two blanks, blank lines included. What a block
is, its place and its words say: a block with a link is a highlight; one above highlights is a heading; one below a highlight
is the "Note" or "Tags" of an export, or the reader's own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.formats import dates, link_tail, properties
from corpus.formats.entry import Draft, Entry, child
from corpus.formats.header import Header
from corpus.formats.labels import Label, Role, label, role_of
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.outline.places import place

_PROPERTY = re.compile(r"(?:- )?([A-Za-z][\w -]*)::(?:\s+(.*))?$")
_MARK = re.compile(
    r"(?m)^(?:-[ \t]+(?:##[ \t]+)?)?(?:\*[ \t]*)?(?:highlights first synced by\b|new highlights added \[\[)",
    re.I,
)
_KEYS = frozenset({"author", "full-title", "category"})
_MORE_KEYS = _KEYS | {"url", "title", "type", "source"}
_SYNCED = re.compile(r"(?:\*\s*)?(?:##\s+)?highlights first synced by\b", re.I)
_BATCH = re.compile(r"\s*(?:-\s+)?(?:\*\s*)?(?:##\s+)?new highlights added\b", re.I)
_BULLET = re.compile(r"(?P<indent>[ \t]*)[-*](?:[ \t]+(?P<text>.*))?$")
_BLOCK_PROPERTY = re.compile(r"\s*(?P<key>[A-Za-z][\w.-]*):: ?(?P<value>.*)$")
_QUOTE_FENCE = re.compile(r"\s*#\+(?:BEGIN|END)_\w+[ \t]*", re.I)
_BEGIN_QUOTE = re.compile(r"\s*#\+BEGIN_(?:QUOTE|HIGHLIGHT|NOTE|IMPORTANT)\b", re.I)
_QUOTE = re.compile(r"\s*>[ \t]?")
_LINKS = re.compile(
    r"#?\[\[[^\[\]]*\]\]|[\s#*]|\bon\b|\bat\b|\d{1,2}:\d{2}|readwise|highlights?|added|synced|imported|from",
    re.I,
)
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
_SIGNED = re.compile(
    r"^[ \t]*[-*][ \t]+(?:#\+BEGIN_QUOTE|>[ \t])|[ \t]#(?:quote|highlight|passage|zitat)s?[ \t]*$", re.I
)
"""A block that its reader wrote as a quotation, or tagged as one."""
_QUOTATION = re.compile(r"[ \t]*[-*][ \t]+(?:#\+BEGIN_QUOTE|>[ \t])", re.I)
_TAGGED = re.compile(r"(?<![ \t])[ \t]+#(?:quote|highlight|passage|zitat)s?[ \t]*$", re.I)
_CARD = re.compile(r"[ \t]+#(?P<tag>flashcards?|card)(?![\w/-])(?P<more>(?:[ \t]+#[^\s#]+)*)[ \t]*$", re.I)
"""The tag of a card behind a passage, which the reader's template writes."""
_HEADED = re.compile(r"-[ \t]+(?:new[ \t]+)?highlights?\b[^\n\[]{0,20}\[\[", re.I)
"""A block above highlights, with the day of the import."""
_LIBRARY = frozenset({"item-type", "library-catalog", "original-title"})
"""Properties that Logseq writes for an item of Zotero."""
_MIN_CHAPTERS = 2
_ANNOTATION = {"hl-page": Role.LOCATION, "hl-color": Role.COLOR}
_FIELDS = frozenset({Role.LOCATION, Role.ADDED, Role.COLOR, Role.LINK, Role.NOTE})
_INDENT = 4
"""Blanks that are the indentation of a block; two are that of a block's further lines."""
_SETTING_CHARS = 120
NOT_UNDERSTOOD = "a block beside the highlights that is none of them: left out"


@dataclass(slots=True)
class _Block:
    depth: int
    line: int
    lines: list[str]
    children: list["_Block"] = field(default_factory=list)
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


def evidence(text: Text) -> int:
    """3 where a page has the properties or headings that Readwise writes, 2 where it has properties and links to highlights."""
    lower = text.body.lower()
    if ("first synced by" in lower or "highlights added [[" in lower) and _MARK.search(text.body):
        return 3
    keys = set()
    for line in text.body[:4000].split("\n"):
        match = _PROPERTY.match(line)
        if match is None and line.strip():
            break
        if match is not None:
            keys.add(match.group(1).lower())
    if len(keys & _KEYS) >= 2:
        return 3
    if "ls-type:: annotation" in text.body:
        return 3
    if len(keys & _LIBRARY) > 1:
        return 2
    if len(keys & _MORE_KEYS) < 2 and "author" not in keys:
        return 1 if _is_outline(text) else 0
    if "\n- " not in text.body:
        return 0
    signed = any(map(_SIGNED.search, text.lines)) or any(map(_HEADED.match, text.lines))
    return 2 if signed or any(map(link_tail.is_tail, text.lines)) else 0


def _is_outline(text: Text) -> bool:
    """Whether a page is nothing but nested blocks, some of them quotations or copied highlights: all else is its reader's."""
    quoted = "- > " in text.body or "#+begin_quote" in text.body.lower()
    if "\t- " not in text.body or not (quoted or "](http" in text.body):
        return False
    rooted = all(line[:1] in ("\t", " ", "-", "") or _PROPERTY.match(line) for line in text.lines)
    return rooted and any(_QUOTATION.match(line) or _is_copied(line) for line in text.lines)


def _is_copied(line: str) -> bool:
    """Whether a nested block ends in the link of a highlight."""
    return line[:1] == "\t" and "](http" in line and link_tail.is_tail(line)


def read(text: Text) -> Reading:
    """The page's highlights in order."""
    header = Header()
    lines = _tabbed(text.lines)
    index, added = _properties(lines, header)
    own = "\n- " in f"\n{text.body}" and evidence(text) == 1
    keys = {key.lower() for key in header.values}
    roots = _tree(lines, index, text.front.first_line, header)
    entries, problems = _PageReader(roots, added, own=own or len(keys & _LIBRARY) > 1).read()
    return Reading(entries, header, problems)


def blocks(lines: Sequence[str], first_line: int) -> Reading:
    """The highlights among blocks that begin on `first_line` of a page."""
    header = Header()
    entries, problems = _PageReader(_tree(lines, 0, first_line, header), None).read()
    return Reading(entries, header, problems)


def _tabbed(lines: Sequence[str]) -> Sequence[str]:
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


class _PageReader:
    def __init__(self, roots: list[_Block], added: str | None, *, own: bool = False) -> None:
        self._own = own
        """Whether the page is its reader's: only what has a link or is quoted is a passage."""
        self._roots = roots
        self._added = added
        self._entries: list[Entry] = []
        self._unknown: Problems = []
        blocks = list(_walk(roots))
        self._any_certain = any(block.certain for block in blocks)
        self._any_quoted = any(block.quoted for block in blocks)
        self._nested = any(_SYNCED.match(root.lines[0]) and root.children for root in roots) or (
            self._any_certain and not any(root.certain for root in roots)
        )
        self._synced = any(_SYNCED.match(root.lines[0]) for root in roots)
        if not self._any_certain and not self._any_quoted:
            for root in roots:
                _mark_chapters(root)
        if self._any_quoted and not self._synced:
            for block in reversed(blocks):  # what stands above quotations is a heading
                below = any(one.quoted or one.above for one in block.children)
                block.above = block.above or (below and not block.quoted and not block.certain)

    def read(self) -> tuple[tuple[Entry, ...], Problems]:
        pending = [(root, None, None) for root in reversed(self._roots)]
        stack: list[tuple[_Block, str | None, bool | None]] = list(pending)
        added = self._added
        while stack:
            block, chapter, inside = stack.pop()
            first = block.lines[0]
            if block.depth == 0 and (_SYNCED.match(first) or _BATCH.match(first)):
                added = None if _SYNCED.match(first) else dates.moment(first)
                stack += [(one, None, True) for one in reversed(block.children)]
            elif self._is_passage(block, inside):
                self._entries.append(_entry(block, chapter, added))
            elif block.above or self._is_setting(block):
                setting = self._is_setting(block)
                added = dates.moment(first) if setting and dates.day(first) else added
                named = not setting and any(map(str.isalnum, first))
                below = properties.chapter(first.lstrip("# ")) if named else chapter
                stack += [(one, below, True) for one in reversed(block.children)]
            elif inside is not True and self._nested:
                continue  # a block of the page's own: the cover, or the reader's words
            elif _is_worded(block) and inside and not self._own:
                self._unknown.append((block.line, NOT_UNDERSTOOD))
        return tuple(self._entries), self._unknown[:1]

    def _is_setting(self, block: _Block) -> bool:
        """A heading that only says when and by whom: "[[Readwise]] [[2023-03-27]]", "New highlights"."""
        first = block.lines[0]
        if block.certain or not block.children or len(first) > _SETTING_CHARS:
            return False
        return not any(map(str.isalnum, _LINKS.sub("", first))) or (
            "[[" in first and dates.day(first) is not None
        )

    def _is_passage(self, block: _Block, inside: bool | None) -> bool:
        if block.certain:
            return True
        if not _is_worded(block) or block.above or self._is_setting(block):
            return False
        if self._own and not block.quoted:
            return False
        if block.quoted:
            return inside is True or not self._nested
        if self._any_quoted and not self._synced:
            return False
        return inside is True or not self._nested


def _is_worded(block: _Block) -> bool:
    """Whether a block has words or a picture: "- -" is an empty one, as cards have it."""
    return any(any(map(str.isalnum, line)) for line in block.lines)


def _mark_chapters(root: _Block) -> None:
    """Marks the blocks below a heading of highlights as chapters where passages without links stand below them.

    Below Readwise's own heading an unlabelled block below another is the reader's remark, unless it is a card.
    """
    first = root.lines[0]
    named = [one for one in root.children if _is_worded(one)]
    below = [one for block in named for one in block.children if _is_worded(one)]
    cards = sum(one.card for one in below) * 2 > len(below) and not any(one.card for one in named)
    imported = _HEADED.match(f"- {first}") is not None and "readwise" not in first.lower()
    shaped = len(named) >= _MIN_CHAPTERS and all(one.children for one in named) and len(below) > len(named)
    if (cards and _SYNCED.match(first)) or (imported and shaped):
        for block in named:
            block.above = bool(block.children)


def _entry(block: _Block, chapter: str | None, added: str | None) -> Entry:
    lines = block.lines
    draft = Draft(block.line, lines[0], chapter, added)
    draft.rest = lines[1:]
    draft.tag_lines = list(block.tags)
    for one in block.fields:
        draft.child(one)
    draft.field = None
    stack = list(reversed(block.children))
    while stack:
        below = stack.pop()
        text = below.lines[0]
        found = child(text) or _unknown(text)
        if found is not None and found.role is not Role.PASSAGE:
            draft.child(found)
        else:
            draft.note(text)
        for line in below.lines[1:]:
            draft.add(line)
        draft.tag_lines += below.tags
        stack += reversed(below.children)
    draft.field = None
    return draft.finish()


def _unknown(text: str) -> Label | None:
    found = label(text)
    return found if found is not None and found.marked and found.role is not Role.PASSAGE else None


def _tree(lines: Sequence[str], index: int, first_line: int, header: Header) -> list[_Block]:
    """The blocks of a page. What is at the margin without a dash is a property, the cover, or a block that lost its dash."""
    roots: list[_Block] = []
    path: list[_Block] = []
    for offset in range(index, len(lines)):
        line = lines[offset]
        current = path[-1] if path else None
        depth = _depth(line, current)
        if depth is not None:
            bullet = _BULLET.match(line)
            text = (bullet["text"] or "") if bullet is not None else ""
            if depth == 0 and _PROPERTY.match(line) is not None and header.read(line):
                path = []
                continue
            block = _Block(depth, first_line + offset, [])
            path = [one for one in path if one.depth < depth]
            (path[-1].children if path else roots).append(block)
            path.append(block)
            _line(block, text)
        elif line[:1] not in (" ", "\t", "") and (line.startswith("![") or _PROPERTY.match(line) is not None):
            header.read(line)
        elif line[:1] not in (" ", "\t", "") and _BATCH.match(line):
            path = []
        elif current is None and line[:1] == " " and _BLOCK_PROPERTY.match(line) and roots:
            header.read(line.strip())  # a property of the page, repeated
        elif current is not None:
            _line(current, _continued(line, current.depth))
        elif line.strip():
            block = _Block(0, first_line + offset, [])
            roots.append(block)
            path = [block]
            _line(block, line)
    for block in _walk(roots):
        _merge_links(block)
    for block in reversed(list(_walk(roots))):
        block.lines = block.lines or [""]
        block.certain = any(link_tail.is_tail(line) for line in block.lines)
        block.above = any(one.certain or one.above for one in block.children)
    return roots


def _merge_links(block: _Block) -> None:
    """A block of nothing but a highlight's link or tags belongs to the block before it."""
    kept: list[_Block] = []
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


def _depth(line: str, current: _Block | None) -> int | None:
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


def _line(block: _Block, text: str) -> None:
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


def _walk(roots: list[_Block]) -> list[_Block]:
    found: list[_Block] = []
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


def _properties(lines: Sequence[str], header: Header) -> tuple[int, str | None]:
    """Index of the first line behind the page's properties, and the date of a batch named among them."""
    index, added = 0, None
    seen = False
    while index < len(lines):
        line = lines[index]
        if (match := _PROPERTY.match(line)) is not None:
            header.read(f"{match.group(1)}:: {match.group(2) or ''}")
            seen = True
        elif _BATCH.match(line) and not line.startswith("-"):
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
        if _PROPERTY.match(line) and not line.startswith("- "):
            return True
        if not line.strip() or _BULLET.match(line):
            return False
    return False


LAYOUT = Layout("logseq", "Readwise's Logseq plugin", evidence, read, by_readwise=True)
