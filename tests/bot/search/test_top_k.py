"""`select_top` finds the same passages as adding up the weights one by one."""

import numpy as np
import pytest

from bot.search.bm25 import Postings
from bot.search.top_k import select_top

PASSAGES = 500


def make_postings(generator: np.random.Generator, term_passages: list[int]) -> Postings:
    """Returns postings of one term per number of passages. There are few different weights, so that many sums are equal."""
    passages = [np.sort(generator.choice(PASSAGES, count, replace=False)) for count in term_passages]
    return Postings(
        np.cumsum([0, *term_passages]),
        np.concatenate([np.zeros(0, np.int32), *passages]).astype(np.int32),
        generator.integers(1, 4, sum(term_passages)).astype(np.float32),
    )


@pytest.mark.parametrize(
    "term_passages", [[3, 40, 200], [450, 300, 1], [2, 2, 1], [200], [5, 5, 9, 70, 400], []]
)
@pytest.mark.parametrize("min_ratio", [0.0, 0.5])
@pytest.mark.parametrize("limit", [1, 2, 10, 600])
def test_the_highest_sums_are_selected_and_ties_go_to_the_first(
    term_passages: list[int], min_ratio: float, limit: int
) -> None:
    generator = np.random.default_rng(len(term_passages))
    postings = make_postings(generator, term_passages)
    terms = [
        (term, float(factor)) for term, factor in enumerate(generator.integers(1, 3, len(term_passages)))
    ]
    for allowed in (None, generator.random(PASSAGES) > 0.5, np.zeros(PASSAGES, np.bool_)):
        sums = [0.0] * PASSAGES
        for term, factor in terms:
            for passage, weight in zip(*postings.of(term), strict=True):
                if allowed is None or allowed[passage]:
                    sums[passage] += float(weight) * factor
        kept = [passage for passage in range(PASSAGES) if sums[passage] > min_ratio * max(sums)]
        expected = sorted(sorted(kept, key=lambda passage: -sums[passage])[:limit])
        passages, values = select_top(terms, postings, PASSAGES, limit, allowed, min_ratio)
        assert passages.tolist() == expected
        assert values.tolist() == [sums[passage] for passage in expected]
