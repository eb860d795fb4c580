"""Passages that a person's template writes as headings, or in emphasis, with the reader's words below in plain text.

A heading or a line in emphasis may also be a chapter. It is a passage if it ends like a sentence, which names of chapters do not.
"""

from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry, child, without_emphasis
from corpus.formats.header import heading, is_passages
from corpus.formats.labels import Role
from corpus.formats.outline.places import cut_place, place

_ENDS = (".", "…", "。", "！", "？")
_ASKED = ("?", "!")
"""Names of chapters may end like that, too."""
_CLOSING = '"”»’)」』*_='
_MIN_WORDS = 3
_WIDE = "\u2e80"
"""From this character on, a language writes no blanks between words."""
_MIN_PASSAGES = 2
"""How many passages must be written like that, so that the template wrote them, not the reader."""


def rewrite(lines: Sequence[str]) -> list[str]:
    """Turns such passages into block quotes. Lines below a block quote are the reader's."""
    found = list(lines)
    for at, below in _headed(lines):
        found[at] = f"> {lines[at].lstrip('#').strip()}"
        found[below] = lines[below].lstrip("-+ \t")
    for at in _emphasised(lines):
        found[at] = f"> {lines[at]}"
    return found


def are_headed(lines: Sequence[str]) -> bool:
    """Whether headings of a note are its passages."""
    return bool(_headed(lines))


def parted(entries: Sequence[Entry]) -> list[Entry]:
    """Moves the lines below a first line in emphasis to the remark, if every passage of a note begins with such a line."""
    firsts = [_first(entry) for entry in entries]
    if not all(map(_is_emphasised, firsts)) or not _are_sentences(firsts):
        return list(entries)
    return [_without_rest(entry) if "\n" in entry.text else entry for entry in entries]


def _first(entry: Entry) -> str:
    return entry.text.partition("\n")[0].strip()


def _without_rest(entry: Entry) -> Entry:
    """Moves all but the first line of a passage to the remark, unless there is more emphasis: then it may go on there."""
    first, _, rest = entry.text.partition("\n")
    if any(map(_is_emphasised, rest.split("\n"))):
        return entry
    own = "\n".join(line.strip().removeprefix("- ") for line in rest.split("\n")).strip()
    return replace(entry, text=first, remark="\n".join(filter(None, (own, entry.remark))) or None)


def _headed(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Returns the indexes of headings that are sentences, each with that of the line below, which has nothing but a location.

    They must be most of the headings with a location below.
    """
    placed: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if line[:1] != "#" or heading(line) is None:
            continue
        below = next((other for other in range(at + 1, min(at + 3, len(lines))) if lines[other].strip()), at)
        if below > at and lines[below][:1] not in "#>" and _is_place(lines[below].lstrip("-+ \t")):
            placed.append((at, below))
    names = [lines[at].lstrip("#").strip() for at, _ in placed]
    if not _are_sentences(names):
        return []
    ended = (_is_sentence(name) or name.endswith(_ASKED) for name in names)
    return [found for found, is_ended in zip(placed, ended, strict=True) if is_ended]


def _is_place(line: str) -> bool:
    """Whether a line has nothing but a location, perhaps with a label."""
    found = child(line)
    return place(line) is not None or (found is not None and found.role is Role.LOCATION)


def _emphasised(lines: Sequence[str]) -> list[int]:
    """Returns the indexes of paragraphs that are sentences in emphasis, if every other one below "Highlights" stands below them.

    No paragraph may have a location or a label, because these show what a passage is.
    """
    found: list[int] = []
    others, inside, begins, above = 0, False, True, False
    for at, line in enumerate(lines):
        if line[:1] == "#" and (head := heading(line)) is not None:
            inside, above = inside or is_passages(head[1]), False
        elif not inside or not line.strip():
            pass
        elif not line[0].isalnum() and line[0] not in "*_\"“”„«»‘’('":
            return []
        elif begins and _is_emphasised(line.strip()) and cut_place(line.strip()) is None:
            found.append(at)
            above = True
        elif not above or child(line) is not None or cut_place(line.rstrip()) is not None or place(line):
            return []
        else:
            others += 1
        begins = not line.strip() or line[:1] == "#"
    return found if others and _are_sentences([lines[at] for at in found]) else []


def _is_emphasised(line: str) -> bool:
    """Whether a line is all in emphasis."""
    return without_emphasis(line.strip()) != line.strip()


def _are_sentences(texts: Sequence[str]) -> bool:
    """Whether most of some texts are sentences, so that they are all passages."""
    number = sum(_is_sentence(text.strip("*_ ")) for text in texts)
    return number >= _MIN_PASSAGES and number * 2 > len(texts)


def _is_sentence(text: str) -> bool:
    """Whether a text ends like a sentence and has some words."""
    bare = text.rstrip(_CLOSING)
    return bare.endswith(_ENDS) and (len(bare.split(maxsplit=_MIN_WORDS)) >= _MIN_WORDS or bare[0] >= _WIDE)
