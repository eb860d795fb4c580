"""What is looked at only in the passages that BM25F ranks first: the word as written, neighbours, coverage."""

from collections.abc import Iterable, Sequence

import numpy as np

from bot.search.arrays import Floats, Longs, Mask
from bot.search.bm25 import Postings, Ranking
from bot.search.query_terms import QueryTerm
from bot.search.streams import TermSequence, gathered
from bot.search.top_k import looked_up


def refined(
    scores: Floats,
    wanted: Sequence[QueryTerm],
    passages: Longs,
    postings: Postings,
    meant: TermSequence,
    ranking: Ranking,
) -> Floats:
    """The scores of these passages with all that `ranking` adds to BM25F. Shape (passages,)."""
    if not len(passages):
        return scores
    result = scores.copy()
    if ranking.surface:
        for word in wanted:
            if word.surface is not None:
                factor = np.float32(ranking.surface * word.times)
                result += factor * looked_up(passages, *postings.of(word.surface))
    if ranking.pairs and len(wanted) > 1:
        result += np.float32(ranking.pairs) * _pair_scores(wanted, passages, meant)
    if ranking.coverage and len(wanted) > 1:
        result *= 1 - np.float32(ranking.coverage) * (1 - coverage(wanted, passages, postings))
    return result


def coverage(wanted: Sequence[QueryTerm], passages: Longs, postings: Postings) -> Floats:
    """The part of the question that each passage covers, its words weighed by rarity; 0 to 1."""
    total = sum(word.weight for word in wanted)
    return covered(wanted, passages, postings)[0] / np.float32(total or 1)


def covered(wanted: Sequence[QueryTerm], passages: Longs, postings: Postings) -> tuple[Floats, Floats]:
    """The weight of the question's words that each passage holds, and of the heaviest one that it does not."""
    result, missing = np.zeros(len(passages), np.float32), np.zeros(len(passages), np.float32)
    if not len(passages):
        return result, missing
    for word in wanted:
        if word.weight:
            held = _held(word, passages, postings)
            result += np.float32(word.weight * word.trust) * held
            np.maximum(missing, np.float32(word.weight) * ~held, out=missing)
    return result, missing


def lacking(wanted: Sequence[QueryTerm], passages: Longs, postings: Postings) -> Longs:
    """How many of the words each passage does not hold, in any form. Shape (passages,)."""
    count = np.full(len(passages), len(wanted), np.int64)
    for word in wanted:
        count -= _held(word, passages, postings)
    return count


def _held(word: QueryTerm, passages: Longs, postings: Postings) -> Mask:
    """Which of the passages hold a word, in any form. Shape (passages,)."""
    held = np.zeros(len(passages), np.bool_)
    for term in word.forms:
        held |= looked_up(passages, *postings.of(term)) > 0
    return held


def lacked(wanted: Iterable[QueryTerm], passage: int, postings: Postings) -> list[QueryTerm]:
    """The words that a passage does not hold, in any form."""
    one = np.array([passage], np.int64)
    return [word for word in wanted if not _held(word, one, postings)[0]]


def _pair_scores(wanted: Sequence[QueryTerm], passages: Longs, meant: TermSequence) -> Floats:
    """For each passage the weight of the question's neighbouring words that are neighbours there too."""
    starts = meant.ends[passages]
    counts = meant.ends[passages + 1] - starts
    items = meant.items[gathered(starts, counts)]
    result = np.zeros(len(passages), np.float32)
    numbers = {term: number for number, word in enumerate(wanted) for term in word.terms}
    if len(items) < 2 or not numbers:
        return result
    known = np.array(sorted(numbers), np.int32)
    word_of = np.array([numbers[term] for term in known.tolist()], np.int64)
    places = np.minimum(np.searchsorted(known, items), len(known) - 1)
    held = np.where(known[places] == items, word_of[places], -9)
    owners = np.repeat(np.arange(len(passages)), counts)
    beside = np.flatnonzero((held[1:] == held[:-1] + 1) & (held[:-1] >= 0) & (owners[1:] == owners[:-1]))
    if not len(beside):
        return result
    pairs, times = np.unique(held[beside] * len(passages) + owners[beside], return_counts=True)
    first, passage = np.divmod(pairs, len(passages))
    idf = np.array([word.idf for word in wanted])
    often = np.minimum(times, 2)
    np.add.at(result, passage, (idf[first] + idf[first + 1]) * 1.5 * often / (1 + often))
    return result
