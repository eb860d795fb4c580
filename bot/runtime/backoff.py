"""The pause before another try."""

import random


def backoff(tries: int, first_s: float = 1.0, longest_s: float = 60.0, jitter: bool = True) -> float:
    """Seconds to wait before try number `tries` (counted from 1): `first_s`, doubled each time, at most `longest_s`.

    With jitter, somewhere between half of that and all of it, so that processes that failed together do not retry together.
    """
    pause = min(longest_s, first_s * 2.0 ** min(tries - 1, 16))
    return pause * random.uniform(0.5, 1.0) if jitter else pause  # noqa: S311
