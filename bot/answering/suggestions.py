"""What to say after a refusal: the nearest useful thing that the library has."""

from collections.abc import Collection, Sequence

import numpy as np

from bot.answering.quoting import Findings
from bot.search.index import Index
from bot.search.matching import matches
from bot.search.phrases import passages_with_phrase
from bot.search.query import Query
from bot.search.query_terms import QueryTerm, displayed_words
from bot.search.search import search
from bot.text.analysis import tokens, words

MAX_SUGGESTIONS = 3
"""Sentences in a refusal."""

MAX_SOURCES = 3
"""Sources that are named as what the library has instead."""

MAX_WORDS = 5
"""Words that are named as missing."""

MAX_NAME_CHARS = 60
"""Code points of a name, phrase or word in these sentences."""


def suggestions(found: Findings, index: Index) -> tuple[str, ...]:
    """Sentences, the most useful first: filters that match nothing, words that no note has, sources on similar things."""
    if not len(index):
        return ("There are no highlights yet.",)
    terms = found.intent.terms
    known = [term for term in terms if term.known]
    sources = dict.fromkeys((*_named(known, found.intent.named_sources, index), *_similar(known, index)))
    return (*_unmatched(found.query, index), *_missing(terms), *sources)[:MAX_SUGGESTIONS]


def _unmatched(query: Query, index: Index) -> list[str]:
    """Filters and phrases that match nothing."""
    kinds = {"author": query.authors, "title": query.titles, "tag": query.tags}
    filters = [
        f"No {kind} is like “{_short(value)}”."
        for kind, values in kinds.items()
        for value in values
        if not index.facets.passages(kind, value).any()
    ]
    return filters + [
        f"No highlight has “{_short(phrase)}” word for word; without quotation marks its words are looked for."
        for phrase in query.phrases
        if not passages_with_phrase(words(phrase), index).any()
    ]


def _missing(terms: Sequence[QueryTerm]) -> list[str]:
    """The words that no highlight has."""
    missing = displayed_words(term for term in terms if not term.known)
    if not missing:
        return []
    listed = ", ".join(f"“{_short(word)}”" for word in missing[:MAX_WORDS])
    return [f"No highlight has {listed}."]


def _named(known: Sequence[QueryTerm], sources: Collection[int], index: Index) -> list[str]:
    """Authors and titles that the question names."""
    sentences: list[str] = []
    for number in sorted(sources)[:MAX_SOURCES]:
        sentences += _source_sentences(known, number, index)
    return sentences


def _similar(known: Sequence[QueryTerm], index: Index) -> list[str]:
    """Authors and titles with a word of the question, from the passages that come nearest without any filter.

    This is a search of its own: other words and no filters, so it may find what the question's search left out.
    """
    sources = index.source_of[search(known, index, MAX_SOURCES).passages].tolist()
    return [sentence for number in sources for sentence in _source_sentences(known, number, index)]


def _source_sentences(known: Sequence[QueryTerm], number: int, index: Index) -> list[str]:
    """The source's authors and its title, if they have a word in common with the question."""
    source, passage = index.sources[number], int(np.argmax(index.source_of == number))
    sentences = [
        f"There are highlights by {_short(author)}."
        for author in source.authors
        if matches(known, passage, tokens(author), index)
    ]
    if matches(known, passage, tokens(source.title), index):
        sentences.append(f"There are highlights from “{_short(source.title)}”.")
    return sentences


def _short(text: str) -> str:
    return text if len(text) <= MAX_NAME_CHARS else text[: MAX_NAME_CHARS - 1].rstrip() + "…"
