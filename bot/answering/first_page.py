"""How many quotes the first page of an answer has: the first one, and those after it that are good by themselves.

The page ends before the first quote that is not. What is left comes with "More": most of it only shares words with the question,
but where the first quote is wrong, the right one is often there.

A quote is good by itself if it stands near the first one in the same source and has a fair share of its score, or if it fits as
well: it holds every word of the question that the first one holds, and has nearly its score. Below a first quote that is there
for its meaning alone, only those stand that are at least as close in meaning.

The parameters were found by reading quotes: benchmarks/README.md, "The first page".
"""

from collections.abc import Sequence

import numpy as np

from bot.answering.decision import Rule
from bot.answering.find import Findings
from bot.answering.parameters import WORDS, WordParameters
from bot.search.index import Index


def count_on_first_page(
    found: Findings, passages: Sequence[int], index: Index, parameters: WordParameters = WORDS
) -> int:
    """How many of these passages, in the order in which they are quoted, stand on the first page.

    All of them if the question did not have to be judged, as with a bare name, or if the newest are shown first.
    """
    if found.decision.by is Rule.SELECTION or found.query.newest:
        return len(passages)
    for count, passage in enumerate(passages):
        if count and not _good_by_itself(found, passages[0], passage, index, parameters):
            return count
    return len(passages)


def _good_by_itself(
    found: Findings, first: int, other: int, index: Index, parameters: WordParameters
) -> bool:
    """Whether a passage is worth showing below the first one, unasked."""
    if first in found.by_meaning:
        assert found.similarities is not None
        closeness = found.similarities.closeness
        return bool(closeness[other] >= closeness[first])
    result = found.result
    first_place, place = (int(np.flatnonzero(result.passages == passage)[0]) for passage in (first, other))
    share = result.scores[place] / result.scores[first_place]
    same_source = index.source_of[first] == index.source_of[other]
    if (
        same_source
        and abs(first - other) <= parameters.near_passages
        and share >= parameters.near_score_ratio
    ):
        return True
    weighed = [row for row, term in enumerate(result.terms) if term.weight]
    lacks = result.holds[weighed, first_place] & ~result.holds[weighed, place]
    return bool(share >= parameters.equal_score_ratio and not lacks.any())
