"""Publishes digests: each due local day of a channel once, whatever happens to this process or to others beside it.

    publisher = DigestPublisher(chooser, store, delivery, destinations)
    await publisher.run()                  # until cancelled
    await publisher.stop(5)                # posts under way have five seconds

A day goes claimed → posting → done in the database (`bot.state.digest_store`), with a lease, like an event. A day that was only
claimed is worked on again. A day that was being posted is looked up on the platform, and left alone if that cannot be told. A post
that certainly failed is tried again, with pauses, until `DIGEST_GRACE` is over; then the day is skipped and logged. A post that
went out while the database was lost is recorded as soon as the database returns.

Every channel is handled by itself, apart from the queues of questions: none waits for another.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from logging import getLogger
from typing import Protocol
from zoneinfo import ZoneInfoNotFoundError

from bot.chat import wording
from bot.chat.replies import Digest
from bot.delivery.delivery import Delivery, Outcome
from bot.delivery.target import LookupFailedError, Target
from bot.digest.chooser import MAX_CHOICES, Chooser
from bot.digest.lease import DigestLease
from bot.runtime.backoff import backoff
from bot.runtime.logs import describe_error
from bot.schedule import due
from bot.schedule.history import Shown, record
from bot.state.claims import LEASE_S, Claim, StateError
from bot.state.digest_store import ChannelDigest, ClaimedPost, Denied, DigestStore

log = getLogger("analects.digest")

TICK_S = 5.0
"""Longest time between two looks at what is due, in seconds."""
DEFAULT_GRACE_S = 6 * 3600.0
LATE_S = 300.0
"""A digest posted more than this many seconds after its time counts as late."""
LOOK_BACK = timedelta(days=31)
"""Days skipped within this time are logged one by one; earlier ones are not looked at."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 1800.0
"""The pause after a failed attempt, doubled each time, and the longest one."""
MAX_FINISHED_DAYS = 10_000
"""Finished days remembered before old ones are forgotten."""
MAX_REFUSALS = 14
"""After this many refused days in a row, a digest is removed."""
MAX_CHANNELS_AT_ONCE = 50
"""Channels handled at the same time."""
MAX_QUERIES_AT_ONCE = 4
"""Of these, how many may queue for the database: people who press a button wait behind so few."""


class Destinations(Protocol):
    """Where digests can be posted; `bot.delivery.platform.Platforms`."""

    def is_up(self, platform: str) -> bool:
        """Whether this platform runs and is connected."""

    def target(self, place: str, key: str, since: float, person: str) -> Target:
        """See `Platform.place`."""


@dataclass(frozen=True, slots=True)
class _Quiet:
    """Nothing is due in a channel before `until`, as long as its digest is unchanged and no clock is set back."""

    digest: ChannelDigest
    seen: float
    until: float


@dataclass(slots=True)
class DigestPublisher:
    """Posts what is due."""

    chooser: Chooser
    store: DigestStore
    delivery: Delivery
    destinations: Destinations
    counts: Counter[str] = field(default_factory=Counter)
    """digest_posted, digest_late (of these), digest_skipped, digest_unknown, digest_refused."""
    grace_s: float = DEFAULT_GRACE_S
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _finished: dict[tuple[str, float, date], float] | None = None
    """Place, time when its digest was set, and day, for which nothing is left to do; the value is when that was known."""
    _quiet: dict[str, _Quiet] = field(default_factory=dict)
    _unrecorded: dict[str, tuple[str, Shown | None]] = field(default_factory=dict)
    """Results that the database still has to be told."""
    _unknown_zones: set[str] = field(default_factory=set)
    """Places whose time zone is unknown, which was logged."""
    _channel_turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CHANNELS_AT_ONCE))

    async def run(self) -> None:
        """Publishes what is due, until cancelled."""
        while True:
            try:
                await self.tick()
            except Exception as error:  # whatever it is, look again later
                log.error("digests not looked at: %(error)s", {"error": describe_error(error)})
            now = self.clock()
            next_due = (one.until - now for one in self._quiet.values() if one.until > now)
            await self.sleep(min([TICK_S, *next_due]))

    async def tick(self) -> None:
        """Starts publishing what is due now; `idle` waits for it."""
        try:
            await self._record_all()
            digests = await self.store.channel_digests()
            if self._finished is None:
                self._finished = await self._load_finished(digests)
        except StateError:
            return  # logged by the state
        self._forget({one.place for one in digests})
        for digest in digests:
            if digest.place in self._busy or not self.destinations.is_up(digest.place.partition(":")[0]):
                continue
            if days := self._due(digest):
                task = asyncio.create_task(self._publish_days(digest, days), name=f"digest {digest.place}")
                self._busy[digest.place] = task

    async def idle(self) -> None:
        """Waits until nothing is being published."""
        while self._busy:
            await asyncio.wait(list(self._busy.values()))

    async def stop(self, grace: float) -> None:
        """Gives posts under way `grace` seconds. What is not finished then is looked up by the next process."""
        tasks = list(self._busy.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def publish_now(self, digest: ChannelDigest, key: str) -> Outcome | None:
        """Posts one at once, beside that of the day. None if there is nothing to show. Raises StateError."""
        claimed = await self.store.claim_post(key, digest.place, None)
        if claimed.claim is not Claim.MINE:
            return Outcome.UNKNOWN
        lease = DigestLease(self.store, claimed.until)
        outcome = await self._post(digest, key, lease, claimed)
        if outcome is Outcome.WITHDRAWN:
            return Outcome.UNKNOWN
        if outcome is not None and outcome is not Outcome.POSTED:
            await self._record(key, "", lease.shown if outcome is Outcome.UNKNOWN else None)
        return outcome

    async def _load_finished(self, digests: list[ChannelDigest]) -> dict[tuple[str, float, date], float]:
        now = self.clock()
        days = await self.store.finished_days(now - LOOK_BACK.total_seconds())
        set_at = {one.place: one.since for one in digests}
        return {(place, set_at[place], day): now for place, day in days if place in set_at}

    def _forget(self, places: set[str]) -> None:
        """Forgets digests that were removed, and days long ago."""
        for removed in self._quiet.keys() - places:
            del self._quiet[removed]
        if self._finished is not None and len(self._finished) > MAX_FINISHED_DAYS:
            today = date.fromtimestamp(self.clock())  # noqa: DTZ012  two days are more than any zone
            oldest = today - LOOK_BACK - timedelta(days=2)
            self._finished = {one: at for one, at in self._finished.items() if one[2] >= oldest}

    def _due(self, digest: ChannelDigest) -> list[tuple[date, float]]:
        """Days and times that are due and not finished, oldest first."""
        now, quiet = self.clock(), self._quiet.get(digest.place)
        if quiet is not None and quiet.digest == digest and quiet.seen <= now < quiet.until:
            return []
        finished = self._finished or {}
        since = max(digest.since, now - LOOK_BACK.total_seconds())
        try:
            found = due.due_between(digest.plan, since, now, digest.first)
            until = due.next_due(digest.plan, now, digest.first)[1]
        except ZoneInfoNotFoundError:
            if digest.place not in self._unknown_zones:
                self._unknown_zones.add(digest.place)
                log.error("digest paused, its time zone is unknown: %(place)s", {"place": digest.place})
            return []
        days = [
            (day, moment)
            for day, moment in found
            if finished.get((digest.place, digest.since, day), math.inf) > now
        ]
        if not days:
            self._quiet[digest.place] = _Quiet(digest, now, until)
        return days

    async def _publish_days(self, digest: ChannelDigest, days: list[tuple[date, float]]) -> None:
        try:
            async with self._channel_turns:
                for day, moment in days:
                    if await self._publish(digest, day, moment) and self._finished is not None:
                        self._finished[digest.place, digest.since, day] = self.clock()
        except StateError:
            pass  # logged by the state; the rest is tried again
        except Exception as error:
            log.error(
                "digest failed: %(place)s: %(error)s", {"place": digest.place, "error": describe_error(error)}
            )
        finally:
            del self._busy[digest.place]

    async def _publish(self, digest: ChannelDigest, day: date, moment: float) -> bool:
        """Posts or skips the digest of a day. Returns whether nothing is left to do. Raises StateError."""
        key = f"{digest.place}:{day}"
        too_late = self.clock() - moment > self.grace_s
        if not too_late and self.delivery.is_resting(self._target(digest, key, moment).lane):
            return False
        claimed = await self.store.claim_post(key, digest.place, day)
        if claimed.claim in (Claim.DONE, Claim.HELD):
            return claimed.claim is Claim.DONE
        if claimed.claim is Claim.POSTING:
            settled = await self._settle(digest, key, claimed, too_late)
            if settled is not None:
                return settled
        if too_late and claimed.until - LEASE_S - moment <= self.grace_s:
            return False  # not too late by the database's clock: ours is ahead
        if too_late:
            await self._record(key, "", None)
            self.counts["digest_skipped"] += 1
            log.warning("digest skipped, its time is over: %(key)s", {"key": key})
            return True
        lease = DigestLease(self.store, claimed.until, digest)
        salt = f"{day}:{claimed.tries}" if claimed.tries else ""
        outcome = await self._post(digest, key, lease, claimed, salt)
        return await self._conclude(digest, key, lease, outcome, moment, claimed.tries)

    async def _conclude(
        self,
        digest: ChannelDigest,
        key: str,
        lease: DigestLease,
        outcome: Outcome | None,
        moment: float,
        tries: int,
    ) -> bool:
        """Records what became of the post of a day. Returns whether nothing is left to do. Raises StateError."""
        if outcome is Outcome.WITHDRAWN:
            await self.store.release(key, 0, lease.until)
            log.info("digest not posted, it was changed, or another process has it: %(key)s", {"key": key})
            return False
        if outcome is None or outcome is Outcome.GIVEN_UP:
            pause = backoff(tries + 1, FIRST_PAUSE_S, LONGEST_PAUSE_S, jitter=False)
            await self.store.release(key, pause, lease.until)
            return False
        if outcome is Outcome.POSTED:
            self.counts["digest_late"] += self.clock() - moment > LATE_S
        elif outcome is Outcome.UNKNOWN:
            await self._record(key, "", lease.shown)
        else:
            await self._record(key, "", None)
            await self._count_refusal(digest)
        return True

    async def _settle(
        self, digest: ChannelDigest, key: str, claimed: ClaimedPost, too_late: bool
    ) -> bool | None:
        """Looks up a post that somebody was about to make. Returns whether nothing is left to do, None if it certainly was not
        posted."""
        try:
            message = await self._target(digest, key, claimed.since).find()
        except LookupFailedError as error:
            if error.again and not too_late:
                return False  # look again when this lease is over
            log.warning(
                "digest left alone, may have been posted: %(key)s: %(error)s",
                {"key": key, "error": str(error)},
            )
            message = ""
            self.counts["digest_unknown"] += 1
        else:
            if message is None:
                return None
            self.counts["digest_posted"] += 1
            log.info("digest found, it was posted: %(key)s", {"key": key})
        only = digest.plan.only.key if digest.plan.only else ""
        history = await self.chooser.history(digest.scope, digest.plan.only)
        await self._record(key, message, record(history, digest.scope, only, claimed.picks))
        return True

    async def _post(
        self, digest: ChannelDigest, key: str, lease: DigestLease, claimed: ClaimedPost, salt: str = ""
    ) -> Outcome | None:
        """Chooses and posts, and records a success. None if there is nothing to show. Raises StateError, with nothing posted."""
        plan, target, tried = digest.plan, self._target(digest, key, claimed.since), 0
        while True:
            tried += 1
            choice = await self.chooser.choose(digest.scope, plan.only, plan.count, salt, claimed.picks)
            if not choice.quotes:
                return None
            lease.shown, lease.after = choice.shown, choice.after if tried < MAX_CHOICES else None
            reply = Digest(choice.quotes, wording.restricted(plan.only))
            outcome = await self.delivery.post(target, reply, key, lease)
            if outcome is not Outcome.WITHDRAWN or lease.denied is not Denied.SCOPE_CHANGED:
                break
        if outcome is Outcome.POSTED:
            await self._record(key, lease.message, lease.shown)
            self.counts["digest_posted"] += 1
            log.info("digest posted: %(key)s", {"key": key})
        elif outcome is Outcome.UNKNOWN:
            self.counts["digest_unknown"] += 1
        return outcome

    async def _count_refusal(self, digest: ChannelDigest) -> None:
        """Removes a digest whose place refused it for too long: nobody is there to see it."""
        self.counts["digest_refused"] += 1
        times = await self.store.count_refusal(digest.place)
        if times >= MAX_REFUSALS:
            await self.store.remove_digest(digest.place)
            log.warning(
                "digest removed, refused %(count)d times in a row: %(place)s",
                {"count": times, "place": digest.place},
            )

    async def _record(self, key: str, message: str, shown: Shown | None) -> None:
        """Records that nothing is left to do: at once, or when the database can be used again."""
        self._unrecorded[key] = (message, shown)
        try:
            await self.store.complete(key, message, shown)
        except StateError:
            return
        self._unrecorded.pop(key, None)

    async def _record_all(self) -> None:
        for key, (message, shown) in list(self._unrecorded.items()):
            await self._record(key, message, shown)

    def _target(self, digest: ChannelDigest, key: str, since: float) -> Target:
        return self.destinations.target(digest.place, key, since, digest.person)
