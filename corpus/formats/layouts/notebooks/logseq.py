"""Readwise's Logseq plugin: properties, then a tree of blocks. Highlights stand below headings of any kind, or at the margin.

The place and words of a block decide what it is. A block with a link is a highlight. A block above highlights is a heading. A
block below a highlight is the "Note" or "Tags" of an export, or the reader's own words.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats import dates, link_tail, properties
from corpus.formats.entry import Draft, Entry, child
from corpus.formats.header import Header
from corpus.formats.labels import Label, Role, label
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.formats.layouts.notebooks._logseq_blocks import (
    BATCH,
    PROPERTY,
    Block,
    is_worded,
    page_properties,
    source_of,
    tabbed,
    tree,
    walk,
)
from corpus.formats.outline.places import cut_place
from corpus.formats.outline.sections import OWN
from corpus.model import Source

_MARK = re.compile(
    r"(?m)^(?:-[ \t]+(?:##[ \t]+)?)?(?:\*[ \t]*)?(?:highlights first synced by\b|new highlights added \[\[)",
    re.I,
)
_KEYS = frozenset({"author", "full-title", "category"})
_MORE_KEYS = _KEYS | {"url", "title", "type", "source"}
_SYNCED = re.compile(r"(?:\*\s*)?(?:##\s+)?highlights first synced by\b", re.I)
_LINKS = re.compile(
    r"#?\[\[[^\[\]]*\]\]|[\s#*]|\bon\b|\bat\b|\d{1,2}:\d{2}|readwise|highlights?|added|synced|imported|from",
    re.I,
)
_SIGNED = re.compile(
    r"^[ \t]*[-*][ \t]+(?:#\+BEGIN_QUOTE|>[ \t])|[ \t]#(?:quote|highlight|passage|zitat)s?[ \t]*$", re.I
)
"""A block that its reader wrote as a quotation, or tagged as a highlight."""
_PLACED = re.compile(r"[ \t]+(?:page|location)::[ \t]*\d")
"""A property with the location of a passage in its source."""
_QUOTATION = re.compile(r"[ \t]*[-*][ \t]+(?:#\+BEGIN_QUOTE|>[ \t])", re.I)
_HEADED = re.compile(r"-[ \t]+(?:new[ \t]+)?highlights?\b[^\n\[]{0,20}\[\[", re.I)
"""A heading block above highlights, with the day of the import."""
_HEADING = re.compile(r"#{1,6} \S")
_EXPORTED = frozenset({"full-title", "file-path"})
"""Properties that Readwise writes, or Logseq for the highlights in a PDF, and people do not."""
_LIBRARY = frozenset({"item-type", "library-catalog", "original-title"})
"""Properties that Logseq writes for an item of Zotero."""
_ITEM_LINES = 60
"""How many lines are searched for the properties of an item."""
_MIN_CHAPTERS = 2
"""Minimum number of blocks that may be chapters. A single one proves nothing."""
_SETTING_CHARS = 120
OWN_SECTION = "a block such as “My thoughts” with words of your own below: left out"
NOT_UNDERSTOOD = "text next to the highlights that is neither a highlight nor a remark on one: left out"


def evidence(text: Text) -> int:
    """3 for the properties or headings that Readwise writes, 2 for properties and links to highlights, 1 for an outline."""
    lower = text.body.lower()
    if ("first synced by" in lower or "highlights added [[" in lower) and _MARK.search(text.body):
        return 3
    if _is_document(text):
        return 0
    keys = set()
    for line in text.body[:4000].split("\n"):
        match = PROPERTY.match(line)
        if match is None and line.strip():
            break
        if match is not None:
            keys.add(match.group(1).lower())
    if len(keys & _KEYS) >= 2:
        return 3
    if "ls-type:: annotation" in text.body:
        return 3
    if _is_item(text.lines):
        return 2
    if len(keys & _MORE_KEYS) < 2 and "author" not in keys:
        return 1 if _is_outline(text) else 0
    if "\n- " not in text.body:
        return 0
    signed = any(_SIGNED.search(line) or _HEADED.match(line) or _PLACED.match(line) for line in text.lines)
    return 2 if signed or any(map(link_tail.is_tail, text.lines)) else 0


def _is_document(text: Text) -> bool:
    """Whether quotations stand below headings at the margin, as in Markdown. On a page of Logseq both are blocks with a bullet."""
    begin = next((at for at, line in enumerate(text.lines) if _HEADING.match(line)), len(text.lines))
    return any(line[:2] == "> " for line in text.lines[begin:])


def _is_item(lines: Sequence[str]) -> bool:
    """Whether a page is an item of Zotero's library. Its abstract, files and notes are not highlights."""
    keys = {match[1].lower() for line in lines[:_ITEM_LINES] if (match := PROPERTY.match(line)) is not None}
    return len(keys & _LIBRARY) > 1


def _is_outline(text: Text) -> bool:
    """Whether a page has only nested blocks, some of them quotations or copied highlights. The others are its reader's."""
    quoted = "- > " in text.body or "#+begin_quote" in text.body.lower()
    if "\t- " not in text.body or not (quoted or "](http" in text.body):
        return False
    rooted = all(line[:1] in ("\t", " ", "-", "") or PROPERTY.match(line) for line in text.lines)
    return rooted and any(_QUOTATION.match(line) or _is_copied(line) for line in text.lines)


def _is_copied(line: str) -> bool:
    """Whether a line is a nested block that ends in a highlight's link."""
    return line[:1] == "\t" and "](http" in line and link_tail.is_tail(line)


def read(text: Text) -> Reading:
    """Reads the page's highlights in order."""
    header = Header()
    lines = tabbed(text.lines)
    index, added = page_properties(lines, header)
    own = "\n- " in f"\n{text.body}" and evidence(text) == 1
    roots = tree(lines, index, text.front.first_line, header)
    own = own or _is_item(text.lines)
    entries, problems = _PageReader(roots, added, own=own, exported=_is_exported(text, header)).read()
    return Reading(entries, header, problems, titled=True if any(entry.source for entry in entries) else None)


def _is_exported(text: Text, header: Header) -> bool:
    """Whether an exporter wrote the page: by a property that people do not write, or a heading with the day of an import."""
    return (
        any(key in _EXPORTED or key in _LIBRARY for key in (*header.values, *text.front.properties))
        or _MARK.search(text.body) is not None
        or any(map(_HEADED.match, text.lines))
    )


def blocks(lines: Sequence[str], first_line: int) -> Reading:
    """Reads the highlights in some blocks of a page. `first_line` is the line of the first block."""
    header = Header()
    entries, problems = _PageReader(tree(lines, 0, first_line, header), None).read()
    return Reading(entries, header, problems)


class _PageReader:
    """Decides which blocks of a page are highlights, headings, or the reader's words."""

    def __init__(
        self, roots: list[Block], added: str | None, *, own: bool = False, exported: bool = True
    ) -> None:
        self._own = own
        """Whether the reader wrote the page. Then only blocks with a link or a quotation are passages."""
        self._roots = roots
        self._added = added
        self._entries: list[Entry] = []
        self._unknown: Problems = []
        blocks = list(walk(roots))
        self._any_certain = any(block.certain for block in blocks)
        self._any_quoted = any(block.quoted for block in blocks)
        self._nested = any(_SYNCED.match(root.lines[0]) and root.children for root in roots) or (
            self._any_certain and not any(root.certain for root in roots)
        )
        self._nested = self._nested or any(map(self._is_heading_of_highlights, roots))
        self._synced = any(_SYNCED.match(root.lines[0]) for root in roots)
        if any(block.joined for block in blocks):  # on this page, paragraphs without a sign are the source's
            for block in blocks:
                block.lines, block.behind = block.lines + block.behind, []
        if self._synced:
            _give_signs_back(roots)
            _give_ends_back(blocks)
        elif not self._any_certain and not self._any_quoted:
            for block in blocks:
                block.quoted = block.depth > 0 and any(found.role is Role.LOCATION for found in block.fields)
            self._any_quoted = any(block.quoted for block in blocks)
        if not self._any_certain and not self._any_quoted:
            self._own = self._own or not (exported or any(map(self._is_setting, roots)))
            for root in roots:
                _mark_chapters(root)
        if self._any_quoted and not self._synced:
            for block in reversed(blocks):  # a block above quotations is a heading
                below = any(inner.quoted or inner.above for inner in block.children)
                block.above = block.above or (below and not block.quoted and not block.certain)

    def read(self) -> tuple[tuple[Entry, ...], Problems]:
        stack: list[tuple[Block, str | None, bool | None, Source | None]]
        stack = [(root, None, None, None) for root in reversed(self._roots)]
        added = self._added
        while stack:
            block, chapter, inside, source = stack.pop()
            first = block.lines[0]
            if block.depth == 0 and (_SYNCED.match(first) or BATCH.match(first)):
                added = None if _SYNCED.match(first) else dates.moment(first)
                stack += [(inner, None, True, source) for inner in reversed(block.children)]
            elif block.properties and block.children:
                stack += [(inner, None, True, source_of(block)) for inner in reversed(block.children)]
            elif self._is_passage(block, inside):
                self._entries.append(replace(_entry(block, chapter, added), source=source))
                stack += [(inner, chapter, inside, source) for inner in reversed(_annotations(block))]
            elif _is_readers_heading(block):
                self._unknown.append((block.line, OWN_SECTION))
            elif block.above or self._is_setting(block):
                setting = self._is_setting(block)
                added = dates.moment(first) if setting and dates.day(first) else added
                named = not setting and any(map(str.isalnum, first))
                below = properties.chapter(first.lstrip("# ")) if named else chapter
                stack += [(inner, below, True, source) for inner in reversed(block.children)]
            elif inside is not True and self._nested:
                continue  # the cover, or the reader's words
            elif is_worded(block) and inside and not self._own:
                self._unknown.append((block.line, NOT_UNDERSTOOD))
        return tuple(self._entries), list(
            {what: (line, what) for line, what in reversed(self._unknown)}.values()
        )[::-1]

    def _is_setting(self, block: Block) -> bool:
        """Whether a block is a heading with nothing but the time or origin of an import: "[[Readwise]] [[2023-03-27]]"."""
        first = block.lines[0]
        if block.certain or not block.children or len(first) > _SETTING_CHARS:
            return False
        return not any(map(str.isalnum, _LINKS.sub("", first))) or (
            "[[" in first and dates.day(first) is not None
        )

    def _is_heading_of_highlights(self, block: Block) -> bool:
        """Whether a block is a heading such as "## [[Readwise Highlights]]". Then nothing beside it is a highlight."""
        return "highlights" in block.lines[0].lower() and self._is_setting(block)

    def _is_passage(self, block: Block, inside: bool | None) -> bool:
        if block.certain:
            return True
        if not is_worded(block) or block.above or self._is_setting(block):
            return False
        if self._own and (not block.quoted or _is_labelled_remark(block)):
            return False
        if block.quoted:
            return inside is True or not self._nested
        if self._any_quoted and not self._synced:
            return False
        return inside is True or not self._nested


def _is_readers_heading(block: Block) -> bool:
    """Whether a block is a heading above the reader's own words, such as "My thoughts", and no highlight stands below it."""
    name = block.lines[0].strip("# :*_[]").lower()
    return block.above and name in OWN and not any(inner.certain for inner in walk(block.children))


def _is_labelled_remark(block: Block) -> bool:
    """Whether a quotation begins with a label in bold for the reader's words: "> **My summary:** …"."""
    found = child(block.lines[0])
    return found is not None and found.marked and found.role is Role.NOTE


def _mark_chapters(root: Block) -> None:
    """Marks the blocks below a heading of highlights as chapters, if the passages below them have no links.

    Below Readwise's own heading, a nested block without a label is the reader's remark, unless it is a flashcard.
    """
    first = root.lines[0]
    named = [block for block in root.children if is_worded(block)]
    below = [inner for block in named for inner in block.children if is_worded(inner)]
    cards = sum(block.card for block in below) * 2 > len(below) and not any(block.card for block in named)
    imported = _HEADED.match(f"- {first}") is not None and "readwise" not in first.lower()
    shaped = (
        len(named) >= _MIN_CHAPTERS and all(block.children for block in named) and len(below) > len(named)
    )
    if (cards and _SYNCED.match(first)) or (imported and shaped):
        for block in named:
            block.above = bool(block.children)


def _give_signs_back(roots: Sequence[Block]) -> None:
    """Puts quote signs back if most passages below Readwise's heading have none: then such a sign is part of the source."""
    for root in roots:
        passages = [block for block in root.children if is_worded(block)]
        signed = [block for block in passages if block.sign]
        if len(signed) * 2 < len(passages):
            for block in signed:
                block.lines[0] = block.sign + block.lines[0]


def _give_ends_back(blocks: Sequence[Block]) -> None:
    """Puts the paragraphs below a quotation back if the last one ends in a location: Readwise writes it at the end of a passage."""
    for block in blocks:
        while block.behind and not block.behind[-1].strip():
            block.behind.pop()
        ends = block.behind and not block.certain and cut_place("\n".join(block.lines).rstrip()) is None
        if ends and cut_place(block.behind[-1].rstrip()) is not None:
            block.lines += block.behind
            block.behind = []


def _annotations(block: Block) -> list[Block]:
    """Returns the highlights of a PDF below this block, at any depth."""
    found: list[Block] = []
    for below in block.children:
        found += [below] if below.annotation else _annotations(below)
    return found


def _entry(block: Block, chapter: str | None, added: str | None) -> Entry:
    """Makes an entry of a block. Its children are labels or remarks."""
    lines = block.lines
    draft = Draft(block.line, lines[0], chapter, added)
    draft.rest = lines[1:]
    draft.tag_lines = list(block.tags)
    for field in block.fields:
        draft.child(field)
    for line in filter(str.strip, block.behind):
        draft.child(Label(Role.NOTE, line.strip(), "", True))
    draft.field = None
    stack = list(reversed(block.children))
    while stack:
        below = stack.pop()
        if below.annotation:
            continue
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


LAYOUT = Layout(
    "logseq",
    "Readwise's Logseq plugin",
    evidence,
    read,
    by_readwise=True,
    marks=("::", "first synced by", "highlights added [[", "\t- "),
)
