"""Fetches while the bot runs: soon after the start, then every `SYNC_INTERVAL`, and when asked by `nudge`.

Times have random jitter, so that several replicas do not ask at once. Failures are logged and retried.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from logging import getLogger
from time import time

from adapters.sources.configured import TITLES
from adapters.sources.errors import BusyError, SourceError
from adapters.sources.outcome import Outcome
from adapters.sources.recorded import NoteSource
from bot.chat.wording import count
from bot.library.freshness import SyncState
from bot.runtime.heap import release_free_memory
from bot.runtime.logs import describe_error

log = getLogger("analects.sources")

STALE_AFTER_S = 24 * 3600.0
"""Seconds without contact after which the log warns about a service, and seconds between two such warnings."""
FIRST_RETRY_S = 15.0
"""Seconds to the first retry if nothing was ever fetched. The usual interval would be too long."""
MIN_GAP_S = 5.0
"""Seconds between two runs, however often `nudge` is called."""
MAX_FIRST_WAIT_S = 10.0
"""Seconds to the first run at most, if there are notes to answer from already."""


class SyncLoop:
    """Fetches from one service."""

    def __init__(
        self,
        source: NoteSource,
        interval_s: float,
        changed: Callable[[], Awaitable[object]],
        clock: Callable[[], float] = time,
        rng: random.Random | None = None,
    ) -> None:
        self._source = source
        self._interval = interval_s
        self._changed = changed
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 -- spreads requests, guards nothing
        self.min_gap_s = min(MIN_GAP_S, interval_s / 2)
        self._nudged = asyncio.Event()
        self._synced: float | None = source.succeeded()
        self._problem: str | None = None
        self._failed_at: float | None = None
        self._failures = 0
        self._in_a_row = 0
        self._began = clock()
        self._warned: float | None = None
        self.busy = False
        """Whether a run is under way. It stays True after a cancelled run, because the run's thread may still be working."""

    @property
    def name(self) -> str:
        return self._source.name

    def state(self) -> SyncState:
        """When fetching last worked, and what is wrong."""
        return SyncState(self.name, self._synced, self._problem, self._failures, self._failed_at)

    def nudge(self) -> None:
        """Asks for a run now."""
        self._nudged.set()

    async def run(self) -> None:
        """Fetches until cancelled."""
        if self._synced is not None:
            await self._pause(self._rng.uniform(0.0, min(MAX_FIRST_WAIT_S, self._interval / 10)))
        while True:
            await self.once()
            await asyncio.sleep(self.min_gap_s)
            await self._pause(self._until_next())

    async def once(self) -> None:
        """One run; never fails."""
        self._nudged.clear()
        self.busy = True
        await self._run_once()
        self.busy = False

    async def _run_once(self) -> None:
        try:
            outcome = await self._source.run()
        except BusyError as error:
            log.info("%(source)s: %(error)s", {"source": TITLES[self.name], "error": str(error)})
            self._synced = self._source.succeeded()
        except SourceError as error:
            self._failed(str(error))
        except Exception as error:  # of any kind: the fetched notes stay, and the next run may work
            self._failed(f"bug: {describe_error(error)}. Please report it")
        else:
            await self._done(outcome)

    async def _done(self, outcome: Outcome) -> None:
        first = self._synced is None
        if self._problem is not None:
            log.info("%(source)s can be reached again", {"source": TITLES[self.name]})
        self._synced, self._problem, self._in_a_row, self._warned = self._clock(), None, 0, None
        self._failed_at = None
        if outcome.any_change or first:
            log.info(
                "%(source)s: %(added)d added, %(changed)d changed, %(removed)d removed; now %(highlights)s of %(sources)s",
                {
                    "source": TITLES[self.name],
                    "added": outcome.added,
                    "changed": outcome.changed,
                    "removed": outcome.removed,
                    "highlights": count(outcome.highlights, "highlights"),
                    "sources": count(outcome.sources, "sources"),
                },
            )
            release_free_memory()  # frees the memory of the pages before the library grows
            await self._changed()

    def _failed(self, problem: str) -> None:
        if problem != self._problem:
            log.warning(
                "not synced: %(problem)s. Existing notes are kept",
                {"problem": problem},
            )
        self._problem = problem
        self._failures += 1
        self._in_a_row += 1
        now = self._failed_at = self._clock()
        since = self._synced if self._synced is not None else self._began
        if now - since >= STALE_AFTER_S and now - (self._warned or 0.0) >= STALE_AFTER_S:
            self._warned = now
            log.warning(
                "%(source)s has not been reached for %(hours)d hours: %(problem)s",
                {"source": TITLES[self.name], "hours": int((now - since) / 3600), "problem": problem},
            )

    def _until_next(self) -> float:
        if self._synced is None and self._in_a_row:
            return min(self._interval, FIRST_RETRY_S * 2.0 ** min(self._in_a_row - 1, 10))
        return self._interval * self._rng.uniform(0.9, 1.1)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._nudged.wait(), seconds)
