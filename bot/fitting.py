"""Whether anything fits: which of the question's words the passages cover, weighed by how rare they are.

A score says which passage is better, not whether it is good: it grows with the question's length and with the
library. What part of the question a passage covers does not.
"""

import numpy as np

from bot.ranking import Floats, Mask

LEAST = 0.5
"""Part of the question that the best of the first passages must cover."""

LOOKED_AT = 5
"""Passages at the head of the ranking that are looked at."""

BESIDE = 0.5
"""Part of what the best covers that another quote must cover."""

NEAR = 0.3
"""Part of the best score that another quote must have."""


def anything_fits(covered: Floats) -> bool:
    """Whether the question is answered at all; `covered` is of the ranked passages, best first."""
    return bool(len(covered)) and float(covered[:LOOKED_AT].max()) >= LEAST


def fitting(covered: Floats, scores: Floats) -> Mask:
    """Which of the ranked passages may be quoted, once something fits. Shape (passages,)."""
    if not len(covered):
        return np.zeros(0, np.bool_)
    keep: Mask = (covered >= BESIDE * covered[:LOOKED_AT].max()) & (scores >= NEAR * scores[0])
    return keep
