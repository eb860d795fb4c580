"""How strongly the words of a passage suggest that it answers the question.

A ranking score says which passage is better, not whether any passage is good. Evidence answers the second question:

    evidence = covered / weight of all words            the share of the question that the passage covers, 0 to 1
             + amount_weight * min(covered / rarest, amount_cap)
             + score_weight  * min(score   / rarest, amount_cap)
             + rare_word_weight * heaviest covered word / rarest
             - missing_penalty * heaviest missing word / rarest
             - missing_name_penalty * missing names        words with a capital inside a sentence; two at most
             - short_question_penalty / words to look for  without the names of authors and sources

`covered` is the weight of the words that the passage holds: in its text, title, authors, chapter, remark and tags (those of its
source, too), in any form. `rarest` is the weight of a word that occurs in a single passage, ln(1 + passages), so that libraries of
all sizes are comparable. Missing words tell as much as covered ones: for "the capital of France", a passage about working capital
covers half of the question, but lacks the rarer word.

A passage that holds every word has `complete_evidence` at least: a question of one common word could not be answered otherwise. A
passage that holds only the name of an author or a source never has evidence above 0.

Names of authors and sources do not count as covered. If a question names one, the first three lines are multiplied by
`other_source_factor` for passages of other sources, and `named_source_bonus` is added for its own. Bigrams (scripts without
blanks) add or subtract `bigram_weight` each.

The score that is compared with the threshold (`answer_score`) is the best evidence of the first passages, minus `nowhere_penalty`
times the share of the question that none of them holds, minus `unknown_word_penalty` if the library lacks one of its words, plus
a bonus for the question's language.

The parameters were fitted on questions with and without an answer: benchmarks/README.md, "Nothing fits".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.answering.breakdown import AnswerScore, EvidencePart, PassageEvidence
from bot.answering.parameters import WORDS, WordParameters
from bot.answering.ranked import RankedPassages
from bot.search.arrays import Floats, Mask
from bot.search.bm25 import idf
from bot.search.index import Index
from bot.search.query_terms import UNKNOWN_END_EMPHASIS, QueryTerm
from bot.search.result import SearchResult
from bot.text.analysis import is_unspaced
from bot.text.stemming import ENGLISH
from bot.understanding.intent import Intent


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The evidence of ranked passages."""

    values: Floats
    """Shape (passages,); about 1.5 if a passage holds the whole question."""
    parts: dict[EvidencePart, Floats]
    """The summands of `values`, each of shape (passages,). What does not apply to the question is left out."""


def evidence(
    found: SearchResult, intent: Intent, index: Index, parameters: WordParameters = WORDS
) -> Evidence:
    """The evidence of each passage. A passage that holds nothing but a name from the question never has positive evidence."""
    weights = [term.weight for term in found.terms if term.weight]
    rarest = np.float32(idf(1, len(index)) or 1.0)
    cap = np.float32(parameters.amount_cap)
    held = found.weights_held()
    covered: Floats = np.add.reduce(held, axis=0)
    parts: dict[EvidencePart, Floats] = {}
    total = np.zeros(len(found), np.float32)

    def add(part: EvidencePart, values: NDArray[np.floating]) -> None:
        parts[part] = np.asarray(values, np.float32)
        np.add(total, parts[part], out=total)

    add(EvidencePart.COVERED, covered / np.float32(sum(weights) or 1.0))
    amount, score = np.minimum(np.array((covered, found.scores)) / rarest, cap)
    add(EvidencePart.AMOUNT, np.float32(parameters.amount_weight) * amount)
    add(EvidencePart.RANKING_SCORE, np.float32(parameters.score_weight) * score)
    if intent.named_sources:
        named = index.of_sources(intent.named_sources, found.passages)
        factor = np.float32(parameters.other_source_factor)
        add(EvidencePart.OTHER_SOURCE, np.where(named, np.float32(0), total * factor - total))
        add(EvidencePart.NAMED_SOURCE, np.float32(parameters.named_source_bonus) * named)
    if any(_is_bigram(term) for term in found.terms):
        add(EvidencePart.BIGRAMS, _bigram_evidence(found, parameters))
    add(
        EvidencePart.RAREST_COVERED,
        np.float32(parameters.rare_word_weight) * np.maximum.reduce(held, axis=0, initial=0) / rarest,
    )
    add(
        EvidencePart.RAREST_MISSING,
        np.float32(-parameters.missing_penalty) * found.heaviest_missing() / rarest,
    )
    if intent.capitalised:
        missing_names = _missing_names(found, intent, parameters)
        add(EvidencePart.MISSING_NAMES, np.float32(-parameters.missing_name_penalty) * missing_names)
    short = np.empty(len(found), np.float32)
    short.fill(-parameters.short_question_penalty / max(len(weights), 1))
    add(EvidencePart.SHORT_QUESTION, short)
    complete = holds_all_words(found)
    if np.count_nonzero(complete):
        complete &= total < np.float32(parameters.complete_evidence)
    if np.count_nonzero(complete):
        add(EvidencePart.COMPLETE, np.where(complete, np.float32(parameters.complete_evidence) - total, 0))
    nothing = covered <= 0
    if np.count_nonzero(nothing):
        only_name = nothing & (total > 0)
        if np.count_nonzero(only_name):
            add(EvidencePart.ONLY_NAME, np.where(only_name, -total, 0))
    return Evidence(total, parts)


def holds_all_words(found: SearchResult) -> Mask:
    """Which passages hold every word of the question that counts. Shape (passages,)."""
    rows = [number for number, term in enumerate(found.terms) if term.weight]
    if not rows:
        return np.zeros(len(found), np.bool_)
    complete: Mask = np.logical_and.reduce(
        found.holds if len(rows) == len(found.terms) else found.holds[rows]
    )
    return complete


def _missing_names(found: SearchResult, intent: Intent, parameters: WordParameters) -> NDArray[np.int64]:
    """The number of names that each passage lacks, at most `max_missing_names`. Shape (passages,)."""
    rows = [number for number, term in enumerate(found.terms) if term.typed in intent.capitalised]
    missing: NDArray[np.int64] = (~found.holds[rows]).sum(axis=0)
    return np.minimum(missing, parameters.max_missing_names)


def _is_bigram(term: QueryTerm) -> bool:
    return is_unspaced(term.typed[0]) and bool(term.weight)


def _bigram_evidence(found: SearchResult, parameters: WordParameters) -> NDArray[np.float64]:
    """Bonus for many bigrams, penalty for missing ones. Shape (passages,)."""
    bigrams = [number for number, term in enumerate(found.terms) if _is_bigram(term)]
    certain = [number for number in bigrams if found.terms[number].emphasis >= UNKNOWN_END_EMPHASIS]
    missing = (~found.holds[certain]).sum(axis=0)
    extra = max(len(bigrams) - parameters.short_bigrams, 0)
    amount: NDArray[np.float64] = np.float32(parameters.bigram_weight) * (extra - missing)
    return amount


def best_evidence(
    found: SearchResult, evidence: Evidence, parameters: WordParameters = WORDS
) -> PassageEvidence | None:
    """The passage with the most evidence among those that can justify an answer: the first `considered` ones. None if nothing was
    found."""
    head = evidence.values[: parameters.considered]
    if not len(head):
        return None
    place = int(head.argmax())
    return PassageEvidence(
        passage=int(found.passages[place]),
        total=float(head[place]),
        parts={part: values.item(place) for part, values in evidence.parts.items()},
        holds=tuple(found.holds[:, place].tolist()),
    )


def answer_score(ranked: RankedPassages, intent: Intent, parameters: WordParameters = WORDS) -> AnswerScore:
    """The score that is compared with `threshold`, with its parts.

    It is the best evidence, minus the penalties for words that none of the first passages holds, plus the largest bonus for the
    question's language: a language that few passages are in, one other than English, or a script without blanks.
    """
    words = [term for term in ranked.found.terms if term.weight]
    unspaced = any(is_unspaced(term.typed[0]) for term in words)
    bonuses = (
        parameters.rare_language_bonus * intent.rare_language,
        parameters.other_language_bonus * (intent.language not in ("", ENGLISH)),
        parameters.unspaced_bonus * unspaced,
    )
    unknown = any(not term.known and not is_unspaced(term.typed[0]) for term in words)
    return AnswerScore(
        best=ranked.best,
        best_evidence=ranked.best_evidence,
        nowhere_penalty=parameters.nowhere_penalty
        * _share_nowhere(ranked.found.take(slice(parameters.considered))),
        unknown_word_penalty=parameters.unknown_word_penalty * unknown,
        language_bonus=max(bonuses),
    )


def _share_nowhere(head: SearchResult) -> float:
    """The share of the question's words, by weight, that none of these passages holds, 0 to 1."""
    holds: Mask = np.logical_or.reduce(head.holds, axis=1)
    whole = sum(term.weight for term in head.terms)
    missing = sum(
        term.weight for term, is_held in zip(head.terms, holds.tolist(), strict=True) if not is_held
    )
    return missing / (whole or 1.0)


def quotable_by_words(ranked: SearchResult, values: Floats, parameters: WordParameters = WORDS) -> Mask:
    """The passages that are good enough by themselves to be quoted with the first one. Shape (passages,).

    They need a share of the best evidence (a larger one if the first passage leaves little open) and of the first passage's
    score. If the first passage holds every word of the question, so must they.
    """
    if not len(values):
        return np.zeros(0, np.bool_)
    best = float(values[: parameters.considered].max())
    strong = float(values[0]) >= parameters.strong_evidence
    share = parameters.min_strong_ratio if strong else parameters.min_evidence_ratio
    keep: Mask = (values >= share * best) & (ranked.scores >= parameters.min_score_ratio * ranked.scores[0])
    complete = holds_all_words(ranked)
    if complete[0]:
        keep &= complete
    keep[0] = True
    return keep
