"""Digests while a platform is down, refuses a post or is slow."""

import asyncio
import logging
import threading

import pytest

from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.chat.replies import Notice
from bot.delivery.delivery import PAUSE_S
from bot.delivery.target import (
    LimitedError,
    RefusedError,
    UndeliverableError,
    UnsentError,
)
from bot.digest.poster import MAX_REFUSALS
from bot.digest.publisher import TICK_S, DigestPublisher
from bot.search.index import Index
from bot.service import Service
from bot.state.memory_claims import MemoryClaims
from tests.bot.digest.conftest import BotProcess, timestamp
from tests.libraries import library_of
from tests.platforms import Clock, FakeTarget, make_arrival

KEY = "test:C1:2026-11-25"


@pytest.mark.long
async def test_a_digest_is_posted_after_the_platform_was_down_for_an_hour(daily: BotProcess) -> None:
    daily.platform.failures["C1"] += [UnsentError("ConnectionRefusedError")] * 60
    at = timestamp("2026-11-25T09:00")
    while not daily.platform.posts and at < timestamp("2026-11-25T15:00"):
        await daily.publish_due(at)
        at = max(daily.clock.now, at) + 20
    assert daily.platform.keys() == [KEY]
    assert daily.platform.tries[KEY] == 61
    assert daily.publisher.poster.counts["digest_skipped"] == 0


@pytest.mark.long
async def test_a_digest_is_skipped_if_the_platform_is_down_for_too_long(
    daily: BotProcess, caplog: pytest.LogCaptureFixture
) -> None:
    daily.platform.failures["C1"] += [UnsentError("ConnectionRefusedError")] * 10_000
    at = timestamp("2026-11-25T09:00")
    while at < timestamp("2026-11-25T16:00"):
        await daily.publish_due(at)
        at = max(daily.clock.now, at) + 60
    assert daily.platform.posts == []
    assert daily.publisher.poster.counts["digest_skipped"] == 1
    assert daily.platform.tries[KEY] < 300, "retries must pause"
    daily.platform.failures.clear()
    await daily.publish_due("2026-11-26T09:00")
    assert daily.platform.keys() == ["test:C1:2026-11-26"]
    history = await daily.state.digests.history("test:C1", "")
    assert len(history.turns) == 1, "a skipped digest must not count as shown"


async def test_nothing_is_sent_to_a_platform_that_is_not_connected(daily: BotProcess) -> None:
    daily.platform.up = False
    await daily.publish_due("2026-11-25T09:00")
    assert daily.platform.tries[KEY] == 0
    daily.platform.up = True
    await daily.publish_due("2026-11-25T12:00")
    assert daily.platform.keys() == [KEY]


async def test_a_channel_that_refuses_is_tried_again_the_next_day_and_the_fix_is_logged(
    daily: BotProcess, caplog: pytest.LogCaptureFixture
) -> None:
    daily.platform.failures["C1"].append(
        RefusedError("not_in_channel", "Invite the bot to the channel: /invite")
    )
    for at in ("09:00", "09:20", "12:00"):
        await daily.publish_due(f"2026-11-25T{at}")
    assert daily.platform.tries[KEY] == 1
    lines = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines == [
        "refused in test:C1: not_in_channel. Invite the bot to the channel: /invite; nothing is posted there for 10 min"
    ]
    await daily.publish_due("2026-11-26T09:00")
    assert daily.platform.keys() == ["test:C1:2026-11-26"]


@pytest.mark.slow
async def test_the_digest_of_a_deleted_channel_is_removed_in_the_end(
    daily: BotProcess, caplog: pytest.LogCaptureFixture
) -> None:
    deleted = RefusedError("channel_not_found", "Invite the bot to the channel, if it still exists: /invite")
    daily.platform.failures["C1"] += [deleted] * 100
    for day in range(30):
        await daily.publish_due(timestamp("2026-11-25T09:00") + day * 86400)
    assert sum(daily.platform.tries.values()) == MAX_REFUSALS
    assert await daily.state.digests.channel_digests() == []
    assert [record.message for record in caplog.records][
        -1
    ] == "digest removed, refused 14 times in a row: test:C1"


async def test_a_highlight_that_cannot_be_delivered_is_replaced_by_others(daily: BotProcess) -> None:
    daily.platform.failures["C1"] += [UndeliverableError("invalid_blocks")] * 2
    for at in ("09:00", "09:02", "09:10"):
        await daily.publish_due(f"2026-11-25T{at}")
    assert daily.platform.keys() == [KEY]
    assert len(set(daily.platform.tried)) == 3


async def test_a_slow_channel_delays_no_other_channel(bot: Bot, daily: BotProcess) -> None:
    await daily.command("daily at 9", channel="C2")
    release = asyncio.Event()

    async def sleep_until_released(seconds: float) -> None:
        await release.wait()

    daily.publisher.poster.delivery.sleep = sleep_until_released
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


async def test_a_digest_does_not_post_what_became_private_while_it_waited(
    bot: Bot, daily: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    highlights = bot.index.library.highlights
    monkeypatch.setattr(bot, "index", bot.index)  # put back after the test

    async def hide(seconds: float) -> None:
        gone = set(daily.platform.tried)
        bot.index = Index.build(library_of(one for one in highlights if one.id not in gone))
        await daily.clock.sleep(seconds)

    daily.publisher.poster.delivery.sleep = hide
    daily.platform.failures["C1"].append(LimitedError("ratelimited", 30))
    await daily.publish_due("2026-11-25T09:00")
    first, second = daily.platform.tried
    assert daily.platform.shown() == [second]
    assert first != second


async def test_a_digest_waits_for_a_paused_channel(daily: BotProcess) -> None:
    daily.clock.now = timestamp("2026-11-25T08:55")
    daily.publisher.poster.delivery.pause("test:C1", PAUSE_S)
    await daily.publish_due("2026-11-25T09:00")
    assert daily.platform.tries[KEY] == 0
    await daily.publish_due("2026-11-25T09:06")
    assert daily.platform.keys() == [KEY]


@pytest.mark.long
@pytest.mark.slow
async def test_a_failed_digest_is_not_retried_at_every_moment(
    daily: BotProcess, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily.platform.failures["C1"] += [UnsentError("away")] * 1000
    clock.now = timestamp("2026-11-25T08:59:59")
    checked_at: list[float] = []
    real_tick = DigestPublisher.tick

    async def tick(self: DigestPublisher) -> None:
        checked_at.append(clock.now)
        if clock.now > timestamp("2026-11-25T10:00"):
            raise asyncio.CancelledError
        await real_tick(self)
        await self.idle()

    monkeypatch.setattr(DigestPublisher, "tick", tick)
    with pytest.raises(asyncio.CancelledError):
        await daily.publisher.run()
    assert len(checked_at) < 3600 / TICK_S + 20, "the publisher must check at most every TICK_S"


async def test_many_questions_do_not_delay_a_digest(bot: Bot, daily: BotProcess) -> None:
    """Fault 31: slow questions fill all queues, also that of the digest's channel. The digest is still posted at once."""
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
