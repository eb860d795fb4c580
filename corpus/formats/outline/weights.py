"""Gathers evidence from all blocks of a note: which kinds of block are passages, and which callouts are the reader's."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.formats.entry import Draft, Entry, Kind
from corpus.formats.labels import Role, role_of
from corpus.formats.outline.open_blocks import Outline
from corpus.formats.outline.places import cut_place

_READERS_CALLOUTS = frozenset(
    {"question", "idea", "tip", "todo", "hint", "important", "help", "faq", "attention"}
)
EMPHASISED = re.compile(r"(?:\[[ xX]\][ \t]+)?(?P<sign>\*\*|\*|__|_)[^*_\n]+(?P=sign)")
_PASSAGE_CALLOUTS = frozenset({"quote", "cite"})
_MIN_BESIDE = 2
"""How many other blocks show that callouts for the reader's words are remarks on them."""
_MIN_UNITS = 3
"""Minimum number of parts between rules that shows that rules separate the passages."""
PASSAGES = ("highlights", "soft", "head")
"""Sections in which a block without a link can be a passage."""


@dataclass(slots=True)
class Block:
    """A block, as gathered and as the entry that it would make."""

    draft: Draft
    entry: Entry

    @property
    def certain(self) -> bool:
        """Whether the block is a passage for certain: a link, an exporter's id or a label shows it."""
        return bool(self.entry.text) and (self.entry.marked or self.draft.signed)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence from the note as a whole about its blocks."""

    carriers: frozenset[Kind]
    """Kinds of block that are passages below "Highlights" even without a link."""
    passages_below_other_headings: bool
    """Whether blocks below other headings are passages, too, because there are no better ones."""
    linked_paragraphs: bool
    """Whether most paragraphs end in a highlight's link, or one between every two rules does."""
    ruled: bool
    """Whether rules or headings separate the passages, so that the blocks between two of them belong together."""
    dashes: bool
    """Whether passages are paragraphs, so that a bullet among them is a dash from the source."""
    quote_signs: bool
    """Whether passages are paragraphs, so that a quote sign before one of them is part of the source."""
    callouts: frozenset[str]
    """Kinds of callout with the reader's words, in a note where other callouts are the passages."""
    remarks_follow: bool
    """Whether a block that is not a carrier and follows a passage is the reader's remark on it."""
    lone_units: frozenset[int] = frozenset()
    """Numbers of the parts between two rules that have a single block, if nearly all parts do. That block is a passage."""
    always_linked: bool = False
    """Whether the layout puts a link after every passage. Then a block without a link is not a passage."""


def weigh(blocks: Sequence[Block], outline: Outline) -> Evidence:
    """Returns the evidence from all blocks of a note."""
    inside = [block for block in blocks if block.draft.section == "highlights" and block.entry.text]
    if not inside:
        inside = [block for block in blocks if block.draft.section in PASSAGES and block.entry.text]
    callouts = _readers_callouts(blocks)
    inside = _without_repeated([block for block in inside if block.draft.callout not in callouts])
    sure = [block for block in inside if block.certain]
    total = Counter([block.draft.kind for block in inside])
    certain = Counter([block.draft.kind for block in sure])
    first: Counter[Kind] = Counter()
    units: set[int] = set()
    for block in inside:
        if block.draft.unit not in units:
            units.add(block.draft.unit)
            first[block.draft.kind] += 1
    carriers = _carriers_by_links(total, certain) if certain else _carriers(total, first, _placed(inside))
    any_certain = bool(sure) or any(block.certain for block in blocks)
    headed = outline.headed or any(block.draft.section == "highlights" for block in blocks)
    holding = Counter([block.draft.unit for block in sure])
    ruled = len(holding) > 1 and sum(number == 1 for number in holding.values()) * 3 >= len(holding) * 2
    alone = certain[Kind.PARAGRAPH] == 1 and len(units) > 1
    dashes = certain[Kind.PARAGRAPH] > 1 and total[Kind.BULLET] * 2 <= certain[Kind.PARAGRAPH]
    signs = certain[Kind.PARAGRAPH] > 1 and certain[Kind.QUOTE] * 2 <= certain[Kind.PARAGRAPH]
    follow = not carriers & {Kind.BULLET, Kind.NUMBER} or len(carriers) > 1
    linked = certain[Kind.PARAGRAPH] > 0 and (ruled or certain[Kind.PARAGRAPH] * 2 >= total[Kind.PARAGRAPH])
    return Evidence(
        carriers,
        not any_certain and not headed,
        linked,
        ruled or alone,
        dashes,
        signs,
        callouts,
        follow,
        frozenset() if any_certain else _lone_units(inside),
    )


def _lone_units(blocks: Sequence[Block]) -> frozenset[int]:
    """Returns the parts with a single block, if nearly all parts between two rules have just one."""
    number = Counter(block.draft.unit for block in blocks)
    lone = frozenset(unit for unit, held in number.items() if held == 1)
    return lone if len(number) >= _MIN_UNITS and len(lone) * 5 >= len(number) * 4 else frozenset()


def _without_repeated(blocks: list[Block]) -> list[Block]:
    """Drops bullets that are repeated or all in emphasis, in a note with block quotes.

    They are the template's words, or the reader's, and do not show what the passages look like.
    """
    if not any(block.draft.kind is Kind.QUOTE for block in blocks):
        return blocks
    number = Counter(block.entry.text for block in blocks if block.draft.kind is Kind.BULLET)
    return [
        block
        for block in blocks
        if block.draft.kind is not Kind.BULLET
        or block.certain
        or (number[block.entry.text] < 2 and not EMPHASISED.fullmatch(block.entry.text))
    ]


def _readers_callouts(blocks: Sequence[Block]) -> frozenset[str]:
    """Returns the kinds of callout with the reader's words: "note" next to "quote", or a kind without links if others have them."""
    kinds = {block.draft.callout for block in blocks if block.draft.callout}
    if not kinds:
        return frozenset()
    linked = {block.draft.callout for block in blocks if block.draft.callout and block.certain}
    quoted = any(block.draft.kind is Kind.QUOTE and not block.draft.callout for block in blocks)
    readers = {kind for kind in kinds if kind in _READERS_CALLOUTS or role_of(kind) is Role.NOTE}
    passages = {kind for kind in kinds if kind in _PASSAGE_CALLOUTS or role_of(kind) is Role.PASSAGE}
    others = sum(
        block.draft.section == "highlights" and bool(block.entry.text) and block.draft.callout not in readers
        for block in blocks
    )
    own = sum(block.draft.callout in readers for block in blocks)
    beside = others >= max(own, _MIN_BESIDE)
    return frozenset(readers - linked) if passages or linked - readers or quoted or beside else frozenset()


def _placed(blocks: Sequence[Block]) -> Counter[Kind]:
    """Returns how many blocks of each kind end in a location."""
    return Counter(block.draft.kind for block in blocks if cut_place(block.entry.text) is not None)


def _carriers_by_links(total: Counter[Kind], certain: Counter[Kind]) -> frozenset[Kind]:
    """Returns the kinds of block that are passages even without a link, in a note with links to highlights."""
    marked = {kind for kind in total if certain[kind] * 2 >= total[kind] and certain[kind]}
    if not marked:
        return frozenset(certain)
    # Blocks of another kind than those with links are the reader's, unless there are far more of them.
    best = max(total[kind] for kind in marked)
    more = {
        kind
        for kind in (Kind.BULLET, Kind.NUMBER, Kind.QUOTE)
        if certain[kind] or total[kind] - certain[kind] > 2 * best
    }
    return frozenset(marked | {kind for kind in more if kind in total})


def _carriers(total: Counter[Kind], first: Counter[Kind], placed: Counter[Kind]) -> frozenset[Kind]:
    """Returns the kinds of block that are passages, in a note without links to highlights."""
    if not total:
        return frozenset()
    if placed and max(placed.values()) > 1:
        whole = {kind for kind in placed if placed[kind] == total[kind]}
        if len(whole) == 1:
            return frozenset(whole)  # every block of this kind ends in a location: "… (p. 12)"
    if (
        Kind.PARAGRAPH in total
        and first[Kind.PARAGRAPH] * 2 > sum(first.values())
        and sum(first.values()) > 1
    ):
        return frozenset({Kind.PARAGRAPH})
    if Kind.QUOTE in total and (
        total[Kind.QUOTE] >= total[Kind.BULLET] or first[Kind.QUOTE] > first[Kind.BULLET]
    ):
        return frozenset({Kind.QUOTE})
    if Kind.BULLET in total:
        return frozenset({Kind.BULLET} | ({Kind.QUOTE} & set(total)))
    return frozenset(
        {Kind.NUMBER}
        if Kind.NUMBER in total and total[Kind.NUMBER] >= total[Kind.PARAGRAPH]
        else {Kind.PARAGRAPH, Kind.NUMBER}
    )
