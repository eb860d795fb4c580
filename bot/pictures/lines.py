"""Breaks text into lines by the estimated widths of its characters.

The font is not known before resvg draws, so widths are those of a wide one (DejaVu Serif): lines of others end a little earlier.
"""

import re
import unicodedata
from functools import cache

from bot.text.characters import characters

_NARROW, _THIN, _WIDE = (
    frozenset("fijlrt()[]{}|!I/\\-"),
    frozenset(".,:;'`’‘"),
    frozenset("mwMWQOCGD@%&—…œæŒÆ"),
)
_NO_LINE_BEGINS = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝〉》」』】〕’”…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ·%,.;:!?)]}»"
)
_NO_LINE_ENDS = frozenset("（［｛〈《「『【〔‘“([{«")
"""Japanese and Chinese rules of line breaking (kinsoku; W3C, Requirements for Japanese Text Layout, 3.1.7 and 3.1.8)."""
_SPLIT = re.compile(r"(\s+)")


@cache
def _width(character: str) -> float:
    """Width of a character, as a share of the font size."""
    first = character[0]
    kind = unicodedata.category(first)
    if kind in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(first) in ("W", "F"):
        return 1.0
    if first in _THIN or first.isspace():
        return 0.33
    if first in _NARROW:
        return 0.42
    if first in _WIDE:
        return 0.95
    if first.isupper():
        return 0.76
    if unicodedata.bidirectional(first) == "AL":
        return 0.56
    return 0.62


def width(text: str) -> float:
    """Width of a line, in sizes of the font."""
    return sum(_width(text[start:end]) for start, end in characters(text))


def is_unspaced(character: str) -> bool:
    """Whether a line may be broken beside this character, as in Chinese and Japanese."""
    return (
        unicodedata.east_asian_width(character[0]) in ("W", "F") and not "\uac00" <= character[0] <= "\ud7a3"
    )


def broken(text: str, room: float) -> list[str]:
    """The lines of a text, each at most `room` wide, in sizes of the font. Line ends of the text stay."""
    return [line for paragraph in text.split("\n") for line in _broken(paragraph.strip(), room)]


def _broken(paragraph: str, room: float) -> list[str]:
    lines: list[str] = []
    line, taken = "", 0.0
    for piece in _pieces(paragraph):
        wide = width(piece)
        if line and taken + width(piece.rstrip()) > room:
            lines.append(line.rstrip())
            line, taken = "", 0.0
            piece = piece.lstrip()
            wide = width(piece)
        while wide > room:  # one word that is longer than a line
            head = _head(piece, room)
            lines.append(head)
            piece = piece[len(head) :]
            wide = width(piece)
        line, taken = line + piece, taken + wide
    lines.append(line.rstrip())
    return lines


def _head(word: str, room: float) -> str:
    taken, place = 0.0, 0
    for start, end in characters(word):
        taken += _width(word[start:end])
        if place and taken > room:
            break
        place = end
    return word[:place]


def _pieces(paragraph: str) -> list[str]:
    """The pieces that are never broken: words with the blank behind them, and single Chinese or Japanese characters with their
    signs."""
    pieces: list[str] = []
    for part in _SPLIT.split(paragraph):
        if not part:
            continue
        if part.isspace():
            if pieces:
                pieces[-1] += " "
            continue
        glued = False
        for start, end in characters(part):
            one = part[start:end]
            breaks = start == 0 or is_unspaced(one) or is_unspaced(part[start - 1])
            if start and (one[0] in _NO_LINE_BEGINS or glued or not breaks):
                pieces[-1] += one
            else:
                pieces.append(one)
            glued = one[0] in _NO_LINE_ENDS
    return pieces
