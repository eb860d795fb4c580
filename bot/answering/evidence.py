"""How strongly the words of a passage suggest that it answers the question.

A ranking score says which passage is better, not whether any passage is good. Evidence answers the second question:

    evidence = covered / weight of all words            the share of the question that the passage covers, 0 to 1
             + amount_weight * min(covered / rarest, amount_cap)
             + score_weight  * min(score   / rarest, amount_cap)
             - missing_penalty * heaviest missing word / rarest
             - short_question_penalty / number of words

`covered` is the weight of the words that the passage holds, `rarest` the weight of a word that occurs in a single passage, so
that libraries of all sizes are comparable. Missing words tell as much as covered ones: for "the capital of France", a passage
about working capital covers half of the question, but lacks the rarer word.

Names that the question mentions do not count as covered. They multiply the evidence of other sources by `other_source_factor`
and add `named_source_bonus` to that of theirs. Bigrams (scripts without blanks) add or subtract `bigram_weight` each.

The parameters were fitted on questions with and without an answer: benchmarks/README.md, "Nothing fits".
"""

import math

import numpy as np
from numpy.typing import NDArray

from bot.answering.parameters import WORDS, WordParameters
from bot.search.arrays import Floats, Mask
from bot.search.index import Index
from bot.search.query_terms import UNKNOWN_END_EMPHASIS
from bot.search.result import SearchResult
from bot.text.analysis import is_unspaced
from bot.understanding.intent import Intent


def evidence(found: SearchResult, intent: Intent, index: Index, parameters: WordParameters = WORDS) -> Floats:
    """The evidence of each passage. Shape (passages,); about 1.5 where a passage holds the whole question.

    A passage that holds nothing but a name from the question never has positive evidence.
    """
    weights = [term.weight for term in found.terms if term.weight]
    rarest = np.float32(math.log(len(index) + 1) or 1.0)
    cap = np.float32(parameters.amount_cap)
    covered = found.covered()
    total: Floats = covered / np.float32(sum(weights) or 1.0)
    total += np.float32(parameters.amount_weight) * np.minimum(covered / rarest, cap)
    total += np.float32(parameters.score_weight) * np.minimum(found.scores / rarest, cap)
    if intent.named_sources:
        named = index.of_sources(intent.named_sources, found.passages)
        total[~named] *= np.float32(parameters.other_source_factor)
        total[named] += np.float32(parameters.named_source_bonus)
    total += _bigram_evidence(found, parameters)
    total -= np.float32(parameters.missing_penalty) * found.heaviest_missing() / rarest
    total -= np.float32(parameters.short_question_penalty / max(len(weights), 1))
    return np.where(covered > 0, total, np.minimum(total, 0))


def _bigram_evidence(found: SearchResult, parameters: WordParameters) -> NDArray[np.float64]:
    """Bonus for many bigrams, penalty for missing ones; zeros where the question has none. Shape (passages,)."""
    bigrams = [
        number for number, term in enumerate(found.terms) if term.weight and is_unspaced(term.typed[0])
    ]
    if not bigrams:
        return np.zeros(len(found))
    certain = [number for number in bigrams if found.terms[number].emphasis >= UNKNOWN_END_EMPHASIS]
    missing = (~found.held[certain]).sum(axis=0)
    extra = max(len(bigrams) - parameters.short_bigrams, 0)
    amount: NDArray[np.float64] = np.float32(parameters.bigram_weight) * (extra - missing)
    return amount


def best_evidence(values: Floats, parameters: WordParameters = WORDS) -> float:
    """The highest evidence among the passages that can justify an answer; -1 without any. `values` are best-ranked first."""
    return float(values[: parameters.considered].max(initial=-1.0))


def refusal_score(best: float, intent: Intent, parameters: WordParameters = WORDS) -> float:
    """The number that is compared with `threshold`: the best evidence, more in a language that few passages are in."""
    return best + parameters.rare_language_bonus if intent.rare_language else best


def select_quotable(values: Floats, scores: Floats, parameters: WordParameters = WORDS) -> Mask:
    """The passages that may be quoted once words have answered the question. Shape (passages,)."""
    if not len(values):
        return np.zeros(0, np.bool_)
    return with_fair_share(values, scores, float(values[: parameters.considered].max()), parameters)


def with_fair_share(values: Floats, scores: Floats, best: float, parameters: WordParameters = WORDS) -> Mask:
    """The passages with enough evidence beside the `best`, and enough of the first passage's score. Shape (passages,)."""
    floor = parameters.missing_penalty
    least = parameters.min_evidence_ratio * (best + floor) - floor
    keep: Mask = (values >= least) & (scores >= parameters.min_score_ratio * scores[0])
    return keep
