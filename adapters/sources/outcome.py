"""The result of one fetch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One complete fetch from one service."""

    sources: int
    """Books, articles and other sources that are stored now."""
    highlights: int
    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def any_change(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.sources + other.sources,
            self.highlights + other.highlights,
            self.added + other.added,
            self.changed + other.changed,
            self.removed + other.removed,
        )
