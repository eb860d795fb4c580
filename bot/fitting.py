"""Whether anything fits: which of the question's words the passages cover, weighed by how rare they are.

A score says which passage is better, not whether it is good. What part of the question a passage covers does
say it, but less of a long question than of a short one; how much it covers in all makes up for that. Fitted on
the first half of the question set (see benchmarks/README.md for the curve).
"""

import math
from collections.abc import Sequence

import numpy as np

from bot.index import Index
from bot.ranking import Floats, Longs, Mask
from bot.wanted import Wanted

LEAST = 0.58
"""What the best of the first passages must reach."""

SUPPORT = 0.15
"""What a covered word that is in one passage only adds to the part that is covered."""

ENOUGH = 4.0
"""Such words that add; more of them say no more."""

LOOKED_AT = 5
"""Passages at the head of the ranking that are looked at."""

BESIDE = 0.4
"""Part of what the best reaches that another quote must reach."""

NEAR = 0.3
"""Part of the best score that another quote must have."""


def evidence(wanted: Sequence[Wanted], passages: Longs, index: Index) -> Floats:
    """How much speaks for each passage: the part of the question it covers, and a little for the amount."""
    rarest = math.log(len(index) + 1)
    asked = sum(word.weight for word in wanted) / rarest if rarest else 0.0
    covered = index.coverage(wanted, passages)
    found: Floats = covered + np.float32(SUPPORT) * np.minimum(
        covered * np.float32(asked), np.float32(ENOUGH)
    )
    return found


def anything_fits(found: Floats) -> bool:
    """Whether the question is answered at all, by the evidence for the ranked passages, best first."""
    return bool(len(found)) and float(found[:LOOKED_AT].max()) >= LEAST


def fitting(found: Floats, scores: Floats) -> Mask:
    """Which of the ranked passages may be quoted, once something fits. Shape (passages,)."""
    if not len(found):
        return np.zeros(0, np.bool_)
    keep: Mask = (found >= BESIDE * found[:LOOKED_AT].max()) & (scores >= NEAR * scores[0])
    return keep
