"""Reads remarks after an arrow ("→ I doubt it"), below a passage or at its end. People write them in their own templates."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats import link_tail
from corpus.formats.entry import Entry, child, only_tags
from corpus.formats.header import heading
from corpus.formats.outline.places import moment, place

_ARROWS = r"(?:[→⇒➔➜➝➞➡⟶⟹↳↪⤷]\ufe0f?|[-=]>)"
_LINE = re.compile(rf"(?P<lead>[ \t>]*(?:[-*+][ \t]+)?){_ARROWS}[ \t]+(?P<words>\S.*)$")
_FIRST = re.compile(rf"^{_ARROWS}[ \t]+(?=\S)")
_WITHIN = re.compile(rf"(?<=\S)[ \t]+{_ARROWS}[ \t]+(?=\S)")
_FLASHCARD = "\n?\n"
"""The line between the two sides of a flashcard, as the Spaced Repetition plugin reads it. The second side is the reader's."""
_ENDS = tuple('.!?…"”»’)。！？」')
"""Characters that may stand at the end of a passage, before the arrow."""
_ANNOUNCES = (":", "：")
"""Characters at the end of a line above a list."""


def rewrite(lines: Sequence[str]) -> list[str]:
    """Replaces an arrow before a remark by a label for remarks. Drops an arrow before a location, a date, a link or a label.

    Arrows are part of the source, and stay, if passages of the note begin with one, in a list below a line such as "Three steps:",
    and in a line that ends in a highlight's link.
    """
    found = list(lines)
    above, listed = "", False
    for at, line in enumerate(lines):
        if not line.strip(" \t>"):
            continue
        if (match := _LINE.match(line)) is None:
            above, listed = line, line.rstrip().endswith(_ANNOUNCES)
            continue
        words = match["words"]
        if _is_about_passage(words):
            found[at] = match["lead"] + words
        elif not above or heading(above) is not None:
            return list(lines)
        elif not listed and not link_tail.is_tail(line):
            found[at] = f"{match['lead']}**Note:** {words}"
    return found


def _is_about_passage(words: str) -> bool:
    """Whether the words after an arrow are a location, a date, tags, a link or a label, and not a remark."""
    return (
        place(words) is not None
        or moment(words) is not None
        or child(words) is not None
        or only_tags(words)
        or not link_tail.cut(words).text
    )


def parted(entry: Entry) -> Entry:
    """Moves the words after the only arrow in a passage to the remark, if a whole sentence stands before the arrow."""
    passage, card, answer = entry.text.partition(_FLASHCARD)
    if card and passage.strip():
        words = "\n".join(part for part in (answer.strip(), entry.remark) if part)
        return replace(entry, text=passage, remark=words or None)
    remark = _FIRST.sub("", entry.remark, count=1) if entry.remark else None
    arrows = [match for match, _ in zip(_WITHIN.finditer(entry.text), range(2), strict=False)]
    before = entry.text[: arrows[0].start()] if len(arrows) == 1 else ""
    code = before.endswith(")") and arrows[0].group().strip()[-1] == ">"  # "(a, b) => a"
    if before.endswith(_ENDS) and not code:
        words = entry.text[arrows[0].end() :]
        remark = "\n".join(part for part in (words, remark) if part)
        return replace(entry, text=before, remark=remark)
    return entry if remark == entry.remark else replace(entry, remark=remark)
