"""The suggestions of a refusal: what in the question matches nothing, and the nearest useful thing in the library."""

from collections.abc import Collection, Sequence

import numpy as np

from bot.answering.find import Findings
from bot.model import Suggestion, SuggestionKind
from bot.search.index import Index
from bot.search.matching import matches
from bot.search.phrases import passages_with_phrase
from bot.search.query import Query
from bot.search.query_terms import QueryTerm, displayed_words
from bot.search.search import search
from bot.text.analysis import words
from bot.text.stemming import ENGLISH
from bot.text.word_frequencies import rarity

MAX_SUGGESTIONS = 3
"""Suggestions in a refusal."""

MAX_SOURCES = 3
"""Sources that are suggested instead."""

MIN_TELLING_RARITY = 0.9
"""A title or author is suggested for a single word in common if the word has at least this rarity in its language."""

MAX_WORDS = 5
"""Words that are named as missing."""

_UNMATCHED = {
    "author": SuggestionKind.NO_AUTHOR,
    "title": SuggestionKind.NO_TITLE,
    "tag": SuggestionKind.NO_TAG,
    "color": SuggestionKind.NO_COLOR,
}


def suggestions(found: Findings, index: Index) -> tuple[Suggestion, ...]:
    """The most useful first: filters that match nothing, words that no note has, sources that share words with the question."""
    if not len(index):
        return (Suggestion(SuggestionKind.NO_HIGHLIGHTS),)
    terms = found.intent.terms
    known = [term for term in terms if term.known]
    sources = dict.fromkeys((*_named(known, found.intent.named_sources, index), *_similar(known, index)))
    return (*_unmatched(found.query, index), *_missing(terms), *sources)[:MAX_SUGGESTIONS]


def _unmatched(query: Query, index: Index) -> list[Suggestion]:
    """Filters and phrases that match nothing."""
    typed = {"author": query.authors, "title": query.titles, "tag": query.tags, "color": query.colors}
    filters = [
        Suggestion(_UNMATCHED[kind], (value,))
        for kind, values in typed.items()
        for value in values
        if not index.facets.passages(kind, value).any()
    ]
    return filters + [
        Suggestion(SuggestionKind.NO_PHRASE, (phrase,))
        for phrase in query.phrases
        if not passages_with_phrase(words(phrase), index).any()
    ]


def missing_words(terms: Sequence[QueryTerm]) -> tuple[str, ...]:
    """The words of a question that no highlight has in any form, as typed."""
    return tuple(displayed_words(term for term in terms if not term.known))


def _missing(terms: Sequence[QueryTerm]) -> list[Suggestion]:
    """The words that no highlight has."""
    missing = missing_words(terms)
    return [Suggestion(SuggestionKind.NO_WORD, missing[:MAX_WORDS])] if missing else []


def _named(known: Sequence[QueryTerm], sources: Collection[int], index: Index) -> list[Suggestion]:
    """Authors and titles that the question names."""
    return [
        suggestion
        for number in sorted(sources)[:MAX_SOURCES]
        for suggestion in _of_source(known, number, index)
    ]


def _similar(known: Sequence[QueryTerm], index: Index) -> list[Suggestion]:
    """Authors and titles with words of the question, from the passages that come nearest without any filter.

    This is a search of its own: other words and no filters, so it may find what the question's search left out.
    """
    sources = index.source_of[search(known, index, MAX_SOURCES).passages].tolist()
    return [suggestion for number in sources for suggestion in _of_source(known, number, index)]


def _of_source(known: Sequence[QueryTerm], number: int, index: Index) -> list[Suggestion]:
    """The source's authors and its title, if they have more in common with the question than one common word."""
    source, passage = index.sources[number], int(np.argmax(index.source_of == number))
    found = [
        Suggestion(SuggestionKind.BY_AUTHOR, (author,))
        for author in source.authors
        if _is_hint(known, passage, author, index)
    ]
    if _is_hint(known, passage, source.title, index):
        found.append(Suggestion(SuggestionKind.FROM_TITLE, (source.title,)))
    return found


def _is_hint(known: Sequence[QueryTerm], passage: int, name: str, index: Index) -> bool:
    """Whether a name has two words of the question, or one that is a name itself or rare in the language."""
    shared = {number for _, number in matches(known, passage, words(name), index)}
    return len(shared) > 1 or any(_is_telling(known[number]) for number in shared)


def _is_telling(term: QueryTerm) -> bool:
    """Whether a word alone says which source is meant: part of a name that was recognised, or no common word."""
    word = term.corrected or term.typed
    return not term.emphasis or rarity(word, ENGLISH) >= MIN_TELLING_RARITY
