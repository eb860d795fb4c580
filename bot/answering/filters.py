"""Which passages a question's filters, phrases and exclusions leave."""

from collections.abc import Iterable

import numpy as np

from bot.search.arrays import Mask
from bot.search.index import Index
from bot.search.phrases import passages_with_phrase, passages_with_term
from bot.search.query import Query
from bot.search.query_terms import query_terms
from bot.text.analysis import tokens, words


def allowed_passages(query: Query, index: Index) -> Mask | None:
    """The passages that may be found; None if all may. Shape (passages,)."""
    masks = [index.quotable, index.facets.allowed(query)]
    masks += [passages_with_phrase(words(phrase), index) for phrase in query.phrases]
    for value in query.excluded:
        masks += [~mask for mask in _passages_with(value, index)]
    given = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(given) if given else None


def _passages_with(value: str, index: Index) -> Iterable[Mask]:
    """The passages with an excluded phrase, or with an excluded word in any form."""
    excluded = words(value)
    yield passages_with_phrase(excluded, index)
    if len(excluded) == 1:
        for term in query_terms(tokens(value), index):
            yield passages_with_term(term, index)
