"""The passages with the highest sums of weights."""

from collections.abc import Iterable

import numpy as np

from bot.search.arrays import Floats, Ints, Longs, Mask
from bot.search.bm25 import Postings

MANY = 16
"""Times as many as are wanted, from which they are parted from the others before they are sorted."""


def search(
    terms: Iterable[tuple[int, float]],
    postings: Postings,
    size: int,
    most: int,
    allowed: Mask | None = None,
    near: float = 0.0,
) -> tuple[Longs, Floats]:
    """The `most` passages with the highest sums of weight times factor, ascending, and their sums.

    `terms` are (term, factor), `most` is at least 1, `size` the number of passages. Left out are passages outside
    `allowed`, those that hold no term, and those whose sum is not above the part `near` of the highest.
    """
    found: list[Ints] = []
    added: list[Floats] = []
    for term, factor in terms:
        passages, weights = postings.of(term)
        found.append(passages)
        added.append(weights if factor == 1.0 else weights * np.float32(factor))
    sums = np.zeros(size, np.float32)
    if found:
        np.add.at(sums, np.concatenate(found, dtype=np.intp, casting="unsafe"), np.concatenate(added))
    if allowed is not None:
        sums *= allowed
    return strongest(sums, most, near, found)


def strongest(sums: Floats, most: int, near: float, found: Iterable[Ints]) -> tuple[Longs, Floats]:
    """The `most` highest of `sums`, above 0 and above the part `near` of the highest; of equal ones the first.

    `found` has the passages of each term, each passage once. Most sums are 0, and selecting among such is slow: what the
    first `most` of the rarest word reach is a bound that few others do, and takes one look at all of them.
    """
    bound = _reached(sums, most, found)
    over = near * float(sums.max(initial=0.0)) if near else 0.0
    places = (sums >= bound if bound > over else sums > over).nonzero()[0]
    values = sums[places]
    if len(places) > MANY * most:
        keep = values >= np.partition(values, -most)[-most]
        places, values = places[keep], values[keep]
    if len(places) > most:
        chosen = (-values).argsort(kind="stable")[:most]
        chosen.sort()
        places, values = places[chosen], values[chosen]
    return places, values


def _reached(sums: Floats, most: int, found: Iterable[Ints]) -> float:
    """A sum that at least `most` passages reach: those of the rarest term that has so many; 0 where none has."""
    enough = [passages for passages in found if len(passages) >= most]
    if not enough:
        return 0.0
    values = sums.take(min(enough, key=len))
    values.partition(len(values) - most)
    return values.item(len(values) - most)


def looked_up(passages: Longs, holders: Ints, weights: Floats) -> Floats:
    """The weight of a term in each of these passages, 0 where it is not; `holders` has the term's passages."""
    if not len(holders):
        return np.zeros(len(passages), np.float32)
    places = np.searchsorted(holders, passages.astype(np.int32))
    places[places == len(holders)] = 0
    found: Floats = weights[places] * (holders[places] == passages)
    return found
