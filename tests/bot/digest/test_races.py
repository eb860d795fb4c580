"""Races: a lease expires in a slow process, a command arrives during a post, several people pick at the same time."""

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
from bot.schedule.plan import EVERYTHING, Filter, Theme
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


async def test_a_process_with_an_expired_lease_leaves_the_post_to_the_other(
    daily: BotProcess, other: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process was paused for minutes, for example because its machine slept."""
    choose, release, chosen = type(daily.publisher.poster.chooser).choose, asyncio.Event(), asyncio.Event()

    async def choose_slowly(self: object, *given: object) -> Choice:
        choice: Choice = await choose(self, *given)  # type: ignore[arg-type]
        if self is daily.publisher.poster.chooser:
            chosen.set()
            await release.wait()
        return choice

    monkeypatch.setattr(type(daily.publisher.poster.chooser), "choose", choose_slowly)
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
def waiting_post(daily: BotProcess) -> tuple[Callable[[], Awaitable[None]], asyncio.Event]:
    """Returns a function that starts a post, which then waits for a rate limit, and an event that ends the wait."""
    begun, release = asyncio.Event(), asyncio.Event()

    async def sleep_until_released(seconds: float) -> None:
        begun.set()
        await release.wait()

    async def begin() -> None:
        daily.publisher.poster.delivery.sleep = sleep_until_released
        daily.platform.failures["C1"].append(LimitedError("ratelimited", 30))
        daily.clock.now = NINE
        await daily.publisher.tick()
        await begun.wait()

    return begin, release


async def test_a_digest_removed_while_its_post_waits_is_not_posted(
    daily: BotProcess, waiting_post: tuple[Callable[[], Awaitable[None]], asyncio.Event]
) -> None:
    begin, release = waiting_post
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
async def test_a_plan_changed_between_retries_is_posted_at_its_new_time(daily: BotProcess) -> None:
    """The platform is away at nine, so the bot retries with longer and longer pauses. Then the digest is moved to half past nine.

    It is posted at half past nine with the new settings, even if the pause would have been longer.
    """
    daily.platform.failures["C1"].extend(UnsentError("away") for _ in range(500))
    for at in ("09:00", "09:03", "09:07", "09:13", "09:23"):
        await daily.publish_due(f"2026-11-25T{at}")
    assert daily.platform.posts == []
    reply = await daily.command("daily at 9:30 2 highlights")
    daily.platform.failures["C1"].clear()
    assert reply.endswith("The first one is on Wednesday, 25 November 2026 at 09:30.")
    await daily.publish_due("2026-11-25T09:29")
    assert daily.platform.posts == []
    for at in ("09:30", "10:10"):
        await daily.publish_due(f"2026-11-25T{at}")
        assert daily.platform.keys() == [KEY]
    assert len(daily.platform.shown()) == 2


async def test_a_plan_changed_just_before_the_post_is_posted_at_its_new_time(daily: BotProcess) -> None:
    daily.publisher._channel_turns = asyncio.Semaphore(0)
    daily.clock.now = NINE
    await daily.publisher.tick()
    reply = await daily.command("daily at 10 2 highlights")
    daily.publisher._channel_turns.release()
    await daily.publisher.idle()
    assert daily.platform.posts == []
    assert reply.endswith("The first one is on Wednesday, 25 November 2026 at 10:00.")
    await daily.publish_due("2026-11-25T10:00")
    assert daily.platform.keys() == [KEY]
    assert len(daily.platform.shown()) == 2


async def test_simultaneous_picks_differ(daily: BotProcess, other: BotProcess) -> None:
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

    picked_ids = await asyncio.gather(
        *(picked(process, number) for number in range(3) for process in (daily, other)),
        *(another(process) for process in (daily, other)),
    )
    ids = [id_ for picks in picked_ids for id_ in picks]
    assert len(ids) == 14
    assert len(set(ids)) == len(ids)


async def test_a_highlight_being_posted_is_not_picked(
    daily: BotProcess, other: BotProcess, waiting_post: tuple[Callable[[], Awaitable[None]], asyncio.Event]
) -> None:
    begin, release = waiting_post
    await begin()
    replies = [await process.press("another") for process in (daily, other)]
    release.set()
    await daily.publisher.idle()
    ids = [
        *daily.platform.shown(),
        *(reply.quotes[0].highlight.id for reply in replies if isinstance(reply, Digest)),
    ]
    assert len(ids) == 3
    assert len(set(ids)) == 3


async def test_without_a_database_simultaneous_picks_differ(bot: Bot, daily: BotProcess) -> None:
    await daily.state.close()
    request = Command("random", limit=2)
    replies = await asyncio.gather(
        *(
            daily.digest_requests.reply(make_arrival(number=number, request=request), request)
            for number in range(5)
        )
    )
    ids = [quote.highlight.id for reply in replies if isinstance(reply, Picks) for quote in reply.quotes]
    assert len(set(ids)) == len(ids) == 10


@pytest.mark.slow
async def test_an_old_index_is_freed(bot: Bot, daily: BotProcess) -> None:
    """The chooser caches the highlights that fit a filter, but the cache must not keep the old library in memory."""
    bot.index = Index.build(bot.index.library)
    await daily.command("daily at 9 tag favorite")
    await daily.publish_due(NINE)
    first = weakref.ref(bot.index)
    bot.index = Index.build(bot.index.library)
    gc.collect()
    assert first() is None


async def test_candidates_of_an_old_index_are_dropped(daily: BotProcess) -> None:
    """They are as many as the highlights, for each theme, and another theme may be asked for next."""
    chooser, bot = daily.digest_requests.chooser, daily.digest_requests.chooser.bot
    of_theme = weakref.ref(chooser.candidates(Theme((Filter("tag", "favorite"),))).books)
    assert of_theme() is not None
    bot.index = Index.build(bot.index.library)
    assert len(chooser.candidates(EVERYTHING))
    gc.collect()
    assert of_theme() is None


async def test_candidates_are_searched_outside_the_event_loop(
    daily: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search for candidates runs in a thread, so it does not block the event loop."""
    from_index, threads = Candidates.from_index.__func__, []  # type: ignore[attr-defined]

    def recorded_from_index(cls: type[Candidates], *given: object) -> Candidates:
        threads.append(threading.current_thread())
        candidates: Candidates = from_index(cls, *given)
        return candidates

    monkeypatch.setattr(Candidates, "from_index", classmethod(recorded_from_index))
    await daily.press("another")
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("command", ["now", "another", "random"])
async def test_a_pick_at_the_same_time_as_the_digest_is_another_highlight(
    bot: Bot, clock: Clock, state_url: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of two processes chooses before the other one has recorded its choice."""
    platform = FakePlatform()
    first, second = [await start_process(bot, state_url, clock, platform) for _ in range(2)]
    await first.command("daily at 9")
    await first.publish_due()
    choose, barrier = type(first.publisher.poster.chooser).choose, asyncio.Barrier(2)
    arrived: list[int] = []

    async def choose_together(self: object, *given: object) -> Choice:
        choice: Choice = await choose(self, *given)  # type: ignore[arg-type]
        if id(self) not in arrived:
            arrived.append(id(self))
            await barrier.wait()
        return choice

    monkeypatch.setattr(type(first.publisher.poster.chooser), "choose", choose_together)
    clock.now = NINE
    await first.publisher.tick()
    request = Command("random")
    if command == "now":
        assert await second.command("now") == "Posted."
        shown_ids = []
    else:
        pick = (
            second.press("another")
            if command == "another"
            else second.digest_requests.reply(make_arrival(request=request), request)
        )
        reply = await pick
        assert isinstance(reply, Digest | Picks)
        shown_ids = [quote.highlight.id for quote in reply.quotes]
    await first.publisher.idle()
    shown_ids += platform.shown()
    assert len(shown_ids) == 2
    assert len(set(shown_ids)) == 2
    history = await first.state.digests.history("test:C1", "")
    assert sorted(history.turns.values()) == [1, 2]
    await first.state.close()
    await second.state.close()
