"""Posting one reply: when to wait, when to try again, when to look first, when to leave it.

What certainly was not posted is tried again, for a bounded time. What may have been posted is looked up on the platform, and
left as it is where that can't be told: rather no answer than two.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from logging import getLogger
from time import monotonic

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
from bot.state.claims import LEASE, Marks

log = getLogger("analects.service")

BOUND = 60.0
"""Seconds that a reply waits in all, for rate limits and for the platform to be back."""
REST = 600.0
"""Seconds that a place rests which refused a reply; also the longest rest after a rate limit."""
SETTLE = 1.0
"""Seconds from a post of unknown outcome to looking for it, so that a slow platform is done with it."""
LOOKS = 3
"""Times that a look-up is tried."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 16.0
"""The pause before the second try, and the longest one."""
MOST_RESTING = 10_000


class Outcome(Enum):
    """What became of a reply."""

    POSTED = "posted"
    UNKNOWN = "unknown"
    """It may stand there; left as it is."""
    GIVEN_UP = "given_up"
    REFUSED = "refused"


@dataclass(slots=True)
class Delivering:
    """Posts replies, and knows which lanes rest."""

    bound: float = BOUND
    settle: float = SETTLE
    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _resting: dict[str, float] = field(default_factory=dict)

    def rests(self, lane: str) -> bool:
        """Whether nothing is posted there for now."""
        until = self._resting.get(lane)
        if until is None:
            return False
        if self.clock() < until:
            return True
        del self._resting[lane]
        return False

    async def post(self, target: Target, reply: Reply, key: str, claims: Marks | None) -> Outcome:
        """Posts a reply; `claims` is where the event `key` is claimed, None where it is not."""
        try:
            message = await self._persist(target, reply, key, claims)
        except LimitedError as error:
            self._rest(target.lane, min(REST, error.wait or self.bound))
            log.warning(
                "given up: %(key)s: %(lane)s asks to wait %(wait_s)s s",
                {"key": key, "lane": target.lane, "wait_s": _number(error.wait)},
            )
            outcome = Outcome.GIVEN_UP
        except RefusedError as error:
            self._rest(target.lane, REST)
            log.warning(
                "refused in %(lane)s: %(error)s. %(mend)s; it rests %(rest_min)d min",
                {"lane": target.lane, "error": str(error), "mend": error.mend, "rest_min": REST / 60},
            )
            outcome = Outcome.REFUSED
        except UncertainError as error:
            log.warning(
                "left as it is, may have been posted: %(key)s: %(error)s", {"key": key, "error": str(error)}
            )
            outcome = Outcome.UNKNOWN
        except PostError as error:
            log.warning("given up: %(key)s: %(error)s", {"key": key, "error": str(error)})
            outcome = Outcome.GIVEN_UP
        else:
            if claims is not None:
                await claims.done(key, message)
            return Outcome.POSTED
        if claims is not None:
            await claims.done(key, "")
        return outcome

    async def _persist(self, target: Target, reply: Reply, key: str, claims: Marks | None) -> str:
        """The id of the message; raises the last error when time is up."""
        waited, tries = 0.0, 0
        while True:
            if claims is not None:
                await claims.posting(key)
            try:
                return await target.post(reply)
            except LimitedError as error:
                last: PostError = error
                wait = error.wait if error.wait is not None else 2.0**tries
            except UnsentError as error:
                last, wait = error, backoff(tries + 1, FIRST_PAUSE_S, LONGEST_PAUSE_S)
            except UncertainError as error:
                found = await self._look(target, error)
                if found is not None:
                    return found
                last, wait = error, backoff(tries + 1, FIRST_PAUSE_S, LONGEST_PAUSE_S)
            tries += 1
            if waited + wait > self.bound:
                if isinstance(last, UncertainError):  # it was looked up: certainly not posted
                    raise UnsentError(str(last))
                raise last
            waited += wait
            if claims is not None:
                await claims.posting(key, LEASE + wait)
            await self.sleep(wait)

    async def _look(self, target: Target, error: UncertainError) -> str | None:
        """The message that stands there after all, None if certainly none does; raises the error where that can't be told."""
        for tried in range(LOOKS):
            await self.sleep(self.settle * 2**tried)
            try:
                return await target.find()
            except LookupFailedError as failed:
                if not failed.again:
                    break
        raise error

    def _rest(self, lane: str, seconds: float) -> None:
        if len(self._resting) >= MOST_RESTING:
            self._resting.clear()
        self._resting[lane] = self.clock() + seconds


def _number(wait: float | None) -> str:
    return "an unknown number of" if wait is None else f"{wait:g}"
