"""Each due day is posted once, even if a clock is wrong or the digest is late."""

import asyncio
import logging
from datetime import timedelta, timezone

import pytest

from bot.chat.conversation import Bot
from bot.delivery.target import (
    LookupFailedError,
    UncertainError,
    UnsentError,
)
from bot.digest.publisher import DigestPublisher
from tests.bot.digest.conftest import BotProcess, start_process, timestamp
from tests.platforms import Clock

KEY = "test:C1:2026-11-25"


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


async def test_a_clock_wrong_by_a_year_for_a_moment_costs_no_digest(daily: BotProcess) -> None:
    await daily.publish_due("2027-11-25T08:30")
    await daily.publish_due("2027-11-25T08:31")
    await daily.publish_due("2026-11-25T09:00")
    assert daily.platform.keys() == [KEY]


@pytest.mark.parametrize("restarted", [False, True])
async def test_days_skipped_because_the_clock_was_ahead_are_still_posted(
    bot: Bot, daily: BotProcess, url: str, restarted: bool
) -> None:
    """This holds in the same process and in one that is started later."""
    days = ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01"]
    process = daily
    await process.publish_due("2026-11-30T20:00")
    if restarted:
        await process.state.close()
        process = await start_process(bot, url, daily.clock, daily.platform)
    for day in days:
        for time in ("08:59", "09:00", "09:01", "16:00"):
            await process.publish_due(f"{day}T{time}")
    assert process.platform.keys() == [f"test:C1:{day}" for day in days]
    if restarted:
        await process.state.close()


async def test_a_post_claimed_while_the_clock_was_ahead_is_continued(daily: BotProcess) -> None:
    """A claimed post can be claimed again, although its lease would end days later. A finished post is not repeated."""
    daily.platform.failures["C1"].append(UnsentError("down"))
    await daily.publish_due("2026-11-30T09:00")
    daily.platform.lookup_error = LookupFailedError("not now", may_retry=True)
    daily.platform.lost["C1"].append(UncertainError("lost"))
    await daily.publish_due("2026-11-30T09:30")
    daily.platform.lookup_error = None
    for day in ("2026-11-25", "2026-11-26", "2026-11-29", "2026-11-30", "2026-12-01"):
        await daily.publish_due(f"{day}T09:00")
    assert sorted(daily.platform.keys()) == sorted(
        f"test:C1:2026-{day}" for day in ("11-25", "11-26", "11-29", "11-30", "12-01")
    )


async def test_after_downtime_a_digest_is_posted_late_only_within_the_grace_period(
    bot: Bot, daily: BotProcess, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await daily.state.close()
    second = await start_process(bot, url, daily.clock, daily.platform)
    await second.publish_due("2026-11-25T14:59")
    assert second.platform.keys() == [KEY]
    assert second.publisher.poster.counts["digest_late"] == 1
    await second.state.close()
    third = await start_process(bot, url, daily.clock, daily.platform)
    for at in ("2026-11-28T15:01", "2026-11-28T15:02"):
        await third.publish_due(at)
    assert third.platform.keys() == [KEY]
    assert third.publisher.poster.counts["digest_skipped"] == 3
    lines = [record.message for record in caplog.records if "skipped" in record.message]
    assert lines == [
        f"digest skipped, more than DIGEST_GRACE late: test:C1:2026-11-{day}" for day in (26, 27, 28)
    ]
    await third.state.close()
    fourth = await start_process(bot, url, daily.clock, daily.platform)
    await fourth.publish_due("2026-11-29T09:00")
    assert fourth.publisher.poster.counts["digest_skipped"] == 0, "each skipped day is counted once"
    assert fourth.platform.keys() == [KEY, "test:C1:2026-11-29"]
    await fourth.state.close()


@pytest.mark.long
async def test_finished_days_of_long_ago_are_forgotten(
    daily: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.digest.due_days.MAX_FINISHED_DAYS", 40)
    for day in range(50):
        await daily.publish_due(timestamp("2026-11-25T09:00") + day * 86400)
        await daily.publish_due()
    assert len(daily.platform.posts) == 50
    assert 31 < len(daily.publisher.days.finished or ()) <= 41


async def test_the_publisher_wakes_exactly_when_a_digest_is_due(
    daily: BotProcess, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop wakes at the exact time, and it goes on after any exception."""
    clock.now = timestamp("2026-11-25T08:59:55")
    wakes_at: list[float] = []
    real_tick = DigestPublisher.tick

    async def sleep(seconds: float) -> None:
        wakes_at.append(clock.now)
        clock.now += seconds
        if len(wakes_at) == 1:
            raise_next.append(True)
        if len(wakes_at) > 4:
            raise asyncio.CancelledError

    raise_next: list[bool] = []

    async def tick(self: DigestPublisher) -> None:
        if raise_next and raise_next.pop():
            raise ValueError
        await real_tick(self)
        await self.idle()

    daily.publisher.sleep = sleep
    monkeypatch.setattr(DigestPublisher, "tick", tick)
    with pytest.raises(asyncio.CancelledError):
        await daily.publisher.run()
    assert wakes_at[1] == timestamp("2026-11-25T09:00")
    assert daily.platform.keys() == [KEY]


@pytest.mark.parametrize("hours", [1, -3])
async def test_a_day_is_posted_once_even_if_the_zone_rules_change_between_two_starts(
    bot: Bot, process: BotProcess, url: str, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New rules may make a local day due at another time. It is still the same day, and is posted once."""
    offset = 0

    def zone(name: str) -> timezone:
        return timezone(timedelta(hours=offset))

    monkeypatch.setattr("bot.schedule.due.ZoneInfo", zone)
    await process.command("daily at 9")
    await process.publish_due("2026-11-25T09:00")
    offset = hours
    restarted = await start_process(bot, url, process.clock, process.platform)
    for hour in range(9, 24):
        await restarted.publish_due(f"2026-11-25T{hour:02}:30")
    assert process.platform.keys() == [KEY]
    for hour in range(24):
        await restarted.publish_due(f"2026-11-26T{hour:02}:30")
    assert process.platform.keys() == [KEY, "test:C1:2026-11-26"]
    await restarted.state.close()
