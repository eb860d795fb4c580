"""The state with a fallback: claims and found lists are always kept in memory, and in the database while it works.

Whenever the database is opened, recent claims are copied from memory into it: those made without it and those of the minutes
before, because the file may have been replaced. Claims of a single failed transaction are copied soon after it.

The bot keeps answering whatever happens to the database. Without a database, a question that the platform delivers again after a
restart, or to a second replica, may be answered twice. An unavailable database is not changed. The bot tries to open it again after
one second, then after twice as long each time, up to half a minute.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from logging import getLogger
from typing import TypeVar

from bot.runtime.backoff import backoff
from bot.state.available_chosen import AvailableChosen, StoredChosen
from bot.state.available_digests import AvailableDigestStore
from bot.state.available_feedback import AvailableFeedback
from bot.state.claims import LEASE_S, Claim, RejectedError, ReplacedError, StateError
from bot.state.confirmed import ConfirmedSettings
from bot.state.digest_store import DigestStore
from bot.state.feedback_store import FeedbackStore
from bot.state.found_lists import FoundList, MemoryFoundLists
from bot.state.memory_claims import MemoryClaims
from bot.state.opening import State, StateOpener, StateTimeouts
from bot.state.resync import copy_claims, sync_settings
from bot.state.shared_limits import Limited

log = getLogger("analects.state")

SWEEP_INTERVAL_S = 6 * 3600.0
CATCH_UP_S = 600.0
"""How long, in seconds, a platform may redeliver a question that was answered without the database. Older ones are not answered."""
FILE_CHECK_INTERVAL_S = 5.0
"""Seconds between two checks that the state file exists, when there is no traffic."""
MAX_CLAIM_QUERIES = 3
"""Claims that may use the database at the same time. Waiting for a turn does not count towards the time limit."""
MAX_DIGEST_QUERIES = 2
"""The same for digests, so that a hundred digests due at nine delay no question. Both together fill the connection pool."""
MAX_TIMEOUTS = 3
"""Transactions in a row that must time out before the database counts as lost. A single slow one falls back to memory."""

T = TypeVar("T")


class StateWithFallback:
    """Implements `Claims` and never raises. `digests` needs the database and raises StateError without it."""

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
        self._attention = asyncio.Event()
        """Set when the supervisor has work: the database failed, or lacks recent claims."""
        self._incomplete_since: float | None = clock()
        """Time since which the database may lack claims that are in memory; None if it has all of them."""
        self._was_open = False
        self._confirmed = ConfirmedSettings()
        self._claim_turns = asyncio.Semaphore(MAX_CLAIM_QUERIES)
        self._digest_turns = asyncio.Semaphore(MAX_DIGEST_QUERIES)
        self._timeouts_in_a_row = 0
        self.digests = AvailableDigestStore(self.with_store, self._confirmed)
        self.feedback = AvailableFeedback(self.with_feedback)
        self.chosen = AvailableChosen(self._with_chosen)
        self.problem: str | None = "not opened yet"
        """Why the database is unavailable; None while it is available."""

    async def open(self) -> None:
        """Opens the database, or logs once why that fails. A background task then reopens it whenever it fails."""
        first = self._opening = asyncio.create_task(self._open())
        self._supervisor = asyncio.create_task(self._supervise(first))
        await asyncio.wait({first}, timeout=self._timeouts.statement_s)

    async def claim(self, key: str) -> Claim:
        in_memory = await self._memory.claim(key)
        if in_memory in (Claim.DONE, Claim.HELD):
            return in_memory
        in_database = await self._with_claims(lambda database: database.claims.claim(key))
        if in_database is Claim.DONE:
            await self._memory.complete(key, "")
        return in_memory if in_database is None else in_database

    async def renew(self, key: str, lease: float = LEASE_S) -> bool:
        in_memory = await self._memory.renew(key, lease)
        in_database = await self._with_claims(lambda database: database.claims.renew(key, lease))
        return in_memory if in_database is None else in_database

    async def complete(self, key: str, message: str) -> None:
        await self._memory.complete(key, message)

        async def complete(database: State) -> bool:
            await database.claims.complete(key, message)
            return True

        await self._with_claims(complete)

    async def abandoned(self, max_age_s: float) -> list[str]:
        """Implements `Claims.abandoned`: for all processes while the database works, else for this one."""
        in_database = await self._with_claims(lambda database: database.claims.abandoned(max_age_s))
        return await self._memory.abandoned(max_age_s) if in_database is None else in_database

    async def sweep(self) -> int:
        in_memory = await self._memory.sweep()

        async def sweep(database: State) -> int:
            optional = [
                table for table in (database.found, database.feedback, database.asked) if table is not None
            ]
            swept = [await table.sweep() for table in (*optional, database.claims, database.digests)]
            return sum(swept)

        in_database = await self._with_claims(sweep)
        return in_memory if in_database is None else in_database

    async def count_question(self, event: str, limits: Sequence[Limited]) -> str | None:
        """Implements `SharedLimits`."""
        database = self._database
        if database is None or (asked := database.asked) is None:
            return None
        async with self._claim_turns:
            return await self._try(lambda _: asked.count_question(event, limits))

    async def save_found(self, key: str, found: FoundList) -> None:
        """Stores a list in memory, and in the database while it works."""
        await self._found.save_found(key, found)

        async def save(database: State) -> None:
            if database.found is not None:
                await database.found.save_found(key, found)

        await self._with_claims(save)

    async def load_found(self, key: str) -> FoundList | None:
        """Returns the list with this key, or None if it is not (or no longer) stored."""

        async def load(database: State) -> FoundList | None:
            return await database.found.load_found(key) if database.found is not None else None

        return await self._found.load_found(key) or await self._with_claims(load)

    async def close(self) -> None:
        if self._supervisor is not None:
            self._supervisor.cancel()
        if self._opening is not None:  # a connection must not be cut in the middle of a statement
            await asyncio.wait({self._opening}, timeout=self._timeouts.statement_s)
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._database is not None:
            await self._close(self._database)
            self._database = None

    async def with_store(self, work: Callable[[DigestStore], Awaitable[T]]) -> T:
        """Runs `work` on the digests in the database. Raises StateError if the database is unavailable."""

        async def run(database: State) -> tuple[T]:  # in a tuple, because the result may be None
            return (await work(database.digests),)

        return await self._in_turn(run)

    async def with_feedback(self, work: Callable[[FeedbackStore], Awaitable[T]]) -> T:
        """Runs `work` on the feedback in the database. Raises StateError if the database is unavailable."""

        async def run(database: State) -> tuple[T] | None:
            return (await work(database.feedback),) if database.feedback is not None else None

        return await self._in_turn(run)

    async def _in_turn(self, run: Callable[[State], Awaitable[tuple[T] | None]]) -> T:
        async with self._digest_turns:
            result = await self._try(run)
        if result is None:
            raise StateError(self.problem or "the last attempt failed")
        return result[0]

    async def _with_chosen(self, work: Callable[[StoredChosen], Awaitable[T]]) -> T | None:
        database = self._database
        if database is None or (store := database.chosen) is None:
            return None
        async with self._claim_turns:
            return await self._try(lambda _: work(store))

    async def _with_claims(self, work: Callable[[State], Awaitable[T]]) -> T | None:
        began = self._clock()
        result: T | None = None
        if self._database is not None:
            async with self._claim_turns:
                result = await self._try(work)
        if result is None and self._incomplete_since is None:
            self._incomplete_since = began - LEASE_S  # includes claims written to memory just before
            self._attention.set()
        return result

    async def _try(self, work: Callable[[State], Awaitable[T]]) -> T | None:
        """Runs `work` if the database is available, and notices if it fails. Returns None if `work` was not run or failed."""
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
                await self._fail(error, database)
        except StateError as error:
            if database is self._database:  # otherwise it was closed already
                await self._fail(error, database)
        return None

    async def _open(self) -> None:
        """Opens the database. It is used only after recent claims have been copied into it."""
        opened: State | None = None
        try:
            async with asyncio.timeout(self._timeouts.opening_s):
                opened = await self._opener()
            async with asyncio.timeout(self._timeouts.opening_s):
                self._incomplete_since = None
                await copy_claims(self._memory, opened, self._clock() - CATCH_UP_S)
                restore = self._was_open and opened.is_own
                await sync_settings(opened, self._confirmed, self.chosen, restore, self._clock())
        except (StateError, TimeoutError) as error:
            await self._fail(error, opened)
            return
        except BaseException:  # the program is stopping
            if opened is not None:
                await self._close(opened)
            raise
        log.info("database available again" if self._was_open else "database opened")
        self._database, self.problem, self._was_open, self._timeouts_in_a_row = opened, None, True, 0
        await self.sweep()

    async def _catch_up_later(self, since: float) -> None:
        async def catch_up(database: State) -> bool:
            await copy_claims(self._memory, database, max(since, self._clock() - CATCH_UP_S))
            return True

        self._incomplete_since = None
        if not await self._try(catch_up):
            self._incomplete_since = since
            self._attention.set()

    async def _fail(self, error: Exception, failed: State | None) -> None:
        self._database = None
        if self._incomplete_since is None:
            self._incomplete_since = self._clock()
        problem = str(error) or "it does not respond"
        if problem != self.problem:
            self.problem = problem
            log.error(
                "database unavailable: %(reason)s. Questions are still answered, but one that is delivered again after a "
                "restart may be answered twice. Digests are paused",
                {"reason": problem},
            )
        if (
            failed is not None
        ):  # close it before it is opened again: closing makes SQLite remove the files beside it
            await self._close(failed)
        self._attention.set()

    async def _close(self, database: State) -> None:
        try:
            async with asyncio.timeout(self._timeouts.statement_s):
                await database.claims.close()
        except (StateError, TimeoutError):
            log.debug("the database did not close in time")

    async def _supervise(self, first: asyncio.Task[None]) -> None:
        """Reopens a failed database, copies what it missed, and deletes old rows regularly."""
        await asyncio.shield(first)
        tries = 0
        while True:
            if self._database is not None:
                opened_at = time.monotonic()
                await self._look_after()
                if time.monotonic() - opened_at > self._timeouts.steady_s:
                    tries = 0
            tries += 1
            await asyncio.sleep(backoff(tries, self._timeouts.retry_s, self._timeouts.max_retry_s))
            self._attention.clear()
            self._opening = asyncio.create_task(self._open())
            await asyncio.shield(self._opening)

    async def _look_after(self) -> None:
        """Checks the file and deletes old rows regularly. Returns once the database has failed."""
        swept_at = time.monotonic()
        while (database := self._database) is not None:
            if await self._needs_attention_within(FILE_CHECK_INTERVAL_S):
                self._attention.clear()
                if self._database is not None and (since := self._incomplete_since) is not None:
                    await asyncio.sleep(self._timeouts.retry_s)
                    await self._catch_up_later(since)
                continue
            try:
                database.check()
            except ReplacedError as error:
                if database is self._database:
                    await self._fail(error, database)
            if self._database is not None and time.monotonic() - swept_at > SWEEP_INTERVAL_S:
                swept_at = time.monotonic()
                log.info("deleted %(count)d old rows from the database", {"count": await self.sweep()})

    async def _needs_attention_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._attention.wait()
        except TimeoutError:
            return False
        return True
