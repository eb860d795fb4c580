"""Simulates two years of digests on both platforms, with kills, in time zones where clocks change.

    python -m tests.bot.digest.walk [--days 730] [--seed 1] [--light] [--replicas 2]

The adapters and their libraries are real and talk over sockets to the loopback Slack and Discord. Two replicas share the state in
PostgreSQL. With `--light`, a platform in memory takes the place of both.

Each channel has several digests with different schedules and themes (`_plans`). Meanwhile people put highlights aside, snooze them,
keep them and ask for others. The simulation also walks the days around 30 December 2011, a day that Pacific/Apia skipped. It does
so on Slack alone, because Discord's ids begin in 2015.

The bot goes down for minutes, hours and days, and its clock is set back. A replica is killed between claim, post and mark, and is
started again while the other one goes on. Prints counts. Exit code 1 if a digest came twice or is missing, or if a highlight was
repeated too early (`tests.bot.digest.rounds`) or came although it was put aside.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivery
from bot.delivery.target import Target
from bot.digest.chooser import Chooser
from bot.digest.poster import DEFAULT_GRACE_S, DigestPoster
from bot.digest.publisher import DigestPublisher
from bot.schedule.due import due_on, local_date
from bot.schedule.plan import DEFAULT_NAME, Filter, Plan
from bot.search.index import Index
from bot.state.digest_store import ChannelDigest, Mark
from bot.state.fallback import StateWithFallback
from bot.state.opening import State, StateTimeouts, open_state
from corpus.load import SAMPLE_NOTES, load
from tests.bot.digest.conftest import FakePlatform
from tests.bot.digest.killable import Fate, KillableDestinations, KillableStore, Killed, Ledger, Place
from tests.bot.digest.rounds import Fitting, Rounds
from tests.platforms import Clock
from tests.postgres import PostgresServer

ZONES = {
    "Europe/Berlin": time(2, 30),  # does not exist on one day in spring, comes twice on one in autumn
    "America/New_York": time(1, 30),  # comes twice on one day in autumn
    "Asia/Kolkata": time(9),
    "Australia/Lord_Howe": time(2, 15),  # clocks change by half an hour there
    "Pacific/Apia": time(0),
}
YEARS = (date(2024, 1, 1), 730)
"""The first day and the number of days."""
APIA = (date(2011, 12, 20), 22)
PROGRESS_S = 90 * 86400
"""Simulated seconds between two lines of progress on standard error."""
Days = tuple[date, int]
MOMENTS = ("claim_post", "renew", "post", "complete")
"""The steps after which a replica is killed; for `complete`, before it."""


@dataclass
class Counts:
    """The results of a walk."""

    due: int = 0
    posted: int = 0
    late: int = 0
    skipped: int = 0
    doubled: int = 0
    repeated: int = 0
    aside: int = 0
    """Highlights shown although they were put aside or snoozed."""
    unfit: int = 0
    """Highlights shown that do not fit the theme."""
    lost: int = 0
    """Due digests that were neither posted nor skipped, or that were skipped although the bot was up in time."""
    unknown: int = 0
    marks: int = 0
    """How often people put a highlight aside, snoozed it, kept it, or undid that."""
    asked: int = 0
    """How often people asked for another highlight."""
    kills: int = 0
    down: int = 0
    """How often all replicas were down for a while."""

    @property
    def good(self) -> bool:
        wrong = (self.doubled, self.repeated, self.aside, self.unfit, self.lost, self.unknown)
        return not any(wrong) and self.posted > 0

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:,}" for name, value in vars(self).items())


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
    looks: list[float] = field(default_factory=list)
    """Times after which everything due had been handled."""
    totals: Counts = field(default_factory=Counts)
    _digests: dict[str, ChannelDigest] = field(default_factory=dict)
    """By key."""
    _last: dict[str, str] = field(default_factory=dict)
    """By channel: a highlight of the last digest."""

    async def run(self) -> Counts:
        """Walks from `begin` to `end`."""
        self.clock.now = self.begin
        self._ledger, self._rounds = Ledger(self._posted), Rounds(self.clock)
        self._judge = Chooser(self.bot, None)  # type: ignore[arg-type]  # it only computes what fits
        self._replicas = [await self._start() for _ in range(self.replicas)]
        for place, plans in self.channels.items():
            for name, plan in plans.items():
                digest = ChannelDigest(
                    place, place, plan, self.begin, local_date(plan.zone, self.begin), name=name
                )
                self._digests[digest.key] = digest
                await self._replicas[0].state.digests.set_digest(digest)
        back_at, told_at = 0.0, self.begin
        for moment in sorted({moment for _, _, moment in self._dues()}):
            if moment < back_at:
                continue
            if moment - told_at > PROGRESS_S:
                told_at = moment
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
                await self._down()
                self.clock.now = back_at
                self._replicas = [await self._start() for _ in range(self.replicas)]
            if self.random.random() < self.kills:
                self.random.choice(self._replicas).fate.after = self.random.choice(MOMENTS)
            while not await self._publish_due():
                self.clock.now += self.random.choice((1, 30, 61, 300))
            await self._people()
            if self.random.random() < 0.02:
                self.clock.now -= 3600  # set back
                await self._publish_due()
                self.clock.now += 3600
        self.end = max(self.end, self.clock.now)  # the bot may have been down beyond the end
        self.clock.now = self.end + 1
        await self._publish_due()
        await self._down()
        return self._judged()

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

    async def _down(self) -> None:
        for one in self._replicas:
            await one.publisher.stop(5)
            await one.state.close()

    async def _publish_due(self) -> bool:
        """Posts what is due. False if a replica was killed and restarted, or if something may be left to do."""
        publishers = [one.publisher for one in self._replicas]
        working: list[asyncio.Task[None]] = []
        for one in publishers:
            with suppress(Killed):
                await one.tick()
            working += one._busy.values()  # these posts run while the next replica looks for due digests
        came = await asyncio.gather(*working, return_exceptions=True)
        assert all(one is None or isinstance(one, Killed) for one in came), came
        for number, replica in enumerate(self._replicas):
            if replica.fate.dead:
                self.totals.kills += 1
                await replica.state.close()
                self._replicas[number] = await self._start()
        if not all(one is replica.publisher for one, replica in zip(publishers, self._replicas, strict=True)):
            return False
        if any(
            one.days.find(digest, self.clock()) for one in publishers for digest in self._digests.values()
        ):
            return False
        self.looks.append(self.clock.now)
        return True

    async def _people(self) -> None:
        """People press buttons below a digest."""
        if not self._last:
            return
        place, highlight = self.random.choice(sorted(self._last.items()))
        one = self.random.choice(self._replicas)
        if self.random.random() < 0.05:
            mark: Mark = self.random.choices(("snooze", "never", "undo", "keep"), (6, 2, 3, 1))[0]
            await one.state.digests.mark(place, highlight, mark)
            self._rounds.mark(place, highlight, mark)
            self.totals.marks += 1
        if self.random.random() < 0.03:
            digest = self.random.choice([each for each in self._digests.values() if each.place == place])
            theme = digest.plan.theme_on(local_date(digest.plan.zone, self.clock()))
            shown = await one.publisher.poster.chooser.show(place, theme, 1)
            self._shown(digest, digest.plan, [quote.highlight.id for quote in shown])
            self.totals.asked += 1

    def _posted(self, key: str, ids: list[str]) -> None:
        """Records that a digest was posted."""
        digest = self._digests[key.rsplit(":", 1)[0]]
        self._shown(digest, digest.plan, ids)

    def _shown(self, digest: ChannelDigest, plan: Plan, ids: list[str]) -> None:
        day = local_date(plan.zone, self.clock())
        fitting = self._judge.candidates(plan.theme_on(day), day)
        less = {one for one, seldom in zip(fitting.ids, fitting.less, strict=True) if seldom}
        self._rounds.show(digest.place, digest.name, Fitting(frozenset(fitting.ids), less), ids)
        if ids:
            self._last[digest.place] = self.random.choice(ids)

    def _dues(self) -> Iterator[tuple[str, date, float]]:
        """Key, day and time of every due digest, computed day by day."""
        for key, digest in self._digests.items():
            day = local_date(digest.plan.zone, self.begin)
            while True:
                moment = due_on(digest.plan, day)
                if datetime.combine(day, time(), ZoneInfo(digest.plan.zone)).timestamp() > self.end:
                    break
                if moment is not None and self.begin < moment <= self.end:
                    yield key, day, moment
                day += timedelta(days=1)

    def _judged(self) -> Counts:
        totals, dues = self.totals, list(self._dues())
        for key, day, moment in dues:
            posted = len(self._ledger.messages.get(f"{key}:{day}", ()))
            totals.posted += posted > 0
            totals.doubled += posted > 1
            in_time = any(moment <= look <= moment + DEFAULT_GRACE_S for look in self.looks)
            skipped = f"{key}:{day}" in self._ledger.skipped
            looks_back = self._digests[key].plan.theme.look_back
            totals.lost += posted == 0 and in_time and not (looks_back and skipped)
        totals.due, totals.late = len(dues), self.counts["digest_late"]
        totals.skipped, totals.unknown = len(self._ledger.skipped), self.counts["digest_unknown"]
        totals.lost += totals.due != totals.posted + totals.skipped
        totals.doubled += len(self._ledger.messages.keys() - {f"{key}:{day}" for key, day, _ in dues})
        wrong = [
            *self._rounds.wrong,
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
        for name in ("repeated", "aside", "unfit"):
            setattr(totals, name, self._rounds.counts[name])
        return totals


def _span(days: Days) -> tuple[float, float]:
    begin = datetime.combine(
        days[0], time(0), ZoneInfo("Pacific/Apia" if days == APIA else "UTC")
    ).timestamp()
    return begin - 60, begin + days[1] * 86400


def _plans(days: Days) -> dict[str, dict[str, Plan]]:
    """By zone: the digests of its channel."""
    return {zone: _of_zone(zone, at) for zone, at in ZONES.items() if days != APIA or "Apia" in zone}


def _of_zone(zone: str, at: time) -> dict[str, Plan]:
    """Kolkata has one digest, New York several that are due at the same moment, the other zones several at different times."""
    plans = {DEFAULT_NAME: Plan("daily", at, zone)}
    if zone == "Asia/Kolkata":
        return plans
    if zone == "America/New_York":
        plans[DEFAULT_NAME] = Plan("daily", at, zone, less=("articles",))
    by = Filter("by", "Wendelin Krautbach")
    others = {
        "Monday": Plan("weekly", at, zone, 0, 3, by),
        "Favourites": Plan("weekdays", at, zone, None, 1, Filter("tag", "favorite")),
        "Books": Plan("daily", at, zone, None, 2, never=("articles", "tweets")),
        "Back": Plan("daily", at, zone, None, 1, Filter("added", "year")),
        "year": Plan("yearly", at, zone, None, 3),
    }
    chosen = {
        "Europe/Berlin": ("Monday", "Favourites", "year"),
        "America/New_York": ("Monday", "Favourites", "Books", "Back", "year"),
        "Australia/Lord_Howe": ("Books", "Back"),
        "Pacific/Apia": ("Favourites",),
    }
    for name in chosen[zone]:
        later = at if zone == "America/New_York" else time((at.hour + 1 + len(plans)) % 24, at.minute)
        plans[name] = replace(others[name], at=later)
    return plans


async def light(bot: Bot, url: str, seed: int, days: Days, replicas: int = 1) -> Counts:
    """Walks with a platform in memory. `url` is the address of an empty state."""
    channels = {f"test:{zone}": plans for zone, plans in _plans(days).items()}
    platform = FakePlatform()

    def place(channel: str, key: str, since: float, person: str) -> Target:
        return platform.target(f"test:{channel}", key, since, person)

    places: dict[str, Place] = {"test": place}
    return await Walk(bot, url, Clock(), places, channels, *_span(days), random.Random(seed), replicas).run()


async def real(bot: Bot, url: str, seed: int, days: Days, replicas: int = 1) -> Counts:
    """Walks with the real adapters and the loopback platforms."""
    begin, end = _span(days)
    clock, plans = Clock(begin), _plans(days)
    async with AsyncExitStack() as stack:
        slack, channels = await stack.enter_async_context(_slack(bot, clock, plans))
        places = {"slack": slack}
        if days != APIA:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            discord, more = await stack.enter_async_context(_discord(bot, clock, folder, plans))
            places["discord"] = discord
            channels |= more
        return await Walk(bot, url, clock, places, channels, begin, end, random.Random(seed), replicas).run()


@asynccontextmanager
async def _slack(
    bot: Bot, clock: Clock, plans: Mapping[str, Mapping[str, Plan]]
) -> AsyncIterator[tuple[Place, dict[str, Mapping[str, Plan]]]]:
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
            yield slack.proactive_target, channels
        finally:
            await slack.close()


@asynccontextmanager
async def _discord(
    bot: Bot, clock: Clock, folder: Path, plans: Mapping[str, Mapping[str, Plan]]
) -> AsyncIterator[tuple[Place, dict[str, Mapping[str, Plan]]]]:
    from tests.adapters.discord.instance import started
    from tests.discord_server import DiscordServer

    server = DiscordServer(clock)
    async with server, started(server, bot, folder) as inside:
        await inside.ready(600.0)  # slow if the machine has other work: this runs at the lowest priority
        channels = {
            f"discord:{server.channel(zone.rsplit('/', 1)[1].lower()).id}": plan
            for zone, plan in plans.items()
        }
        yield inside.platform.proactive_target, channels


async def main(days: int, seed: int, in_memory: bool, replicas: int) -> int:
    bot = Bot(Index.build(load(SAMPLE_NOTES)))
    walk, good = (light if in_memory else real), True
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(PostgresServer()) if replicas > 1 else None
        for span in ((YEARS[0], days), APIA):
            url = await postgres.fresh() if postgres is not None else f"sqlite:///{folder / str(span[0])}"
            counts = await walk(bot, url, seed, span, replicas)
            print(f"{span[1]} days from {span[0]}: {counts}", flush=True)
            good &= counts.good
    return 0 if good else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Walks digests through years, with kills")
    parser.add_argument("--days", type=int, default=YEARS[1])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--light", action="store_true", help="a platform in memory")
    parser.add_argument("--replicas", type=int, default=2, help="several share PostgreSQL, one has SQLite")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    sys.exit(asyncio.run(main(given.days, given.seed, given.light, given.replicas)))
