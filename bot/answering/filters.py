"""Which passages a question's filters leave."""

from collections.abc import Iterable

import numpy as np

from bot.search.arrays import Mask
from bot.search.index import Index
from bot.search.query import Query
from bot.text.analysis import tokens, words


def _allowed(query: Query, index: Index) -> Mask | None:
    """The passages that filters, phrases and exclusions leave; None where the question has none of them."""
    masks = [index.quotable, index.facets.allowed(query)]
    masks += [index.holding_phrase(words(phrase)) for phrase in query.phrases]
    for value in query.excluded:
        masks += [~mask for mask in _held(value, index)]
    given = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(given) if given else None


def _held(value: str, index: Index) -> Iterable[Mask]:
    """The passages that hold an excluded word in any form, or an excluded phrase."""
    found = words(value)
    yield index.holding_phrase(found)
    if len(found) == 1:
        for word in index.wanted(tokens(value)):
            yield index.holding(word)
