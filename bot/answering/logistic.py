"""A logistic regression over signals and their products of two, which tells how likely something is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.arrays import Floats


@dataclass(frozen=True, slots=True)
class Logistic:
    """What was fitted: 1 / (1 + exp(-xᵀ form x)), x being 1 and the signals, each kept within what was seen."""

    low: Sequence[float]
    """Of each signal."""
    high: Sequence[float]
    form: Sequence[Sequence[float]]
    """Upper triangular. Shape (signals + 1, signals + 1)."""

    def __call__(self, signals: Floats) -> float:
        """Probability, 0 to 1. Shape of `signals`: (signals,)."""
        return float(1 / (1 + np.exp(-self.log_odds(signals))))

    def log_odds(self, signals: Floats) -> float:
        """The logarithm of the probability's part of what is left to 1."""
        x = np.append(1.0, np.clip(signals, self.low, self.high))
        return float(x @ np.array(self.form) @ x)
