"""Signals for the learned rule: numbers that describe the passage that is suggested most, by its words or its meaning.

The rule (`bot.answering.refusal_weights`) was trained on exactly these, in this order.
"""

import math

import numpy as np

from bot.answering.parameters import MEANING, WORDS, MeaningParameters
from bot.answering.ranked import RankedPassages
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.semantic.passage_vectors import NO_VECTOR
from bot.text.word_frequencies import RARITY_LANGUAGES, rarity
from bot.understanding.intent import Intent

CAPITALISES_NOUNS = frozenset({"de"})
"""Languages in which a capital is no sign of a name."""

SIGNALS = (
    "cosine",
    "log of the number of words",
    "rarity of the rarest missing word",
    "best evidence",
    "share missing, by rarity in the language",
    "missing names",
    "cosine above the library's mean",
    "words unknown to the library",
    "second cosine",
    "share of passages by who is named",
    "second evidence",
    "share missing, by rarity in the library",
    "rarity of the rarest word",
)
"""Names of the signals; `refusal_weights.json` repeats them."""


def refusal_signals(
    ranked: RankedPassages, intent: Intent, index: Index, parameters: MeaningParameters = MEANING
) -> Floats | None:
    """The `SIGNALS` of a question. Shape (signals,).

    None where the rule for words decides: no passage was found, the model has not read the most suggested one, or the words
    suffice by themselves (`words_suffice`).

    A missing word that is rare in the language tells more than one that is rare only in the library, which may be said in
    another way. In a language without known frequencies no word is rare.
    """
    assert ranked.closeness is not None
    evidence = ranked.evidence[: WORDS.considered]
    cosines = ranked.closeness.cosines[: WORDS.considered]
    if not len(evidence):
        return None
    place = _most_suggested(evidence, cosines, parameters)
    if cosines[place] == NO_VECTOR or words_suffice(ranked):
        return None
    language = ranked.closeness.language
    rows = [number for number, term in enumerate(ranked.found.terms) if term.weight]
    terms = [ranked.found.terms[row] for row in rows]
    lacks = (~ranked.found.held[rows, place]).tolist()
    missing = [term for term, lacking in zip(terms, lacks, strict=True) if lacking]
    rarities = [
        rarity(term.corrected or term.typed, language) if language in RARITY_LANGUAGES else 0.0
        for term in terms
    ]
    missing_rarities = [value if lacking else 0.0 for value, lacking in zip(rarities, lacks, strict=True)]
    names = 0 if language in CAPITALISES_NOUNS else sum(one.typed in intent.capitalised for one in missing)
    named = index.of_sources(intent.named_sources, ranked.found.passages[: WORDS.considered])
    return np.array(
        [
            max(float(cosines[place]), 0.0),
            math.log1p(len(terms)),
            max(missing_rarities, default=0.0),
            evidence.max(),
            sum(missing_rarities) / (sum(rarities) or 1.0),
            min(names, parameters.max_missing_names),
            cosines[place] - ranked.closeness.mean,
            sum(not term.known for term in ranked.found.terms),
            max(_second_highest(cosines), 0.0),
            named.mean(),
            _second_highest(evidence),
            sum(term.idf for term in missing) / (sum(term.idf for term in terms) or 1.0),
            max(rarities, default=0.0),
        ],
        np.float32,
    )


def words_suffice(ranked: RankedPassages) -> bool:
    """Whether words alone justify an answer: a top passage has enough evidence and contains every question word.

    Of two words the rarer is enough, since a name with a common word ("gorilla experiment") asks for the name. So is any
    evidence in a passage that the model has not read.
    """
    assert ranked.closeness is not None
    if ranked.best_evidence < WORDS.threshold:
        return False
    head = ranked.found.take(slice(WORDS.considered))
    rows = [number for number, term in enumerate(head.terms) if term.weight]
    rarest = max((head.terms[row].idf for row in rows), default=0.0)
    needed = [row for row in rows if len(rows) != 2 or head.terms[row].idf == rarest]
    complete = head.held[needed].all(axis=0)
    unread = ranked.closeness.cosines[: WORDS.considered] == NO_VECTOR
    supported = ranked.evidence[: WORDS.considered] >= WORDS.threshold
    return bool((supported & (complete | unread)).any())


def _most_suggested(evidence: Floats, cosines: Floats, parameters: MeaningParameters) -> int:
    """The place of the passage with the most evidence or the highest cosine, each in units of what is typical."""
    by_words = (evidence + np.float32(WORDS.missing_penalty)) / np.float32(parameters.evidence_scale)
    by_meaning = cosines / np.float32(parameters.typical_cosine)
    return int(np.maximum(by_words, by_meaning).argmax())


def _second_highest(values: Floats) -> float:
    """The second highest value; of a single value that one."""
    return float(np.sort(values)[-2:][0])
