"""Chunks of a passage: the sentences, each of which gets a vector.

One vector for a whole passage says little about a single sentence in it. One for each sentence finds what is said in passing,
and tells which sentence to show.
"""

import re

from bot.model import Span
from bot.text.sentences import split_sentences

MAX_CHUNKS = 24
"""Chunks of a passage. Text after them is found by its words alone."""

CHUNK_SCAN_LIMIT = 8_000
"""Code points of a passage that are split into chunks."""

_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\ufb00-\ufb06]")


def chunks(plain: str) -> list[Span]:
    """The ranges of `plain` that get a vector, in order; none if there are no letters."""
    found = split_sentences(plain[:CHUNK_SCAN_LIMIT])
    return [span for span in found if _LETTER.search(plain, *span)][:MAX_CHUNKS]


def is_latin(text: str) -> bool:
    """Whether most letters of a text are Latin. A text without letters counts as Latin."""
    letters = len(_LETTER.findall(text))
    return not letters or 2 * len(_LATIN.findall(text)) > letters
