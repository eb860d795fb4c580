"""Adds what BM25F ignores, for the passages it ranks first: exact forms, neighbouring words and coverage."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, chain, pairwise

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

NO_WORD = -9
"""Stands for a word that is not in the question: beside no number of a word."""


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
    rows, factors = [], []
    for row, term in zip(accumulate(map(len, forms), initial=0), terms, strict=False):
        if term.surface is not None:
            rows.append(row)
            factors.append(ranking.surface_weight * term.query_weight)
    scores = scores.copy()
    as_typed = weights if len(rows) == len(weights) else weights[rows]
    for added in np.array(factors, np.float32)[:, None] * as_typed:
        scores += added
    if len(terms) > 1:
        scores += np.float32(ranking.neighbour_weight) * _neighbour_scores(terms, passages, holds, stem_terms)
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
    if all(count == 1 for count in counts):
        return rows
    result = np.zeros((len(counts), rows.shape[1]), np.bool_)
    filled = [group for group, count in enumerate(counts) if count]
    if filled:
        begins = list(accumulate((counts[group] for group in filled[:-1]), initial=0))
        result[filled] = np.logical_or.reduceat(rows, begins)
    return result


def _neighbour_scores(
    terms: Sequence[QueryTerm], passages: Longs, holds: Mask, stem_terms: TermSequence
) -> Floats:
    """For each passage, the weight of neighbouring question words that are neighbours in its text too. Shape (passages,).

    Only the texts of passages that hold two neighbouring words of the question are looked at: few of many."""
    result = np.zeros(len(passages), np.float32)
    number_of = {stem: number for number, term in enumerate(terms) for stem in term.stems}.get
    places = np.logical_or.reduce(holds[1:] & holds[:-1]).nonzero()[0].tolist()
    for place in places:
        passage = passages.item(place)
        begin, end = stem_terms.offsets.item(passage), stem_terms.offsets.item(passage + 1)
        words = [number_of(stem, NO_WORD) for stem in stem_terms.ids[begin:end].tolist()]
        pairs = [word for word, other in pairwise(words) if other - word == 1]
        if pairs:
            repeats = Counter(pairs)
            result[place] = sum(_pair_weight(terms, first, repeats[first]) for first in sorted(repeats))
    return result


def _pair_weight(terms: Sequence[QueryTerm], first: int, repeats: int) -> float:
    """The weight of a word and the next one, which stand side by side `repeats` times."""
    counted = min(repeats, MAX_PAIR_REPEATS)
    return (terms[first].idf + terms[first + 1].idf) * PAIR_FACTOR * counted / (1 + counted)
