"""Posts one reply: decides when to wait, when to retry, when to look it up first, and when to give up.

A reply that certainly was not posted is retried for a limited time. A reply that may have been posted is looked up on the
platform. If the look-up fails too, it is not retried: no answer is better than two.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from logging import getLogger
from time import monotonic

from cachetools import TLRUCache

from bot.chat.replies import Reply
from bot.delivery.target import (
    LimitedError,
    LookupFailedError,
    PostError,
    RefusedError,
    Target,
    UncertainError,
    UnsentError,
)
from bot.runtime.backoff import backoff
from bot.state.claims import LEASE_S, PostLease

log = getLogger("analects.service")

MAX_WAIT_S = 60.0
"""How long a reply may wait in all, in seconds, for rate limits and for the platform to return."""
PAUSE_S = 600.0
"""How long a lane is paused after its channel refused a reply, in seconds; also the longest pause after a rate limit."""
SETTLE_S = 1.0
"""Time from a post of unknown outcome to the first look-up, in seconds, so that a slow platform can finish it."""
MAX_LOOKUPS = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 16.0
"""The pause before the second try, and the longest one."""
MAX_PAUSED_LANES = 10_000


class Outcome(Enum):
    """The result of posting a reply."""

    POSTED = "posted"
    UNKNOWN = "unknown"
    """It may have been posted, and is not retried."""
    GIVEN_UP = "given_up"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """Its lease was not renewed: nothing was posted, and it must not be posted from here."""
    OUTDATED = "outdated"
    """While it waited, something in it left the library: nothing was posted, and a new reply is to be made."""


class _OutdatedError(Exception):
    """What is to be posted may no longer be shown."""


def _pause_ends(lane: str, until: float, now: float) -> float:
    del lane, now
    return until


@dataclass(slots=True)
class Delivery:
    """Posts replies, and knows which lanes are paused."""

    max_wait_s: float = MAX_WAIT_S
    settle_s: float = SETTLE_S
    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _paused: TLRUCache[str, float] = field(init=False)
    """By lane, when its pause ends."""
    _refused: set[str] = field(default_factory=set)
    """Paused lanes whose channel refused a reply."""

    def __post_init__(self) -> None:
        self._paused = TLRUCache(MAX_PAUSED_LANES, _pause_ends, timer=lambda: self.clock())

    def is_paused(self, lane: str) -> bool:
        """Whether nothing is posted in this lane for now."""
        paused = lane in self._paused
        if not paused:
            self._refused.discard(lane)
        return paused

    def lift(self, lane: str) -> None:
        """Ends the pause of a lane whose channel refused a reply, because something shows that it may accept one now. A pause
        that the platform asked for (429) continues."""
        if lane in self._refused:
            self._refused.discard(lane)
            self._paused.pop(lane, None)

    def pause(self, lane: str, seconds: float) -> None:
        """Pauses a lane for `seconds`."""
        self._paused[lane] = self.clock() + seconds

    async def post(
        self,
        target: Target,
        reply: Reply,
        key: str,
        lease: PostLease | None,
        is_current: Callable[[], bool] = lambda: True,
    ) -> Outcome:
        """Posts a reply to the event `key`. `lease` is the right to post it; None if it needs no claim. `is_current` says before
        each further try whether the reply may still be shown: a note may have become private meanwhile."""
        try:
            message = await self._post_with_retries(target, reply, key, lease, is_current)
        except _OutdatedError:
            return Outcome.OUTDATED
        except LimitedError as error:
            self._refused.discard(target.lane)
            self.pause(target.lane, min(PAUSE_S, error.wait or self.max_wait_s))
            log.warning(
                "gave up posting %(key)s: %(lane)s is rate limited for %(wait_s)s s",
                {"key": key, "lane": target.lane, "wait_s": "?" if error.wait is None else f"{error.wait:g}"},
            )
            outcome = Outcome.GIVEN_UP
        except RefusedError as error:
            self.pause(target.lane, PAUSE_S)
            self._refused.add(target.lane)
            log.warning(
                "refused in %(lane)s: %(error)s. %(fix)s; nothing is posted there for %(rest_min)d min",
                {"lane": target.lane, "error": str(error), "fix": error.fix, "rest_min": PAUSE_S / 60},
            )
            outcome = Outcome.REFUSED
        except UncertainError as error:
            log.warning("outcome unknown, not retried: %(key)s: %(error)s", {"key": key, "error": str(error)})
            outcome = Outcome.UNKNOWN
        except PostError as error:
            log.warning("gave up posting %(key)s: %(error)s", {"key": key, "error": str(error)})
            outcome = Outcome.GIVEN_UP
        else:
            if message is None:
                return Outcome.WITHDRAWN
            if lease is not None:
                await lease.complete(key, message)
            return Outcome.POSTED
        if lease is not None:
            await lease.complete(key, "")
        return outcome

    async def _post_with_retries(
        self,
        target: Target,
        reply: Reply,
        key: str,
        lease: PostLease | None,
        is_current: Callable[[], bool],
    ) -> str | None:
        """The id of the message; None if the lease was not renewed. Raises the last error when time is up, and _OutdatedError."""
        waited, tries = 0.0, 0
        while True:
            if lease is not None and not await lease.renew(key):
                return None
            tries += 1
            try:
                return await target.post(reply)
            except LimitedError as error:
                last: PostError = error
                wait = (
                    error.wait
                    if error.wait is not None
                    else backoff(tries, 1.0, self.max_wait_s, jitter=False)
                )
            except UnsentError as error:
                last, wait = error, backoff(tries, FIRST_PAUSE_S, LONGEST_PAUSE_S)
            except UncertainError as error:
                found = await self._look_up(target, error)
                if found is not None:
                    return found
                # The look-up says it was certainly not posted.
                last, wait = UnsentError(str(error)), backoff(tries, FIRST_PAUSE_S, LONGEST_PAUSE_S)
            if waited + wait > self.max_wait_s:
                raise last
            waited += wait
            if lease is not None and not await lease.renew(key, LEASE_S + wait):
                return None
            await self.sleep(wait)
            if not is_current():
                raise _OutdatedError

    async def _look_up(self, target: Target, error: UncertainError) -> str | None:
        """The id of the message if it was posted after all, None if it certainly was not. Raises `error` if the look-up fails."""
        for tried in range(MAX_LOOKUPS):
            await self.sleep(self.settle_s * 2**tried)
            try:
                return await target.find()
            except LookupFailedError as failed:
                if not failed.may_retry:
                    break
        raise error
