"""Signals for the learned rule: numbers that describe the passage that is suggested most, by its words or its meaning.

The rule (`bot.answering.refusal_weights`) was trained on exactly these, in this order.
"""

import math
from dataclasses import dataclass

import numpy as np

from bot.answering.breakdown import WordsReason
from bot.answering.doubts import lack_number
from bot.answering.evidence import holds_all_words
from bot.answering.parameters import MEANING, WORDS, MeaningParameters
from bot.answering.ranked import RankedPassages
from bot.search.arrays import Floats
from bot.search.bm25 import idf
from bot.search.index import Index
from bot.semantic.passage_vectors import NO_VECTOR
from bot.text.word_frequencies import RARITY_LANGUAGES, rarity
from bot.understanding.intent import Intent

SIGNALS = (
    "closeness",
    "log of the number of words",
    "rarity of the rarest missing word",
    "best evidence",
    "share missing, by rarity in the language",
    "missing names",
    "words unknown to the library",
    "second closeness",
    "share of passages by the named author",
    "second evidence",
    "share missing, by rarity in the library",
    "rarity of the rarest word",
    "rarity of the rarest covered word in the library",
    "asks for a number",
    "asks for a number that the passage lacks",
    "sameness",
)
"""Names of the signals; `refusal_weights.json` repeats them."""


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What the learned rule judges."""

    values: Floats
    """In the order of `SIGNALS`. Shape (signals,)."""
    passage: int
    """Number of the passage that is suggested most, in the index."""
    holds: tuple[bool, ...]
    """Whether it holds each word of the question, in the order of `Intent.terms`."""


def refusal_signals(
    ranked: RankedPassages, intent: Intent, index: Index, parameters: MeaningParameters = MEANING
) -> Signals | WordsReason:
    """The signals of a question, or the reason why the rule for words decides.

    A missing word that is rare in the language tells more than one that is rare only in the library, which may be said in
    another way. In a language without known frequencies no word is rare.
    """
    assert ranked.closeness is not None
    evidence = ranked.evidence[: WORDS.considered]
    closeness = ranked.closeness.values[: WORDS.considered]
    if not len(evidence):
        return WordsReason.NOTHING_FOUND
    place = _most_suggested(evidence, closeness, parameters)
    if closeness[place] == NO_VECTOR:
        return WordsReason.UNREAD
    no_number = lack_number(ranked.found.passages[place : place + 1].tolist(), intent, index)
    if words_suffice(ranked) and not no_number:
        return WordsReason.WORDS_SUFFICE
    language = ranked.closeness.language
    rows = [number for number, term in enumerate(ranked.found.terms) if term.weight]
    terms = [ranked.found.terms[row] for row in rows]
    lacks = (~ranked.found.holds[rows, place]).tolist()
    missing = [term for term, lacking in zip(terms, lacks, strict=True) if lacking]
    rarities = [
        rarity(term.corrected or term.typed, language) if language in RARITY_LANGUAGES else 0.0
        for term in terms
    ]
    missing_rarities = [value if lacking else 0.0 for value, lacking in zip(rarities, lacks, strict=True)]
    names = sum(term.typed in intent.capitalised for term in missing)
    named = index.of_sources(intent.named_sources, ranked.found.passages[: WORDS.considered])
    values = np.array(
        [
            max(float(closeness[place]), 0.0),
            math.log1p(len(terms)),
            max(missing_rarities, default=0.0),
            evidence.max(),
            sum(missing_rarities) / (sum(rarities) or 1.0),
            min(names, WORDS.max_missing_names),
            sum(not term.known for term in ranked.found.terms),
            max(_second_highest(closeness), 0.0),
            named.mean(),
            _second_highest(evidence),
            sum(term.idf for term in missing) / (sum(term.idf for term in terms) or 1.0),
            max(rarities, default=0.0),
            max((term.idf for term, lacking in zip(terms, lacks, strict=True) if not lacking), default=0.0)
            / idf(1, len(index)),
            intent.asks_number,
            no_number,
            ranked.closeness.sameness[place],
        ],
        np.float32,
    )
    passage = int(ranked.found.passages[place])
    return Signals(values, passage, tuple(ranked.found.holds[:, place].tolist()))


def words_suffice(ranked: RankedPassages) -> bool:
    """Whether words alone justify an answer: a passage has strong evidence, or it has enough evidence and either holds every word
    of the question or has not been read by the model."""
    assert ranked.closeness is not None
    head = ranked.found.take(slice(WORDS.considered))
    evidence = ranked.evidence[: WORDS.considered]
    unread = ranked.closeness.values[: WORDS.considered] == NO_VECTOR
    enough = (evidence >= WORDS.threshold) & (holds_all_words(head) | unread)
    return bool((enough | (evidence >= MEANING.sufficient_evidence)).any())


def _most_suggested(evidence: Floats, closeness: Floats, parameters: MeaningParameters) -> int:
    """The place of the passage with the most evidence or the greatest closeness, each in units of what is typical."""
    return int(np.maximum(evidence / np.float32(parameters.evidence_scale), closeness).argmax())


def _second_highest(values: Floats) -> float:
    """The second highest value; the only value if there is just one."""
    return float(np.sort(values)[-2:][0])
