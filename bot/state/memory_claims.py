"""Claims of this process alone, lost when it ends."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cachetools import FIFOCache

from bot.state.claims import CLAIM_RETENTION_S, LEASE_S, Claim, KnownClaim, Stage

MAX_CLAIMS = 20_000
"""Claims remembered, the newest; each takes about 200 bytes."""


@dataclass(slots=True)
class _Entry:
    state: Stage
    until: float
    """End of the lease."""
    at: float
    """When the state was set."""


@dataclass(slots=True)
class MemoryClaims:
    """Implements `Claims`."""

    clock: Callable[[], float] = time.time
    _entries: FIFOCache[str, _Entry] = field(default_factory=lambda: FIFOCache(MAX_CLAIMS))

    async def claim(self, key: str) -> Claim:
        now = self.clock()
        entry = self._entries.get(key)
        if entry is None:
            self._entries[key] = _Entry("claimed", now + LEASE_S, now)
            return Claim.MINE
        if entry.state == "done":
            return Claim.DONE
        if now < entry.until:
            return Claim.HELD
        entry.until = now + LEASE_S
        return Claim.MINE if entry.state == "claimed" else Claim.POSTING

    async def renew(self, key: str, lease: float = LEASE_S) -> bool:
        now = self.clock()
        entry = self._entries.get(key)
        if entry is not None and entry.state == "done":
            return False
        self._entries[key] = _Entry("posting", now + lease, now)
        return True

    async def complete(self, key: str, message: str) -> None:
        del message
        now = self.clock()
        self._entries[key] = _Entry("done", now, now)

    def known_since(self, moment: float) -> list[KnownClaim]:
        """The events whose stage was set at or after `moment`."""
        now = self.clock()
        return [
            KnownClaim(key, entry.state, min(entry.until - now, LEASE_S))
            for key, entry in self._entries.items()
            if entry.at >= moment
        ]

    async def abandoned(self, max_age_s: float) -> list[str]:
        now = self.clock()
        return [
            key
            for key, entry in self._entries.items()
            if entry.state != "done" and entry.until <= now and entry.at > now - max_age_s
        ]

    async def sweep(self) -> int:
        oldest = self.clock() - CLAIM_RETENTION_S
        expired = [key for key, entry in self._entries.items() if entry.at < oldest]
        for key in expired:
            del self._entries[key]
        return len(expired)

    async def close(self) -> None:
        """Nothing to close."""
