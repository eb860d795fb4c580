"""Races: a lease runs out in a slow process, a command comes during a post, several people pick at the same time."""

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.chat import wording
from bot.chat.conversation import Bot
from bot.chat.replies import Digest, Picks
from bot.chat.requests import Command
from bot.delivery.target import LimitedError, UnsentError
from bot.digest.chooser import Choice
from bot.digest.picking import Candidates
from bot.search.index import Index
from bot.state.claims import LEASE_S
from tests.bot.digest.conftest import BotProcess, FakePlatform, start_process, timestamp
from tests.platforms import Clock, make_arrival

NINE = timestamp("2026-11-25T09:00")
KEY = "test:C1:2026-11-25"


@pytest.fixture
async def daily(process: BotProcess) -> BotProcess:
    await process.command("daily at 9")
    await process.publish_due()
    return process


@pytest.fixture
async def other(bot: Bot, daily: BotProcess, url: str) -> AsyncIterator[BotProcess]:
    """A second process with the same state and platform."""
    made = await start_process(bot, url, daily.clock, daily.platform)
    yield made
    await made.state.close()


async def test_a_process_whose_lease_ran_out_leaves_the_post_to_the_other(
    daily: BotProcess, other: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process stands still for minutes, because its machine sleeps or its database is slow."""
    choose, release, chosen = type(daily.publisher.poster.chooser).choose, asyncio.Event(), asyncio.Event()

    async def slowly(self: object, *given: object) -> Choice:
        choice: Choice = await choose(self, *given)  # type: ignore[arg-type]
        if self is daily.publisher.poster.chooser:
            chosen.set()
            await release.wait()
        return choice

    monkeypatch.setattr(type(daily.publisher.poster.chooser), "choose", slowly)
    daily.clock.now = NINE
    await daily.publisher.tick()
    await chosen.wait()
    await other.publish_due(NINE + LEASE_S + 1)
    release.set()
    await daily.publisher.idle()
    assert daily.platform.keys() == [KEY]
    assert (
        daily.publisher.poster.counts["digest_posted"],
        other.publisher.poster.counts["digest_posted"],
    ) == (0, 1)


@pytest.fixture
def waiting(daily: BotProcess) -> tuple[Callable[[], Awaitable[None]], asyncio.Event]:
    """A function that starts a post, which then waits for a rate limit, and an event that ends the wait."""
    begun, release = asyncio.Event(), asyncio.Event()

    async def slowly(seconds: float) -> None:
        begun.set()
        await release.wait()

    async def begin() -> None:
        daily.publisher.poster.delivery.sleep = slowly
        daily.platform.failures["C1"].append(LimitedError("ratelimited", 30))
        daily.clock.now = NINE
        await daily.publisher.tick()
        await begun.wait()

    return begin, release


async def test_a_digest_removed_while_it_waits_is_not_posted(
    daily: BotProcess, waiting: tuple[Callable[[], Awaitable[None]], asyncio.Event]
) -> None:
    begin, release = waiting
    await begin()
    assert await daily.command("off") == wording.DIGEST_OFF
    release.set()
    await daily.publisher.idle()
    assert daily.platform.posts == []
    assert (await daily.command("daily at 10")).endswith(
        "The first one is on Wednesday, 25 November 2026 at 10:00."
    )
    await daily.publish_due("2026-11-25T10:00")
    assert daily.platform.keys() == [KEY]


@pytest.mark.slow
async def test_a_plan_that_changes_while_its_day_is_tried_again(daily: BotProcess) -> None:
    """The platform is away at nine, so the bot retries with longer and longer pauses. Then the digest is moved to half past nine.

    It comes at half past nine with the new settings, even if the pause would have been longer.
    """
    daily.platform.failures["C1"].extend(UnsentError("away") for _ in range(500))
    for at in ("09:00", "09:03", "09:07", "09:13", "09:23"):
        await daily.publish_due(f"2026-11-25T{at}")
    assert daily.platform.posts == []
    told = await daily.command("daily at 9:30 2 highlights")
    daily.platform.failures["C1"].clear()
    assert told.endswith("The first one is on Wednesday, 25 November 2026 at 09:30.")
    await daily.publish_due("2026-11-25T09:29")
    assert daily.platform.posts == []
    for at in ("09:30", "10:10"):
        await daily.publish_due(f"2026-11-25T{at}")
        assert daily.platform.keys() == [KEY]
    assert len(daily.platform.shown()) == 2


async def test_a_digest_set_again_between_the_look_and_the_post(daily: BotProcess) -> None:
    daily.publisher._channel_turns = asyncio.Semaphore(0)
    daily.clock.now = NINE
    await daily.publisher.tick()
    told = await daily.command("daily at 10 2 highlights")
    daily.publisher._channel_turns.release()
    await daily.publisher.idle()
    assert daily.platform.posts == []
    assert told.endswith("The first one is on Wednesday, 25 November 2026 at 10:00.")
    await daily.publish_due("2026-11-25T10:00")
    assert daily.platform.keys() == [KEY]
    assert len(daily.platform.shown()) == 2


async def test_simultaneous_picks_are_different(daily: BotProcess, other: BotProcess) -> None:
    """Several people ask at the same time, in one process and in two."""
    request = Command("random", limit=2)

    async def picked(process: BotProcess, number: int) -> list[str]:
        reply = await process.digest_requests.reply(make_arrival(number=number, request=request), request)
        assert isinstance(reply, Picks)
        return [quote.highlight.id for quote in reply.quotes]

    async def another(process: BotProcess) -> list[str]:
        reply = await process.press("another")
        assert isinstance(reply, Digest)
        return [quote.highlight.id for quote in reply.quotes]

    told = await asyncio.gather(
        *(picked(process, number) for number in range(3) for process in (daily, other)),
        *(another(process) for process in (daily, other)),
    )
    ids = [one for some in told for one in some]
    assert len(ids) == 14
    assert len(set(ids)) == len(ids)


async def test_a_highlight_being_posted_is_not_picked(
    daily: BotProcess, other: BotProcess, waiting: tuple[Callable[[], Awaitable[None]], asyncio.Event]
) -> None:
    begin, release = waiting
    await begin()
    more = [await process.press("another") for process in (daily, other)]
    release.set()
    await daily.publisher.idle()
    ids = [*daily.platform.shown(), *(one.quotes[0].highlight.id for one in more if isinstance(one, Digest))]
    assert len(ids) == 3
    assert len(set(ids)) == 3


async def test_without_a_database_simultaneous_picks_are_different(bot: Bot, daily: BotProcess) -> None:
    await daily.state.close()
    request = Command("random", limit=2)
    told = await asyncio.gather(
        *(daily.digest_requests.reply(make_arrival(number=one, request=request), request) for one in range(5))
    )
    ids = [quote.highlight.id for one in told if isinstance(one, Picks) for quote in one.quotes]
    assert len(set(ids)) == len(ids) == 10


@pytest.mark.slow
async def test_old_notes_are_freed(bot: Bot, daily: BotProcess) -> None:
    """The chooser caches the highlights that fit a filter, but the cache must not keep the old library in memory."""
    bot.index = Index.build(bot.index.library)
    await daily.command("daily at 9 tag favorite")
    await daily.publish_due(NINE)
    first = weakref.ref(bot.index)
    bot.index = Index.build(bot.index.library)
    gc.collect()
    assert first() is None


async def test_one_press_does_not_delay_others(daily: BotProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for candidates runs in a thread, so it does not block the event loop."""
    of, threads = Candidates.from_index.__func__, []  # type: ignore[attr-defined]

    def noted(cls: type[Candidates], *given: object) -> Candidates:
        threads.append(threading.current_thread())
        made: Candidates = of(cls, *given)
        return made

    monkeypatch.setattr(Candidates, "from_index", classmethod(noted))
    await daily.press("another")
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("beside", ["now", "another", "random"])
async def test_a_pick_beside_the_digest_is_another_highlight(
    bot: Bot, clock: Clock, state_url: str, beside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes each choose before the other one has recorded its choice."""
    platform = FakePlatform()
    one, two = [await start_process(bot, state_url, clock, platform) for _ in range(2)]
    await one.command("daily at 9")
    await one.publish_due()
    choose, both = type(one.publisher.poster.chooser).choose, asyncio.Barrier(2)
    met: list[int] = []

    async def together(self: object, *given: object) -> Choice:
        choice: Choice = await choose(self, *given)  # type: ignore[arg-type]
        if id(self) not in met:
            met.append(id(self))
            await both.wait()
        return choice

    monkeypatch.setattr(type(one.publisher.poster.chooser), "choose", together)
    clock.now = NINE
    await one.publisher.tick()
    request = Command("random")
    if beside == "now":
        assert await two.command("now") == "Posted."
        told = []
    else:
        asked = (
            two.press("another")
            if beside == "another"
            else two.digest_requests.reply(make_arrival(request=request), request)
        )
        reply = await asked
        assert isinstance(reply, Digest | Picks)
        told = [quote.highlight.id for quote in reply.quotes]
    await one.publisher.idle()
    told += platform.shown()
    assert len(told) == 2
    assert len(set(told)) == 2
    history = await one.state.digests.history("test:C1", "")
    assert sorted(history.turns.values()) == [1, 2]
    await one.state.close()
    await two.state.close()
