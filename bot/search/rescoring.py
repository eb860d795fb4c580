"""Adds what BM25F ignores, for the passages it ranks first: exact forms, neighbouring words and coverage."""

from collections.abc import Sequence

import numpy as np

from bot.search.arrays import Floats, Longs, Mask
from bot.search.bm25 import Postings, Ranking
from bot.search.query_terms import QueryTerm
from bot.search.result import SearchResult
from bot.search.streams import TermSequence, concatenated_ranges
from bot.search.top_k import weights_in

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
    holds = np.zeros((len(terms), len(passages)), np.bool_)
    if not len(passages):
        return SearchResult(terms, passages, scores, holds)
    scores = scores.copy()
    for row, term in zip(holds, terms, strict=True):
        forms = term.stems
        if term.surface is not None:
            weights = weights_in(passages, *postings.of(term.surface))
            row |= weights > 0
            scores += np.float32(ranking.surface_weight * term.query_weight) * weights
            forms = tuple(form for form in forms if not postings.shared(form, term.surface))
        _add_held(row, forms, passages, postings)
    if len(terms) > 1:
        scores += np.float32(ranking.neighbour_weight) * _neighbour_scores(terms, passages, stem_terms)
        total = np.float32(sum(term.weight for term in terms) or 1)
        covered = SearchResult(terms, passages, scores, holds).covered() / total
        scores *= 1 - np.float32(ranking.coverage_weight) * (1 - covered)
    return SearchResult(terms, passages, scores, holds)


def held_mask(terms: Sequence[QueryTerm], passages: Longs, postings: Postings) -> Mask:
    """Which of the passages hold which word, in any form and field. Shape (terms, passages)."""
    holds = np.zeros((len(terms), len(passages)), np.bool_)
    for row, term in zip(holds, terms, strict=True):
        _add_held(row, term.forms, passages, postings)
    return holds


def _add_held(row: Mask, forms: Sequence[int], passages: Longs, postings: Postings) -> None:
    """Marks in `row` the passages that hold any of these terms. Shape of `row`: (passages,)."""
    for form in forms:
        row |= weights_in(passages, *postings.of(form)) > 0


def _neighbour_scores(terms: Sequence[QueryTerm], passages: Longs, stem_terms: TermSequence) -> Floats:
    """For each passage, the weight of neighbouring question words that are neighbours in its text too. Shape (passages,)."""
    starts = stem_terms.offsets[passages]
    counts = stem_terms.offsets[passages + 1] - starts
    ids = stem_terms.ids[concatenated_ranges(starts, counts)]
    result = np.zeros(len(passages), np.float32)
    numbers = {stem: number for number, term in enumerate(terms) for stem in term.stems}
    if len(ids) < 2 or not numbers:
        return result
    known = np.array(sorted(numbers), np.int32)
    word_of = np.array([numbers[stem] for stem in known.tolist()], np.int64)
    places = known.searchsorted(ids)
    # Few of a passage's words are in the question.
    held = np.flatnonzero(known.take(places, mode="clip") == ids)
    found = word_of.take(places.take(held))
    beside = np.flatnonzero((np.diff(found) == 1) & (np.diff(held) == 1))
    if not len(beside):
        return result
    ends = np.cumsum(counts)
    owners = ends.searchsorted(held[beside], side="right")
    inside = held[beside] + 1 < ends[owners]  # the second word may be the first one of the next passage
    if not inside.any():
        return result
    pairs, times = np.unique((found[beside] * len(passages) + owners)[inside], return_counts=True)
    first, passage = np.divmod(pairs, len(passages))
    idf = np.array([term.idf for term in terms])
    repeats = np.minimum(times, MAX_PAIR_REPEATS)
    np.add.at(result, passage, (idf[first] + idf[first + 1]) * PAIR_FACTOR * repeats / (1 + repeats))
    return result
