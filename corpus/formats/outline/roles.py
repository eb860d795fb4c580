"""Decides for each block whose words it has: the source's or the reader's. Some blocks are not understood.

The evidence, strongest first: a highlight's link after the block; a label or sign of its layout; a label below it ("Note:");
whether blocks of this kind have the links, or come first, in the note; the heading above it. A block with a link is a passage
almost anywhere. A block that is neither a passage nor next to one is reported, not quoted.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from corpus.formats import link_tail, properties
from corpus.formats.entry import Draft, Entry, Kind, child, only_tags, without_emphasis
from corpus.formats.labels import Role, label, role_of
from corpus.formats.layout import Problems
from corpus.formats.outline.open_blocks import Outline
from corpus.formats.outline.places import cut_place
from corpus.formats.outline.weights import EMPHASISED, PASSAGES, Block, Evidence, weigh

NOT_UNDERSTOOD = 'text between the highlights that belongs to none: left out (if it is your remark, write "Note:" before it)'
NO_PASSAGE = "a remark or review of yours that no passage stands above: left out"
NOT_BELOW_HIGHLIGHTS = "a highlight's link in a section of your own notes: left out"

_TAGS_BEHIND = re.compile(r"(?:[ \t]+#[^\s#]+)+$")
_MIN_PLACED = 2
"""How many passages must end in a location, so that it counts as the template's."""
_MIN_RULES = 2
"""How many rules there must be between which passages stand."""
_BRACKETED = re.compile(r"(?m)^\\?\[[^\[\]\n]{1,30}\\?\]:[ \t]+")
"""A label in brackets that a template writes before the reader's words: "[First thoughts]: "."""
_SIGNS = re.compile(r"^(?:[-*+>][ \t]+)+")


def read(
    outline: Outline,
    *,
    same_link_is_remark: bool = False,
    always_linked: bool = False,
    paragraphs_lead: bool = False,
    quotes_only: bool = False,
    own_template: bool = False,
) -> tuple[tuple[Entry, ...], Problems]:
    """Returns the passages with their remarks, and one problem for each kind of text that was not understood."""
    blocks = [Block(draft, draft.finish()) for draft in outline.drafts]
    _give_links_back(blocks)
    _sign_placed(blocks if own_template else ())
    evidence = _weighed(blocks, outline, always_linked=always_linked, quotes_only=quotes_only)
    leading = _leading_paragraphs(blocks) if paragraphs_lead else frozenset()
    numbers = _list_numbers(blocks)
    marked_parts = {block.draft.part for block in blocks if block.certain}
    entries: list[Entry] = []
    owner: Block | None = None
    before: Entry | None = None
    """The first paragraphs of a passage whose link stands after its last paragraph."""
    unit = -1
    """The unit of the block before."""
    above: str | None = None
    """The reader's words above a block quote with its link."""
    unknown: Problems = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        draft, entry = block.draft, block.entry
        if draft.unit != unit:  # a rule or heading parts passages from what stands above it
            owner, before, unit = None, None, draft.unit
        starts = owner is None and after is not None
        if id(draft) in leading:
            before, owner = _with_paragraph(before, entry), None
        elif (same_link_is_remark and entries and _is_same_annotation(entry, entries[-1])) or (
            owner is not None and _is_named_after(block, owner)
        ):
            entries[-1] = _with_remark(entries[-1], block)
        elif starts and after is not None and _is_above_only_quote(block, after):
            above = _BRACKETED.sub("", entry.text)
        elif _is_passage(block, evidence, marked_parts, outline, owner) or (
            not evidence.always_linked and _stands_alone(block, owner, before, after, evidence)
        ):
            signed = _with_own_sign(entry, draft, numbers.get(id(draft)), evidence, signs=not own_template)
            entries.append(_completed(signed, before, above))
            before, above, owner = None, None, block
        elif (
            owner is not None and _in_same_section(draft, owner.draft) and _is_remark(block, owner, evidence)
        ):
            entries[-1] = _with_remark(entries[-1], block)
        elif starts and after is not None and _is_above(block, after, evidence):
            above = entry.text
        elif starts and after is not None and _begins_next(block, after, evidence):
            before = _with_paragraph(before, entry)
        elif (what := _why_left_out(block, outline)) is not None:
            unknown.append((draft.line, what))
    return tuple(entries), list({text: (line, text) for line, text in reversed(unknown)}.values())[::-1]


def _is_same_annotation(entry: Entry, last: Entry) -> bool:
    """Whether both link to the same annotation. A link to a page or file proves nothing, because several passages share it."""
    return entry.link is not None and entry.link == last.link and "annotation=" in entry.link


def _why_left_out(block: Block, outline: Outline) -> str | None:
    """Returns what to report about a block that is left out; None if that is what its section is for."""
    draft, entry = block.draft, block.entry
    if block.certain and (entry.marked or draft.section != "head"):
        return NOT_BELOW_HIGHLIGHTS
    if draft.section == "highlights" and entry.text and not _is_footer(draft, outline):
        return NOT_UNDERSTOOD
    return NO_PASSAGE if entry.text and draft.section == "soft" and _is_labelled_remark(draft) else None


def _is_labelled_remark(draft: Draft) -> bool:
    """Whether a block begins with a label or sign for the reader's words."""
    found = child(draft.first.strip())
    return found is not None and found.marked and found.role is Role.NOTE


def _is_named_after(block: Block, owner: Block) -> bool:
    """Whether a block's id is the id of the passage above with a word for remarks after it: "^rw123", "^rw123-note"."""
    if block.entry.link is not None or not block.entry.marked:
        return False
    name = link_tail.cut_lines(block.draft.lines())[0].block or ""
    above = link_tail.cut_lines(owner.draft.lines())[0].block
    begin, _, word = name.rpartition("-")
    return bool(begin) and begin == above and role_of(word) is Role.NOTE


def _weighed(
    blocks: Sequence[Block], outline: Outline, *, always_linked: bool, quotes_only: bool
) -> Evidence:
    """Returns the evidence of the blocks, adjusted by the rules of the layout."""
    evidence = weigh(blocks, outline)
    if always_linked and any(block.certain for block in blocks):
        return replace(
            evidence, carriers=frozenset(), passages_below_other_headings=False, always_linked=True
        )
    if always_linked:  # it may still be an old version of the template, but a bullet alone proves nothing
        return replace(evidence, carriers=evidence.carriers & {Kind.QUOTE, Kind.ROW})
    return replace(evidence, carriers=frozenset({Kind.QUOTE})) if quotes_only else evidence


def _completed(entry: Entry, before: Entry | None, above: str | None) -> Entry:
    """Returns the passage with its first paragraphs, and with the remark that stands above it."""
    if before is not None:
        entry = replace(entry, text=_with_paragraph(before, entry).text, line=before.line)
    if above is not None:
        entry = replace(entry, remark="\n".join(filter(None, (above, entry.remark))))
    return entry


def _with_paragraph(before: Entry | None, entry: Entry) -> Entry:
    """Adds a paragraph to the paragraphs before it."""
    return entry if before is None else replace(before, text=f"{before.text}\n\n{entry.text}")


def _with_own_sign(
    entry: Entry, draft: Draft, number: str | None, evidence: Evidence, *, signs: bool
) -> Entry:
    """Removes the number that a template puts before a passage, or puts back a dash or quote sign that is part of the passage."""
    if number is not None:
        entry = replace(entry, text=entry.text.removeprefix(number).lstrip(" \t"))
    alone = draft.kind is Kind.QUOTE and not draft.callout and "\n" not in entry.text and entry.marked
    begins_with_dash = draft.kind is Kind.BULLET and evidence.dashes and bool(draft.first.strip())
    dashed = begins_with_dash or (alone and signs and evidence.quote_signs)
    return replace(entry, text=draft.sign + entry.text) if dashed else entry


def _leading_paragraphs(blocks: Sequence[Block]) -> frozenset[int]:
    """Returns the ids of drafts that begin a passage: paragraphs without link or label directly above a paragraph with a link."""
    found: set[int] = set()
    follows: Draft | None = None
    for block in reversed(blocks):
        draft = block.draft
        if draft.kind is not Kind.PARAGRAPH or not block.entry.text or draft.section not in PASSAGES:
            follows = None
        elif block.certain:
            follows = draft
        elif follows is not None and follows.unit == draft.unit and not draft.labelled:
            found.add(id(draft))
        else:
            follows = None
    return frozenset(found)


def _give_links_back(blocks: Sequence[Block]) -> None:
    """Moves links to the block that they belong to.

    A link on a line of its own may stand below the reader's words. It belongs to the passage above them.
    """
    lead = any(block.draft.link and block.draft.kind is Kind.PARAGRAPH for block in blocks)
    for words, quote in pairwise(blocks if lead else ()):
        # here paragraphs are the passages, and the quote below one has the reader's words
        same = words.draft.unit == quote.draft.unit and words.draft.section == quote.draft.section
        below = (
            words.draft.kind is Kind.PARAGRAPH and quote.draft.kind is Kind.QUOTE and not quote.draft.callout
        )
        if same and below and words.entry.text and not words.certain and quote.draft.link:
            words.draft.link, words.draft.location = quote.draft.link, quote.draft.location
            quote.draft.link = quote.draft.location = None
            words.entry, quote.entry = words.draft.finish(), quote.draft.finish()
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


def _sign_placed(blocks: Sequence[Block]) -> None:
    """Takes a location without a link at the end of a line, "… (Page 14)", for the end of a passage, as a link is.

    A template wrote it if the note has no links, and two or more blocks of a kind, and half of them, have one. Lines below it
    are the reader's.
    """
    inside = [block for block in blocks if block.draft.section == "highlights" and block.entry.text]
    if any(block.certain for block in blocks):
        return
    placed = [block for block in inside if _place_at(block.entry.text) is not None]
    kinds = Counter(block.draft.kind for block in placed)
    total = Counter(block.draft.kind for block in inside)
    for block in placed:
        kind = block.draft.kind
        if kinds[kind] < _MIN_PLACED or kinds[kind] * 2 < total[kind]:
            continue
        lines = block.entry.text.split("\n")
        end = _place_at(block.entry.text)
        assert end is not None
        remark = "\n".join([*lines[end:], *([block.entry.remark] if block.entry.remark else [])]).strip()
        block.entry = replace(block.entry, text="\n".join(lines[:end]), remark=remark or None)
        block.draft.signed = True


def _place_at(text: str) -> int | None:
    """Returns the number of lines up to the first that ends in a location in brackets; None without one."""
    lines = text.split("\n") if text.rfind(")") > 0 else []
    bare = (_TAGS_BEHIND.sub("", line.rstrip()) if "#" in line else line.rstrip() for line in lines)
    ends = (at for at, line in enumerate(bare, start=1) if line[-1:] == ")" and cut_place(line))
    return next(ends, None)


def _is_passage(
    block: Block, evidence: Evidence, marked_parts: set[int], outline: Outline, owner: Block | None
) -> bool:
    """Whether a block is a passage, by its section, its kind and the evidence from the note."""
    draft, entry = block.draft, block.entry
    if block.certain:
        if evidence.always_linked and draft.section == "head" and not entry.marked:
            return False  # a property of the source with the name of a passage: "**Citation**: Vale 2019"
        return draft.section != "reader" or draft.kind is Kind.BULLET or not outline.headed
    if not entry.text or draft.section in ("reader", "about") or evidence.always_linked:
        return False
    if _continues_remark(draft, owner) or _is_emphasised_below(block, owner, outline):
        return False
    if draft.callout in evidence.callouts:
        return False
    if draft.section == "highlights":
        carried = draft.kind in evidence.carriers and not _is_lone_paragraph(block, evidence)
        behind = owner is not None and _is_behind(draft, owner, evidence)
        return (
            carried
            or (draft.labelled and not behind)
            or (outline.rules > 1 and draft.unit in evidence.lone_units)
        )
    if draft.section not in ("soft", "head") or draft.kind not in evidence.carriers:
        return False
    kinds = (Kind.BULLET, Kind.NUMBER, Kind.QUOTE) if draft.section == "soft" else (Kind.QUOTE,)
    return evidence.passages_below_other_headings or (draft.part in marked_parts and draft.kind in kinds)


def _is_behind(draft: Draft, owner: Block, evidence: Evidence) -> bool:
    """Whether a block stands behind a passage of another kind, or between two rules behind a paragraph with its link.

    Then its labels prove nothing.
    """
    if owner.draft.kind is Kind.QUOTE:
        return draft.kind is not Kind.QUOTE
    return (
        owner.draft.kind is Kind.PARAGRAPH and owner.certain and evidence.ruled and evidence.linked_paragraphs
    )


def _is_emphasised_below(block: Block, owner: Block | None, outline: Outline) -> bool:
    """Whether a paragraph is all in emphasis and the passage above it is not, between two rules. It is the reader's remark."""
    paragraphs = owner is not None and owner.draft.kind is block.draft.kind is Kind.PARAGRAPH
    if owner is None or not paragraphs or outline.rules < _MIN_RULES:
        return False
    return (
        EMPHASISED.fullmatch(block.entry.text) is not None and EMPHASISED.fullmatch(owner.entry.text) is None
    )


def _continues_remark(draft: Draft, owner: Block | None) -> bool:
    """Whether a block without a link follows the remark on the only passage of its part, which has a link."""
    noted = owner is not None and owner.certain and bool(owner.draft.remark)
    return noted and draft.alone and owner is not None and owner.draft.unit == draft.unit


def _is_lone_paragraph(block: Block, evidence: Evidence) -> bool:
    """Whether a paragraph has no link while most paragraphs have one. It may be the reader's, or part of another paragraph."""
    return block.draft.kind is Kind.PARAGRAPH and evidence.linked_paragraphs


def _stands_alone(
    block: Block, owner: Block | None, before: Entry | None, after: Block | None, evidence: Evidence
) -> bool:
    """Whether a paragraph without a link is a passage that lost its link: no passage stands above that it could be a remark on."""
    lone = (
        block.draft.section == "highlights" and bool(block.entry.text) and _is_lone_paragraph(block, evidence)
    )
    followed = after is not None and after.certain and after.draft.unit == block.draft.unit
    return lone and owner is None and before is None and not followed


def _begins_next(block: Block, after: Block, evidence: Evidence) -> bool:
    """Whether a paragraph without a link is the beginning of the linked paragraph below it. No rule may stand between them."""
    same = block.draft.unit == after.draft.unit and block.draft.section == after.draft.section
    both = block.draft.kind is Kind.PARAGRAPH and after.draft.kind is Kind.PARAGRAPH
    return evidence.ruled and same and both and bool(block.entry.text) and block.draft.section in PASSAGES[:2]


def _is_above(block: Block, after: Block, evidence: Evidence) -> bool:
    """Whether a paragraph is the reader's remark above the only block quote of its part, which has a link."""
    same = block.draft.unit == after.draft.unit and block.draft.section == after.draft.section == "highlights"
    kinds = block.draft.kind is Kind.PARAGRAPH and after.draft.kind is Kind.QUOTE
    alone = evidence.ruled and evidence.carriers == {Kind.QUOTE}
    return same and kinds and alone and after.certain and bool(block.entry.text)


def _is_above_only_quote(block: Block, after: Block) -> bool:
    """Whether a bullet stands below the heading of a single passage and above its quotation. It is the reader's remark."""
    same = block.draft.unit == after.draft.unit and block.draft.section == after.draft.section == "highlights"
    kinds = block.draft.kind is Kind.BULLET and after.draft.kind is Kind.QUOTE
    return same and kinds and block.draft.alone and not block.certain and bool(block.entry.text)


def _in_same_section(draft: Draft, owner: Draft) -> bool:
    """Whether two blocks stand in the same section. The head and the lines from the first bullet on count as one section."""
    return draft.section == owner.section or {draft.section, owner.section} <= {"head", "soft"}


def _is_remark(block: Block, owner: Block, evidence: Evidence) -> bool:
    """Whether a block that is not a passage is the reader's remark on the passage above."""
    if not block.entry.text:
        return False
    if block.draft.callout in evidence.callouts:
        return True
    if evidence.always_linked or _continues_remark(block.draft, owner):
        return block.draft.kind is not Kind.ROW
    if owner.draft.kind in (Kind.QUOTE, Kind.ROW):
        return block.draft.kind is not Kind.ROW and block.draft.kind not in evidence.carriers
    if owner.draft.kind is Kind.PARAGRAPH:
        return evidence.ruled or not owner.certain or block.draft.kind is not Kind.PARAGRAPH
    return block.draft.kind is Kind.QUOTE and evidence.remarks_follow


def _with_remark(entry: Entry, block: Block) -> Entry:
    """Adds the reader's words in another block to the remark of a passage, and the labelled values there to its properties."""
    own = block.entry
    text = _SIGNS.sub("", link_tail.cut("\n".join(block.draft.lines()).strip()).text).strip()
    named = label(text)
    is_label = named is not None and (named.marked or block.draft.kind is Kind.QUOTE)
    text = named.value if is_label and named is not None and named.role is Role.NOTE else text
    text = without_emphasis(text) if block.draft.kind is Kind.PARAGRAPH else text
    text, _, tagged = text.rpartition("\n") if only_tags(text.rpartition("\n")[2]) else (text, "", "")
    remarks = [part for part in (entry.remark, text, own.remark) if part]
    return replace(
        entry,
        remark="\n".join(remarks) or None,
        tags=tuple(dict.fromkeys((*entry.tags, *own.tags, *properties.tags([tagged])))),
        link=entry.link or own.link,
        location=entry.location or own.location,
        added=entry.added or own.added,
        color=entry.color or own.color,
        favorite=entry.favorite or own.favorite,
    )


def _is_footer(draft: Draft, outline: Outline) -> bool:
    """Whether a block stands below the note's last rule, like a footer."""
    return outline.ruled_at is not None and draft.line > outline.ruled_at


def _list_numbers(blocks: Sequence[Block]) -> dict[int, str]:
    """Returns, by id of the draft, the numbers of a list that runs 1, 2, 3 through the note, or 1, 1, 1.

    They come from the template.
    """
    found: dict[int, str] = {}
    numbered = [block.draft for block in blocks if block.draft.kind is Kind.NUMBER]
    if len(numbered) > 1 and all(draft.first.startswith("1. ") for draft in numbered):
        return {id(draft): "1." for draft in numbered}
    run: list[tuple[int, str]] = []
    for block in [*(numbered for numbered in blocks if numbered.draft.kind is Kind.NUMBER), None]:
        number = block.draft.first.split(maxsplit=1)[0] if block is not None else ""
        if block is not None and number.rstrip(".)").isdigit() and int(number.rstrip(".)")) == len(run) + 1:
            run.append((id(block.draft), number))
            continue
        if len(run) > 1:
            found.update(run)
        run = [(id(block.draft), number)] if block is not None and number.rstrip(".)") == "1" else []
    return found
