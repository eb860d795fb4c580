"""Posts that are lost or may be lost: the process is killed, two processes compete, or the database fails."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.chat.conversation import Bot
from bot.delivery.target import (
    LookupFailedError,
    UncertainError,
    UnsentError,
)
from bot.state.claims import LEASE_S, StateError
from bot.state.database.digests import DatabaseDigestStore
from tests.bot.digest.conftest import BotProcess, start_process, timestamp

KEY = "test:C1:2026-11-25"


class Killed(BaseException):
    """Raised to end the process."""


@pytest.mark.parametrize("after", ["claim_post", "renew", "post"])
async def test_a_digest_is_posted_once_although_the_process_is_killed_at_any_step(
    bot: Bot, daily: BotProcess, url: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest is never posted twice. It is posted after the restart if it certainly had not been posted before."""
    store = DatabaseDigestStore
    if after == "post":
        real_complete = DatabaseDigestStore.complete

        async def kill(*_: object) -> None:
            raise Killed

        monkeypatch.setattr(store, "complete", kill)
        restore: Callable[[], None] = lambda: monkeypatch.setattr(store, "complete", real_complete)  # noqa: E731
    else:
        restore = _kill_after(monkeypatch, store, after)
    daily.clock.now = timestamp("2026-11-25T09:00")
    await daily.publisher.tick()
    await asyncio.gather(*daily.publisher._busy.values(), return_exceptions=True)
    restore()
    await daily.state.close()
    assert len(daily.platform.posts) == (after == "post")
    restarted = await start_process(bot, url, daily.clock, daily.platform)
    await restarted.publish_due("2026-11-25T09:00:30")
    assert len(restarted.platform.posts) == (after == "post"), "the lease of the killed process still holds"
    await restarted.publish_due("2026-11-25T09:01:01")
    assert restarted.platform.keys() == [KEY]
    await restarted.publish_due("2026-11-26T09:00")
    assert len(set(restarted.platform.shown())) == 2, (
        "the highlights must be recorded as shown, whichever process posted them"
    )
    await restarted.state.close()


def _kill_after(monkeypatch: pytest.MonkeyPatch, store: type, name: str) -> Callable[[], None]:
    real_method: Callable[..., Awaitable[object]] = getattr(store, name)

    async def kill(self: object, *given: object) -> None:
        await real_method(self, *given)
        raise Killed

    monkeypatch.setattr(store, name, kill)
    return lambda: monkeypatch.setattr(store, name, real_method)


@pytest.mark.parametrize(
    "lookup_error", [None, LookupFailedError("missing_scope"), LookupFailedError("timeout", may_retry=True)]
)
async def test_a_post_with_an_unknown_outcome_is_not_repeated(
    daily: BotProcess, lookup_error: LookupFailedError | None
) -> None:
    daily.platform.lost["C1"].append(UncertainError("timeout"))
    daily.platform.lookup_error = lookup_error
    await daily.publish_due("2026-11-25T09:00")
    await daily.publish_due("2026-11-25T09:30")
    await daily.publish_due("2026-11-25T16:00")
    assert daily.platform.keys() == [KEY]
    assert daily.publisher.poster.counts["digest_unknown"] == (lookup_error is not None)
    daily.platform.lookup_error = None
    await daily.publish_due("2026-11-26T09:00")
    assert len(set(daily.platform.shown())) == 2, "highlights that may have been shown count as shown"


async def test_the_platform_is_asked_again_when_a_lookup_fails_after_a_kill(
    daily: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore = _kill_after(monkeypatch, DatabaseDigestStore, "renew")
    daily.clock.now = timestamp("2026-11-25T09:00")
    await daily.publisher.tick()
    await asyncio.gather(*daily.publisher._busy.values(), return_exceptions=True)
    restore()
    daily.platform.lookup_error = LookupFailedError("timeout", may_retry=True)
    await daily.publish_due("2026-11-25T09:02")
    await daily.publish_due("2026-11-25T09:04")
    assert daily.publisher.poster.counts["digest_unknown"] == 0, (
        "the platform is asked again within the grace period"
    )
    daily.platform.lookup_error = None
    await daily.publish_due("2026-11-25T09:06")
    assert daily.platform.keys() == [KEY]


async def test_two_processes_post_each_digest_once(bot: Bot, daily: BotProcess, url: str) -> None:
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


async def test_a_digest_is_posted_once_although_the_database_fails_before_or_after(
    daily: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it fails before the post, nothing is posted. If it fails after it, the post is recorded once the database is back."""
    broken = {"renew"}
    store = daily.publisher.store

    def failing_if_broken(name: str) -> Callable[..., Awaitable[object]]:
        real_method: Callable[..., Awaitable[object]] = getattr(store, name)

        async def call(*given: object) -> object:
            if name in broken:
                raise StateError("away")
            return await real_method(*given)

        return call

    for name in ("renew", "complete"):
        monkeypatch.setattr(store, name, failing_if_broken(name))
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


async def test_a_post_interrupted_by_a_stop_is_made_after_the_restart(
    daily: BotProcess, url: str, bot: Bot
) -> None:
    begun = asyncio.Event()

    async def sleep_for_ever(seconds: float) -> None:
        begun.set()
        await asyncio.Event().wait()

    daily.publisher.poster.delivery.sleep = sleep_for_ever
    daily.platform.failures["C1"].append(UnsentError("away"))
    daily.clock.now = timestamp("2026-11-25T09:00")
    await daily.publisher.tick()
    await begun.wait()
    await daily.publisher.stop(0.01)
    await daily.state.close()
    restarted = await start_process(bot, url, daily.clock, daily.platform)
    await restarted.publish_due(daily.clock.now + 2 * LEASE_S + 1)
    assert restarted.platform.keys() == [KEY]
    await restarted.state.close()
