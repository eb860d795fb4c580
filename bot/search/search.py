"""One pass over the postings: the best passages for a question's words, and which of the words each of them holds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index
from bot.search.query_terms import QueryTerm
from bot.search.rescoring import held_mask, rescore
from bot.search.result import SearchResult
from bot.search.top_k import select_top

MIN_RESCORED = 50
"""Minimum number of passages that are rescored: a few times more than are shown at once."""


def search(
    terms: Sequence[QueryTerm], index: Index, limit: int, allowed: Mask | None = None, min_ratio: float = 0.0
) -> SearchResult:
    """The best passages, best first; equal scores in the library's order.

    At most `limit` passages. Left out are passages without any of the words, those outside `allowed`, and those whose BM25F is at
    most `min_ratio` times the best one's.
    """
    passages, scores = bm25f(terms, index, max(limit, MIN_RESCORED), allowed, min_ratio)
    found = rescore(tuple(terms), passages, scores, index.postings, index.stem_terms, index.ranking)
    return found.take((-found.scores).argsort(kind="stable")[:limit])  # `passages` ascend


def bm25f(
    terms: Iterable[QueryTerm], index: Index, limit: int, allowed: Mask | None = None, min_ratio: float = 0.0
) -> tuple[Longs, Floats]:
    """The first stage alone: the best passages by BM25F, ascending by number, and their scores."""
    scored = [(form, factor * term.query_weight) for term in terms for form, factor in term.scored]
    return select_top(scored, index.postings, len(index), limit, allowed, min_ratio)


def with_passages(found: SearchResult, passages: Longs, index: Index) -> SearchResult:
    """The result of the same search for other passages, in this order; passages that it did not find have score 0."""
    order = np.argsort(found.passages)
    ascending = found.passages[order]
    places = np.searchsorted(ascending, passages)
    places[places == len(ascending)] = 0
    known = ascending[places] == passages if len(ascending) else np.zeros(len(passages), np.bool_)
    scores = np.zeros(len(passages), np.float32)
    holds = np.zeros((len(found.terms), len(passages)), np.bool_)
    if known.any():
        sources = order[places[known]]
        scores[known], holds[:, known] = found.scores[sources], found.holds[:, sources]
    if not known.all():
        holds[:, ~known] = held_mask(found.terms, passages[~known], index.postings)
    return replace(found, passages=passages, scores=scores, holds=holds)
