"""How far the posting of a digest has come: marked before each try, and only by who still has the lease of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.schedule.history import Shown
from bot.state.claims import LEASE
from bot.state.digest_store import ChannelDigest, DigestStore


class NotOursError(Exception):
    """It is not to be posted from here: the lease was lost, or the digest taken away or set anew. Nothing was posted."""


@dataclass(slots=True)
class Marks:
    """Implements `bot.state.claims.Marks` for a post; that it is done is noted by the clerk, who knows what became of it."""

    kept: Callable[[Callable[[DigestStore], Awaitable[bool]]], Awaitable[bool]]
    until: float
    """The end of the lease."""
    standing: ChannelDigest | None = None
    """The digest whose day it is; None where it was asked for."""
    shown: Shown | None = None
    """What is to be posted."""
    after: int | None = None
    """The last turn as it was chosen; None where it may be posted whatever was shown since."""
    message: str = ""
    _begun: bool = False

    async def posting(self, key: str, lease: float = LEASE) -> None:
        """Asked before every try. Raises NotOursError where it is not to be posted any more, ScopeBusyError where others
        were about to show the same before the first one."""
        if not await self.kept(lambda shelf: self._mark(shelf, key, lease)):
            raise NotOursError
        self._begun = True

    async def _mark(self, shelf: DigestStore, key: str, lease: float) -> bool:
        assert self.shown is not None
        scope = None if self._begun or self.after is None else self.shown.scope
        until = await shelf.posting(key, self.shown.ids, self.until, lease, scope, self.after or 0)
        if until is None:
            return False
        self.until = until
        if self.standing is None:
            return True
        # First marked, then asked: who sets one anew puts it first and looks for marks then (`DigestRequests`).
        now = await shelf.standing(self.standing.place)
        return now is not None and (self._begun or now == self.standing)

    async def done(self, key: str, message: str) -> None:
        del key
        self.message = message
