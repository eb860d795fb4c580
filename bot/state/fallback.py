"""Claims in the database while it can be used, and in memory always.

The bot answers whatever becomes of the state. What is lost without it: after a restart, or beside a second copy, a question
that the platform repeats may be answered once more. A state that can't be used is left as it is, and tried again by itself:
after a second, then after twice as long each time, up to half a minute.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from typing import TypeVar

from bot.runtime.backoff import backoff
from bot.state.claims import LEASE, Claim, Claims, RejectedError, StateError
from bot.state.digest_store import DigestStore
from bot.state.memory_claims import MemoryClaims

log = getLogger("analects.state")

SWEEP = 6 * 3600.0
"""Seconds between clean-ups."""
CAUGHT_UP = 600.0
"""Seconds for which a platform may repeat what was answered while the state was away: older questions are not answered at all."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class State:
    """What is kept in one database, open."""

    claims: Claims
    """Closing them closes it all."""
    shelf: DigestStore


Opening = Callable[[], Awaitable[State]]

AT_ONCE = 3
"""Claims that ask the database at the same time; others wait for their turn, which their patience does not count."""
KEPT_AT_ONCE = 2
"""The same for digests, so that a hundred that are due at nine hold up no question. Both together are what the pool has."""
MOST_SLOW = 3
"""Transactions in a row that take too long: then the state counts as lost. One alone is answered without it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    statement: float = 5.0
    """For one transaction, once it is its turn."""
    opening: float = 30.0
    """With all that an update of the tables takes; a start waits for it no longer than for a statement."""
    again: float = 1.0
    """Until a state that failed is tried again; doubled each time."""
    longest: float = 30.0
    steady: float = 60.0
    """A state that worked for so long is tried again soon."""


def at(database_url: str | None, folder: Path) -> Opening:
    """Opens the state of these settings. Alembic and SQLAlchemy are imported only then."""

    async def open_() -> State:
        from bot.state.database import address

        return await opened(address(database_url, folder))

    return open_


async def opened(url: str, clock: Callable[[], float] | None = None) -> State:
    """The state at an address; `clock` as `Database.open` takes it. Raises StateError."""
    from bot.state.claim_tables import DatabaseClaims
    from bot.state.database import Database
    from bot.state.digest_tables import DatabaseDigestStore

    database = await Database.open(url, clock)
    return State(DatabaseClaims(database), DatabaseDigestStore(database))


class Keeper:
    """Implements `Claims`; its methods raise nothing, except `kept`."""

    def __init__(
        self, opening: Opening, patience: Patience | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._opening = opening
        self._patience = patience or Patience()
        self._clock = clock
        self._memory = MemoryClaims(clock)
        self._database: State | None = None
        self._tending: asyncio.Task[None] | None = None
        self._under_way: asyncio.Task[None] | None = None
        self._failed = asyncio.Event()
        self._lost_at: float | None = None
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._kept_turns = asyncio.Semaphore(KEPT_AT_ONCE)
        self._slow = 0
        self.problem: str | None = "not opened yet"
        """Why the state can't be used; None while it can."""

    async def open(self) -> None:
        """Opens the state, or tells once why not; from then on sees to it in the background."""
        first = self._under_way = asyncio.create_task(self._open())
        self._tending = asyncio.create_task(self._tend(first))
        await asyncio.wait({first}, timeout=self._patience.statement)

    async def claim(self, key: str) -> Claim:
        here = await self._memory.claim(key)
        if here in (Claim.DONE, Claim.HELD):
            return here
        found: list[Claim] = []

        async def claim(database: State) -> None:
            found.append(await database.claims.claim(key))

        await self._claiming(claim)
        return found[0] if found else here

    async def posting(self, key: str, lease: float = LEASE) -> None:
        await self._memory.posting(key, lease)
        await self._claiming(lambda database: database.claims.posting(key, lease))

    async def done(self, key: str, message: str) -> None:
        await self._memory.done(key, message)
        await self._claiming(lambda database: database.claims.done(key, message))

    async def sweep(self) -> int:
        swept = [await self._memory.sweep()]

        async def sweep(database: State) -> None:
            swept.append(await database.claims.sweep() + await database.shelf.sweep())

        await self._claiming(sweep)
        return swept[-1]

    async def close(self) -> None:
        if self._tending is not None:
            self._tending.cancel()
        if self._under_way is not None:  # a connection is not let go of in the middle of a statement
            await asyncio.wait({self._under_way}, timeout=self._patience.statement)
            self._under_way.cancel()
            await asyncio.gather(self._under_way, return_exceptions=True)
        if self._database is not None:
            await self._let_go(self._database)
            self._database = None

    async def kept(self, work: Callable[[DigestStore], Awaitable[T]]) -> T:
        """Does something with what is kept in the database alone. Raises StateError where that can't be used now."""
        done: list[T] = []

        async def do(database: State) -> None:
            done.append(await work(database.shelf))

        async with self._kept_turns:
            await self._try(do)
        if not done:
            raise StateError(self.problem or "it failed just now")
        return done[0]

    async def _claiming(self, work: Callable[[State], Awaitable[None]]) -> None:
        if self._database is not None:
            async with self._turns:
                await self._try(work)

    async def _try(self, work: Callable[[State], Awaitable[None]]) -> None:
        """Does it if the database can be used, and sees when it no longer can."""
        database = self._database
        if database is None:
            return
        try:
            async with asyncio.timeout(self._patience.statement):
                await work(database)
            self._slow = 0
        except RejectedError as error:
            log.error("%(reason)s", {"reason": str(error)})
        except TimeoutError as error:
            self._slow += 1
            if self._slow >= MOST_SLOW and database is self._database:
                await self._fail(error)
        except StateError as error:
            if database is self._database:  # else it was given up already
                await self._fail(error)

    async def _open(self) -> None:
        before = self.problem
        try:
            async with asyncio.timeout(self._patience.opening):
                self._database = await self._opening()
        except (StateError, TimeoutError) as error:
            await self._fail(error)
            return
        self.problem, self._slow = None, 0
        log.info("state opened" if before == "not opened yet" else "state works again")
        await self._catch_up()
        await self.sweep()

    async def _catch_up(self) -> None:
        """Tells the database what was answered without it, so that nobody answers it again."""
        lost_at, self._lost_at = self._lost_at, None
        if lost_at is None:
            return
        for key in self._memory.done_since(max(lost_at, self._clock() - CAUGHT_UP)):
            await self._try(lambda database, key=key: database.claims.done(key, ""))  # type: ignore[misc]

    async def _fail(self, error: Exception) -> None:
        failed, self._database = self._database, None
        self._failed.set()
        if self._lost_at is None:
            self._lost_at = self._clock()
        told = str(error) or "it does not answer"
        if told != self.problem:
            self.problem = told
            log.error(
                "state cannot be used: %(reason)s. Questions are answered; one that is repeated after a restart may be "
                "answered again; digests rest",
                {"reason": told},
            )
        if failed is not None:
            await self._let_go(failed)

    async def _let_go(self, database: State) -> None:
        try:
            async with asyncio.timeout(self._patience.statement):
                await database.claims.close()
        except (StateError, TimeoutError):
            log.debug("state did not close")

    async def _tend(self, first: asyncio.Task[None]) -> None:
        """Opens again what failed, and sweeps now and then."""
        await asyncio.shield(first)
        tries = 0
        while True:
            if self._database is not None:
                opened = time.monotonic()
                await self._failed_within(SWEEP)
                if self._database is not None:
                    log.info("state swept: %(count)d", {"count": await self.sweep()})
                    continue
                if time.monotonic() - opened > self._patience.steady:
                    tries = 0
            tries += 1
            await asyncio.sleep(backoff(tries, self._patience.again, self._patience.longest))
            self._failed.clear()
            self._under_way = asyncio.create_task(self._open())
            await asyncio.shield(self._under_way)

    async def _failed_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._failed.wait()
        except TimeoutError:
            pass
