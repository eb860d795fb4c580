"""Claims of this process alone, lost with it."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.state.claims import KEPT, LEASE, Claim

MOST = 20_000
"""Claims remembered, the newest; each is about 200 bytes."""


@dataclass(slots=True)
class _Held:
    state: str
    until: float
    at: float


@dataclass(slots=True)
class MemoryClaims:
    """Implements `Claims`."""

    clock: Callable[[], float] = time.time
    _held: OrderedDict[str, _Held] = field(default_factory=OrderedDict)

    async def claim(self, key: str) -> Claim:
        now = self.clock()
        held = self._held.get(key)
        if held is None:
            self._held[key] = _Held("claimed", now + LEASE, now)
            if len(self._held) > MOST:
                self._held.popitem(last=False)
            return Claim.MINE
        if held.state == "done":
            return Claim.DONE
        if now < held.until:
            return Claim.HELD
        held.until = now + LEASE
        return Claim.MINE if held.state == "claimed" else Claim.POSTING

    async def posting(self, key: str, lease: float = LEASE) -> None:
        now = self.clock()
        self._held[key] = _Held("posting", now + lease, now)

    async def done(self, key: str, message: str) -> None:
        del message
        now = self.clock()
        self._held[key] = _Held("done", now, now)

    def done_since(self, moment: float) -> list[str]:
        """Keys of what was done from then on, oldest first."""
        return [key for key, held in self._held.items() if held.state == "done" and held.at >= moment]

    async def sweep(self) -> int:
        oldest = self.clock() - KEPT
        old = [key for key, held in self._held.items() if held.at < oldest]
        for key in old:
            del self._held[key]
        return len(old)

    async def close(self) -> None:
        """Nothing to let go of."""
