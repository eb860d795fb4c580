"""The search finds the same as adding up weights one by one."""

import numpy as np
import pytest

from bot.search.bm25 import Postings
from bot.search.top_k import select_top

PASSAGES = 500


def postings(generator: np.random.Generator, spreads: list[int]) -> Postings:
    """Terms in so many passages, with few different weights, so that many sums are equal."""
    holders = [np.sort(generator.choice(PASSAGES, spread, replace=False)) for spread in spreads]
    return Postings(
        np.cumsum([0, *spreads]),
        np.concatenate([np.zeros(0, np.int32), *holders]).astype(np.int32),
        generator.integers(1, 4, sum(spreads)).astype(np.float32),
    )


@pytest.mark.parametrize("spreads", [[3, 40, 200], [450, 300, 1], [2, 2, 1], [200], [5, 5, 9, 70, 400], []])
@pytest.mark.parametrize("min_ratio", [0.0, 0.5])
@pytest.mark.parametrize("limit", [1, 2, 10, 600])
def test_the_highest_sums_are_found_and_of_equal_ones_the_first(
    spreads: list[int], min_ratio: float, limit: int
) -> None:
    generator = np.random.default_rng(len(spreads))
    held = postings(generator, spreads)
    terms = [(term, float(factor)) for term, factor in enumerate(generator.integers(1, 3, len(spreads)))]
    for allowed in (None, generator.random(PASSAGES) > 0.5, np.zeros(PASSAGES, np.bool_)):
        sums = [0.0] * PASSAGES
        for term, factor in terms:
            for passage, weight in zip(*held.of(term), strict=True):
                if allowed is None or allowed[passage]:
                    sums[passage] += float(weight) * factor
        kept = [one for one in range(PASSAGES) if sums[one] > min_ratio * max(sums)]
        expected = sorted(sorted(kept, key=lambda one: -sums[one])[:limit])
        passages, values = select_top(terms, held, PASSAGES, limit, allowed, min_ratio)
        assert passages.tolist() == expected
        assert values.tolist() == [sums[one] for one in expected]
