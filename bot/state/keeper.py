"""Claims in the database while it can be used, and in memory always.

The bot answers whatever becomes of the state. What is lost without it: after a restart, or beside a second copy, a question
that the platform repeats may be answered once more. A state that can't be used is left as it is.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from logging import getLogger
from pathlib import Path

from bot.state.claims import LEASE, Claim, Claims, StateError
from bot.state.memory import MemoryClaims

log = getLogger("analects.state")

PATIENCE = 3.0
"""Seconds that a statement may take."""
AGAIN = 30.0
"""Seconds until a state that failed is tried again."""
SWEEP = 6 * 3600.0
"""Seconds between clean-ups."""

Opening = Callable[[], Awaitable[Claims]]


def at(database_url: str | None, folder: Path) -> Opening:
    """Opens the state of these settings. Alembic and SQLAlchemy are imported only then."""

    async def open_() -> Claims:
        from bot.state.database import address
        from bot.state.events import DatabaseClaims

        return await DatabaseClaims.open(address(database_url, folder))

    return open_


class Keeper:
    """Implements `Claims`; its methods raise nothing."""

    def __init__(
        self, opening: Opening, again: float = AGAIN, clock: Callable[[], float] = time.time
    ) -> None:
        self._opening = opening
        self._again = again
        self._memory = MemoryClaims(clock)
        self._database: Claims | None = None
        self._tending: asyncio.Task[None] | None = None
        self.problem: str | None = "not opened yet"
        """Why the state can't be used; None while it can."""

    async def open(self) -> None:
        """Opens the state, or tells once why not; from then on sees to it in the background."""
        await self._open()
        self._tending = asyncio.create_task(self._tend())

    async def claim(self, key: str) -> Claim:
        here = await self._memory.claim(key)
        if here in (Claim.DONE, Claim.HELD) or self._database is None:
            return here
        database = self._database
        try:
            async with asyncio.timeout(PATIENCE):
                return await database.claim(key)
        except (StateError, TimeoutError) as error:
            await self._fail(error)
            return here

    async def posting(self, key: str, lease: float = LEASE) -> None:
        await self._memory.posting(key, lease)
        await self._try(lambda database: database.posting(key, lease))

    async def done(self, key: str, message: str) -> None:
        await self._memory.done(key, message)
        await self._try(lambda database: database.done(key, message))

    async def sweep(self) -> int:
        swept = [await self._memory.sweep()]

        async def sweep(database: Claims) -> None:
            swept.append(await database.sweep())

        await self._try(sweep)
        return swept[-1]

    async def close(self) -> None:
        if self._tending is not None:
            self._tending.cancel()
        if self._database is not None:
            await self._database.close()
            self._database = None

    async def _try(self, work: Callable[[Claims], Awaitable[None]]) -> None:
        if self._database is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await work(self._database)
        except (StateError, TimeoutError) as error:
            await self._fail(error)

    async def _open(self) -> None:
        before = self.problem
        try:
            async with asyncio.timeout(10 * PATIENCE):
                self._database = await self._opening()
        except (StateError, TimeoutError) as error:
            await self._fail(error)
            return
        self.problem = None
        log.info("state opened" if before == "not opened yet" else "state works again")
        await self.sweep()

    async def _fail(self, error: Exception) -> None:
        failed, self._database = self._database, None
        told = str(error) or "it does not answer"
        if told != self.problem:
            self.problem = told
            log.error(
                "state cannot be used: %(error)s. Questions are answered; one that is repeated after a restart may be "
                "answered again",
                {"error": told},
            )
        if failed is not None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await failed.close()
            except (StateError, TimeoutError):
                log.debug("state did not close")

    async def _tend(self) -> None:
        swept = time.monotonic()
        while True:
            await asyncio.sleep(self._again)
            if self._database is None:
                await self._open()
            elif time.monotonic() - swept > SWEEP:
                swept = time.monotonic()
                log.info("state swept: %(count)d", {"count": await self.sweep()})
