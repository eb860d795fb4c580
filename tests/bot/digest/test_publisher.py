"""That each due day comes once: late, refused, lost, with a database that goes away, and beside another process."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta, timezone

import pytest

from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.chat.replies import Digest, Notice
from bot.delivery.delivery import REST_S
from bot.delivery.target import (
    LimitedError,
    LookupFailedError,
    RefusedError,
    UncertainError,
    UndeliverableError,
    UnsentError,
)
from bot.digest.poster import MAX_REFUSALS
from bot.digest.publisher import TICK_S, DigestPublisher
from bot.schedule.plan import Filter, Theme
from bot.search.index import Index
from bot.service import Service
from bot.state.claims import LEASE_S, StateError
from bot.state.database_digests import DatabaseDigestStore
from bot.state.memory_claims import MemoryClaims
from corpus.model import Library
from tests.bot.digest.conftest import BotProcess, start_process, timestamp
from tests.platforms import Clock, FakeTarget, make_arrival

KEY = "test:C1:2026-11-25"


@pytest.fixture
async def daily(process: BotProcess) -> BotProcess:
    """A digest every day at nine, seen an hour before."""
    await process.command("daily at 9")
    await process.publish_due()
    return process


async def test_a_digest_is_posted_once_a_day_at_its_time(daily: BotProcess) -> None:
    await daily.publish_due("2026-11-25T08:59")
    assert daily.platform.posts == []
    for at in (
        "2026-11-25T09:00",
        "2026-11-25T09:00:20",
        "2026-11-25T14:00",
        "2026-11-26T08:59",
        "2026-11-26T09:00",
    ):
        await daily.publish_due(at)
    assert daily.platform.keys() == [KEY, "test:C1:2026-11-26"]
    assert len(set(daily.platform.shown())) == 2
    assert daily.publisher.poster.counts == {"digest_posted": 2, "digest_late": 0}


async def test_a_clock_set_back_or_forward_causes_no_second_post(daily: BotProcess) -> None:
    for at in (
        "25T09:00",
        "25T08:50",
        "25T09:05",
        "24T09:30",
        "26T09:00",
        "25T09:10",
        "26T09:10",
        "27T09:00",
    ):
        await daily.publish_due(f"2026-11-{at}")
    assert daily.platform.keys() == [KEY, "test:C1:2026-11-26", "test:C1:2026-11-27"]


async def test_a_clock_that_was_wrong_by_a_year_for_a_moment(daily: BotProcess) -> None:
    await daily.publish_due("2027-11-25T08:30")
    await daily.publish_due("2027-11-25T08:31")
    await daily.publish_due("2026-11-25T09:00")
    assert daily.platform.keys() == [KEY]


@pytest.mark.parametrize("again", [False, True])
async def test_days_skipped_by_a_clock_that_was_ahead_are_still_posted(
    bot: Bot, daily: BotProcess, url: str, again: bool
) -> None:
    """In the same process, and in one that is started later."""
    days = ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01"]
    one = daily
    await one.publish_due("2026-11-30T20:00")
    if again:
        await one.state.close()
        one = await start_process(bot, url, daily.clock, daily.platform)
    for day in days:
        for time in ("08:59", "09:00", "09:01", "16:00"):
            await one.publish_due(f"{day}T{time}")
    assert one.platform.keys() == [f"test:C1:{day}" for day in days]
    if again:
        await one.state.close()


async def test_a_post_begun_by_a_clock_that_was_ahead_is_continued(daily: BotProcess) -> None:
    """What was claimed waits for no lease that ends in days; what was posted then is not posted again."""
    daily.platform.failures["C1"].append(UnsentError("down"))
    await daily.publish_due("2026-11-30T09:00")
    daily.platform.lookup_error = LookupFailedError("not now", again=True)
    daily.platform.lost["C1"].append(UncertainError("lost"))
    await daily.publish_due("2026-11-30T09:30")
    daily.platform.lookup_error = None
    for day in ("2026-11-25", "2026-11-26", "2026-11-29", "2026-11-30", "2026-12-01"):
        await daily.publish_due(f"{day}T09:00")
    assert sorted(daily.platform.keys()) == sorted(
        f"test:C1:2026-{day}" for day in ("11-25", "11-26", "11-29", "11-30", "12-01")
    )


async def test_after_downtime_a_digest_is_posted_late_only_within_the_grace(
    bot: Bot, daily: BotProcess, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await daily.state.close()
    again = await start_process(bot, url, daily.clock, daily.platform)
    await again.publish_due("2026-11-25T14:59")
    assert again.platform.keys() == [KEY]
    assert again.publisher.poster.counts["digest_late"] == 1
    await again.state.close()
    last = await start_process(bot, url, daily.clock, daily.platform)
    for at in ("2026-11-28T15:01", "2026-11-28T15:02"):
        await last.publish_due(at)
    assert last.platform.keys() == [KEY]
    assert last.publisher.poster.counts["digest_skipped"] == 3
    told = [one.message for one in caplog.records if "skipped" in one.message]
    assert told == [f"digest skipped, its time is over: test:C1:2026-11-{day}" for day in (26, 27, 28)]
    await last.state.close()
    further = await start_process(bot, url, daily.clock, daily.platform)
    await further.publish_due("2026-11-29T09:00")
    assert further.publisher.poster.counts["digest_skipped"] == 0, "told once"
    assert further.platform.keys() == [KEY, "test:C1:2026-11-29"]
    await further.state.close()


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("after", ["claim_post", "renew", "post"])
async def test_killed_between_claim_post_and_mark(
    bot: Bot, daily: BotProcess, url: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never twice; once where it certainly was not posted."""
    store = DatabaseDigestStore
    if after == "post":
        before = DatabaseDigestStore.complete

        async def killed(*_: object) -> None:
            raise Killed

        monkeypatch.setattr(store, "complete", killed)
        restore: Callable[[], None] = lambda: monkeypatch.setattr(store, "complete", before)  # noqa: E731
    else:
        restore = _killed_after(monkeypatch, store, after)
    daily.clock.now = timestamp("2026-11-25T09:00")
    await daily.publisher.tick()
    await asyncio.gather(*daily.publisher._busy.values(), return_exceptions=True)
    restore()
    await daily.state.close()
    assert len(daily.platform.posts) == (after == "post")
    again = await start_process(bot, url, daily.clock, daily.platform)
    await again.publish_due("2026-11-25T09:00:30")
    assert len(again.platform.posts) == (after == "post"), "its lease still holds"
    await again.publish_due("2026-11-25T09:01:01")
    assert again.platform.keys() == [KEY]
    await again.publish_due("2026-11-26T09:00")
    assert len(set(again.platform.shown())) == 2, "what was shown is noted, whoever posted it"
    await again.state.close()


def _killed_after(monkeypatch: pytest.MonkeyPatch, store: type, name: str) -> Callable[[], None]:
    usual: Callable[..., Awaitable[object]] = getattr(store, name)

    async def killed(self: object, *given: object) -> None:
        await usual(self, *given)
        raise Killed

    monkeypatch.setattr(store, name, killed)
    return lambda: monkeypatch.setattr(store, name, usual)


@pytest.mark.parametrize(
    "lookup_error", [None, LookupFailedError("missing_scope"), LookupFailedError("timeout", again=True)]
)
async def test_a_post_of_unknown_outcome(daily: BotProcess, lookup_error: LookupFailedError | None) -> None:
    daily.platform.lost["C1"].append(UncertainError("timeout"))
    daily.platform.lookup_error = lookup_error
    await daily.publish_due("2026-11-25T09:00")
    await daily.publish_due("2026-11-25T09:30")
    await daily.publish_due("2026-11-25T16:00")
    assert daily.platform.keys() == [KEY]
    assert daily.publisher.poster.counts["digest_unknown"] == (lookup_error is not None)
    daily.platform.lookup_error = None
    await daily.publish_due("2026-11-26T09:00")
    assert len(set(daily.platform.shown())) == 2, "what may have been shown counts as shown"


async def test_killed_while_posting_and_the_history_cannot_be_read(
    daily: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore = _killed_after(monkeypatch, DatabaseDigestStore, "renew")
    daily.clock.now = timestamp("2026-11-25T09:00")
    await daily.publisher.tick()
    await asyncio.gather(*daily.publisher._busy.values(), return_exceptions=True)
    restore()
    daily.platform.lookup_error = LookupFailedError("timeout", again=True)
    await daily.publish_due("2026-11-25T09:02")
    await daily.publish_due("2026-11-25T09:04")
    assert daily.publisher.poster.counts["digest_unknown"] == 0, "asked again while the grace lasts"
    daily.platform.lookup_error = None
    await daily.publish_due("2026-11-25T09:06")
    assert daily.platform.keys() == [KEY]


@pytest.mark.long
async def test_the_platform_is_away_for_an_hour(daily: BotProcess) -> None:
    daily.platform.failures["C1"] += [UnsentError("ConnectionRefusedError")] * 60
    at = timestamp("2026-11-25T09:00")
    while not daily.platform.posts and at < timestamp("2026-11-25T15:00"):
        await daily.publish_due(at)
        at = max(daily.clock.now, at) + 20
    assert daily.platform.keys() == [KEY]
    assert daily.platform.tries[KEY] == 61
    assert daily.publisher.poster.counts["digest_skipped"] == 0


@pytest.mark.long
async def test_the_platform_is_away_for_too_long(daily: BotProcess, caplog: pytest.LogCaptureFixture) -> None:
    daily.platform.failures["C1"] += [UnsentError("ConnectionRefusedError")] * 10_000
    at = timestamp("2026-11-25T09:00")
    while at < timestamp("2026-11-25T16:00"):
        await daily.publish_due(at)
        at = max(daily.clock.now, at) + 60
    assert daily.platform.posts == []
    assert daily.publisher.poster.counts["digest_skipped"] == 1
    assert daily.platform.tries[KEY] < 300, "with pauses"
    daily.platform.failures.clear()
    await daily.publish_due("2026-11-26T09:00")
    assert daily.platform.keys() == ["test:C1:2026-11-26"]
    history = await daily.state.digests.history("test:C1", "")
    assert history.turn == 1, "what was not shown is not counted as shown"


async def test_a_platform_that_is_down_is_not_tried(daily: BotProcess) -> None:
    daily.platform.up = False
    await daily.publish_due("2026-11-25T09:00")
    assert daily.platform.tries[KEY] == 0
    daily.platform.up = True
    await daily.publish_due("2026-11-25T12:00")
    assert daily.platform.keys() == [KEY]


async def test_a_place_that_refuses_is_left_until_the_next_day_and_the_fix_is_logged(
    daily: BotProcess, caplog: pytest.LogCaptureFixture
) -> None:
    daily.platform.failures["C1"].append(
        RefusedError("not_in_channel", "Invite the bot to the channel: /invite")
    )
    for at in ("09:00", "09:20", "12:00"):
        await daily.publish_due(f"2026-11-25T{at}")
    assert daily.platform.tries[KEY] == 1
    lines = [one.message for one in caplog.records if one.levelno >= logging.WARNING]
    assert lines == [
        "refused in test:C1: not_in_channel. Invite the bot to the channel: /invite; nothing is posted there for 10 min"
    ]
    await daily.publish_due("2026-11-26T09:00")
    assert daily.platform.keys() == ["test:C1:2026-11-26"]


@pytest.mark.slow
async def test_a_deleted_channel_is_not_tried_for_ever(
    daily: BotProcess, caplog: pytest.LogCaptureFixture
) -> None:
    gone = RefusedError("channel_not_found", "Invite the bot to the channel, if it still exists: /invite")
    daily.platform.failures["C1"] += [gone] * 100
    for day in range(30):
        await daily.publish_due(timestamp("2026-11-25T09:00") + day * 86400)
    assert sum(daily.platform.tries.values()) == MAX_REFUSALS
    assert await daily.state.digests.channel_digests() == []
    assert [one.message for one in caplog.records][-1] == "digest removed, refused 14 times in a row: test:C1"


async def test_a_highlight_that_cannot_be_delivered_is_replaced_by_others(daily: BotProcess) -> None:
    daily.platform.failures["C1"] += [UndeliverableError("invalid_blocks")] * 2
    for at in ("09:00", "09:02", "09:10"):
        await daily.publish_due(f"2026-11-25T{at}")
    assert daily.platform.keys() == [KEY]
    assert len(set(daily.platform.tried)) == 3


async def test_a_slow_channel_delays_no_other(bot: Bot, daily: BotProcess) -> None:
    await daily.command("daily at 9", channel="C2")
    release = asyncio.Event()

    async def slowly(seconds: float) -> None:
        await release.wait()

    daily.publisher.poster.delivery.sleep = slowly
    daily.platform.failures["C1"].append(LimitedError("ratelimited", 30))
    daily.clock.now = timestamp("2026-11-25T09:00")
    await daily.publisher.tick()
    while not daily.platform.keys("C2"):  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert daily.platform.keys() == []
    await daily.publisher.tick()
    release.set()
    await daily.publisher.idle()
    assert daily.platform.keys() == [KEY]


async def test_a_resting_lane_is_waited_for(daily: BotProcess) -> None:
    daily.clock.now = timestamp("2026-11-25T08:55")
    daily.publisher.poster.delivery.rest("test:C1", REST_S)
    await daily.publish_due("2026-11-25T09:00")
    assert daily.platform.tries[KEY] == 0
    await daily.publish_due("2026-11-25T09:06")
    assert daily.platform.keys() == [KEY]


async def test_two_processes_post_once(bot: Bot, daily: BotProcess, url: str) -> None:
    other = await start_process(bot, url, daily.clock, daily.platform)
    for number in range(1, 10):
        await daily.command("daily at 9", channel=f"C{number}")
    daily.clock.now = timestamp("2026-11-25T09:00")
    await asyncio.gather(daily.publisher.tick(), other.publisher.tick())
    await asyncio.gather(daily.publisher.idle(), other.publisher.idle())
    assert sorted(key for _, key, _ in daily.platform.posts) == sorted(
        f"test:C{number}:2026-11-25" for number in range(1, 10)
    )
    assert (
        daily.publisher.poster.counts["digest_posted"] + other.publisher.poster.counts["digest_posted"] == 9
    )
    await other.state.close()


async def test_the_database_goes_away_before_and_after_the_post(
    daily: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: nothing is posted without its mark. After: what was posted is noted as soon as it is back."""
    broken = {"renew"}
    store = daily.publisher.store

    def unless_broken(name: str) -> Callable[..., Awaitable[object]]:
        usual: Callable[..., Awaitable[object]] = getattr(store, name)

        async def call(*given: object) -> object:
            if name in broken:
                raise StateError("away")
            return await usual(*given)

        return call

    for name in ("renew", "complete"):
        monkeypatch.setattr(store, name, unless_broken(name))
    await daily.publish_due("2026-11-25T09:00")
    assert daily.platform.posts == []
    broken.clear()
    broken.add("complete")
    await daily.publish_due("2026-11-25T09:01:01")
    assert daily.platform.keys() == [KEY]
    await daily.publish_due("2026-11-25T09:05")
    assert daily.platform.keys() == [KEY]
    broken.clear()
    daily.platform.lookup_error = LookupFailedError("nobody may look")
    await daily.publish_due("2026-11-25T09:10")
    assert daily.publisher.poster.unrecorded == {}
    assert (await daily.state.digests.history("test:C1", "")).turn == 1
    assert daily.publisher.poster.counts["digest_unknown"] == 0


async def test_a_plan_changed_on_the_day_is_not_posted_twice(daily: BotProcess) -> None:
    await daily.publish_due("2026-11-25T09:00")
    told = await daily.command("daily at 10 Berlin")
    assert told.endswith("The first comes on Thursday, 26 November 2026 at 10:00.")
    await daily.command("off")
    await daily.command("daily at 11")
    for at in ("25T10:00", "25T11:00", "25T23:00", "26T11:00"):
        await daily.publish_due(f"2026-11-{at}")
    assert daily.platform.keys() == [KEY, "test:C1:2026-11-26"]


@pytest.mark.slow
async def test_a_plan_that_changes_to_an_earlier_time(process: BotProcess) -> None:
    await process.command("daily at 20")
    await process.publish_due()
    await process.command("daily at 10")
    await process.publish_due("2026-11-25T10:00")
    await process.publish_due("2026-11-25T20:00")
    assert process.platform.keys() == [KEY]
    assert process.publisher.poster.counts["digest_late"] == 0


async def test_another_zone_on_the_same_day(daily: BotProcess) -> None:
    """Posted on the 25th at nine in London: in Auckland, where that was the evening of the 25th, the next is of the 26th."""
    await daily.publish_due("2026-11-25T09:00")
    assert (await daily.command("daily at 23:30 Auckland")).endswith(
        "The first comes on Thursday, 26 November 2026 at 23:30."
    )
    assert (await daily.command("daily at 12 Honolulu")).endswith(
        "The first comes on Thursday, 26 November 2026 at 12:00."
    )


async def test_a_digest_set_after_its_time_begins_on_the_next_day(process: BotProcess) -> None:
    await process.command("daily at 7")
    await process.publish_due("2026-11-25T08:01")
    assert process.platform.posts == []
    await process.publish_due("2026-11-26T07:00")
    assert process.platform.keys() == ["test:C1:2026-11-26"]


async def test_a_skipped_day_may_be_posted_after_the_digest_is_set_again(daily: BotProcess) -> None:
    await daily.publish_due("2026-11-25T16:00")
    assert daily.publisher.poster.counts["digest_skipped"] == 1
    await daily.command("daily at 17")
    await daily.publish_due("2026-11-25T17:00")
    assert daily.platform.keys() == [KEY]


@pytest.mark.long
async def test_days_long_ago_are_forgotten(daily: BotProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.digest.due_days.MAX_FINISHED_DAYS", 40)
    for day in range(50):
        await daily.publish_due(timestamp("2026-11-25T09:00") + day * 86400)
        await daily.publish_due()
    assert len(daily.platform.posts) == 50
    assert 31 < len(daily.publisher.days.finished or ()) <= 41


@pytest.mark.slow
async def test_off_keeps_what_was_shown(process: BotProcess) -> None:
    fitting = len(process.digest_requests.chooser.candidates(Theme((Filter("tag", "favorite"),))))
    assert fitting > 10
    await process.command("daily at 9 tag favorite")
    for day in range(fitting):
        if day % 5 == 4:
            await process.command("off")
            await process.command("daily at 9 tag favorite")
        await process.publish_due(timestamp("2026-11-25T09:00") + day * 86400)
    assert len(process.platform.shown()) == len(set(process.platform.shown())) == fitting


async def test_missing_notes_are_waited_for(bot: Bot, daily: BotProcess) -> None:
    daily.publisher.poster.chooser.bot = Bot(Index.build(Library()))
    await daily.publish_due("2026-11-25T09:00")
    assert daily.platform.tries[KEY] == 0
    daily.publisher.poster.chooser.bot = bot
    await daily.publish_due("2026-11-25T09:02")
    assert daily.platform.keys() == [KEY]


async def test_a_digest_has_as_many_highlights_as_set(process: BotProcess) -> None:
    await process.command("weekdays at 9 5 highlights")
    for at in ("25T09:00", "26T09:00", "27T09:00", "28T09:00", "29T09:00", "30T09:00"):
        await process.publish_due(f"2026-11-{at}")
    assert [len(one.quotes) for _, _, one in process.platform.posts if isinstance(one, Digest)] == [5] * 4
    assert len(set(process.platform.shown())) == 20


async def test_it_looks_exactly_when_a_digest_is_due(
    daily: BotProcess, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop wakes at the very moment, and whatever a look raises, there is a next one."""
    clock.now = timestamp("2026-11-25T08:59:55")
    looks: list[float] = []
    usual = DigestPublisher.tick

    async def sleep(seconds: float) -> None:
        looks.append(clock.now)
        clock.now += seconds
        if len(looks) == 1:
            raise_next.append(True)
        if len(looks) > 4:
            raise asyncio.CancelledError

    raise_next: list[bool] = []

    async def tick(self: DigestPublisher) -> None:
        if raise_next and raise_next.pop():
            raise ValueError
        await usual(self)
        await self.idle()

    daily.publisher.sleep = sleep
    monkeypatch.setattr(DigestPublisher, "tick", tick)
    with pytest.raises(asyncio.CancelledError):
        await daily.publisher.run()
    assert looks[1] == timestamp("2026-11-25T09:00")
    assert daily.platform.keys() == [KEY]


@pytest.mark.long
@pytest.mark.slow
async def test_a_failed_digest_is_not_tried_all_the_time(
    daily: BotProcess, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily.platform.failures["C1"] += [UnsentError("away")] * 1000
    clock.now = timestamp("2026-11-25T08:59:59")
    looks: list[float] = []
    usual = DigestPublisher.tick

    async def tick(self: DigestPublisher) -> None:
        looks.append(clock.now)
        if clock.now > timestamp("2026-11-25T10:00"):
            raise asyncio.CancelledError
        await usual(self)
        await self.idle()

    monkeypatch.setattr(DigestPublisher, "tick", tick)
    with pytest.raises(asyncio.CancelledError):
        await daily.publisher.run()
    assert len(looks) < 3600 / TICK_S + 20, "not more often than every TICK_S"


@pytest.mark.parametrize("hours", [1, -3])
async def test_the_rules_of_a_zone_change_between_two_starts(
    bot: Bot, process: BotProcess, url: str, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same local day may be due at another time then: it is the same day."""
    offset = 0

    def zone(name: str) -> timezone:
        return timezone(timedelta(hours=offset))

    monkeypatch.setattr("bot.schedule.due.ZoneInfo", zone)
    await process.command("daily at 9")
    await process.publish_due("2026-11-25T09:00")
    offset = hours
    again = await start_process(bot, url, process.clock, process.platform)
    for hour in range(9, 24):
        await again.publish_due(f"2026-11-25T{hour:02}:30")
    assert process.platform.keys() == [KEY]
    for hour in range(24):
        await again.publish_due(f"2026-11-26T{hour:02}:30")
    assert process.platform.keys() == [KEY, "test:C1:2026-11-26"]
    await again.state.close()


async def test_many_questions_do_not_delay_a_digest(bot: Bot, daily: BotProcess) -> None:
    """Fault 31: questions that take long in all lanes, in the digest's own channel too, and the digest is there at once."""
    release = threading.Event()
    slow = Bot(bot.index)
    service = Service(
        slow, Rules(), MemoryClaims(), daily.publisher.poster.delivery, digest_requests=daily.digest_requests
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bot, "reply", lambda self, request: release.wait(20) and Notice("late"))
        for number in range(100):
            service.hear(
                make_arrival(number=number, channel=f"C{number}", person=f"U{number}"),
                FakeTarget(f"test:C{number}"),
            )
        for _ in range(50):
            await asyncio.sleep(0)
        async with asyncio.timeout(60):
            await daily.publish_due("2026-11-25T09:00")
        release.set()
        await service.stop(10)
    assert daily.platform.keys() == [KEY]


async def test_stopping_waits_a_moment_and_records_every_outcome(
    daily: BotProcess, url: str, bot: Bot
) -> None:
    begun = asyncio.Event()

    async def slowly(seconds: float) -> None:
        begun.set()
        await asyncio.Event().wait()

    daily.publisher.poster.delivery.sleep = slowly
    daily.platform.failures["C1"].append(UnsentError("away"))
    daily.clock.now = timestamp("2026-11-25T09:00")
    await daily.publisher.tick()
    await begun.wait()
    await daily.publisher.stop(0.01)
    await daily.state.close()
    again = await start_process(bot, url, daily.clock, daily.platform)
    await again.publish_due(daily.clock.now + 2 * LEASE_S + 1)
    assert again.platform.keys() == [KEY]
    await again.state.close()
