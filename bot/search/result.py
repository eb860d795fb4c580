"""What a search found. Everything after the search reads it; nothing looks into the postings a second time."""

from dataclasses import dataclass

import numpy as np

from bot.search.arrays import Floats, Longs, Mask
from bot.search.query_terms import QueryTerm


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Ranked passages, and which of the question's words each of them holds."""

    terms: tuple[QueryTerm, ...]
    """What was searched for, in the question's order."""
    passages: Longs
    """Numbers of the passages, best first. Shape (passages,)."""
    scores: Floats
    """Ranking scores. Shape (passages,)."""
    holds: Mask
    """Whether a passage holds a word, in any form and field. Shape (terms, passages)."""

    @classmethod
    def empty(cls) -> "SearchResult":
        return cls((), np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros((0, 0), np.bool_))

    def __len__(self) -> int:
        return len(self.passages)

    def take(self, places: Longs | Mask | slice) -> "SearchResult":
        """The same search with only the passages at these places, in this order."""
        return SearchResult(self.terms, self.passages[places], self.scores[places], self.holds[:, places])

    def covered(self) -> Floats:
        """The weight of the words that each passage holds. Shape (passages,)."""
        sums: Floats = np.add.reduce(self.weights_held(), axis=0)
        return sums

    def heaviest_missing(self) -> Floats:
        """The weight of the heaviest word that each passage lacks. Shape (passages,)."""
        weights = np.array([term.weight for term in self.terms], np.float32)
        heaviest: Floats = np.maximum.reduce(weights[:, None] * ~self.holds, axis=0, initial=0)
        return heaviest

    def weights_held(self) -> Floats:
        """The weight of each word in the passages that hold it, else 0. Shape (terms, passages)."""
        weights = np.array([term.weight * term.trust for term in self.terms], np.float32)
        return weights[:, None] * self.holds
