"""The passages with the highest sums of weights."""

from collections.abc import Iterable

import numpy as np

from bot.ranking import Floats, Ints, Longs, Mask, Postings

_STEPS = (0.4, 0.2, 0.1, 0.05)


def search(
    terms: Iterable[tuple[int, float]],
    postings: Postings,
    size: int,
    most: int,
    allowed: Mask | None = None,
    near: float = 0.0,
) -> tuple[Longs, Floats]:
    """The `most` passages with the highest sums of weight times factor, ascending, and their sums.

    `terms` are (term, factor), `size` is the number of passages. Left out are passages outside `allowed`, those
    that hold no term, and those whose sum is not above the part `near` of the highest.
    """
    sums = np.zeros(size, np.float32)
    for term, factor in terms:
        passages, weights = postings.of(term)
        sums[passages] += weights * np.float32(factor)
    if allowed is not None:
        sums *= allowed
    return strongest(sums, most, near)


def strongest(sums: Floats, most: int, near: float) -> tuple[Longs, Floats]:
    """The `most` highest of `sums`, above 0 and above the part `near` of the highest; of equal ones the first.

    Selecting among the few near the highest is many times faster than among sums that are mostly 0.
    """
    top = float(sums.max(initial=0.0))
    for step in (*(one for one in _STEPS if one > near), near):
        found = (sums > step * top).nonzero()[0]
        if len(found) >= most:
            break
    values = sums[found]
    if len(found) <= most:
        return found, values
    least = np.partition(values, -most)[-most]
    sure = (values > least).nonzero()[0]
    even = (values == least).nonzero()[0][: most - len(sure)]
    chosen = np.sort(np.concatenate((sure, even)))
    return found[chosen], values[chosen]


def looked_up(passages: Longs, holders: Ints, weights: Floats) -> Floats:
    """The weight of a term in each of these passages, 0 where it is not; `holders` has the term's passages."""
    if not len(holders):
        return np.zeros(len(passages), np.float32)
    places = np.searchsorted(holders, passages.astype(np.int32))
    places[places == len(holders)] = 0
    found: Floats = weights[places] * (holders[places] == passages)
    return found
