"""A post is lost, or may be lost: the process is killed, two processes compete, the database goes away."""

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
from bot.state.database_digests import DatabaseDigestStore
from tests.bot.digest.conftest import BotProcess, start_process, timestamp

KEY = "test:C1:2026-11-25"


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("after", ["claim_post", "renew", "post"])
async def test_killed_between_claim_post_and_mark(
    bot: Bot, daily: BotProcess, url: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest is never posted twice. It is posted after the restart if it certainly had not been posted before."""
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
    "lookup_error", [None, LookupFailedError("missing_scope"), LookupFailedError("timeout", may_retry=True)]
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
    daily.platform.lookup_error = LookupFailedError("timeout", may_retry=True)
    await daily.publish_due("2026-11-25T09:02")
    await daily.publish_due("2026-11-25T09:04")
    assert daily.publisher.poster.counts["digest_unknown"] == 0, "asked again while the grace lasts"
    daily.platform.lookup_error = None
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
    """If it goes away before the post, nothing is posted. If after, the post is recorded as soon as the database is back."""
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
