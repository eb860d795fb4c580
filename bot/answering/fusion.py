"""BM25 and cosines to one ranking, and what both together say of whether anything fits.

Both are scaled to 0..1 by their best and added. Words count by what the best passages hold of the question, squared: where
they say little, meaning decides. Passages of both sides take part, not only the first of BM25. The constants are fitted
(benchmarks/README.md has what was tried).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.answering.evidence import BESIDE, LACK, LEAST, LOOKED_AT, NEAR, strongest
from bot.answering.fitted import ANSWERS
from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index
from bot.search.query_terms import QueryTerm
from bot.semantic.passage_vectors import NONE
from bot.text.word_frequencies import COUNTED, rarity
from bot.understanding.intent import Intent

POOL = 300
"""Passages of each side that take part."""

SAID = 1.4
"""Evidence above `-LACK` from which on words count in full."""

CLOSE = 0.8
"""Part of the best cosine, and beside others that are brought by their words of `COSINE`, that a passage must have to be quoted
by its meaning alone."""

LIKE = 0.35
"""Cosine from which a highlight is like another."""

MEANING = 1.0
"""What a cosine counts in the ranking beside BM25, both scaled."""

WORDS = 1.6
"""Evidence above `-LACK` that says as much for a passage as `COSINE` does."""

COSINE = 0.44
"""Cosine that mostly is that of a passage that answers."""

USUAL = (10, 0.1)
"""Passages that every library is taken to have beside its own, and their cosine: what most have to most questions."""

ALONE = 0.37
"""Evidence from which on a passage is brought by its words, whatever its meaning."""

MOST_NAMES = 2
"""Names that a passage lacks, of which more say no more."""

GERMAN = "de"
"""Writes every noun with a capital, not names alone."""

SIGNALS = (
    "cosine",
    "words",
    "rarest lacking",
    "most evidence",
    "part lacking",
    "names lacking",
    "cosine above the mean",
    "words unknown to the library",
    "second cosine",
    "part by who is named",
    "second evidence",
    "part lacking, as rare as in the library",
    "rarest word",
)
"""What `signals` has of the passage for which most speaks, by words or meaning."""


@dataclass(frozen=True)
class Fused:
    """Passages, best first, with what speaks for each."""

    passages: Longs
    scores: Floats
    evidence: Floats
    """Of their words, as `bot.answering.evidence` has it."""
    cosines: Floats
    """`NONE` where there is no vector."""
    mean: float
    """Of the cosines of the whole library, about."""
    by_words: float
    """The most evidence for one of the first passages by words alone."""


def fused(
    ranked: tuple[Longs, Floats],
    cosines: Floats,
    evidence: Callable[[Longs, Floats], Floats],
    most: int,
    allowed: Mask | None = None,
    weight: float = MEANING,
) -> Fused:
    """The `most` best passages by words and meaning together, a cosine counting `weight`.

    `ranked` are the `POOL` best by words, best first, with their scores; `cosines` has one for each passage of the library.
    """
    by_words, sums = ranked
    by_meaning = _highest(cosines if allowed is None else np.where(allowed, cosines, NONE), POOL)
    passages = np.union1d(by_words, by_meaning)
    summed = np.zeros(len(passages), np.float32)
    summed[np.searchsorted(passages, by_words)] = sums
    words = summed / (sums[0] if len(sums) else np.float32(1))
    near = cosines[passages]
    meaning = np.maximum(near, 0) / np.float32(float(near.max(initial=0.0)) or 1.0)
    unknown = near == NONE
    meaning[unknown] = words[unknown]  # until its vector comes, it is worth what its words are
    most_said = strongest(evidence(by_words[:LOOKED_AT], sums[:LOOKED_AT]))
    said = max(most_said, -LACK) + LACK
    scores = (np.float32(min(1.0, said / SAID) ** 2) * words + np.float32(weight) * meaning).astype(
        np.float32
    )
    order = np.lexsort((passages, -scores))[:most]
    chosen = passages[order]
    spoken = evidence(chosen, summed[order])
    return Fused(chosen, scores[order], spoken, near[order], _mean(cosines), most_said)


def _mean(cosines: Floats) -> float:
    """Of the passages that have a vector and `USUAL` more: a few may well all be near."""
    known = cosines != NONE
    count, cosine = USUAL
    return (float(cosines.sum(where=known)) + count * cosine) / (int(known.sum()) + count)


def _highest(values: Floats, most: int) -> Longs:
    """Places of the `most` highest above 0."""
    found = np.flatnonzero(values > 0)
    if len(found) > most:
        found = found[np.argpartition(values[found], -most)[-most:]]
    return found


def signals(found: Fused, meaning: Intent, language: str, index: Index) -> Floats | None:
    """The `SIGNALS` of passages ranked for a question in this language; None where the words decide: as that for which most speaks
    has no vector, or as they are enough.

    A word that is rare in the library alone may be said in another way; one that hardly any text has, or a name, rather not.
    Nothing is rare in a language of which no frequencies are known. Shape (signals,).
    """
    evidence, cosines = found.evidence[:LOOKED_AT], found.cosines[:LOOKED_AT]
    if not len(evidence):
        return None
    place = int(
        np.maximum((evidence + np.float32(LACK)) / np.float32(WORDS), cosines / np.float32(COSINE)).argmax()
    )
    if cosines[place] == NONE:
        return None
    words = [word for word in meaning.wanted if word.weight]
    if _enough(found, words, index):
        return None
    lacked = set(index.lacked(words, int(found.passages[place])))
    rare = [rarity(word.meant or word.typed, language) if language in COUNTED else 0.0 for word in words]
    lost = [value if word in lacked else 0.0 for word, value in zip(words, rare, strict=True)]
    names = 0 if language == GERMAN else sum(word.typed in meaning.capitalised for word in lacked)
    theirs = np.isin(index.source_of[found.passages[:LOOKED_AT]], list(meaning.sources))
    return np.array(
        [
            max(float(cosines[place]), 0.0),
            math.log1p(len(words)),
            max(lost, default=0.0),
            evidence.max(),
            sum(lost) / (sum(rare) or 1.0),
            min(names, MOST_NAMES),
            cosines[place] - found.mean,
            sum(not word.known for word in meaning.wanted),
            max(_second(cosines), 0.0),
            theirs.mean(),
            _second(evidence),
            sum(word.idf for word in lacked) / (sum(word.idf for word in words) or 1.0),
            max(rare, default=0.0),
        ],
        np.float32,
    )


def _enough(found: Fused, words: Sequence[QueryTerm], index: Index) -> bool:
    """Whether the words of one of the first passages are, that holds all of the question's, or the rarer of two, or that no
    model has read: a name with a common word ("gorilla experiment") is asked for the name."""
    if found.by_words < LEAST:
        return False
    rarest = max((word.idf for word in words), default=0.0)
    needed = [word for word in words if len(words) != 2 or word.idf == rarest]
    held = index.lacking(needed, found.passages[:LOOKED_AT]) == 0
    spoken = found.evidence[:LOOKED_AT] >= LEAST
    return bool((spoken & (held | (found.cosines[:LOOKED_AT] == NONE))).any())


def _second(values: Floats) -> float:
    """The second highest; of one value that."""
    return float(np.sort(values)[-2:][0])


def likelihood(found: Fused, meaning: Intent, language: str, index: Index) -> float | None:
    """How likely it is that one of the first ranked passages answers, 0 to 1; None where that is left to the words."""
    told = signals(found, meaning, language, index)
    return None if told is None else ANSWERS(told)


def fitting(found: Fused, strict: bool) -> tuple[Longs, Floats, frozenset[int]]:
    """Of an answer what fits, best first: passages, scores, and which of the passages words alone would not have brought.

    `strict`: an exact phrase was asked for, and all that is here has it.
    """
    if not len(found.passages):
        return found.passages, found.scores, frozenset()
    words, near = found.evidence, found.cosines
    best = float(words.max())
    by_words = (words >= BESIDE * (best + LACK) - LACK) & (found.scores >= NEAR * found.scores[0])
    if best < ALONE and not strict:
        by_words[:] = False
    least = CLOSE * max(float(near.max()), COSINE if by_words.any() else 0.0)
    keep = by_words | ((near >= least) & (near > 0))
    return found.passages[keep], found.scores[keep], frozenset(found.passages[keep & ~by_words].tolist())
