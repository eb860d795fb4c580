"""Which parts of a passage get a vector of their own: its sentences, and which languages they may be in.

A vector of a whole passage says little of a sentence in it; one for each sentence finds what is said in passing, and tells which
sentence to show.
"""

import re

from bot.model import Span
from bot.text.sentences import sentences_of

MOST = 24
"""Parts of a passage: what stands behind them is found by its words alone."""

LOOKED_AT = 8_000
"""Code points of a passage from which they are taken."""

_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\ufb00-\ufb06]")


def parts(plain: str) -> list[Span]:
    """The ranges of `plain` that get a vector, in order; none where there is nothing to read."""
    found = sentences_of(plain[:LOOKED_AT])
    return [one for one in found if _LETTER.search(plain, *one)][:MOST]


def is_latin(text: str) -> bool:
    """Whether most of its letters are Latin ones; a text without letters counts."""
    letters = len(_LETTER.findall(text))
    return not letters or 2 * len(_LATIN.findall(text)) > letters
