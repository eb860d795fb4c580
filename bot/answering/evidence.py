"""Whether anything fits: which of the question's words the passages cover, weighed by how rare they are.

A score says which passage is better, not whether it is good. What part of the question a passage covers does
say it, but less of a long question than of a short one; how much it covers in all makes up for that. What a passage
lacks tells as much: of "the capital of France" one on working capital covers half, but not the rarest word. Fitted
on questions with and without an answer (see benchmarks/README.md for the curve).
"""

import math

import numpy as np

from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index
from bot.search.query_terms import BESIDE_A_SEAM
from bot.text.analysis import is_unspaced
from bot.understanding.intent import Intent

LEAST = 0.37
"""What the best of the first passages must reach."""

SUPPORT = 0.2
"""What a covered word that is in one passage only adds to the part that is covered."""

STRENGTH = 0.15
"""What the score adds where it is as high as that word's idf: short passages, words repeated, neighbours."""

ENOUGH = 4.0
"""Such words that add; more of them say no more."""

LACK = 0.3
"""What a word that is in one passage only takes away where the passage does not hold it; of several the rarest counts."""

BRIEF = 0.4
"""What is taken away from a question of one word, half of it from one of two, and so on."""

PAIR = 0.14
"""What each pair of characters adds that the passage has or that says little, and takes away that it lacks."""

MOST_PAIRS_OF_A_WORD = 8
"""Pairs of characters in a question from which on more of them add: those of a word or two say no more than these words."""

OTHERS = 0.8
"""What speaks for a passage counts where it is by another than who is named."""

THEIRS = 0.15
"""What being by who is named speaks for a passage."""

SELDOM = 0.17
"""What speaks more for an answer where few passages are in the question's language: few could have its words."""

LOOKED_AT = 5
"""Passages at the head of the ranking that are looked at."""

BESIDE = 0.4
"""Part of what speaks for the best that must speak for another quote."""

NEAR = 0.3
"""Part of the best score that another quote must have."""


def evidence(meaning: Intent, passages: Longs, scores: Floats, index: Index) -> Floats:
    """How much speaks for each passage: 1.5 or so where it holds all of a question. `scores` are those of the ranking."""
    held, missing = index.covered(meaning.wanted, passages)
    weights = [word.weight for word in meaning.wanted if word.weight]
    rarest = np.float32(math.log(len(index) + 1) or 1.0)
    found: Floats = held / np.float32(sum(weights) or 1.0)
    found += np.float32(SUPPORT) * np.minimum(held / rarest, np.float32(ENOUGH))
    found += np.float32(STRENGTH) * np.minimum(scores / rarest, np.float32(ENOUGH))
    if meaning.sources:
        theirs = np.isin(index.source_of[passages], list(meaning.sources))
        found[~theirs] *= np.float32(OTHERS)
        found[theirs] += np.float32(THEIRS)
    if pairs := [word for word in meaning.wanted if word.weight and is_unspaced(word.typed[0])]:
        lost = index.lacking([word for word in pairs if word.emphasis >= BESIDE_A_SEAM], passages)
        found += np.float32(PAIR) * (max(len(pairs) - MOST_PAIRS_OF_A_WORD, 0) - lost)
    found -= np.float32(LACK) * missing / rarest
    found -= np.float32(BRIEF / max(len(weights), 1))
    return np.where(held > 0, found, np.minimum(found, 0))  # only the names in the question are there


def strongest(found: Floats) -> float:
    """The most that speaks for one of the first passages, best first."""
    return float(found[:LOOKED_AT].max(initial=-1.0))


def speaking(most: float, meaning: Intent) -> float:
    """How much speaks for an answer, of which one of the first passages has the `most`: with `LEAST` the question is answered."""
    return most + SELDOM if meaning.seldom else most


def fitting(found: Floats, scores: Floats) -> Mask:
    """Which of the ranked passages may be quoted, once something fits. Shape (passages,)."""
    if not len(found):
        return np.zeros(0, np.bool_)
    least = BESIDE * (found[:LOOKED_AT].max() + np.float32(LACK)) - np.float32(LACK)
    keep: Mask = (found >= least) & (scores >= NEAR * scores[0])
    return keep
