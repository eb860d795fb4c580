"""Passages ranked for a question, with all that deciding and quoting need to know about them."""

from dataclasses import dataclass, replace

from bot.answering.breakdown import PassageEvidence
from bot.search.arrays import Floats, Longs
from bot.search.result import SearchResult

NO_EVIDENCE = -1.0
"""Best evidence if words find no passage."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """What the embedding model says about ranked passages."""

    values: Floats
    """How close each passage is to the question, on the library's own scale (`bot.semantic.scale`); `NO_VECTOR` if the model has
    not read it. Shape (passages,)."""
    sameness: Floats
    """How much of the way from far to the same text each passage is (`bot.semantic.scale.Scale.sameness`). Shape (passages,)."""
    language: str
    """Code of the question's language."""
    model: str
    """Name of the model."""

    def take(self, places: Longs) -> "Closeness":
        """The same for the passages at these places, in this order."""
        return replace(self, values=self.values[places], sameness=self.sameness[places])


@dataclass(frozen=True, slots=True)
class RankedPassages:
    """Passages, best first, by words alone or by words and meaning together."""

    found: SearchResult
    evidence: Floats
    """Evidence of each passage's words; see `bot.answering.evidence`. Shape (passages,)."""
    best: PassageEvidence | None
    """The passage with the best evidence at the head of the ranking by words alone; None if words find nothing."""
    closeness: Closeness | None = None
    """None if words alone ranked."""

    @property
    def best_evidence(self) -> float:
        """The best evidence at the head of the ranking by words alone; -1 if words find nothing."""
        return NO_EVIDENCE if self.best is None else self.best.total

    def take(self, places: Longs) -> "RankedPassages":
        """The passages at these places, in this order."""
        close = self.closeness and self.closeness.take(places)
        return replace(self, found=self.found.take(places), evidence=self.evidence[places], closeness=close)
