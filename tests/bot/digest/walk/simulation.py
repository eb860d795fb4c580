"""Runs a bot through simulated years: posts, kills, downtime, wrong clocks, and people who press buttons."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivery
from bot.digest.chooser import Chooser
from bot.digest.poster import DEFAULT_GRACE_S, DigestPoster
from bot.digest.publisher import DigestPublisher
from bot.schedule.due import due_on, local_date
from bot.schedule.plan import Plan
from bot.state.digest_store import ChannelDigest, Mark
from bot.state.fallback import StateWithFallback
from bot.state.opening import State, StateTimeouts, open_state
from tests.bot.digest.walk.counts import Counts
from tests.bot.digest.walk.killable import Fate, KillableDestinations, KillableStore, Killed, Ledger, Place
from tests.bot.digest.walk.rounds import Fitting, Rounds
from tests.platforms import Clock

PROGRESS_S = 90 * 86400
"""Simulated seconds between two lines of progress on standard error."""
KILL_STEPS = ("claim_post", "renew", "post", "complete")
"""The steps after which a replica is killed; for `complete`, before it."""


@dataclass
class Replica:
    """One bot process."""

    fate: Fate
    state: StateWithFallback
    publisher: DigestPublisher


@dataclass
class Walk:
    """Runs a bot through simulated years, with kills and pauses."""

    bot: Bot
    url: str
    clock: Clock
    places: Mapping[str, Place]
    channels: Mapping[str, Mapping[str, Plan]]
    """By channel ("slack:C012"): the plans of its digests by name."""
    begin: float
    end: float
    random: random.Random
    replicas: int = 1
    """The number of replicas. More than one need PostgreSQL."""
    kills: float = 0.06
    """Share of the due times at which a replica is killed."""
    counts: Counter[str] = field(default_factory=Counter)
    checked_at: list[float] = field(default_factory=list)
    """Times after which everything due had been handled."""
    totals: Counts = field(default_factory=Counts)
    _digests: dict[str, ChannelDigest] = field(default_factory=dict)
    """The digests by key."""
    _last_shown: dict[str, str] = field(default_factory=dict)
    """By channel: a highlight of the last digest."""

    async def run(self) -> Counts:
        """Runs from `begin` to `end`, in seconds since the epoch, and returns the results."""
        self.clock.now = self.begin
        self._ledger, self._rounds = Ledger(self._record_post), Rounds(self.clock)
        self._chooser = Chooser(self.bot, None)  # type: ignore[arg-type]  # used only for the highlights that fit a theme
        self._replicas = [await self._start() for _ in range(self.replicas)]
        for place, plans in self.channels.items():
            for name, plan in plans.items():
                digest = ChannelDigest(
                    place, place, plan, self.begin, local_date(plan.zone, self.begin), name=name
                )
                self._digests[digest.key] = digest
                await self._replicas[0].state.digests.set_digest(digest)
        back_at, reported_at = 0.0, self.begin
        for moment in sorted({moment for _, _, moment in self._due_digests()}):
            if moment < back_at:
                continue
            if moment - reported_at > PROGRESS_S:
                reported_at = moment
                print(
                    f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}: kills {self.totals.kills}",
                    file=sys.stderr,
                    flush=True,
                )
            self.clock.now = moment + self.random.uniform(0, 20)
            if self.random.random() < 0.02:
                back_at = moment + self.random.choice(
                    (600, 3600, DEFAULT_GRACE_S - 60, DEFAULT_GRACE_S + 3600, 3 * 86400)
                )
                self.totals.down += 1
                await self._stop_all()
                self.clock.now = back_at
                self._replicas = [await self._start() for _ in range(self.replicas)]
            if self.random.random() < self.kills:
                self.random.choice(self._replicas).fate.after = self.random.choice(KILL_STEPS)
            while not await self._publish_due():
                self.clock.now += self.random.choice((1, 30, 61, 300))
            await self._press_buttons()
            if self.random.random() < 0.02:
                self.clock.now -= 3600  # the clock is set back for a moment
                await self._publish_due()
                self.clock.now += 3600
        self.end = max(self.end, self.clock.now)  # the bot may have been down beyond the end
        self.clock.now = self.end + 1
        await self._publish_due()
        await self._stop_all()
        return self._results()

    async def _start(self) -> Replica:
        fate = Fate()

        async def opening() -> State:
            state = await open_state(self.url, self.clock)
            return State(state.claims, KillableStore(state.digests, fate, self._ledger))  # type: ignore[arg-type]

        state = StateWithFallback(opening, StateTimeouts(600.0, 600.0), self.clock)
        await state.open()
        delivery = Delivery(clock=self.clock, sleep=self.clock.sleep)
        destinations = KillableDestinations(self.places, fate, self._ledger)
        chooser = Chooser(self.bot, state.digests)
        poster = DigestPoster(chooser, state.digests, delivery, destinations, self.counts, clock=self.clock)
        return Replica(fate, state, DigestPublisher(poster, state.digests, self.clock, self.clock.sleep))

    async def _stop_all(self) -> None:
        for replica in self._replicas:
            await replica.publisher.stop(5)
            await replica.state.close()

    async def _publish_due(self) -> bool:
        """Posts the digests that are due. Returns False if a replica was killed, or if some may still be due."""
        publishers = [replica.publisher for replica in self._replicas]
        posting: list[asyncio.Task[None]] = []
        for publisher in publishers:
            with suppress(Killed):
                await publisher.tick()
            posting += (
                publisher._busy.values()
            )  # these posts run while the next replica looks for due digests
        results = await asyncio.gather(*posting, return_exceptions=True)
        assert all(result is None or isinstance(result, Killed) for result in results), results
        self._ledger.settle()
        for number, replica in enumerate(self._replicas):
            if replica.fate.dead:
                self.totals.kills += 1
                await replica.state.close()
                self._replicas[number] = await self._start()
        if not all(
            publisher is replica.publisher
            for publisher, replica in zip(publishers, self._replicas, strict=True)
        ):
            return False
        if any(
            publisher.days.find(digest, self.clock())
            for publisher in publishers
            for digest in self._digests.values()
        ):
            return False
        self.checked_at.append(self.clock.now)
        return True

    async def _press_buttons(self) -> None:
        """Presses buttons below a digest, as people do now and then."""
        if not self._last_shown:
            return
        place, highlight = self.random.choice(sorted(self._last_shown.items()))
        replica = self.random.choice(self._replicas)
        if self.random.random() < 0.05:
            mark: Mark = self.random.choices(("snooze", "never", "undo", "keep"), (6, 2, 3, 1))[0]
            await replica.state.digests.mark(place, highlight, mark)
            self._rounds.mark(place, highlight, mark)
            self.totals.marks += 1
        if self.random.random() < 0.03:
            digest = self.random.choice(
                [digest for digest in self._digests.values() if digest.place == place]
            )
            theme = digest.plan.theme_on(local_date(digest.plan.zone, self.clock()))
            shown = await replica.publisher.poster.chooser.show(place, theme, 1)
            self._record_shown(digest, digest.plan, [quote.highlight.id for quote in shown])
            self.totals.asked += 1

    def _record_post(self, key: str, ids: list[str]) -> None:
        """Records that a digest was posted."""
        digest = self._digests[key.rsplit(":", 1)[0]]
        self._record_shown(digest, digest.plan, ids)

    def _record_shown(self, digest: ChannelDigest, plan: Plan, ids: list[str]) -> None:
        day = local_date(plan.zone, self.clock())
        theme = plan.theme_on(day)  # of a yearly digest: another one each year
        fitting = self._chooser.candidates(theme, day)
        less = {id_ for id_, seldom in zip(fitting.ids, fitting.less, strict=True) if seldom}
        self._rounds.show(digest.place, theme.key, Fitting(frozenset(fitting.ids), less), ids)
        if ids:
            self._last_shown[digest.place] = self.random.choice(ids)

    def _due_digests(self) -> Iterator[tuple[str, date, float]]:
        """Yields key, day and time of every due digest, computed day by day."""
        for key, digest in self._digests.items():
            day = local_date(digest.plan.zone, self.begin)
            while True:
                moment = due_on(digest.plan, day)
                if datetime.combine(day, time(), ZoneInfo(digest.plan.zone)).timestamp() > self.end:
                    break
                if moment is not None and self.begin < moment <= self.end:
                    yield key, day, moment
                day += timedelta(days=1)

    def _results(self) -> Counts:
        totals, dues = self.totals, list(self._due_digests())
        for key, day, moment in dues:
            posted = len(self._ledger.messages.get(f"{key}:{day}", ()))
            totals.posted += posted > 0
            totals.doubled += posted > 1
            in_time = any(moment <= checked <= moment + DEFAULT_GRACE_S for checked in self.checked_at)
            skipped = f"{key}:{day}" in self._ledger.skipped
            looks_back = self._digests[key].plan.theme.look_back
            totals.lost += posted == 0 and in_time and not (looks_back and skipped)
        totals.due, totals.late = len(dues), self.counts["digest_late"]
        totals.skipped, totals.unknown = len(self._ledger.skipped), self.counts["digest_unknown"]
        totals.lost += totals.due != totals.posted + totals.skipped
        totals.doubled += len(self._ledger.messages.keys() - {f"{key}:{day}" for key, day, _ in dues})
        wrong = [
            *self._rounds.repetitions,
            *(f"doubled {key}" for key, ids in self._ledger.messages.items() if len(ids) > 1),
            *(
                f"not due {key}"
                for key in self._ledger.messages.keys() - {f"{key}:{day}" for key, day, _ in dues}
            ),
            *(f"posted and skipped {key}" for key in self._ledger.skipped & self._ledger.messages.keys()),
            *(
                f"skipped, not due {key}"
                for key in self._ledger.skipped - {f"{key}:{day}" for key, day, _ in dues}
            ),
        ]
        print(*wrong, sep="\n", end="\n" if wrong else "")
        totals.repeated = len(self._rounds.repetitions) + self._rounds.counts["twice"]
        totals.aside, totals.unfit = self._rounds.counts["aside"], self._rounds.counts["unfit"]
        return totals
