"""The right to post a digest: recorded before each attempt, and only while this process holds the lease."""

from dataclasses import dataclass

from bot.schedule.history import Shown
from bot.state.claims import LEASE_S
from bot.state.digest_store import ChannelDigest, Denied, DigestStore


@dataclass(slots=True)
class DigestLease:
    """Implements `PostLease`. `DigestPoster` records the outcome of the post, because only it knows what was shown."""

    store: DigestStore
    until: float
    """End of the lease."""
    digest: ChannelDigest | None = None
    """The digest that is due; None for one posted on request."""
    shown: Shown | None = None
    """What is about to be posted."""
    after: int | None = None
    """The last turn when `shown` was chosen; None if it may be posted whatever has been shown since."""
    message: str = ""
    """The id of the message, once it is posted."""
    denied: Denied | None = None
    """Why the last renewal failed."""
    _started: bool = False

    async def renew(self, key: str, lease: float = LEASE_S) -> bool:
        """Whether it may be posted (again); if not, `denied` says why. Raises StateError."""
        self.denied = await self._renew(key, lease)
        if self.denied is None:
            self._started = True
        return self.denied is None

    async def _renew(self, key: str, lease: float) -> Denied | None:
        assert self.shown is not None
        after = None if self._started else self.after
        renewed = await self.store.renew(key, self.shown, self.until, lease, after)
        if isinstance(renewed, Denied):
            return renewed
        self.until = renewed
        if self.digest is None:
            return None
        # Record before checking: `DigestRequests` does the reverse, so one of the two always notices the other.
        current = await self.store.channel_digest(self.digest.place, self.digest.name)
        allowed = current is not None and (self._started or current == self.digest)
        return None if allowed else Denied.LEASE_LOST

    async def complete(self, key: str, message: str) -> None:
        del key
        self.message = message
