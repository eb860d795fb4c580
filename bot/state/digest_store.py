"""The types of what is kept of digests, free of any database: which channel has one, what it brought, what was shown.

Ids and times only, beside what a person set: no text of a highlight, no name of a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from bot.schedule.history import History, Shown
from bot.schedule.plan import Plan
from bot.state.claims import LEASE, Claim

REMEMBERED = 400 * 24 * 3600.0
"""Seconds for which days are remembered, and what was shown where no digest is set and nobody asked for that long."""

Mark = Literal["keep", "never"]


@dataclass(frozen=True, slots=True)
class ChannelDigest:
    """The digest of a channel."""

    place: str
    """ "slack:C012"."""
    scope: str
    """Within which nothing is shown twice; see `Arrival.scope`."""
    plan: Plan
    since: float
    """When it was set, in seconds since 1970: only what is due later comes."""
    first: date
    """The first day, in the plan's zone, that may have a digest."""
    person: str = ""
    """Whose direct messages the place is; "" in channels."""


@dataclass(frozen=True, slots=True)
class ClaimedPost:
    """What came of claiming a post, and what was known of it."""

    claim: Claim
    since: float = 0.0
    """When it was first claimed."""
    picks: tuple[str, ...] = ()
    """Ids of the highlights that it was about to show."""
    tries: int = 0
    """How often it was given up."""
    until: float = field(default=0.0, compare=False)
    """When the lease ends: by that it is known whose it is."""


@dataclass(frozen=True, slots=True)
class PastPost:
    """A digest that was posted, or is being."""

    day: date | None
    """None for one that was asked for."""
    at: float


class ScopeBusyError(Exception):
    """Somebody else shows, or is about to show, something in the same scope since these highlights were chosen: to be chosen
    anew. Nothing was marked."""


class DigestStore(Protocol):
    """What is kept. Methods raise StateError. `key` is `place:day`, or another name that nothing else has."""

    async def standings(self) -> list[ChannelDigest]:
        """All digests that are set."""

    async def standing(self, place: str) -> ChannelDigest | None:
        """That of a place."""

    async def put(self, standing: ChannelDigest) -> None:
        """Sets a digest, in place of the one before. A day that was left out, or is only claimed, may have its digest after all:
        whoever claimed it can no longer post it."""

    async def remove(self, place: str) -> bool:
        """Takes it away; what was shown is kept. Whether there was one."""

    async def posts(self, place: str, since: float) -> list[PastPost]:
        """What was posted of what was claimed since then, or may be being posted."""

    async def finished(self, since: float) -> set[tuple[str, date]]:
        """Places and days that nothing more is to be done for, of those claimed since then."""

    async def claim(self, key: str, place: str, day: date | None) -> ClaimedPost:
        """Takes a post, atomically, for as long as a lease."""

    async def posting(
        self,
        key: str,
        picks: Sequence[str],
        until: float,
        lease: float = LEASE,
        scope: str | None = None,
        after: int = 0,
    ) -> float | None:
        """From now on it may be posted, with these highlights; the new end of the lease. None where the one that ends at `until`
        was lost to somebody else meanwhile: then it may not. Raises ScopeBusyError where a scope is given and `after` is no longer
        its last turn, or somebody is about to show one of these there."""

    async def release(self, key: str, pause: float, until: float) -> None:
        """It is certain that it was not posted by who has this lease; it may be taken again after `pause` seconds."""

    async def done(self, key: str, message: str, shown: Shown | None) -> None:
        """It is posted, as this message ("" where it is not known which); or left out: nothing was shown."""

    async def refused(self, place: str) -> int:
        """The place refused its digest; how many times in a row."""

    async def history(self, scope: str, only: str) -> History:
        """What was shown in a scope; `only` as in `Shown`."""

    async def show(self, shown: Shown, after: int | None = None) -> bool:
        """Notes what is shown in answer to somebody. False, and nothing is noted, where `after` is no longer the last turn,
        or one of these is just being posted there."""

    async def mark(self, scope: str, highlight: str, mark: Mark) -> None:
        """Somebody wants to see it again soon, or never."""

    async def sweep(self) -> int:
        """Forgets what nobody needs any more; how many rows."""
