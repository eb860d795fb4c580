"""Logistic regression over signals and their products of two."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.search.arrays import Floats

Weights = NDArray[np.float64]


def probability(log_odds: float) -> float:
    """The probability of these log-odds, 0 to 1."""
    return float(1 / (1 + np.exp(-log_odds)))


@dataclass(frozen=True, slots=True, eq=False)
class Logistic:
    """p = 1 / (1 + exp(-xᵀ form x)), where x is 1 followed by the signals, each clipped to the range seen in training."""

    low: Weights
    """Lowest value of each signal in training. Shape (signals,)."""
    high: Weights
    """Highest value of each signal in training. Shape (signals,)."""
    form: Weights
    """Upper triangular. Shape (signals + 1, signals + 1)."""

    def probability(self, signals: Floats) -> float:
        """Probability, 0 to 1. Shape of `signals`: (signals,)."""
        return probability(self.log_odds(signals))

    def log_odds(self, signals: Floats) -> float:
        """Log-odds: ln(p / (1 - p)). Shape of `signals`: (signals,)."""
        return float(self.shares(signals).sum())

    def shares(self, signals: Floats) -> Weights:
        """What the constant and each signal add to the log-odds. Shape (signals + 1,).

        A product of two signals counts half for each of them.
        """
        x = np.append(1.0, np.clip(signals, self.low, self.high))
        products: Weights = x[:, None] * self.form * x
        shares: Weights = (products.sum(axis=0) + products.sum(axis=1)) / 2
        linear = products[0, 1:] / 2  # a product with the constant counts wholly for the signal
        shares[0] -= linear.sum()
        shares[1:] += linear
        return shares
