"""Words that the library does not have, corrected by those that it has.

Only what no passage, title or name holds in any form is taken for a misspelling, and only where it is no word of
the library's languages either: "bake" in a library without kitchens is not "make".
"""

import gzip
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from bot.analysis import Token, fold, is_unspaced
from bot.index import Index
from bot.languages import ENGLISH, spoken

SHORTEST = 4
"""Letters of a word that is corrected."""

MOST = 12
"""Words of a question that are corrected."""

LOOKED_AT = 400
"""Code points of a question by which its language is told."""


def corrected(typed: Sequence[Token], index: Index, text: str) -> tuple[list[Token], dict[str, str]]:
    """The words to look for, and those that were replaced: as normalised to the one looked for.

    `text` is the whole question: a word of the language that it is in is no misspelling, whatever the library's are.
    """
    corrections: dict[str, str] = {}
    for word in dict.fromkeys(token.word for token in typed):
        if len(corrections) == MOST:
            break
        if meant := _meant(word, index, text):
            corrections[word] = meant
    found = [Token(one.start, one.end, corrections.get(one.word, one.word)) for one in typed]
    return found, corrections


def _meant(word: str, index: Index, text: str) -> str | None:
    """The library's word that a misspelt one stands for; None where it is not misspelt, or nothing is near."""
    if len(word) < SHORTEST or not word.isalpha() or is_unspaced(word) or index.has_word(word):
        return None
    near = nearest_word(fold(word), index)
    if near is None or any(is_word(word, tongue) for tongue in dict.fromkeys((ENGLISH, *index.tongues[:2]))):
        return None
    tongue = spoken(text[:LOOKED_AT])
    return None if tongue and is_word(word, tongue) else near


def nearest_word(folded: str, index: Index) -> str | None:
    """The library's word that is written most like `folded`, of several the most frequent; None if none is near.

    At most one edit apart, two in words of six letters and more (optimal string alignment: an insertion, a
    deletion, a replacement, two neighbours exchanged).
    """
    most = 1 if len(folded) < 6 else 2
    near = [
        (distance, word[0] != folded[0], -index.frequency(index.terms["=" + word]), word)
        for word, distance in index.spelled.near(folded, most)
    ]
    return min(near)[3] if near else None


def is_word(word: str, language: str) -> bool:
    """Whether `word` is in the language's dictionary; not where there is none."""
    return f"{json.dumps(word)}:".encode() in _dictionary(language)


@cache
def _dictionary(language: str) -> bytes:
    """The words of a language as pyspellchecker ships them, a JSON object; searched as it is, as parsing takes long."""
    listed = files("spellchecker") / "resources" / f"{language}.json.gz"
    return gzip.decompress(listed.read_bytes()).replace(b'": ', b'":') if listed.is_file() else b""
