"""Corrects misspelt words of a question to words that the library has.

A word counts as misspelt only if no passage, title or name holds it in any form, and if it is no word that the library's
languages use: in a library without kitchens, "bake" is not a misspelt "make".
"""

from collections.abc import Sequence

from bot.search.index import Index
from bot.text.analysis import Token, fold, is_unspaced
from bot.text.language_detection import CAPITALISES_NOUNS, detect_short
from bot.text.stemming import ENGLISH
from bot.text.word_frequencies import is_used_word, is_word
from bot.understanding.homophones import correct_homophones

MIN_LETTERS = 4
"""Letters of a word that may be corrected."""

MIN_LETTERS_FOR_TWO_EDITS = 6
"""Letters of a word that may be corrected in two places."""

MAX_CORRECTIONS = 12
"""Words of a question that are corrected."""

LANGUAGE_SCAN_LIMIT = 400
"""Code points of a question that are read to detect its language."""


def correct(tokens: Sequence[Token], index: Index, question: str) -> tuple[list[Token], dict[str, str]]:
    """The words to look for, and the corrections: a normalised word, or a bigram of Chinese characters, to the one looked for
    instead.

    `question` is the whole text: a word of the language that it is in is not misspelt, whatever the library's languages are.
    """
    corrections: dict[str, str] = {}
    capitalised = {token.word for token in tokens if question[token.start : token.start + 1].isupper()}
    if not any(map(str.islower, question)):
        capitalised = set()
    for word in dict.fromkeys(token.word for token in tokens):
        if len(corrections) == MAX_CORRECTIONS:
            break
        if correction := _correction(word, index, question, word in capitalised):
            corrections[word] = correction
    found = list(tokens)
    if corrections:
        found = [one._replace(word=corrections.get(one.word, one.word)) for one in tokens]
    if question.isascii():
        return found, corrections
    found, characters = correct_homophones(found, index, MAX_CORRECTIONS - len(corrections))
    return found, corrections | characters


def _correction(word: str, index: Index, question: str, capitalised: bool) -> str | None:
    """The library's word that a misspelt one stands for; None if it is not misspelt, or no word is near.

    A `capitalised` word may be a name, and names are not stretched into common words: it is corrected in one place at most. So is
    one that its language hardly uses.
    """
    if len(word) < MIN_LETTERS or not word.isalpha() or is_unspaced(word) or index.has_word(word):
        return None
    is_name = capitalised and detect_short(question[:LANGUAGE_SCAN_LIMIT]) not in CAPITALISES_NOUNS
    languages = dict.fromkeys((ENGLISH, *index.library_languages[:2]))
    if any(is_used_word(word, language) for language in languages):
        return None
    one_place = is_name or any(is_word(word, language) for language in languages)
    near = nearest_word(fold(word), index, 1 if one_place else max_edits(fold(word)))
    if near is None:
        return None
    language = detect_short(question[:LANGUAGE_SCAN_LIMIT])
    return None if language and is_used_word(word, language) else near


def max_edits(folded: str) -> int:
    """The edits that a word may be away from the one that is meant."""
    return 1 if len(folded) < MIN_LETTERS_FOR_TWO_EDITS else 2


def nearest_word(folded: str, index: Index, at_most: int | None = None) -> str | None:
    """The library's word with the fewest edits from `folded`; None if none is near.

    Of several the one with the same first letter, then one with letters left out or swapped, then the most frequent.

    At most `at_most` edits (None: `max_edits`); with two, the first letter must be right. An edit is an insertion, a deletion, a
    replacement, or a swap of neighbours (optimal string alignment).
    """
    near = [
        (
            edits,
            word[0] != folded[0],
            not _is_common_slip(folded, word),
            -index.postings.frequency(index.terms["=" + word]),
            word,
        )
        for word, edits in index.terms.within_edits(folded, at_most or max_edits(folded))
        if edits < 2 or word[0] == folded[0]
    ]
    return min(near)[-1] if near else None


def _is_common_slip(typed: str, word: str) -> bool:
    """Whether letters were only left out, or only swapped. Other slips are rarer: benchmarks/README.md, "Names"."""
    rest = iter(word)
    return all(letter in rest for letter in typed) or sorted(typed) == sorted(word)
