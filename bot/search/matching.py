"""Finds the words of a question in a text. It reads the text itself, because postings say only which passage holds a word."""

from collections.abc import Sequence

from bot.search.index import Index
from bot.search.query_terms import QueryTerm
from bot.text.analysis import Token, fold, is_unspaced
from bot.text.stemming import stems


def matches(
    terms: Sequence[QueryTerm], passage: int, tokens: Sequence[Token], index: Index
) -> list[tuple[int, int]]:
    """Pairs of a word of the text and the question's word that it matches: (place in `tokens`, place in `terms`), ascending.

    `tokens` are the words of the text, title or author of `passage`; its language decides on the stems.
    """
    places_of: dict[str, list[int]] = {}
    for number, term in enumerate(terms):
        for form in term.forms:
            places_of.setdefault(index.terms.name(form), []).append(number)
    language = index.language_of(passage)
    stemmed = stems(language, [token.word for token in tokens])
    found: set[tuple[int, int]] = set()
    for place, (token, stem) in enumerate(zip(tokens, stemmed, strict=True)):
        for name in ("=" + fold(token.word), f"{language}:{stem}"):
            found.update((place, number) for number in places_of.get(name, ()))
        if is_unspaced(token.word):
            both = tokens[place : place + 2]
            bigram = "~" + "".join(fold(one.word) for one in both)
            for number in places_of.get(bigram, ()):
                found.update((place + beside, number) for beside in range(len(both)))
    return sorted(found)
