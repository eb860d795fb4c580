"""Simulates two years of digests on both platforms, with kills, in time zones where clocks change.

    python -m tests.bot.digest.walk [--days 730] [--seed 1] [--light]

Real: the adapters with their libraries over sockets to the loopback Slack and Discord, the state in SQLite, the zones. Beside the
two years it walks the days around 30 December 2011, which Pacific/Apia did not have (on Slack alone: Discord has no ids of then).
`--light`: a platform in memory instead, which is what `tests/bot/digest/test_walk.py` has time for over two years.

The bot goes down for minutes, hours and days, its clock is set back, it is killed between claim, post and mark, and started again
over the same state. Prints counts and ends with 1 where anything came twice, was repeated before all was shown, or is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.chat.conversation import Bot
from bot.chat.replies import Digest, Notice, Reply
from bot.delivery.delivery import Delivery
from bot.delivery.target import Target
from bot.digest.chooser import Chooser
from bot.digest.poster import DEFAULT_GRACE_S, DigestPoster
from bot.digest.publisher import DigestPublisher
from bot.schedule.due import due_on
from bot.schedule.plan import EVERYTHING, Plan
from bot.search.index import Index
from bot.state.digest_store import ChannelDigest, DigestStore
from bot.state.fallback import State, StateTimeouts, StateWithFallback, open_state
from corpus.load import SAMPLE_NOTES, load
from tests.bot.digest.conftest import FakePlatform
from tests.platforms import Clock

PLANS = {
    "Europe/Berlin": time(2, 30),  # in the gap of spring, twice in autumn
    "America/New_York": time(1, 30),  # twice in autumn
    "Asia/Kolkata": time(9),
    "Australia/Lord_Howe": time(2, 15),  # clocks are changed there by half an hour
    "Pacific/Apia": time(0),
}
YEARS = (date(2025, 1, 1), 730)
"""The first day, and how many."""
APIA = (date(2011, 12, 20), 22)
Days = tuple[date, int]
MOMENTS = ("claim_post", "renew", "post", "complete")
"""The steps after which it is killed; for the last one, before it."""


class Killed(BaseException):
    """Raised to end the process."""


@dataclass
class Fate:
    """When a process is killed. Everything it does afterwards is killed too."""

    after: str | None = None
    dead: bool = False

    def reach(self, what: str) -> None:
        self.dead |= what == self.after
        if self.dead:
            raise Killed


@dataclass
class Ledger:
    """What was posted: the ids of the messages of each key, and the highlights of each channel in order. And what was skipped."""

    messages: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    shown: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    skipped: set[str] = field(default_factory=set)
    """As recorded in the database: a counter dies with its process."""

    def record(self, key: str, message: str, reply: Reply) -> None:
        if message not in self.messages[key] and isinstance(reply, Digest):
            self.shown[key.rsplit(":", 1)[0]] += [quote.highlight.id for quote in reply.quotes]
        self.messages[key].add(message)


@dataclass(frozen=True)
class KillableStore:
    """The digest store of a process that may be killed."""

    inner: DigestStore
    fate: Fate
    ledger: Ledger

    def __getattr__(self, name: str) -> object:
        method = getattr(self.inner, name)

        async def call(*given: object) -> object:
            self.fate.reach("post" if name == "complete" else "")
            answer = await method(*given)
            if name == "complete" and given[-1] is None:
                self.ledger.skipped.add(str(given[0]))
            self.fate.reach(name)
            return answer

        return call


Place = Callable[[str, str, float, str], Target]
"""`Platform.place`."""


@dataclass(frozen=True)
class RecordingTarget:
    """A target of a platform; what it posts is recorded."""

    inner: Target
    key: str
    ledger: Ledger
    fate: Fate

    @property
    def lane(self) -> str:
        return self.inner.lane

    async def post(self, reply: Reply) -> str:
        self.fate.reach("")
        message = await self.inner.post(reply)
        self.ledger.record(self.key, message, reply)
        return message

    async def find(self) -> str | None:
        return await self.inner.find()

    async def tell(self, notice: Notice) -> None:
        """Nobody asked, so there is nobody to tell."""


@dataclass(frozen=True)
class KillableDestinations:
    """Implements `Destinations` for a process that may be killed."""

    places: Mapping[str, Place]
    fate: Fate
    ledger: Ledger

    def is_up(self, platform: str) -> bool:
        return platform in self.places

    def target(self, place: str, key: str, since: float, person: str) -> Target:
        platform, _, channel = place.partition(":")
        inner = self.places[platform](channel, key, since, person)
        return RecordingTarget(inner, key, self.ledger, self.fate)


@dataclass
class Counts:
    """The results of a walk."""

    due: int = 0
    posted: int = 0
    late: int = 0
    skipped: int = 0
    doubled: int = 0
    repeated: int = 0
    lost: int = 0
    """Digests that were due and neither posted nor skipped, or skipped although the bot was up in time."""
    unknown: int = 0
    kills: int = 0
    down: int = 0
    """How often the bot was down for a while."""

    @property
    def good(self) -> bool:
        return not (self.doubled or self.repeated or self.lost or self.unknown) and self.posted > 0

    def __str__(self) -> str:
        names = (
            "due",
            "posted",
            "late",
            "skipped",
            "doubled",
            "repeated",
            "lost",
            "unknown",
            "kills",
            "down",
        )
        return ", ".join(f"{name} {getattr(self, name):,}" for name in names)


@dataclass
class Walk:
    """Lets a bot run for years, with kills and pauses."""

    bot: Bot
    url: str
    clock: Clock
    places: Mapping[str, Place]
    channels: Mapping[str, Plan]
    """"slack:C012" to the plan of its digest."""
    begin: float
    end: float
    random: random.Random
    kills: float = 0.06
    """Share of the due times at which the bot is killed."""
    ledger: Ledger = field(default_factory=Ledger)
    counts: Counter[str] = field(default_factory=Counter)
    looks: list[float] = field(default_factory=list)
    """Times at which everything due was handled."""
    told: Counts = field(default_factory=Counts)
    _digests: list[ChannelDigest] = field(default_factory=list)

    async def run(self) -> Counts:
        """Walks from `begin` to `end`."""
        self.clock.now = self.begin
        self._state, self._publisher = await self._start()
        for place, plan in self.channels.items():
            first = datetime.fromtimestamp(self.begin, ZoneInfo(plan.zone)).date()
            self._digests.append(ChannelDigest(place, place, plan, self.begin, first))
        for digest in self._digests:
            await self._state.digests.set_digest(digest)
        back_at = 0.0
        for moment in sorted({moment for _, _, moment in self._dues()}):
            if moment < back_at:
                continue
            self.clock.now = moment + self.random.uniform(0, 20)
            if self.random.random() < 0.02:
                back_at = moment + self.random.choice(
                    (600, 3600, DEFAULT_GRACE_S - 60, DEFAULT_GRACE_S + 3600, 3 * 86400)
                )
                self.told.down += 1
                await self._down()
                self.clock.now = back_at
                self._state, self._publisher = await self._start()
            self._fate.after = self.random.choice(MOMENTS) if self.random.random() < self.kills else None
            while not await self._publish_due():
                self.clock.now += self.random.choice((1, 30, 61, 300))
            if self.random.random() < 0.02:
                self.clock.now -= 3600  # set back
                await self._publish_due()
                self.clock.now += 3600
        self.clock.now = self.end + 1
        await self._publish_due()
        await self._down()
        return self._judged()

    async def _start(self) -> tuple[StateWithFallback, DigestPublisher]:
        fate = self._fate = Fate()

        async def opening() -> State:
            state = await open_state(self.url, self.clock)
            return State(state.claims, KillableStore(state.digests, fate, self.ledger))  # type: ignore[arg-type]

        state = StateWithFallback(opening, StateTimeouts(statement_s=30.0), self.clock)
        await state.open()
        delivery = Delivery(clock=self.clock, sleep=self.clock.sleep)
        destinations = KillableDestinations(self.places, fate, self.ledger)
        chooser = Chooser(self.bot, state.digests)
        poster = DigestPoster(chooser, state.digests, delivery, destinations, self.counts, clock=self.clock)
        return state, DigestPublisher(poster, state.digests, self.clock, self.clock.sleep)

    async def _down(self) -> None:
        await self._publisher.stop(5)
        await self._state.close()

    async def _publish_due(self) -> bool:
        """Posts what is due. False if the bot was killed meanwhile and started again, so that something may be left to do."""
        await self._publisher.tick()
        came = await asyncio.gather(*self._publisher._busy.values(), return_exceptions=True)
        assert all(one is None or isinstance(one, Killed) for one in came), came
        if not self._fate.dead:
            if any(self._publisher.days.find(one, self.clock()) for one in self._digests):
                return False
            self.looks.append(self.clock.now)
            return True
        self.told.kills += 1
        await self._state.close()
        self._state, self._publisher = await self._start()
        return False

    def _dues(self) -> list[tuple[str, date, float]]:
        """Place, day and time of everything due, computed day by day."""
        result = []
        for place, plan in self.channels.items():
            day = datetime.fromtimestamp(self.begin, ZoneInfo(plan.zone)).date()
            while True:
                moment = due_on(plan, day)
                if moment is not None and moment > self.end:
                    break
                if moment is not None and moment > self.begin:
                    result.append((place, day, moment))
                day += timedelta(days=1)
        return result

    def _judged(self) -> Counts:
        told, dues = self.told, self._dues()
        for place, day, moment in dues:
            posted = len(self.ledger.messages.get(f"{place}:{day}", ()))
            told.posted += posted > 0
            told.doubled += posted > 1
            in_time = any(moment <= look <= moment + DEFAULT_GRACE_S for look in self.looks)
            told.lost += posted == 0 and in_time
        told.due, told.late = len(dues), self.counts["digest_late"]
        told.skipped, told.unknown = len(self.ledger.skipped), self.counts["digest_unknown"]
        told.lost += told.due != told.posted + told.skipped
        told.doubled += len(self.ledger.messages.keys() - {f"{place}:{day}" for place, day, _ in dues})
        fitting = len(self._publisher.poster.chooser.candidates(EVERYTHING))
        for shown in self.ledger.shown.values():
            for begin in range(0, len(shown), fitting):
                told.repeated += len(shown[begin : begin + fitting]) - len(
                    set(shown[begin : begin + fitting])
                )
        return told


def _span(days: Days) -> tuple[float, float]:
    begin = datetime.combine(
        days[0], time(0), ZoneInfo("Pacific/Apia" if days == APIA else "UTC")
    ).timestamp()
    return begin - 60, begin + days[1] * 86400


def _plans(days: Days) -> dict[str, Plan]:
    return {zone: Plan("daily", at, zone) for zone, at in PLANS.items() if days != APIA or "Apia" in zone}


async def light(bot: Bot, folder: Path, seed: int, days: Days) -> Counts:
    """Over a platform in memory."""
    channels = {f"test:{zone}": plan for zone, plan in _plans(days).items()}
    platform = FakePlatform()

    def place(channel: str, key: str, since: float, person: str) -> Target:
        return platform.target(f"test:{channel}", key, since, person)

    places: dict[str, Place] = {"test": place}
    url = f"sqlite:///{folder / f'{days[0]}.sqlite3'}"
    return await Walk(bot, url, Clock(), places, channels, *_span(days), random.Random(seed)).run()


async def real(bot: Bot, folder: Path, seed: int, days: Days) -> Counts:
    """Over the adapters and loopback platforms."""
    begin, end = _span(days)
    clock, plans = Clock(begin), _plans(days)
    async with AsyncExitStack() as stack:
        slack, channels = await stack.enter_async_context(_slack(bot, clock, plans))
        places = {"slack": slack}
        if days != APIA:
            discord, more = await stack.enter_async_context(_discord(bot, clock, folder, plans))
            places["discord"] = discord
            channels |= more
        url = f"sqlite:///{folder / f'{days[0]}.sqlite3'}"
        return await Walk(bot, url, clock, places, channels, begin, end, random.Random(seed)).run()


@asynccontextmanager
async def _slack(
    bot: Bot, clock: Clock, plans: Mapping[str, Plan]
) -> AsyncIterator[tuple[Place, dict[str, Plan]]]:
    from pydantic import SecretStr

    from adapters.slack.credentials import credentials
    from adapters.slack.platform import Slack
    from bot.access.rules import Rules
    from bot.runtime.health import Health
    from bot.service import Service
    from bot.settings import Settings
    from bot.state.memory_claims import MemoryClaims
    from tests.slack_server import SlackServer

    async with SlackServer(clock=clock) as server:
        given = {name.lower(): value for name, value in server.settings.items()}
        secret = {name: SecretStr(value) for name, value in given.items() if name != "slack_api_url"}
        settings = Settings.model_construct(**secret, slack_api_url=given["slack_api_url"])  # type: ignore[arg-type]
        found = credentials(settings)
        assert found is not None
        slack = Slack(found, Service(bot, Rules(), MemoryClaims()), Health())
        await slack.check()
        ann = server.user("ann")
        channels = {
            f"slack:{server.channel(zone.rsplit('/', 1)[1].lower(), [ann]).id}": plan
            for zone, plan in plans.items()
        }
        try:
            yield slack.place, channels
        finally:
            await slack.close()


@asynccontextmanager
async def _discord(
    bot: Bot, clock: Clock, folder: Path, plans: Mapping[str, Plan]
) -> AsyncIterator[tuple[Place, dict[str, Plan]]]:
    from tests.adapters.discord.instance import started
    from tests.discord_server import DiscordServer

    server = DiscordServer(clock)
    async with server, started(server, bot, folder) as inside:
        await inside.ready()
        channels = {
            f"discord:{server.channel(zone.rsplit('/', 1)[1].lower()).id}": plan
            for zone, plan in plans.items()
        }
        yield inside.platform.place, channels


async def main(days: int, seed: int, in_memory: bool) -> int:
    bot = Bot(Index.build(load(SAMPLE_NOTES)))
    walk, good = (light if in_memory else real), True
    with tempfile.TemporaryDirectory() as folder:
        for span in ((YEARS[0], days), APIA):
            counts = await walk(bot, Path(folder), seed, span)
            print(f"{span[1]} days from {span[0]}: {counts}", flush=True)
            good &= counts.good
    return 0 if good else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Walks digests through years, with kills")
    parser.add_argument("--days", type=int, default=YEARS[1])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--light", action="store_true", help="a platform in memory")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    sys.exit(asyncio.run(main(given.days, given.seed, given.light)))
