"""The results of a simulation."""

from dataclasses import dataclass


@dataclass
class Counts:
    """The results of a walk."""

    due: int = 0
    posted: int = 0
    late: int = 0
    skipped: int = 0
    doubled: int = 0
    repeated: int = 0
    aside: int = 0
    """Highlights shown although they were put aside or snoozed."""
    unfit: int = 0
    """Highlights shown that do not fit the theme."""
    lost: int = 0
    """Due digests that were neither posted nor skipped, or that were skipped although the bot was up in time."""
    unknown: int = 0
    marks: int = 0
    """How often people put a highlight aside, snoozed it, kept it, or undid that."""
    asked: int = 0
    """How often people asked for another highlight."""
    kills: int = 0
    down: int = 0
    """How often all replicas were down for a while."""

    @property
    def good(self) -> bool:
        wrong = (self.doubled, self.repeated, self.aside, self.unfit, self.lost, self.unknown)
        return not any(wrong) and self.posted > 0

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:,}" for name, value in vars(self).items())
