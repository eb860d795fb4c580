"""One ranking from words and meaning.

    score = word weight * BM25F / best BM25F  +  closeness weight * closeness / best closeness

The word weight is small while the best evidence (`bot.answering.evidence`) is low, and grows to 1 with the square of it: if words
say little, meaning decides. Closeness is the cosine on the library's own scale (`bot.semantic.scale`), 0 for most passages: models
whose cosines are all high then rank as well as others. A model may have weights of its own (`bot.semantic.catalog`): the closeness
of `builtin` counts less, and least where words are good. The best passages by words and the best by meaning all take part.
The parameters were fitted: benchmarks/README.md, "Meaning".
"""

from dataclasses import replace

import numpy as np

from bot.answering.evidence import best_evidence, evidence, quotable_by_words
from bot.answering.parameters import MEANING, WORDS, MeaningParameters
from bot.answering.ranked import NO_EVIDENCE, Closeness, RankedPassages
from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index
from bot.search.result import SearchResult
from bot.search.search import with_passages
from bot.semantic.catalog import find_card
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
    closeness = similarities.closeness
    by_meaning = _highest(
        closeness if allowed is None else np.where(allowed, closeness, NO_VECTOR), parameters.candidates
    )
    passages = np.union1d(by_words.passages, by_meaning)
    word_scores = np.zeros(len(passages), np.float32)
    word_scores[np.searchsorted(passages, by_words.passages)] = by_words.scores
    head = by_words.take(slice(WORDS.considered))
    best = best_evidence(head, evidence(head, intent, index))
    strongest = NO_EVIDENCE if best is None else best.total
    weights = word_weight(strongest, parameters), closeness_weight(similarities.model, strongest, parameters)
    scores = _fused_scores(word_scores, by_words, closeness[passages], *weights)
    order = np.lexsort((passages, -scores))[:limit]
    found = with_passages(by_words, passages[order], index)
    return RankedPassages(
        found=replace(found, scores=scores[order]),
        evidence=evidence(found, intent, index).values,
        best=best,
        closeness=Closeness(
            closeness[passages[order]],
            similarities.sameness[passages[order]],
            similarities.language,
            similarities.model,
        ),
    )


def _fused_scores(
    word_scores: Floats,
    by_words: SearchResult,
    closeness: Floats,
    word_weight: float,
    closeness_weight: float,
) -> Floats:
    """Scores by words and meaning together. Shape as `word_scores` and `closeness`: (passages,)."""
    words = word_scores / (by_words.scores[0] if len(by_words) else np.float32(1))
    meaning = np.maximum(closeness, 0) / np.float32(float(closeness.max(initial=0.0)) or 1.0)
    unread = closeness == NO_VECTOR
    meaning[unread] = words[unread]  # without a vector yet, the word score stands in for closeness
    scores: Floats = (np.float32(word_weight) * words + np.float32(closeness_weight) * meaning).astype(
        np.float32
    )
    return scores


def word_weight(best: float, parameters: MeaningParameters = MEANING) -> float:
    """How much words count in the ranking, `min_word_weight` to 1, given the best evidence."""
    least = parameters.min_word_weight
    return least + (1 - least) * _strength_of_words(best, parameters) ** 2


def closeness_weight(model: str, best: float, parameters: MeaningParameters = MEANING) -> float:
    """How much closeness counts in the ranking with the model of this public name, given the best evidence."""
    card = find_card(model)
    if card is None or card.closeness_weights is None:
        return parameters.closeness_weight
    alone, beside_words = card.closeness_weights
    return alone + (beside_words - alone) * _strength_of_words(best, parameters)


def _strength_of_words(best: float, parameters: MeaningParameters) -> float:
    """Where the best evidence lies between the least that counts and that of full weight: 0 to 1."""
    span = parameters.full_word_evidence - parameters.least_word_evidence
    return min(1.0, max(0.0, (best - parameters.least_word_evidence) / span))


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
    words, closeness = ranked.evidence, ranked.closeness.values
    if not len(words):
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    by_words = quotable_by_words(ranked.found, words)
    by_words[0] = words[0] >= WORDS.min_evidence_ratio * float(words[: WORDS.considered].max())
    if float(words.max()) < parameters.min_word_evidence and not has_phrase:
        by_words[:] = False
    if by_words.any():
        least = parameters.min_closeness_ratio * max(float(closeness.max()), parameters.typical_closeness)
    else:
        least = parameters.min_closeness_ratio_alone * float(closeness.max())
    by_meaning = (closeness >= least) & (closeness > 0) & ~by_words
    if float(words[: WORDS.considered].max()) >= parameters.enough_word_evidence:
        by_meaning[:] = False
    if not by_words[0]:
        by_meaning[0] = True
    return by_words | by_meaning, by_meaning
