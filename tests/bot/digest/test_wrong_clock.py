"""A clock that is days ahead or behind for a while, as before the time servers are heard at a start."""

import logging
from datetime import date, timedelta

import pytest

from bot.chat.conversation import Bot
from bot.delivery.target import RefusedError
from tests.bot.digest.conftest import Board, Office, moment, office
from tests.platforms import Clock

DAY = 86400.0
NINE = moment("2026-11-25T09:00")


async def test_days_ahead_of_the_database(bot: Bot, clock: Clock, state_url: str) -> None:
    """One replica's clock is wrong; that of the database and of the other replica are not."""
    right = await office(bot, state_url, clock, Board())
    wrong = await office(bot, state_url, clock, right.board)
    wrong.clerk.clock = lambda: clock.now + (5 * DAY if clock.now < NINE else 0)
    await right.say("daily at 9")
    await wrong.look(NINE - 3600)
    assert wrong.clerk.counts["digest_skipped"] == 0, "by the clock of the database their time is not over"
    await right.look()
    await _walk(right, 3)
    await right.keeper.close()
    await _walk(wrong, 8)
    assert wrong.board.keys() == _keys(8)
    await wrong.keeper.close()


async def test_one_that_came_by_a_wrong_clock_counts_for_its_day(work: Office) -> None:
    """Which clock is wrong can't be told then: rather a day without than one with two."""
    await work.say("daily at 9")
    await work.look(NINE + 60 + 3 * DAY)
    assert work.board.keys() == ["test:C1:2026-11-28"]
    await _walk(work, 5)
    assert sorted(work.board.keys()) == _keys(5)


async def test_days_behind_for_one_look(
    bot: Bot, clock: Clock, state_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing comes again that came, was refused or left out."""
    caplog.set_level(logging.INFO)
    work = await office(bot, state_url, clock, Board())
    await work.say("daily at 9")
    await _walk(work, 2)
    work.board.failures["C1"].append(RefusedError("not_in_channel", "Invite the bot"))
    await work.look(NINE + 2 * DAY)
    await work.look(NINE + 3 * DAY + 7 * 3600)
    for behind in (4 * DAY, 20_000 * DAY):
        for process in (work, again := await office(bot, state_url, clock, work.board)):
            await process.look(clock.now - behind)
            await process.look(clock.now + behind)
        await again.keeper.close()
    assert work.board.keys() == _keys(2)
    assert sum(work.board.tries.values()) == 3
    assert sum("left out" in one.message for one in caplog.records) == 1
    await work.look(NINE + 4 * DAY)
    assert work.board.keys() == [*_keys(2), "test:C1:2026-11-29"]
    await work.keeper.close()


async def test_days_behind_as_it_is_set(work: Office) -> None:
    work.clock.now -= 20_000 * DAY
    await work.say("daily at 9")
    await work.look()
    await _walk(work, 3)
    assert work.board.keys()[-2:] == _keys(3)[-2:]
    assert len(work.board.keys()) == len(set(work.board.keys()))


async def test_what_a_clock_ahead_claimed_and_left_is_free(work: Office) -> None:
    """Nobody waits for a lease that ends in days: who took it was killed then, or knows the time by now."""
    await work.say("daily at 9")
    await work.look()
    work.clock.now = moment("2026-11-29T09:00")
    key, day = "test:C1:2026-11-26", date(2026, 11, 26)
    await work.keeper.kept(lambda shelf: shelf.claim(key, "test:C1", day))
    for one in ("25", "26", "27"):
        for time in ("09:00", "09:05", "14:00"):
            await work.look(f"2026-11-{one}T{time}")
    assert work.board.keys() == [f"test:C1:2026-11-{one}" for one in ("25", "26", "27")]


def _keys(days: int) -> list[str]:
    """Of so many days from the 25th on."""
    return [f"test:C1:{date(2026, 11, 25) + timedelta(day)}" for day in range(days)]


async def _walk(work: Office, days: int) -> None:
    """Looks several times a day, before and after the digest's time, from the 25th on."""
    for day in range(days):
        for hours in (-0.5, 0, 0.5, 3, 12):
            await work.look(NINE + day * DAY + hours * 3600)
