"""Whose words a block is, decided block by block on evidence: the source's, the reader's, or not understood.

EVIDENCE, strongest first: a highlight's link behind it; a label or sign of its layout; a label below it ("Note:"); the kind of
block that carries the links, or comes first, in the note; the heading above it. A block with a link is a passage wherever it
stands. What is neither a passage nor next to one is reported, not quoted.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.formats import link_tail
from corpus.formats.entry import Draft, Entry, Kind
from corpus.formats.labels import Role, label, role_of
from corpus.formats.layout import Problems
from corpus.formats.outline.blocks import Outline

NOT_UNDERSTOOD = 'text between the highlights that belongs to none: left out (if it is your remark, write "Note:" before it)'
NOT_BELOW_HIGHLIGHTS = "a highlight's link in a section of your own notes: left out"

_SIGNS = re.compile(r"^(?:[-*+>][ \t]+)+")
_READERS_CALLOUTS = frozenset(
    {"question", "idea", "tip", "todo", "hint", "important", "help", "faq", "attention"}
)
_PASSAGE_CALLOUTS = frozenset({"quote", "cite"})
_PASSAGES = ("highlights", "soft", "head")
"""Sections in which a block can be a passage without a link."""


@dataclass(slots=True)
class _Block:
    """A block with what speaks for it."""

    draft: Draft
    entry: Entry

    @property
    def certain(self) -> bool:
        return bool(self.entry.text) and (self.entry.marked or self.draft.signed)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the note as a whole says about its blocks."""

    carriers: frozenset[Kind]
    """Kinds of block that are passages below "Highlights" without a link."""
    soft: bool
    """Whether blocks below other headings are passages, too: there are no better ones."""
    linked_paragraphs: bool
    """Whether most paragraphs end in a highlight's link, or one does between every two rules."""
    ruled: bool
    """Whether rules or headings stand between the passages, so that what is between two of them belongs together."""
    dashes: bool
    """Whether a bullet among the passages is a dash of the source's: the passages are paragraphs."""
    callouts: frozenset[str]
    """Kinds of callout that are the reader's: named so where other callouts are the passages."""
    remarks_follow: bool
    """Whether a block that is no carrier, right behind a passage, is the reader's remark of it."""
    always_linked: bool = False
    """Whether the layout puts a link behind every passage: what has none is no passage."""


def read(
    outline: Outline,
    *,
    same_link_is_remark: bool = False,
    always_linked: bool = False,
    paragraphs_lead: bool = False,
) -> tuple[tuple[Entry, ...], Problems]:
    """The passages with their remarks, and one problem for each kind of text that was not understood."""
    blocks = [_Block(draft, draft.finish()) for draft in outline.drafts]
    _give_links_back(blocks)
    evidence = weigh(blocks, outline)
    if always_linked and any(block.certain for block in blocks):
        evidence = replace(evidence, carriers=frozenset(), soft=False, always_linked=True)
    leading = _leading(blocks) if paragraphs_lead else frozenset()
    numbers = _list_numbers(blocks)
    marked_parts = {block.draft.part for block in blocks if block.certain}
    entries: list[Entry] = []
    owner: _Block | None = None
    before: Entry | None = None
    """The first paragraphs of a passage whose link stands behind its last one."""
    unknown: Problems = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        draft, entry = block.draft, block.entry
        if owner is not None and draft.unit != owner.draft.unit:
            owner = None
        if id(draft) in leading:
            before, owner = _joined(before, entry), None
        elif same_link_is_remark and entries and entry.link and entry.link == entries[-1].link:
            entries[-1] = _with_remark(entries[-1], block)
        elif _is_passage(block, evidence, marked_parts, outline, owner) or (
            not evidence.always_linked and _stands_alone(block, owner, before, after, evidence)
        ):
            signed = _with_own_sign(entry, draft, numbers.get(id(draft)), evidence)
            joined = (
                replace(signed, text=_joined(before, signed).text, line=before.line) if before else signed
            )
            entries.append(joined)
            before, owner = None, block
        elif owner is not None and _together(draft, owner.draft) and _is_remark(block, owner, evidence):
            entries[-1] = _with_remark(entries[-1], block)
        elif owner is None and after is not None and _begins(block, after, evidence):
            before = _joined(before, entry)
        elif block.certain:
            unknown.append((draft.line, NOT_BELOW_HIGHLIGHTS))
        elif draft.section == "highlights" and entry.text and not _is_footer(draft, outline):
            unknown.append((draft.line, NOT_UNDERSTOOD))
    return tuple(entries), list({text: (line, text) for line, text in reversed(unknown)}.values())[::-1]


def _joined(before: Entry | None, entry: Entry) -> Entry:
    """The paragraphs before with one more."""
    return entry if before is None else replace(before, text=f"{before.text}\n\n{entry.text}")


def _with_own_sign(entry: Entry, draft: Draft, number: str | None, evidence: Evidence) -> Entry:
    """The passage without the number that its template puts before it, or with a dash that is its own."""
    if number is not None:
        entry = replace(entry, text=entry.text.removeprefix(number).lstrip(" \t"))
    dashed = draft.kind is Kind.BULLET and evidence.dashes
    return replace(entry, text=draft.sign + entry.text) if dashed else entry


def _leading(blocks: Sequence[_Block]) -> frozenset[int]:
    """The paragraphs without link and label that stand, with nothing else between, above a paragraph with a link."""
    found: set[int] = set()
    follows: Draft | None = None
    for block in reversed(blocks):
        draft = block.draft
        if draft.kind is not Kind.PARAGRAPH or not block.entry.text or draft.section not in _PASSAGES:
            follows = None
        elif block.certain:
            follows = draft
        elif follows is not None and follows.unit == draft.unit and not draft.labelled:
            found.add(id(draft))
        else:
            follows = None
    return frozenset(found)


def _give_links_back(blocks: Sequence[_Block]) -> None:
    """A link on a line of its own below a quote and the reader's words about it is the quote's."""
    for quote, words in pairwise(blocks):
        if quote.draft.kind is not Kind.QUOTE or words.draft.kind not in (
            Kind.PARAGRAPH,
            Kind.BULLET,
            Kind.NUMBER,
        ):
            continue
        same = quote.draft.unit == words.draft.unit and quote.draft.section == words.draft.section
        if same and quote.entry.text and not quote.certain and words.draft.link and words.entry.marked:
            quote.draft.link, quote.draft.location = words.draft.link, words.draft.location
            words.draft.link = words.draft.location = None
            quote.entry, words.entry = quote.draft.finish(), words.draft.finish()


def weigh(blocks: Sequence[_Block], outline: Outline) -> Evidence:
    """What the note's blocks say together."""
    inside = [block for block in blocks if block.draft.section == "highlights" and block.entry.text]
    if not inside:
        inside = [block for block in blocks if block.draft.section in _PASSAGES and block.entry.text]
    total = Counter(block.draft.kind for block in inside)
    certain = Counter(block.draft.kind for block in inside if block.certain)
    first: Counter[Kind] = Counter()
    units: set[int] = set()
    for block in inside:
        if block.draft.unit not in units:
            units.add(block.draft.unit)
            first[block.draft.kind] += 1
    carriers = _carriers(total, certain, first)
    any_certain = any(block.certain for block in blocks)
    headed = outline.headed or any(block.draft.section == "highlights" for block in blocks)
    holding = Counter(block.draft.unit for block in inside if block.certain)
    ruled = len(holding) > 1 and sum(number == 1 for number in holding.values()) * 3 >= len(holding) * 2
    alone = certain[Kind.PARAGRAPH] == 1 and len(units) > 1
    dashes = certain[Kind.PARAGRAPH] > 1 and total[Kind.BULLET] * 2 <= certain[Kind.PARAGRAPH]
    follow = not carriers & {Kind.BULLET, Kind.NUMBER} or len(carriers) > 1
    linked = certain[Kind.PARAGRAPH] > 0 and (ruled or certain[Kind.PARAGRAPH] * 2 >= total[Kind.PARAGRAPH])
    callouts = _readers_callouts(blocks)
    return Evidence(
        carriers, not any_certain and not headed, linked, ruled or alone, dashes, callouts, follow
    )


def _readers_callouts(blocks: Sequence[_Block]) -> frozenset[str]:
    """Kinds of callout that hold the reader's words: "note" beside "quote", or without a link where others have one."""
    kinds = Counter(block.draft.callout for block in blocks if block.draft.callout)
    linked = {block.draft.callout for block in blocks if block.draft.callout and block.certain}
    readers = {kind for kind in kinds if kind in _READERS_CALLOUTS or role_of(kind) is Role.NOTE}
    passages = {kind for kind in kinds if kind in _PASSAGE_CALLOUTS or role_of(kind) is Role.PASSAGE}
    return frozenset(readers - linked) if passages or linked - readers else frozenset()


def _carriers(total: Counter[Kind], certain: Counter[Kind], first: Counter[Kind]) -> frozenset[Kind]:
    """The kinds of block that are passages where no link says so."""
    marked = {kind for kind in total if certain[kind] * 2 >= total[kind] and certain[kind]}
    free = Counter({kind: total[kind] - certain[kind] for kind in total})
    if marked:
        # Another kind beside the one that carries the links is the reader's, unless there is far more of it.
        best = max(total[kind] for kind in marked)
        more = {
            kind for kind in (Kind.BULLET, Kind.NUMBER, Kind.QUOTE) if certain[kind] or free[kind] > 2 * best
        }
        return frozenset(marked | {kind for kind in more if kind in total})
    some = {kind for kind in total if certain[kind]}
    if some:
        return frozenset(some)
    if not total:
        return frozenset()
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


def _is_passage(
    block: _Block, evidence: Evidence, marked_parts: set[int], outline: Outline, owner: _Block | None
) -> bool:
    draft, entry = block.draft, block.entry
    if block.certain:
        return draft.section != "reader" or draft.kind is Kind.BULLET or not outline.headed
    if not entry.text or draft.section in ("reader", "about") or evidence.always_linked:
        return False
    if draft.callout in evidence.callouts:
        return False
    if draft.section == "highlights":
        carried = draft.kind in evidence.carriers and not _is_lone_paragraph(block, evidence)
        behind = owner is not None and owner.draft.kind is Kind.QUOTE and draft.kind is not Kind.QUOTE
        return carried or (draft.labelled and not behind)
    if draft.section not in ("soft", "head") or draft.kind not in evidence.carriers:
        return False
    kinds = (Kind.BULLET, Kind.NUMBER, Kind.QUOTE) if draft.section == "soft" else (Kind.QUOTE,)
    return evidence.soft or (draft.part in marked_parts and draft.kind in kinds)


def _is_lone_paragraph(block: _Block, evidence: Evidence) -> bool:
    """A paragraph without a link where paragraphs carry links: the reader's, or a part of another one."""
    return block.draft.kind is Kind.PARAGRAPH and evidence.linked_paragraphs


def _stands_alone(
    block: _Block, owner: _Block | None, before: Entry | None, after: _Block | None, evidence: Evidence
) -> bool:
    """A paragraph without a link where others have one, with no passage above it to be a remark of: one that lost its link."""
    lone = (
        block.draft.section == "highlights" and bool(block.entry.text) and _is_lone_paragraph(block, evidence)
    )
    followed = after is not None and after.certain and after.draft.unit == block.draft.unit
    return lone and owner is None and before is None and not followed


def _begins(block: _Block, after: _Block, evidence: Evidence) -> bool:
    """Whether a paragraph without a link is the beginning of the one below it, which has one: no rule stands between."""
    same = block.draft.unit == after.draft.unit and block.draft.section == after.draft.section
    both = block.draft.kind is Kind.PARAGRAPH and after.draft.kind is Kind.PARAGRAPH
    return (
        evidence.ruled and same and both and bool(block.entry.text) and block.draft.section in _PASSAGES[:2]
    )


def _together(draft: Draft, owner: Draft) -> bool:
    """Whether two blocks stand in one section: the head of a note ends where its first bullet stands."""
    return draft.section == owner.section or {draft.section, owner.section} <= {"head", "soft"}


def _is_remark(block: _Block, owner: _Block, evidence: Evidence) -> bool:
    """Whether a block that is no passage is what the reader wrote about the passage above."""
    if not block.entry.text:
        return False
    if block.draft.callout in evidence.callouts:
        return True
    if evidence.always_linked:
        return block.draft.kind is not Kind.ROW
    if owner.draft.kind in (Kind.QUOTE, Kind.ROW):
        return block.draft.kind is not Kind.ROW and block.draft.kind not in evidence.carriers
    if owner.draft.kind is Kind.PARAGRAPH:
        return evidence.ruled or not owner.certain or block.draft.kind is not Kind.PARAGRAPH
    return block.draft.kind is Kind.QUOTE and evidence.remarks_follow


def _with_remark(entry: Entry, block: _Block) -> Entry:
    """The passage with what the reader wrote in another block, and with what is labelled there."""
    own = block.entry
    text = _SIGNS.sub("", link_tail.cut("\n".join(block.draft.lines()).strip()).text).strip()
    named = label(text)
    text = named.value if named is not None and named.role is Role.NOTE and named.marked else text
    remarks = [part for part in (entry.remark, text, own.remark) if part]
    return replace(
        entry,
        remark="\n".join(remarks) or None,
        tags=tuple(dict.fromkeys((*entry.tags, *own.tags))),
        link=entry.link or own.link,
        location=entry.location or own.location,
        added=entry.added or own.added,
        color=entry.color or own.color,
        favorite=entry.favorite or own.favorite,
    )


def _is_footer(draft: Draft, outline: Outline) -> bool:
    """Whether a block stands below the note's last rule, as a footer does."""
    return outline.ruled_at is not None and draft.line > outline.ruled_at


def _list_numbers(blocks: Sequence[_Block]) -> dict[int, str]:
    """The numbers of a list that runs 1, 2, 3 through the note: its template's, not the source's."""
    found: dict[int, str] = {}
    run: list[tuple[int, str]] = []
    for block in [*(one for one in blocks if one.draft.kind is Kind.NUMBER), None]:
        number = block.draft.first.split(maxsplit=1)[0] if block is not None else ""
        if block is not None and number.rstrip(".)").isdigit() and int(number.rstrip(".)")) == len(run) + 1:
            run.append((id(block.draft), number))
            continue
        if len(run) > 1:
            found.update(run)
        run = [(id(block.draft), number)] if block is not None and number.rstrip(".)") == "1" else []
    return found
