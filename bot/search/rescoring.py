"""Adds what BM25F ignores, for the passages it ranks first: exact forms, neighbouring words and coverage."""

from collections.abc import Sequence
from itertools import accumulate, chain

import numpy as np

from bot.search.arrays import Floats, Longs, Mask
from bot.search.bm25 import Postings, Ranking
from bot.search.query_terms import QueryTerm
from bot.search.result import SearchResult
from bot.search.streams import TermSequence

MAX_PAIR_REPEATS = 2
"""How often the same pair of neighbours in one passage counts."""
PAIR_FACTOR = 1.5
"""Scale of a pair's weight, which grows with repeats as `repeats / (1 + repeats)`."""


def rescore(
    terms: tuple[QueryTerm, ...],
    passages: Longs,
    scores: Floats,
    postings: Postings,
    stem_terms: TermSequence,
    ranking: Ranking,
) -> SearchResult:
    """These passages with their final scores, in the same order, and the words that each of them holds.

    `scores` are those of BM25F. `stem_terms` are the stems of the library's texts.
    """
    if not len(passages):
        return SearchResult(terms, passages, scores, np.zeros((len(terms), 0), np.bool_))
    forms = [_distinct_forms(term, postings) for term in terms]
    weights = postings.weights_in(list(chain(*forms)), passages)
    holds = _any_of_each(weights > 0, list(map(len, forms)))
    scores = scores.copy()
    row = 0
    for term, forms_of_term in zip(terms, forms, strict=True):
        if term.surface is not None:
            scores += np.float32(ranking.surface_weight * term.query_weight) * weights[row]
        row += len(forms_of_term)
    if len(terms) > 1:
        scores += np.float32(ranking.neighbour_weight) * _neighbour_scores(terms, passages, stem_terms)
        total = np.float32(sum(term.weight for term in terms) or 1)
        covered = SearchResult(terms, passages, scores, holds).covered() / total
        scores *= 1 - np.float32(ranking.coverage_weight) * (1 - covered)
    return SearchResult(terms, passages, scores, holds)


def held_mask(terms: Sequence[QueryTerm], passages: Longs, postings: Postings) -> Mask:
    """Which of the passages hold which word, in any form and field. Shape (terms, passages)."""
    forms = [term.forms for term in terms]
    return _any_of_each(postings.weights_in(list(chain(*forms)), passages) > 0, list(map(len, forms)))


def _distinct_forms(term: QueryTerm, postings: Postings) -> tuple[int, ...]:
    """The forms of a word, the one that was typed first, without those that share its postings."""
    surface = term.surface
    if surface is None:
        return term.stems
    return (surface, *(form for form in term.stems if not postings.shared(form, surface)))


def _any_of_each(rows: Mask, counts: Sequence[int]) -> Mask:
    """The rows in groups of `counts` rows, each group as one row that is true where any of its rows is. Shape (groups, columns)."""
    result = np.zeros((len(counts), rows.shape[1]), np.bool_)
    filled = [group for group, count in enumerate(counts) if count]
    if filled:
        begins = list(accumulate((counts[group] for group in filled[:-1]), initial=0))
        result[filled] = np.logical_or.reduceat(rows, begins)
    return result


def _neighbour_scores(terms: Sequence[QueryTerm], passages: Longs, stem_terms: TermSequence) -> Floats:
    """For each passage, the weight of neighbouring question words that are neighbours in its text too. Shape (passages,)."""
    result = np.zeros(len(passages), np.float32)
    numbers = {stem: number for number, term in enumerate(terms) for stem in term.stems}
    starts = stem_terms.offsets[passages]
    counts = stem_terms.offsets[passages + 1] - starts
    ends = counts.cumsum()
    total = ends.item(-1)
    if total < 2 or not numbers:
        return result
    ids = stem_terms.ids.take(np.arange(total) + np.repeat(starts - ends + counts, counts))
    known = np.array(sorted(numbers), np.int32)
    word_of = np.array([numbers[stem] for stem in known.tolist()], np.int64)
    places = known.searchsorted(ids)
    # Few of a passage's words are in the question.
    held = (known.take(places, mode="clip") == ids).nonzero()[0]
    found = word_of.take(places.take(held))
    beside = ((found[1:] - found[:-1] == 1) & (held[1:] - held[:-1] == 1)).nonzero()[0]
    if not len(beside):
        return result
    begins = held[beside]
    owners = ends.searchsorted(begins, side="right")
    inside = begins + 1 < ends[owners]  # the second word may be the first one of the next passage
    keys = (found[beside] * len(passages) + owners)[inside]
    if not len(keys):
        return result
    keys.sort()
    firsts = np.append(True, keys[1:] != keys[:-1]).nonzero()[0]
    repeats = np.minimum(np.append(firsts[1:], len(keys)) - firsts, MAX_PAIR_REPEATS)
    first, passage = np.divmod(keys[firsts], len(passages))
    idf = np.array([term.idf for term in terms])
    weights = (idf[first] + idf[first + 1]) * PAIR_FACTOR * repeats / (1 + repeats)
    return np.bincount(passage, weights, len(passages)).astype(np.float32)
