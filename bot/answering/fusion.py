"""One ranking from words and meaning.

    score = word weight * BM25F / best BM25F  +  cosine_weight * cosine / best cosine

The word weight is the square of the best evidence (see `bot.answering.evidence`), scaled to 0..1: where the words say little,
meaning decides. The best passages of both sides take part, not only those of BM25F. The parameters were fitted:
benchmarks/README.md, "Meaning".
"""

from dataclasses import replace

import numpy as np

from bot.answering.evidence import best_evidence, evidence, with_fair_share
from bot.answering.parameters import MEANING, WORDS, MeaningParameters
from bot.answering.ranked import Closeness, RankedPassages
from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index
from bot.search.result import SearchResult
from bot.search.search import with_passages
from bot.semantic.embedding import Similarities
from bot.semantic.passage_vectors import NO_VECTOR
from bot.understanding.intent import Intent


def fuse(
    by_words: SearchResult,
    similarities: Similarities,
    intent: Intent,
    index: Index,
    limit: int,
    allowed: Mask | None = None,
    parameters: MeaningParameters = MEANING,
) -> RankedPassages:
    """The `limit` best passages by words and meaning together, best first; equal scores in the library's order.

    `by_words` are the best `parameters.candidates` passages by words. Passages outside `allowed` do not take part.
    """
    cosines = similarities.cosines
    by_meaning = _highest(
        cosines if allowed is None else np.where(allowed, cosines, NO_VECTOR), parameters.candidates
    )
    passages = np.union1d(by_words.passages, by_meaning)
    word_scores = np.zeros(len(passages), np.float32)
    word_scores[np.searchsorted(passages, by_words.passages)] = by_words.scores
    best = best_evidence(evidence(by_words.take(slice(WORDS.considered)), intent, index))
    scores = _fused_scores(word_scores, by_words, cosines[passages], best, parameters)
    order = np.lexsort((passages, -scores))[:limit]
    found = with_passages(by_words, passages[order], index)
    return RankedPassages(
        found=replace(found, scores=scores[order]),
        evidence=evidence(found, intent, index),
        best_evidence=best,
        closeness=Closeness(
            cosines[passages[order]],
            mean_cosine(cosines, parameters),
            similarities.language,
            similarities.model,
        ),
    )


def _fused_scores(
    word_scores: Floats, by_words: SearchResult, cosines: Floats, best: float, parameters: MeaningParameters
) -> Floats:
    """Scores by words and meaning together. Shape as `word_scores` and `cosines`: (passages,)."""
    words = word_scores / (by_words.scores[0] if len(by_words) else np.float32(1))
    meaning = np.maximum(cosines, 0) / np.float32(float(cosines.max(initial=0.0)) or 1.0)
    unread = cosines == NO_VECTOR
    meaning[unread] = words[unread]  # until a passage has its vector, its words speak for its meaning too
    floor = WORDS.missing_penalty
    said = max(best, -floor) + floor
    word_weight = np.float32(min(1.0, said / parameters.full_word_evidence) ** 2)
    scores: Floats = (word_weight * words + np.float32(parameters.cosine_weight) * meaning).astype(np.float32)
    return scores


def mean_cosine(cosines: Floats, parameters: MeaningParameters = MEANING) -> float:
    """The mean over passages with a vector, and over `prior_passages` more: in a tiny library all may well be near."""
    known = cosines != NO_VECTOR
    count = parameters.prior_passages
    total = float(cosines.sum(where=known)) + count * parameters.prior_cosine
    return total / (int(known.sum()) + count)


def _highest(values: Floats, limit: int) -> Longs:
    """Places of the `limit` highest values above 0, in no order."""
    places = np.flatnonzero(values > 0)
    if len(places) > limit:
        places = places[np.argpartition(values[places], -limit)[-limit:]]
    return places


def select_quotable_fused(
    ranked: RankedPassages, has_phrase: bool, parameters: MeaningParameters = MEANING
) -> tuple[Mask, Mask]:
    """The passages that may be quoted, and those among them that are quoted for their meaning alone. Shapes (passages,).

    `has_phrase`: the question has an exact phrase, which every passage here holds.
    """
    assert ranked.closeness is not None
    words, cosines, scores = ranked.evidence, ranked.closeness.cosines, ranked.found.scores
    if not len(words):
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    best = float(words.max())
    by_words = with_fair_share(words, scores, best)
    if best < parameters.min_word_evidence and not has_phrase:
        by_words[:] = False
    reference = max(float(cosines.max()), parameters.typical_cosine if by_words.any() else 0.0)
    by_meaning = (cosines >= parameters.min_cosine_ratio * reference) & (cosines > 0) & ~by_words
    return by_words | by_meaning, by_meaning
