"""How much longer work takes when its input is twice as long, measured in processor time."""

import time
from collections.abc import Callable

MAX_GROWTH = 3.0
QUICK_S = 0.05
"""Below this many seconds, growth is not measured, because it would be noise."""
ATTEMPTS = 4
"""Attempts to measure. One good one is enough, because the machine may be busy."""


def seconds(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began


def growth(
    work: Callable[[str], object], make: Callable[[int], str], size: int, negligible_s: float = QUICK_S
) -> float:
    """Returns the time for the doubled size divided by the time for the size, the lowest of several attempts.

    It is 1 if the doubled size takes less than `negligible_s` seconds.
    """
    lowest = float("inf")
    for _ in range(ATTEMPTS):
        double = seconds(work, make(2 * size))
        if double < negligible_s:
            return 1.0
        lowest = min(lowest, double / max(seconds(work, make(size)), 1e-6))
        if lowest < MAX_GROWTH:
            break
    return lowest
