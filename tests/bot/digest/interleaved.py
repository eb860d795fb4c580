"""Replicas that post the digests of a channel one step at a time, in an order that a random generator draws, with kills.

The database is real, and so is the code that picks and posts. The same seed gives the same order.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from bot.chat.conversation import Bot
from bot.chat.replies import Notice, Reply
from bot.delivery.delivery import Delivery
from bot.digest.chooser import Chooser
from bot.digest.poster import DigestPoster
from bot.state.digest_store import ChannelDigest, DigestStore
from tests.bot.digest.conftest import FakePlatform, PlatformTarget, timestamp
from tests.bot.digest.walk.killable import Killed, Ledger
from tests.bot.digest.walk.rounds import Fitting, Rounds
from tests.platforms import Clock

LEASE_OVER_S = 61
"""After this many seconds the lease of a killed process is over."""


@dataclass
class Steps:
    """Lets one task at a time run to its next step."""

    random: Random
    _waiting: dict[asyncio.Task[object], asyncio.Future[None]] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def step(self) -> None:
        """Waits until it is this task's turn."""
        task = asyncio.current_task()
        assert task is not None
        self._waiting[task] = asyncio.get_running_loop().create_future()
        self._changed.set()
        await self._waiting[task]

    async def run(self, works: Iterable[Coroutine[object, object, object]]) -> list[object]:
        """Runs all of them to their ends. Returns their results or exceptions, in order."""
        tasks = [asyncio.create_task(self._begin(work)) for work in works]
        for task in tasks:
            task.add_done_callback(lambda _: self._changed.set())
        while running := [task for task in tasks if not task.done()]:
            if not all(task in self._waiting for task in running):
                self._changed.clear()
                await self._changed.wait()
                continue
            self._waiting.pop(self.random.choice(running)).set_result(None)
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self, work: Coroutine[object, object, object]) -> object:
        await self.step()
        return await work


@dataclass
class Replica:
    """A process that is killed at one step of many."""

    steps: Steps
    kills: float
    """Share of the steps at which it is killed."""
    dead: bool = False

    async def step(self) -> None:
        await self.steps.step()
        self.dead |= self.steps.random.random() < self.kills
        if self.dead:
            raise Killed


@dataclass(frozen=True)
class SteppedStore:
    """The digest store of a replica."""

    inner: DigestStore
    replica: Replica
    ledger: Ledger

    def __getattr__(self, name: str) -> object:
        method = getattr(self.inner, name)

        async def call(*given: object) -> object:
            await self.replica.step()
            answer = await method(*given)
            if name == "renew" and isinstance(answer, float):
                self.ledger.begin(str(given[0]))
            if name in ("renew", "complete"):
                await self.replica.step()
            return answer

        return call


@dataclass(frozen=True)
class SteppedTarget:
    """A channel as a replica sees it."""

    inner: PlatformTarget
    replica: Replica
    ledger: Ledger

    @property
    def lane(self) -> str:
        return self.inner.lane

    async def post(self, reply: Reply) -> str:
        await self.replica.step()
        message = await self.inner.post(reply)
        self.ledger.record(self.inner.key, message, reply)
        return message

    async def find(self) -> str | None:
        return await self.inner.find()

    async def tell(self, notice: Notice) -> None:
        """Nobody asked, so there is nobody to tell."""


@dataclass(frozen=True)
class SteppedDestinations:
    """Implements `Destinations` for a replica."""

    platform: FakePlatform
    replica: Replica
    ledger: Ledger

    def is_up(self, platform: str) -> bool:
        return self.platform.is_up(platform)

    def target(self, place: str, key: str, since: float, person: str) -> SteppedTarget:
        inner = self.platform.target(place, key, since, person)
        return SteppedTarget(inner, self.replica, self.ledger)


class Interleaved:
    """Two replicas and the digests of a channel that are due at nine each day."""

    def __init__(
        self, bot: Bot, store: DigestStore, clock: Clock, digests: Mapping[str, ChannelDigest], seed: int
    ) -> None:
        self.rounds = Rounds(clock)
        self.totals: Counter[str] = Counter()
        """Numbers of posts and kills."""
        self._store, self._clock, self._digests = store, clock, digests
        self._steps, self._platform, self._ledger = Steps(Random(seed)), FakePlatform(), Ledger(self._record)
        self._candidates = Chooser(bot, store).candidates
        self._replicas = [Replica(self._steps, 0.02) for _ in range(2)]
        self._stores = [SteppedStore(store, replica, self._ledger) for replica in self._replicas]
        self._choosers = [Chooser(bot, one) for one in self._stores]  # type: ignore[arg-type]

    async def post_all(self, day: date) -> None:
        """Posts all digests of a day. Killed replicas are restarted once their leases are over."""
        self._clock.now = moment = timestamp(f"{day}T09:00")
        left = [set(self._digests) for _ in self._replicas]
        while any(left):
            await self._steps.run(self._post(number, left[number], day, moment) for number in range(2))
            self._ledger.settle()
            self.totals["kills"] += sum(replica.dead for replica in self._replicas)
            for replica in self._replicas:
                replica.dead = False
            self._clock.now += LEASE_OVER_S

    async def _post(self, number: int, left: set[str], day: date, moment: float) -> None:
        store = self._stores[number]
        destinations = SteppedDestinations(self._platform, self._replicas[number], self._ledger)
        delivery = Delivery(clock=self._clock, sleep=self._clock.sleep)
        poster = DigestPoster(self._choosers[number], store, delivery, destinations, clock=self._clock)  # type: ignore[arg-type]
        try:
            for key in sorted(left):
                if await poster.post_day(self._digests[key], day, moment):
                    left.discard(key)
        except Killed:
            pass

    def _record(self, key: str, ids: list[str]) -> None:
        digest = self._digests[key.rpartition(":")[0]]
        fitting = self._candidates(digest.plan.theme)
        self.rounds.show(digest.place, digest.plan.theme.key, Fitting(frozenset(fitting.ids), ()), ids)
        self.totals["posts"] += 1
