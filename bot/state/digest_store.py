"""Types for what is stored about digests, independent of any database: which channels have one, what was posted, what was shown.

Only ids and times are stored, and the plan that a person set: no text of a highlight, no name of a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Literal, Protocol

from bot.schedule.history import History, Shown
from bot.schedule.plan import DEFAULT_NAME, Plan
from bot.state.claims import LEASE_S, Claim

RETENTION_S = 400 * 24 * 3600.0
"""How long posts are remembered, in seconds; also what was shown in a scope that has no digest and was not used for that long."""

Mark = Literal["keep", "snooze", "never", "undo"]
SNOOZE_S = 30 * 24 * 3600.0
"""How long a snoozed highlight does not come, in seconds."""


@dataclass(frozen=True, slots=True)
class ChannelDigest:
    """A digest that is set in a channel, which may have several of different names."""

    place: str
    """The channel: "slack:C012"."""
    scope: str
    """Nothing is shown twice within a scope; see `Arrival.scope`."""
    plan: Plan
    since: float
    """When it was set, in seconds since 1970; only what is due later is posted."""
    first: date
    """The first day, in the plan's zone, that may have a digest."""
    person: str = ""
    """The person whose direct messages these are; "" in channels."""
    name: str = DEFAULT_NAME
    """As typed; names that differ only in case are one."""

    @property
    def key(self) -> str:
        """Identifies it for good, and begins the keys of its posts: "slack:C012", with another name "slack:C012#seneca"."""
        return digest_key(self.place, self.name)


def digest_key(place: str, name: str) -> str:
    """See `ChannelDigest.key`."""
    return place if name == DEFAULT_NAME else f"{place}#{name.casefold()}"


@dataclass(frozen=True, slots=True)
class ClaimedPost:
    """The result of claiming a post, and what is known about it."""

    claim: Claim
    since: float = 0.0
    """When it was first claimed, in seconds since 1970."""
    picks: tuple[str, ...] = ()
    """Ids of the highlights that an earlier attempt was about to show."""
    tries: int = 0
    """How many attempts failed."""
    until: float = field(default=0.0, compare=False)
    """End of the lease; it identifies the owner."""


@dataclass(frozen=True, slots=True)
class PastPost:
    """A digest that was posted, or is being posted."""

    day: date
    at: float


@dataclass(frozen=True, slots=True)
class PostedDigest:
    """A digest that was posted, by the ids of its highlights."""

    key: str
    at: float
    """When it was first claimed, in seconds since 1970."""
    picks: tuple[str, ...]


class Denied(Enum):
    """Why a digest must not be posted. Nothing was recorded."""

    LEASE_LOST = "lease lost"
    """Another process has taken the post over, or the digest was changed or removed."""
    SCOPE_CHANGED = "scope changed"
    """Since these highlights were chosen, others were shown in the scope, or one of these is about to be shown: choose again."""


class DigestStore(Protocol):
    """Everything stored about digests. Methods raise StateError. `key` is `place:day`, or another unique name."""

    async def channel_digests(self) -> list[ChannelDigest]:
        """All digests that are set."""

    async def digests_in(self, place: str) -> list[ChannelDigest]:
        """The digests set in a place, by name."""

    async def channel_digest(self, place: str, name: str = DEFAULT_NAME) -> ChannelDigest | None:
        """The digest of this name in a place."""

    async def set_digest(self, digest: ChannelDigest) -> None:
        """Sets a digest, replacing one of the same name. A day that was skipped, or only claimed, becomes due again: a process
        that had claimed it can no longer post it."""

    async def remove_digest(self, place: str, name: str = DEFAULT_NAME) -> bool:
        """Removes a digest and keeps the history of what was shown. Returns whether there was one."""

    async def past_posts(self, digest: str, since: float) -> list[PastPost]:
        """Posts of days of the digest with this key, claimed since then, that were posted or are being posted."""

    async def posted(self, place: str, limit: int) -> list[PostedDigest]:
        """The last digests posted in a channel, the newest first."""

    async def finished_days(self, since: float) -> set[tuple[str, date]]:
        """Keys of digests and days, claimed since then, that are finished."""

    async def claim_post(self, key: str, place: str, day: date | None) -> ClaimedPost:
        """Claims a post atomically for the length of a lease."""

    async def renew(
        self, key: str, shown: Shown, until: float, lease: float = LEASE_S, after: int | None = None
    ) -> float | Denied:
        """Records that these highlights may be posted from now on, and that an earlier try of this post certainly was not: they
        take the next turns of their scope. Returns the new end of the lease.

        Denied if the lease that ends at `until` was lost. If `after` is given, denied also if it is no longer the last turn, or if
        another post is about to show one of these highlights there.
        """

    async def release(self, key: str, pause: float, until: float) -> None:
        """Records that the holder of this lease certainly did not post; it may be claimed again after `pause` seconds."""

    async def complete(self, key: str, message: str, shown: Shown | None) -> None:
        """Records that it was posted as `message` ("" if unknown), or, without `shown`, that it was skipped.

        What `renew` recorded about turns and rounds holds.
        """

    async def count_refusal(self, place: str, name: str = DEFAULT_NAME) -> int:
        """Records that the channel refused a digest; returns how often in a row."""

    async def history(self, scope: str, only: str, but: str = "") -> History:
        """What was shown in a scope, or is being posted, except by the post `but`; `only` as in `Shown`."""

    async def record_shown(self, shown: Shown, after: int | None = None) -> bool:
        """Records highlights shown on request. Returns False, and records nothing, if `after` is no longer the last turn or one
        of the highlights is being posted there now."""

    async def mark(self, scope: str, highlight: str, mark: Mark) -> None:
        """Records that somebody wants to see a highlight again soon, not for a while, or never; "undo" takes any of it back."""

    async def marks(self) -> Mapping[tuple[str, str], Mark]:
        """All marks, by scope and highlight; if a highlight has several, the most restrictive."""

    async def sweep(self) -> int:
        """Deletes rows that are no longer needed; returns how many."""
