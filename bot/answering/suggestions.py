"""What to say where nothing fits: the nearest useful thing that the library has."""

from collections.abc import Collection, Sequence

import numpy as np

from bot.search.index import Index
from bot.search.query import Query
from bot.search.query_terms import QueryTerm, written
from bot.text.analysis import tokens, words

LOOKED_AT = 3
"""Passages whose source may be named."""


def nearest(
    query: Query, wanted: Sequence[QueryTerm], sources: Collection[int], index: Index
) -> tuple[str, ...]:
    """Sentences, the most useful first: names that a filter may have meant, words that no note has, what is like it.

    `sources` has the numbers of those that the question names.
    """
    if not len(index):
        return ("There are no highlights yet.",)
    similar = dict.fromkeys((*_named(wanted, sources, index), *_similar(wanted, index)))
    return (*_names(query, index), *_missing(wanted), *similar)[:3]


def _names(query: Query, index: Index) -> list[str]:
    """Filters and phrases that leave nothing."""
    kinds = {"author": query.authors, "title": query.titles, "tag": query.tags}
    told = [
        f"No {kind} is like “{_short(value)}”."
        for kind, values in kinds.items()
        for value in values
        if not index.facets.passages(kind, value).any()
    ]
    return told + [
        f"No highlight has “{_short(phrase)}” word for word; without quotation marks its words are looked for."
        for phrase in query.phrases
        if not index.holding_phrase(words(phrase)).any()
    ]


def _missing(wanted: Sequence[QueryTerm]) -> list[str]:
    """The words that no highlight has."""
    lacking = written(word for word in wanted if not word.known)
    if not lacking:
        return []
    listed = ", ".join(f"“{_short(word)}”" for word in lacking[:5])
    return [f"No highlight has {listed}."]


def _named(wanted: Sequence[QueryTerm], sources: Collection[int], index: Index) -> list[str]:
    """Authors and titles that the question names."""
    known = [word for word in wanted if word.known]
    told: list[str] = []
    for number in sorted(sources)[:LOOKED_AT]:
        told += _of_source(known, number, index)
    return told


def _similar(wanted: Sequence[QueryTerm], index: Index) -> list[str]:
    """Authors and titles that share a word with the question, of the passages that come nearest."""
    known = [word for word in wanted if word.known]
    passages = index.best(known, LOOKED_AT)[0].tolist()
    return [one for passage in passages for one in _of_source(known, int(index.source_of[passage]), index)]


def _of_source(known: Sequence[QueryTerm], number: int, index: Index) -> list[str]:
    """The source's authors and title, as far as they share a word with the question."""
    source, passage = index.sources[number], int(np.argmax(index.source_of == number))
    told = [
        f"There are highlights by {_short(author)}."
        for author in source.authors
        if any(index.matches(known, passage, tokens(author)))
    ]
    if any(index.matches(known, passage, tokens(source.title))):
        told.append(f"There are highlights from “{_short(source.title)}”.")
    return told


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
