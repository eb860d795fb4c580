"""The state with a fallback: claims and found lists in the database while it works, and always in memory too.

The bot keeps answering whatever happens to the database. The cost of losing it: after a restart, or beside a second copy, a
question that the platform delivers again may be answered twice. A database that cannot be used is left untouched and opened
again later: after one second, then after twice as long each time, up to half a minute.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.runtime.backoff import backoff
from bot.state.available_digests import AvailableDigestStore
from bot.state.claims import LEASE_S, Claim, Claims, RejectedError, StateError
from bot.state.digest_store import DigestStore
from bot.state.found_lists import FoundList, MemoryFoundLists
from bot.state.memory_claims import MemoryClaims

if TYPE_CHECKING:  # SQLAlchemy is imported only when a database is opened
    from bot.state.found_tables import DatabaseFoundLists

log = getLogger("analects.state")

SWEEP_INTERVAL_S = 6 * 3600.0
CATCH_UP_S = 600.0
"""How long a platform may deliver again what was answered while the database was away, in seconds. Older questions are not
answered at all."""
MAX_CLAIM_QUERIES = 3
"""Claims that use the database at the same time. Waiting for a turn does not count towards the time limit."""
MAX_DIGEST_QUERIES = 2
"""The same for digests, so that a hundred digests due at nine delay no question. Both together fill the connection pool."""
MAX_TIMEOUTS = 3
"""Transactions in a row that may time out before the database counts as lost. A single slow one is done without it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class State:
    """An open database."""

    claims: Claims
    """Closing them closes the database."""
    digests: DigestStore
    found: "DatabaseFoundLists | None" = None


StateOpener = Callable[[], Awaitable[State]]


@dataclass(frozen=True, slots=True)
class StateTimeouts:
    """Time limits and pauses, in seconds."""

    statement_s: float = 5.0
    """For one transaction, once it is its turn."""
    opening_s: float = 30.0
    """For opening, with all that a migration takes. A start waits no longer than for a statement."""
    retry_s: float = 1.0
    """Before a database that failed is opened again; doubled each time."""
    max_retry_s: float = 30.0
    steady_s: float = 60.0
    """A database that worked this long is opened again soon after it fails."""


def opener(database_url: str | None, folder: Path) -> StateOpener:
    """Opens the state that the settings name. Alembic and SQLAlchemy are imported only when it is called."""

    async def open_() -> State:
        from bot.state.database import address

        return await open_state(address(database_url, folder))

    return open_


async def open_state(url: str, clock: Callable[[], float] | None = None) -> State:
    """Opens the state at an address; `clock` as in `Database.open`. Raises StateError."""
    from bot.state.claim_tables import DatabaseClaims
    from bot.state.database import Database
    from bot.state.database_digests import DatabaseDigestStore
    from bot.state.found_tables import DatabaseFoundLists

    database = await Database.open(url, clock)
    return State(DatabaseClaims(database), DatabaseDigestStore(database), DatabaseFoundLists(database))


class StateWithFallback:
    """Implements `Claims` without ever raising. `digests` needs the database and raises StateError without it."""

    def __init__(
        self,
        opener: StateOpener,
        timeouts: StateTimeouts | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._opener = opener
        self._timeouts = timeouts or StateTimeouts()
        self._clock = clock
        self._memory = MemoryClaims(clock)
        self._found = MemoryFoundLists(clock)
        self._database: State | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._failed = asyncio.Event()
        self._lost_at: float | None = None
        """Since when the database cannot be used; None while it can, and before it was tried."""
        self._claim_turns = asyncio.Semaphore(MAX_CLAIM_QUERIES)
        self._digest_turns = asyncio.Semaphore(MAX_DIGEST_QUERIES)
        self._timeouts_in_a_row = 0
        self.digests = AvailableDigestStore(self.with_store)
        self.problem: str | None = "not opened yet"
        """Why the database cannot be used; None while it can."""

    async def open(self) -> None:
        """Opens the database, or logs once why that fails; from then on it is supervised in the background."""
        first = self._opening = asyncio.create_task(self._open())
        self._supervisor = asyncio.create_task(self._supervise(first))
        await asyncio.wait({first}, timeout=self._timeouts.statement_s)

    async def claim(self, key: str) -> Claim:
        in_memory = await self._memory.claim(key)
        if in_memory in (Claim.DONE, Claim.HELD):
            return in_memory
        in_database = await self._with_claims(lambda database: database.claims.claim(key))
        return in_memory if in_database is None else in_database

    async def renew(self, key: str, lease: float = LEASE_S) -> bool:
        await self._memory.renew(key, lease)
        await self._with_claims(lambda database: database.claims.renew(key, lease))
        return True

    async def complete(self, key: str, message: str) -> None:
        await self._memory.complete(key, message)
        await self._with_claims(lambda database: database.claims.complete(key, message))

    async def sweep(self) -> int:
        in_memory = await self._memory.sweep()

        async def sweep(database: State) -> int:
            lists = await database.found.sweep() if database.found is not None else 0
            return lists + await database.claims.sweep() + await database.digests.sweep()

        in_database = await self._with_claims(sweep)
        return in_memory if in_database is None else in_database

    async def save_found(self, key: str, found: FoundList) -> None:
        """Stores a list in memory, and in the database while it works."""
        await self._found.save_found(key, found)

        async def save(database: State) -> None:
            if database.found is not None:
                await database.found.save_found(key, found)

        await self._with_claims(save)

    async def load_found(self, key: str) -> FoundList | None:
        """The list with this key; None where it is not, or no longer, stored."""

        async def load(database: State) -> FoundList | None:
            return await database.found.load_found(key) if database.found is not None else None

        return await self._found.load_found(key) or await self._with_claims(load)

    async def close(self) -> None:
        if self._supervisor is not None:
            self._supervisor.cancel()
        if self._opening is not None:  # a connection must not be dropped in the middle of a statement
            await asyncio.wait({self._opening}, timeout=self._timeouts.statement_s)
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._database is not None:
            await self._close(self._database)
            self._database = None

    async def with_store(self, work: Callable[[DigestStore], Awaitable[T]]) -> T:
        """Runs `work` on the digests in the database. Raises StateError if the database cannot be used now."""

        async def run(database: State) -> tuple[T]:  # in a tuple, as the result may be None
            return (await work(database.digests),)

        async with self._digest_turns:
            result = await self._try(run)
        if result is None:
            raise StateError(self.problem or "it failed just now")
        return result[0]

    async def _with_claims(self, work: Callable[[State], Awaitable[T]]) -> T | None:
        if self._database is None:
            return None
        async with self._claim_turns:
            return await self._try(work)

    async def _try(self, work: Callable[[State], Awaitable[T]]) -> T | None:
        """Runs `work` if the database can be used, and notices when it no longer can. None if it did not work."""
        database = self._database
        if database is None:
            return None
        try:
            async with asyncio.timeout(self._timeouts.statement_s):
                result = await work(database)
            self._timeouts_in_a_row = 0
            return result
        except RejectedError as error:
            log.error("%(reason)s", {"reason": str(error)})
        except TimeoutError as error:
            self._timeouts_in_a_row += 1
            if self._timeouts_in_a_row >= MAX_TIMEOUTS and database is self._database:
                await self._fail(error)
        except StateError as error:
            if database is self._database:  # otherwise it was given up already
                await self._fail(error)
        return None

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(self._timeouts.opening_s):
                self._database = await self._opener()
        except (StateError, TimeoutError) as error:
            await self._fail(error)
            return
        self.problem, self._timeouts_in_a_row = None, 0
        log.info("state opened" if self._lost_at is None else "state works again")
        await self._catch_up()
        await self.sweep()

    async def _catch_up(self) -> None:
        """Records in the database what was answered without it, so that nobody answers it again."""
        lost_at, self._lost_at = self._lost_at, None
        if lost_at is None:
            return
        for key in self._memory.completed_since(max(lost_at, self._clock() - CATCH_UP_S)):
            await self._try(lambda database, key=key: database.claims.complete(key, ""))  # type: ignore[misc]

    async def _fail(self, error: Exception) -> None:
        failed, self._database = self._database, None
        self._failed.set()
        if self._lost_at is None:
            self._lost_at = self._clock()
        problem = str(error) or "it does not answer"
        if problem != self.problem:
            self.problem = problem
            log.error(
                "state cannot be used: %(reason)s. Questions are still answered, but one that is delivered again after a "
                "restart may be answered twice. Digests are paused",
                {"reason": problem},
            )
        if failed is not None:
            await self._close(failed)

    async def _close(self, database: State) -> None:
        try:
            async with asyncio.timeout(self._timeouts.statement_s):
                await database.claims.close()
        except (StateError, TimeoutError):
            log.debug("state did not close")

    async def _supervise(self, first: asyncio.Task[None]) -> None:
        """Opens a failed database again, and sweeps now and then."""
        await asyncio.shield(first)
        tries = 0
        while True:
            if self._database is not None:
                opened_at = time.monotonic()
                await self._failed_within(SWEEP_INTERVAL_S)
                if self._database is not None:
                    log.info("state swept: %(count)d rows deleted", {"count": await self.sweep()})
                    continue
                if time.monotonic() - opened_at > self._timeouts.steady_s:
                    tries = 0
            tries += 1
            await asyncio.sleep(backoff(tries, self._timeouts.retry_s, self._timeouts.max_retry_s))
            self._failed.clear()
            self._opening = asyncio.create_task(self._open())
            await asyncio.shield(self._opening)

    async def _failed_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._failed.wait()
        except TimeoutError:
            pass
