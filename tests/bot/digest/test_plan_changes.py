"""A plan that is changed, set again or switched off."""

import pytest

from bot.chat.conversation import Bot
from bot.chat.replies import Digest
from bot.schedule.plan import Filter, Theme
from bot.search.index import Index
from corpus.model import Library
from tests.bot.digest.conftest import BotProcess, timestamp

KEY = "test:C1:2026-11-25"


async def test_a_plan_changed_on_the_day_is_not_posted_twice(daily: BotProcess) -> None:
    await daily.publish_due("2026-11-25T09:00")
    reply = await daily.command("daily at 10 Berlin")
    assert reply.endswith("The first one is on Thursday, 26 November 2026 at 10:00.")
    await daily.command("off")
    await daily.command("daily at 11")
    for at in ("25T10:00", "25T11:00", "25T23:00", "26T11:00"):
        await daily.publish_due(f"2026-11-{at}")
    assert daily.platform.keys() == [KEY, "test:C1:2026-11-26"]


@pytest.mark.slow
async def test_a_digest_moved_to_an_earlier_time_is_posted_once(process: BotProcess) -> None:
    await process.command("daily at 20")
    await process.publish_due()
    await process.command("daily at 10")
    await process.publish_due("2026-11-25T10:00")
    await process.publish_due("2026-11-25T20:00")
    assert process.platform.keys() == [KEY]
    assert process.publisher.poster.counts["digest_late"] == 0


async def test_a_plan_moved_to_another_zone_starts_on_the_next_day(daily: BotProcess) -> None:
    """The 25th was posted at nine UTC, so the 26th comes next, although it is still the 24th in Honolulu."""
    await daily.publish_due("2026-11-25T09:00")
    assert (await daily.command("daily at 23:30 Auckland")).endswith(
        "The first one is on Thursday, 26 November 2026 at 23:30."
    )
    assert (await daily.command("daily at 12 Honolulu")).endswith(
        "The first one is on Thursday, 26 November 2026 at 12:00."
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
async def test_switching_a_digest_off_keeps_its_history(process: BotProcess) -> None:
    fitting = len(process.digest_requests.chooser.candidates(Theme((Filter("tag", "favorite"),))))
    assert fitting > 10
    await process.command("daily at 9 tag favorite")
    for day in range(fitting):
        if day % 5 == 4:
            await process.command("off")
            await process.command("daily at 9 tag favorite")
        await process.publish_due(timestamp("2026-11-25T09:00") + day * 86400)
    assert len(process.platform.shown()) == len(set(process.platform.shown())) == fitting


async def test_a_digest_waits_for_missing_notes(bot: Bot, daily: BotProcess) -> None:
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
    counts = [len(reply.quotes) for _, _, reply in process.platform.posts if isinstance(reply, Digest)]
    assert counts == [5] * 4
    assert len(set(process.platform.shown())) == 20
