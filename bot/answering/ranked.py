"""Passages ranked for a question, with all that deciding and quoting need to know about them."""

from dataclasses import dataclass

from bot.search.arrays import Floats
from bot.search.result import SearchResult


@dataclass(frozen=True, slots=True)
class Closeness:
    """What the embedding model says about ranked passages."""

    cosines: Floats
    """Cosine of each passage to the question; `NO_VECTOR` where the model has not read it. Shape (passages,)."""
    mean: float
    """Mean cosine of the whole library."""
    language: str
    """Code of the question's language."""
    model: str
    """Name of the model."""


@dataclass(frozen=True, slots=True)
class RankedPassages:
    """Passages, best first, by words alone or by words and meaning together."""

    found: SearchResult
    evidence: Floats
    """Evidence of each passage's words; see `bot.answering.evidence`. Shape (passages,)."""
    best_evidence: float
    """The best evidence at the head of the ranking by words alone."""
    closeness: Closeness | None = None
    """None where words alone ranked."""
