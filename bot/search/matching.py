"""Finds the words of a question in a text. It reads the text itself, because postings say only which passage holds a word."""

from collections.abc import Sequence

from bot.search.index import Index
from bot.search.query_terms import QueryTerm
from bot.text.analysis import fold, folded, is_unspaced
from bot.text.stemming import stems


def matches(
    terms: Sequence[QueryTerm], passage: int, typed: Sequence[str], index: Index
) -> list[tuple[int, int]]:
    """Pairs of a word of the text and the question's word that it matches: (place in `typed`, place in `terms`), ascending.

    `typed` are the normalised words of the text, title or author of `passage`; its language decides on the stems.
    """
    written, stemmed, bigrams = (dict[str, list[int]]() for _ in range(3))
    language = index.language_of(passage)
    of_language = f"{language}:"
    for number, term in enumerate(terms):
        for name in term.names:
            if name[0] == "=":
                written.setdefault(name[1:], []).append(number)
            elif name[0] == "~":
                bigrams.setdefault(name[1:], []).append(number)
            elif name.startswith(of_language):
                stemmed.setdefault(name[len(of_language) :], []).append(number)
    found: set[tuple[int, int]] = set()
    for sought, words in ((written, folded(typed)), (stemmed, stems(language, typed))):
        held = [(place, sought[word]) for place, word in enumerate(words) if word in sought]
        found.update((place, number) for place, numbers in held for number in numbers)
    for place, word in enumerate(typed) if bigrams else ():
        if is_unspaced(word):
            both = typed[place : place + 2]
            for number in bigrams.get("".join(map(fold, both)), ()):
                found.update((place + beside, number) for beside in range(len(both)))
    return sorted(found)
