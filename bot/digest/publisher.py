"""Publishes digests: once for each due local day of a channel, whatever happens to this process or to other replicas.

    publisher = DigestPublisher(poster, store)
    await publisher.run()                  # until cancelled
    await publisher.stop(5)                # posts in progress have five seconds to finish

Several digests of a channel are posted one after the other. What is due is computed in memory (`bot.digest.due_days`); who posts
it is decided in the database (`bot.digest.poster`). Each channel is handled on its own, apart from the queues of questions: none
waits for another.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from logging import getLogger

from bot.digest.due_days import LOOK_BACK, DueDays
from bot.digest.poster import DigestPoster
from bot.runtime.logs import describe_error
from bot.state.claims import StateError
from bot.state.digest_store import ChannelDigest, DigestStore

log = getLogger("analects.digest")

TICK_S = 5.0
"""Longest time between two checks for due digests, in seconds."""
MAX_CHANNELS_AT_ONCE = 50
"""Channels handled at the same time."""
MAX_QUERIES_AT_ONCE = 4
"""How many of these may queue for the database, so that button presses are not held up."""


@dataclass(slots=True)
class DigestPublisher:
    """Posts what is due."""

    poster: DigestPoster
    store: DigestStore
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    days: DueDays = field(default_factory=DueDays)
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """Channels that are being handled."""
    _channel_turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CHANNELS_AT_ONCE))

    async def run(self) -> None:
        """Publishes what is due, until cancelled."""
        while True:
            try:
                await self.tick()
            except Exception as error:  # whatever it is, check again later
                log.error("checking for due digests failed: %(error)s", {"error": describe_error(error)})
            await self.sleep(min(TICK_S, self.days.seconds_to_next(self.clock())))

    async def tick(self) -> None:
        """Starts publishing what is due now; `idle` waits for it."""
        try:
            await self.poster.record_all()
            digests = await self.store.channel_digests()
            now = self.clock()
            if self.days.finished is None:
                finished = await self.store.finished_days(now - LOOK_BACK.total_seconds())
                self.days.load(digests, finished, now)
        except StateError:
            return  # logged by the state
        self.days.forget({digest.key for digest in digests}, now)
        for place, here in groupby(digests, lambda one: one.place):
            if place in self._busy or not self.poster.destinations.is_up(place.partition(":")[0]):
                continue
            due = [(one, day, at) for one in here for day, at in self.days.find(one, self.clock())]
            if due:
                due.sort(key=lambda one: one[2])
                self._busy[place] = asyncio.create_task(self._publish(place, due), name=f"digest {place}")

    async def idle(self) -> None:
        """Waits until nothing is being published."""
        while self._busy:
            await asyncio.wait(list(self._busy.values()))

    async def stop(self, grace: float) -> None:
        """Gives posts in progress `grace` seconds to finish. The next process looks up the rest."""
        tasks = list(self._busy.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _publish(self, place: str, due: list[tuple[ChannelDigest, date, float]]) -> None:
        """Posts the digests of a channel that are due, one after the other; one that fails delays no other."""
        try:
            async with self._channel_turns:
                for digest, day, moment in due:
                    try:
                        if await self.poster.post_day(digest, day, moment):
                            self.days.finish(digest, day, self.clock())
                    except StateError:
                        raise
                    except Exception as error:
                        log.error(
                            "digest failed: %(place)s: %(error)s",
                            {"place": digest.key, "error": describe_error(error)},
                        )
        except StateError:
            pass  # logged by the state; the rest is tried again
        finally:
            del self._busy[place]
