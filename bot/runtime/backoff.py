"""Pauses between tries that grow and vary."""

import random


def backoff(tries: int, least: float = 1.0, most: float = 60.0) -> float:
    """Seconds before try number `tries` (from 1): doubled each time, with jitter."""
    return float(min(most, least * 2 ** min(tries - 1, 16)) * random.uniform(0.5, 1.0))  # noqa: S311
