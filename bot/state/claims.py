"""Types for claiming events, independent of any database."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol

from corpus.errors import AnalectsError

LEASE_S = 60.0
"""How long a claim holds, in seconds."""
CLAIM_RETENTION_S = 3 * 24 * 3600.0
"""How long a claim is remembered, in seconds: longer than any platform delivers the same event again."""


class Claim(Enum):
    """The result of claiming an event."""

    MINE = "mine"
    """Ours to work on: nobody had claimed it, or the process that did died before posting."""
    HELD = "held"
    """Another process is working on it."""
    POSTING = "posting"
    """Ours to look up: a process was about to post it when its lease ended."""
    DONE = "done"


NEWER = "it was written by a newer version: use that version, or another STATE_PATH or DATABASE_URL"


class StateError(AnalectsError):
    """The database cannot be used. The message gives the reason and the fix, without an address or a password."""


class RejectedError(StateError):
    """Only this value cannot be stored; the database can still be used."""


class ReplacedError(StateError):
    """Another program deleted, replaced, emptied or overwrote the database file. The latest changes are lost."""


Stage = Literal["claimed", "posting", "done"]
STAGES: tuple[Stage, ...] = ("claimed", "posting", "done")


@dataclass(frozen=True, slots=True)
class KnownClaim:
    """What one process knows about an event."""

    key: str
    stage: Stage
    left_s: float
    """Seconds until its lease ends; 0 or less if it has ended."""


class PostLease(Protocol):
    """The right to post the reply to an event."""

    async def renew(self, key: str, lease: float = LEASE_S) -> bool:
        """Called before every attempt to post, and again to hold the lease for `lease` more seconds.

        Records that the reply may be posted from now on. Returns False, and records nothing, if the event is done already.
        """

    async def complete(self, key: str, message: str) -> None:
        """Records that the reply was posted as `message` (its id), or that posting was given up ("")."""


class Claims(PostLease, Protocol):
    """Who works on which event. Keys are ids of the platform. Methods raise StateError."""

    async def claim(self, key: str) -> Claim:
        """Claims an event atomically: of two callers at the same time, one gets `MINE`."""

    async def abandoned(self, max_age_s: float) -> list[str]:
        """Keys of events that were claimed at most `max_age_s` seconds ago and are not done, although their lease has ended: the
        process that claimed them died."""

    async def sweep(self) -> int:
        """Deletes claims older than `CLAIM_RETENTION_S`; returns how many."""

    async def close(self) -> None:
        """Closes files and connections."""


class StoredClaims(Claims, Protocol):
    """Claims in a database that was unavailable or has been replaced."""

    async def restore(self, known: Sequence[KnownClaim]) -> None:
        """Records claims made elsewhere. Of two stages of an event, the later one counts."""
