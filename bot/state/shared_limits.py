"""Limits on questions that replicas share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

WINDOW_S = 60.0
"""Length of the counting window, in seconds."""


@dataclass(frozen=True, slots=True)
class Limited:
    """A person or a channel, and how many questions are allowed to it in a minute."""

    name: str
    limit: int


class SharedLimits(Protocol):
    """Counts the questions of all replicas."""

    async def count_question(self, event: str, limits: Sequence[Limited]) -> str | None:
        """Counts a question (the key of its arrival) towards all limits, or returns the name of one that is reached. Also None
        if replicas share nothing, or the database is unavailable."""


class NothingShared:
    """For one process alone."""

    async def count_question(self, event: str, limits: Sequence[Limited]) -> str | None:
        del event, limits
        return None
