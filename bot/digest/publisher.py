"""Brings the digests: each due local day of a channel once, whatever happens to this process or to others beside it.

    clerk = DigestPublisher(chooser, delivering, places, counts)
    await clerk.run()                  # until cancelled
    await clerk.stop(5)                # what is being posted has five seconds

A day goes claimed → posting → done in the database (`bot.state.digest_store`), with a lease, as an event does. What was only
claimed
is done again. What was being posted is looked up on the platform; where that can't be told, it is left as it is. What certainly
was not posted is tried again, with pauses, while `DIGEST_GRACE` lasts; then the day is left out, with a line in the log. What was
posted as the database went away is noted as soon as it is back.

Each channel is seen to by itself, apart from the queues of questions: none waits for another.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from logging import getLogger
from typing import TypeVar
from zoneinfo import ZoneInfoNotFoundError

from bot.chat import wording
from bot.chat.replies import Digest
from bot.delivery.delivery import Delivering, Outcome
from bot.delivery.target import LookupFailedError, Target
from bot.digest.chooser import MOST_CHOICES, Chooser
from bot.digest.lease import Marks, NotOursError
from bot.runtime.logs import named
from bot.schedule import due
from bot.schedule.history import Shown, noted
from bot.state.claims import LEASE, Claim, StateError
from bot.state.digest_store import ChannelDigest, ClaimedPost, DigestStore, ScopeBusyError

log = getLogger("analects.digest")
T = TypeVar("T")

TICK = 5.0
"""Seconds between two looks at what is due."""
GRACE = 6 * 3600.0
LATE = 300.0
"""Seconds after its time from which on a digest counts as late."""
LOOK_BACK = timedelta(days=31)
"""How far back days are left out with a line each; longer ago, without."""
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 1800.0
"""Seconds until what was given up is tried again; doubled each time."""
MOST_FINISHED = 10_000
"""Days of places that are known to be finished before the old ones are forgotten."""
MOST_REFUSED = 14
"""Days in a row that a place may refuse its digest before it is taken away."""
AT_ONCE, AT_ONCE_KEPT = 50, 4
"""Channels that are seen to at the same time, and how many of them use the database: it has other things to do."""

Place = Callable[[str, str, float, str], Target]
"""`Platform.place`."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Until when nothing is to be done for a digest, as it was set then."""

    standing: ChannelDigest
    seen: float
    """By a clock that may be set back since."""
    until: float


@dataclass(slots=True)
class DigestPublisher:
    """Posts what is due."""

    chooser: Chooser
    delivering: Delivering
    places: Mapping[str, Place] = field(default_factory=dict)
    """For each platform that runs."""
    counts: Counter[str] = field(default_factory=Counter)
    """digest_posted, digest_late (of these), digest_skipped, digest_unknown, digest_refused."""
    up: Callable[[str], bool] = bool
    """Whether a platform is connected."""
    grace: float = GRACE
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _finished: dict[tuple[str, float, date], float] | None = None
    """Place, when its digest was set, day: nothing more is to be done, as was known here at that time."""
    _quiet: dict[str, Quiet] = field(default_factory=dict)
    _unnoted: dict[str, tuple[str, Shown | None]] = field(default_factory=dict)
    """Posts that the database has yet to be told of."""
    _no_zone: set[str] = field(default_factory=set)
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_KEPT))

    async def run(self) -> None:
        """Looks at what is due, until cancelled."""
        while True:
            try:
                await self.tick()
            except Exception as error:  # whatever it is, the next look is taken
                log.error("digests not looked at: %(error)s", {"error": named(error)})
            now = self.clock()
            await self.sleep(
                min([TICK, *(one.until - now for one in self._quiet.values() if one.until > now)])
            )

    async def tick(self) -> None:
        """Begins to bring what is due now; `idle` waits for it."""
        try:
            await self._note_all()
            standings = await self._kept(lambda shelf: shelf.standings())
            if self._finished is None:
                since = self.clock() - LOOK_BACK.total_seconds()
                done = await self._kept(lambda shelf: shelf.finished(since))
                set_at = {one.place: one.since for one in standings}
                now = self.clock()
                self._finished = {(place, set_at[place], day): now for place, day in done if place in set_at}
        except StateError:
            return  # which the keeper tells
        self._forget({one.place for one in standings})
        for standing in standings:
            platform = standing.place.partition(":")[0]
            if standing.place in self._busy or platform not in self.places or not self.up(platform):
                continue
            if days := self._due(standing):
                task = asyncio.create_task(self._see_to(standing, days), name=f"digest {standing.place}")
                self._busy[standing.place] = task

    def _forget(self, places: set[str]) -> None:
        """What is known of digests that are taken away, and of days long ago."""
        for gone in self._quiet.keys() - places:
            del self._quiet[gone]
        if self._finished is not None and len(self._finished) > MOST_FINISHED:
            oldest = date.fromtimestamp(self.clock()) - LOOK_BACK - timedelta(days=2)  # noqa: DTZ012  two days are more than any zone
            self._finished = {one: at for one, at in self._finished.items() if one[2] >= oldest}

    async def idle(self) -> None:
        """Waits until nothing is being brought."""
        while self._busy:
            await asyncio.wait(list(self._busy.values()))

    async def stop(self, grace: float) -> None:
        """Lets what is under way come to its end; what does not in time is looked up by who comes next."""
        tasks = list(self._busy.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def bring_now(self, standing: ChannelDigest, key: str) -> Outcome | None:
        """Posts one at once, beside that of the day; None where there is nothing to show. Raises StateError."""
        claimed = await self._kept(lambda shelf: shelf.claim(key, standing.place, None))
        if claimed.claim is not Claim.MINE:
            return Outcome.UNKNOWN
        marks = Marks(self._kept, claimed.until)
        try:
            outcome = await self._post(standing, key, marks, claimed)
        except NotOursError:
            return Outcome.UNKNOWN
        if outcome is not None and outcome is not Outcome.POSTED:
            await self._note(key, "", marks.shown if outcome is Outcome.UNKNOWN else None)
        return outcome

    def _due(self, standing: ChannelDigest) -> list[tuple[date, float]]:
        """Days and times of what is due and not finished, oldest first."""
        now, known = self.clock(), self._quiet.get(standing.place)
        if known is not None and known.standing == standing and known.seen <= now < known.until:
            return []
        finished = self._finished or {}
        since = max(standing.since, now - LOOK_BACK.total_seconds())
        try:
            found = due.dues(standing.plan, since, now, standing.first)
            until = due.next_due(standing.plan, now, standing.first)[1]
        except ZoneInfoNotFoundError:
            if standing.place not in self._no_zone:
                self._no_zone.add(standing.place)
                log.error("digest rests, its zone is unknown here: %(place)s", {"place": standing.place})
            return []
        days = [
            (day, moment)
            for day, moment in found
            if finished.get((standing.place, standing.since, day), math.inf) > now
        ]
        if not days:
            self._quiet[standing.place] = Quiet(standing, now, until)
        return days

    async def _see_to(self, standing: ChannelDigest, days: list[tuple[date, float]]) -> None:
        try:
            async with self._at_once:
                for day, moment in days:
                    if await self._bring(standing, day, moment) and self._finished is not None:
                        self._finished[standing.place, standing.since, day] = self.clock()
        except StateError:
            pass  # which the keeper tells; what is not done is tried again
        except Exception as error:
            log.error("digest failed: %(place)s: %(error)s", {"place": standing.place, "error": named(error)})
        finally:
            del self._busy[standing.place]

    async def _bring(self, standing: ChannelDigest, day: date, moment: float) -> bool:
        """Brings the digest of a day, or leaves it out. Whether nothing more is to be done. Raises StateError."""
        key = f"{standing.place}:{day}"
        over = self.clock() - moment > self.grace
        if not over and self.delivering.rests(self._target(standing, key, moment).lane):
            return False
        claimed = await self._kept(lambda shelf: shelf.claim(key, standing.place, day))
        if claimed.claim in (Claim.DONE, Claim.HELD):
            return claimed.claim is Claim.DONE
        if claimed.claim is Claim.POSTING:
            settled = await self._settled(standing, key, claimed, over)
            if settled is not None:
                return settled
        if over and claimed.until - LEASE - moment <= self.grace:
            return False  # not by the clock of the database: ours is ahead
        if over:
            await self._note(key, "", None)
            self.counts["digest_skipped"] += 1
            log.warning("digest left out, its time is over: %(key)s", {"key": key})
            return True
        marks = Marks(self._kept, claimed.until, standing)
        try:
            outcome = await self._post(
                standing, key, marks, claimed, f"{day}:{claimed.tries}" if claimed.tries else ""
            )
        except NotOursError:
            await self._kept(lambda shelf: shelf.release(key, 0, marks.until))
            log.info("digest not posted, it was set anew, or somebody else is at it: %(key)s", {"key": key})
            return False
        if outcome is None:  # nothing to show
            await self._pause(key, claimed.tries, marks.until)
            return False
        if outcome is Outcome.GIVEN_UP:
            await self._pause(key, claimed.tries, marks.until)
            return False
        if outcome is Outcome.POSTED:
            self.counts["digest_late"] += self.clock() - moment > LATE
        elif outcome is Outcome.UNKNOWN:
            await self._note(key, "", marks.shown)
        else:
            await self._note(key, "", None)
            await self._refused(standing)
        return True

    async def _settled(
        self, standing: ChannelDigest, key: str, claimed: ClaimedPost, over: bool
    ) -> bool | None:
        """Looks up what somebody was about to post. Whether nothing more is to be done; None where it certainly was not posted."""
        try:
            message = await self._target(standing, key, claimed.since).find()
        except LookupFailedError as error:
            if error.again and not over:
                return False  # asked again when this lease is over
            log.warning(
                "digest left as it is, may have been posted: %(key)s: %(error)s",
                {"key": key, "error": str(error)},
            )
            message = ""
            self.counts["digest_unknown"] += 1
        else:
            if message is None:
                return None
            self.counts["digest_posted"] += 1
            log.info("digest found, was posted: %(key)s", {"key": key})
        only = standing.plan.only.key if standing.plan.only else ""
        history = await self.chooser.history(standing.scope, standing.plan.only)
        await self._note(key, message, noted(history, standing.scope, only, claimed.picks))
        return True

    async def _post(
        self, standing: ChannelDigest, key: str, marks: Marks, claimed: ClaimedPost, salt: str = ""
    ) -> Outcome | None:
        """Chooses, posts and, where that is certain, notes it; None where there is nothing to show. Raises StateError and
        NotOursError, with nothing posted."""
        plan, target, tried = standing.plan, self._target(standing, key, claimed.since), 0
        while True:
            tried += 1
            choice = await self.chooser.choose(standing.scope, plan.only, plan.count, salt, claimed.picks)
            if not choice.quotes:
                return None
            marks.shown, marks.after = choice.shown, choice.after if tried < MOST_CHOICES else None
            reply = Digest(choice.quotes, wording.restricted(plan.only))
            try:
                outcome = await self.delivering.post(target, reply, key, marks)
            except ScopeBusyError:
                continue
            break
        if outcome is Outcome.POSTED:
            await self._note(key, marks.message, marks.shown)
            self.counts["digest_posted"] += 1
            log.info("digest posted: %(key)s", {"key": key})
        elif outcome is Outcome.UNKNOWN:
            self.counts["digest_unknown"] += 1
        return outcome

    async def _refused(self, standing: ChannelDigest) -> None:
        """Takes a digest away whose place refused it for long: nobody is there to see it."""
        self.counts["digest_refused"] += 1
        times = await self._kept(lambda shelf: shelf.refused(standing.place))
        if times >= MOST_REFUSED:
            await self._kept(lambda shelf: shelf.remove(standing.place))
            log.warning(
                "digest taken away, refused %(count)d times in a row: %(place)s",
                {"count": times, "place": standing.place},
            )

    async def _pause(self, key: str, tries: int, until: float) -> None:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries, 16))
        await self._kept(lambda shelf: shelf.release(key, pause, until))

    async def _note(self, key: str, message: str, shown: Shown | None) -> None:
        """Notes that nothing more is to be done: at once, or when the database can be used again."""
        self._unnoted[key] = (message, shown)
        try:
            await self._kept(lambda shelf: shelf.done(key, message, shown))
        except StateError:
            return
        self._unnoted.pop(key, None)

    async def _kept(self, work: Callable[[DigestStore], Awaitable[T]]) -> T:
        """See `Keeper.kept`; what waits here does not wait there, where waiting has an end."""
        async with self._few:
            return await self.chooser.keeper.kept(work)

    async def _note_all(self) -> None:
        for key, (message, shown) in list(self._unnoted.items()):
            await self._note(key, message, shown)

    def _target(self, standing: ChannelDigest, key: str, since: float) -> Target:
        platform, _, channel = standing.place.partition(":")
        return self.places[platform](channel, key, since, standing.person)
