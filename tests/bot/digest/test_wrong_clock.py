"""The clock is days ahead or behind for a while, as on a machine that has just started and has not reached a time server."""

import logging
from datetime import date, timedelta

import pytest

from bot.chat.conversation import Bot
from bot.delivery.target import RefusedError
from tests.bot.digest.conftest import BotProcess, FakePlatform, start_process, timestamp
from tests.platforms import Clock

DAY = 86400.0
NINE = timestamp("2026-11-25T09:00")


@pytest.mark.slow
async def test_one_replica_with_a_clock_ahead_skips_no_day(bot: Bot, clock: Clock, state_url: str) -> None:
    """The clock of one replica is wrong. The clocks of the database and of the other replica are right."""
    right_replica = await start_process(bot, state_url, clock, FakePlatform())
    wrong_replica = await start_process(bot, state_url, clock, right_replica.platform)
    wrong = wrong_replica.publisher
    wrong.clock = wrong.poster.clock = lambda: clock.now + (5 * DAY if clock.now < NINE else 0)
    await right_replica.command("daily at 9")
    await wrong_replica.publish_due(NINE - 3600)
    assert wrong.poster.counts["digest_skipped"] == 0, "by the clock of the database, the days are not over"
    await right_replica.publish_due()
    await _run_days(right_replica, 3)
    await right_replica.state.close()
    await _run_days(wrong_replica, 8)
    assert wrong_replica.platform.keys() == _keys(8)
    await wrong_replica.state.close()


async def test_a_post_at_a_wrong_time_counts_for_its_day(process: BotProcess) -> None:
    """The bot cannot know which clock is wrong. A day without a digest is better than a day with two."""
    await process.command("daily at 9")
    await process.publish_due(NINE + 60 + 3 * DAY)
    assert process.platform.keys() == ["test:C1:2026-11-28"]
    await _run_days(process, 5)
    assert sorted(process.platform.keys()) == _keys(5)


@pytest.mark.slow
async def test_a_clock_that_is_behind_for_a_moment_repeats_no_digest(
    bot: Bot, clock: Clock, state_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A digest that was posted, refused or skipped is not posted again."""
    caplog.set_level(logging.INFO)
    process = await start_process(bot, state_url, clock, FakePlatform())
    await process.command("daily at 9")
    await _run_days(process, 2)
    process.platform.failures["C1"].append(RefusedError("not_in_channel", "Invite the bot"))
    await process.publish_due(NINE + 2 * DAY)
    await process.publish_due(NINE + 3 * DAY + 7 * 3600)
    for behind in (4 * DAY, 20_000 * DAY):
        restarted = await start_process(bot, state_url, clock, process.platform)
        for replica in (process, restarted):
            await replica.publish_due(clock.now - behind)
            await replica.publish_due(clock.now + behind)
        await restarted.state.close()
    assert process.platform.keys() == _keys(2)
    assert sum(process.platform.tries.values()) == 3
    assert sum("skipped" in record.message for record in caplog.records) == 1
    await process.publish_due(NINE + 4 * DAY)
    assert process.platform.keys() == [*_keys(2), "test:C1:2026-11-29"]
    await process.state.close()


@pytest.mark.slow
async def test_a_digest_set_while_the_clock_is_behind_is_posted_once_a_day(process: BotProcess) -> None:
    process.clock.now -= 20_000 * DAY
    await process.command("daily at 9")
    await process.publish_due()
    await _run_days(process, 3)
    assert process.platform.keys()[-2:] == _keys(3)[-2:]
    assert len(process.platform.keys()) == len(set(process.platform.keys()))


async def test_a_claim_made_while_the_clock_was_ahead_can_be_taken_over(process: BotProcess) -> None:
    """The lease seems to end in days, but nobody waits for it: its process was killed, or its clock has been corrected."""
    await process.command("daily at 9")
    await process.publish_due()
    process.clock.now = timestamp("2026-11-29T09:00")
    key, day = "test:C1:2026-11-26", date(2026, 11, 26)
    await process.state.digests.claim_post(key, "test:C1", day)
    for number in (25, 26, 27):
        for time in ("09:00", "09:05", "14:00"):
            await process.publish_due(f"2026-11-{number}T{time}")
    assert process.platform.keys() == [f"test:C1:2026-11-{number}" for number in (25, 26, 27)]


def _keys(days: int) -> list[str]:
    """The keys of the digests of this many days, from the 25th on."""
    return [f"test:C1:{date(2026, 11, 25) + timedelta(day)}" for day in range(days)]


async def _run_days(process: BotProcess, days: int) -> None:
    """Runs the publisher several times a day, before and after the digest's time, from the 25th on."""
    for day in range(days):
        for hours in (-0.5, 0, 0.5, 3, 12):
            await process.publish_due(NINE + day * DAY + hours * 3600)
