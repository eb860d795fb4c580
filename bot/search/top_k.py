"""The passages with the highest sums of weights."""

from collections.abc import Iterable

import numpy as np

from bot.search.arrays import Floats, Ints, Longs, Mask
from bot.search.bm25 import Postings

PARTITION_FACTOR = 16
"""When more than this many times `limit` passages are left, they are partitioned before they are sorted."""


def select_top(
    terms: Iterable[tuple[int, float]],
    postings: Postings,
    size: int,
    limit: int,
    allowed: Mask | None = None,
    min_ratio: float = 0.0,
) -> tuple[Longs, Floats]:
    """The `limit` passages with the highest sums of weight times factor, in ascending order of number, and their sums.

    `terms` are (term, factor), `limit` is at least 1, `size` is the number of passages. Left out are passages outside
    `allowed`, passages with no term, and passages whose sum is not above `min_ratio` times the highest sum.
    """
    holders: list[Ints] = []
    added: list[Floats] = []
    for term, factor in terms:
        passages, weights = postings.of(term)
        holders.append(passages)
        added.append(weights if factor == 1.0 else weights * np.float32(factor))
    sums = np.zeros(size, np.float32)
    if holders:
        np.add.at(sums, np.concatenate(holders, dtype=np.intp, casting="unsafe"), np.concatenate(added))
    if allowed is not None:
        sums *= allowed
    return highest(sums, limit, min_ratio, holders)


def highest(sums: Floats, limit: int, min_ratio: float, holders: Iterable[Ints]) -> tuple[Longs, Floats]:
    """The `limit` highest of `sums`, above 0 and above `min_ratio` times the highest; of equal ones the first.

    `holders` has the passages of each term, each passage once. Most sums are 0, and selecting among those is slow.
    So a lower bound comes first: `limit` passages of the rarest term reach it, and few others do.
    """
    bound = _lower_bound(sums, limit, holders)
    least = min_ratio * float(sums.max(initial=0.0)) if min_ratio else 0.0
    places = (sums >= bound if bound > least else sums > least).nonzero()[0]
    values = sums[places]
    if len(places) > PARTITION_FACTOR * limit:
        keep = values >= np.partition(values, -limit)[-limit]
        places, values = places[keep], values[keep]
    if len(places) > limit:
        chosen = (-values).argsort(kind="stable")[:limit]
        chosen.sort()
        places, values = places[chosen], values[chosen]
    return places, values


def _lower_bound(sums: Floats, limit: int, holders: Iterable[Ints]) -> float:
    """A sum that at least `limit` passages reach: those of the rarest term with that many passages; 0 without such a term."""
    long_enough = [passages for passages in holders if len(passages) >= limit]
    if not long_enough:
        return 0.0
    values = sums.take(min(long_enough, key=len))
    values.partition(len(values) - limit)
    return values.item(len(values) - limit)
