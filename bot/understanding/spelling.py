"""Words that the library does not have, corrected by those that it has.

Only what no passage, title or name holds in any form is taken for a misspelling, and only where it is no word of
the library's languages either: "bake" in a library without kitchens is not "make".
"""

from collections.abc import Sequence

from bot.search.index import Index
from bot.text.analysis import Token, fold, is_unspaced
from bot.text.language_detection import spoken
from bot.text.stemming import ENGLISH
from bot.text.word_frequencies import is_word

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
