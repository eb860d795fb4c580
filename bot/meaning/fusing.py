"""BM25 and cosines to one ranking, and what both together say of whether anything fits.

Both are scaled to 0..1 by their best and added. Words count by what the best passages hold of the question, squared: where
they say little, meaning decides. Passages of both sides take part, not only the first of BM25. The constants are fitted
(benchmarks/README.md has what was tried).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.fitting import BESIDE, LACK, LEAST, LOOKED_AT, NEAR
from bot.meaning.layout import NONE
from bot.ranking import Floats, Longs, Mask

POOL = 300
"""Passages of each side that take part."""

SAID = 1.4
"""Evidence above `-LACK` from which on words count in full."""

CLOSE = 0.8
"""Part of the best cosine, and of `Weights.cosine`, that a passage must have to be quoted by its meaning alone."""


LIKE = 0.35
"""Cosine from which a highlight is like another."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What is fitted. Something fits where (evidence / words) ** sharpness + (cosine / this one) ** sharpness reaches 1."""

    meaning: float = 1.0
    """What a cosine counts in the ranking beside BM25, both scaled."""
    words: float = 1.6
    """Evidence that is enough where the cosine is 0, above `-LACK`."""
    cosine: float = 0.44
    """Cosine that is enough where there is no evidence at all."""
    sharpness: float = 6.0


FITTED = Weights()


@dataclass(frozen=True)
class Fused:
    """Passages, best first, with what speaks for each."""

    passages: Longs
    scores: Floats
    evidence: Floats
    """Of their words, as `bot.fitting` has it."""
    cosines: Floats
    """`NONE` where there is no vector."""


def fused(
    ranked: tuple[Longs, Floats],
    cosines: Floats,
    evidence: Callable[[Longs, Floats], Floats],
    most: int,
    allowed: Mask | None = None,
    weights: Weights = FITTED,
) -> Fused:
    """The `most` best passages by words and meaning together.

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
    said = float(evidence(by_words[:LOOKED_AT], sums[:LOOKED_AT]).max(initial=-LACK)) + LACK
    scores = (np.float32(min(1.0, said / SAID) ** 2) * words + np.float32(weights.meaning) * meaning).astype(
        np.float32
    )
    order = np.lexsort((passages, -scores))[:most]
    chosen = passages[order]
    return Fused(chosen, scores[order], evidence(chosen, summed[order]), near[order])


def _highest(values: Floats, most: int) -> Longs:
    """Places of the `most` highest above 0."""
    found = np.flatnonzero(values > 0)
    if len(found) > most:
        found = found[np.argpartition(values[found], -most)[-most:]]
    return found


def support(found: Fused, weights: Weights = FITTED) -> Floats:
    """How much speaks for each passage, words and meaning together, on the scale of `bot.fitting`: `LEAST` is enough.

    Without a vector it is the evidence as it is.
    """
    words = np.maximum(found.evidence + np.float32(LACK), 0) / np.float32(weights.words)
    near = np.maximum(found.cosines, 0) / np.float32(weights.cosine)
    reached = (words**weights.sharpness + near**weights.sharpness) ** (1 / weights.sharpness)
    both = reached * np.float32(LEAST + LACK) - np.float32(LACK)
    result: Floats = np.where(found.cosines == NONE, found.evidence, both).astype(np.float32)
    return result


def fitting(found: Fused, strict: bool) -> tuple[Longs, Floats, frozenset[int]]:
    """What fits, best first: passages, scores, and which of the passages words alone would not have brought.

    `strict`: an exact phrase was asked for, and all that is here has it.
    """
    speaks, words, near = support(found), found.evidence, found.cosines
    if not len(speaks) or not (strict or float(speaks[:LOOKED_AT].max()) >= LEAST):
        return np.zeros(0, np.int64), np.zeros(0, np.float32), frozenset()
    best = float(words.max())
    by_words = (words >= BESIDE * (best + LACK) - LACK) & (found.scores >= NEAR * found.scores[0])
    if best < LEAST and not strict:
        by_words[:] = False
    keep = by_words | (near >= CLOSE * max(float(near.max()), FITTED.cosine))
    return found.passages[keep], found.scores[keep], frozenset(found.passages[keep & ~by_words].tolist())
