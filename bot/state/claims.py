"""The types of claims, free of any database."""

from enum import Enum
from typing import Protocol

LEASE = 60.0
"""Seconds for which a claim holds."""
KEPT = 3 * 24 * 3600.0
"""Seconds for which a claim is remembered: longer than any platform repeats itself."""


class Claim(Enum):
    """What came of claiming an event."""

    MINE = "mine"
    """Nobody has worked on it, or somebody did and died before posting: it is ours now."""
    HELD = "held"
    """Somebody is at it."""
    POSTING = "posting"
    """Somebody was about to post when its lease ran out; now ours, to look up."""
    DONE = "done"


NEWER = "it was written by a newer version: use that version, or another STATE_PATH or DATABASE_URL"


class StateError(Exception):
    """The state can't be used; the message says why and the mend, and holds no address or password."""


class RejectedError(StateError):
    """Only this can't be stored; the state can still be used."""


class Marks(Protocol):
    """How far the posting of what is claimed has come."""

    async def posting(self, key: str, lease: float = LEASE) -> None:
        """From now on it may be posted; also called again to hold the lease for longer."""

    async def done(self, key: str, message: str) -> None:
        """It is posted (as this message), or given up ("")."""


class Claims(Marks, Protocol):
    """Who works on which event. Keys are ids of the platform. Methods raise StateError."""

    async def claim(self, key: str) -> Claim:
        """Takes an event, atomically: of two who claim at once one gets `MINE`."""

    async def sweep(self) -> int:
        """Forgets what is older than `KEPT`; how many."""

    async def close(self) -> None:
        """Lets go of files and connections."""
