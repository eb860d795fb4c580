"""What happens at the same time: slow processes whose lease runs out, commands in the middle of a post, picks at once."""

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.chat.conversation import Bot
from bot.chat.replies import Digest, Picks
from bot.chat.requests import Command
from bot.delivery.target import LimitedError, UnsentError
from bot.digest.chooser import Choice
from bot.digest.picking import Stock
from bot.search.index import Index
from bot.state.claims import LEASE
from tests.bot.digest.conftest import Board, Office, moment, office
from tests.platforms import Clock, said

NINE = moment("2026-11-25T09:00")
KEY = "test:C1:2026-11-25"


@pytest.fixture
async def set_(work: Office) -> Office:
    await work.say("daily at 9")
    await work.look()
    return work


@pytest.fixture
async def other(bot: Bot, set_: Office, url: str) -> AsyncIterator[Office]:
    """Another process beside it."""
    made = await office(bot, url, set_.clock, set_.board)
    yield made
    await made.keeper.close()


async def test_whose_lease_ran_out_before_it_posted_leaves_it_to_the_other(
    set_: Office, other: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was stopped for minutes, as by a machine that sleeps, or held up by its database."""
    choose, release, chosen = type(set_.clerk.chooser).choose, asyncio.Event(), asyncio.Event()

    async def slowly(self: object, *given: object) -> Choice:
        choice: Choice = await choose(self, *given)  # type: ignore[arg-type]
        if self is set_.clerk.chooser:
            chosen.set()
            await release.wait()
        return choice

    monkeypatch.setattr(type(set_.clerk.chooser), "choose", slowly)
    set_.clock.now = NINE
    await set_.clerk.tick()
    await chosen.wait()
    await other.look(NINE + LEASE + 1)
    release.set()
    await set_.clerk.idle()
    assert set_.board.keys() == [KEY]
    assert (set_.clerk.counts["digest_posted"], other.clerk.counts["digest_posted"]) == (0, 1)


@pytest.fixture
def waiting(set_: Office) -> tuple[Callable[[], Awaitable[None]], asyncio.Event]:
    """Begins a post that the platform asks to wait with; what ends the wait."""
    begun, release = asyncio.Event(), asyncio.Event()

    async def slowly(seconds: float) -> None:
        begun.set()
        await release.wait()

    async def begin() -> None:
        set_.clerk.delivering.sleep = slowly
        set_.board.failures["C1"].append(LimitedError("ratelimited", 30))
        set_.clock.now = NINE
        await set_.clerk.tick()
        await begun.wait()

    return begin, release


async def test_one_that_is_taken_away_while_it_waits_does_not_come(
    set_: Office, waiting: tuple[Callable[[], Awaitable[None]], asyncio.Event]
) -> None:
    begin, release = waiting
    await begin()
    assert (await set_.say("off")).startswith("No more digests here.")
    release.set()
    await set_.clerk.idle()
    assert set_.board.posts == []
    assert (await set_.say("daily at 10")).endswith(
        "The first comes on Wednesday, 25 November 2026 at 10:00."
    )
    await set_.look("2026-11-25T10:00")
    assert set_.board.keys() == [KEY]


async def test_a_plan_that_changes_while_its_day_is_tried_again(set_: Office) -> None:
    """The platform is away at nine. Set to half past, it comes at half past, with what was set last, whatever pause there was."""
    set_.board.failures["C1"].extend(UnsentError("away") for _ in range(500))
    for at in ("09:00", "09:03", "09:07", "09:13", "09:23"):
        await set_.look(f"2026-11-25T{at}")
    assert set_.board.posts == []
    told = await set_.say("daily at 9:30 2 highlights")
    set_.board.failures["C1"].clear()
    assert told.endswith("The first comes on Wednesday, 25 November 2026 at 09:30.")
    await set_.look("2026-11-25T09:29")
    assert set_.board.posts == []
    for at in ("09:30", "10:10"):
        await set_.look(f"2026-11-25T{at}")
        assert set_.board.keys() == [KEY]
    assert len(set_.board.shown()) == 2


async def test_a_look_before_it_was_set_anew_and_a_post_after_that(set_: Office) -> None:
    set_.clerk._at_once = asyncio.Semaphore(0)
    set_.clock.now = NINE
    await set_.clerk.tick()
    told = await set_.say("daily at 10 2 highlights")
    set_.clerk._at_once.release()
    await set_.clerk.idle()
    assert set_.board.posts == []
    assert told.endswith("The first comes on Wednesday, 25 November 2026 at 10:00.")
    await set_.look("2026-11-25T10:00")
    assert set_.board.keys() == [KEY]
    assert len(set_.board.shown()) == 2


async def test_picks_at_once_are_different(set_: Office, other: Office) -> None:
    """Several people at once, in one process or in two."""
    request = Command("random", limit=2)

    async def picked(work: Office, number: int) -> list[str]:
        reply = await work.desk.reply(said(number=number, request=request), request)
        assert isinstance(reply, Picks)
        return [quote.highlight.id for quote in reply.quotes]

    async def another(work: Office) -> list[str]:
        reply = await work.press("another")
        assert isinstance(reply, Digest)
        return [quote.highlight.id for quote in reply.quotes]

    told = await asyncio.gather(
        *(picked(work, number) for number in range(3) for work in (set_, other)),
        *(another(work) for work in (set_, other)),
    )
    ids = [one for some in told for one in some]
    assert len(ids) == 14
    assert len(set(ids)) == len(ids)


async def test_what_is_just_being_posted_is_not_picked_again(
    set_: Office, other: Office, waiting: tuple[Callable[[], Awaitable[None]], asyncio.Event]
) -> None:
    begin, release = waiting
    await begin()
    more = [await work.press("another") for work in (set_, other)]
    release.set()
    await set_.clerk.idle()
    ids = [*set_.board.shown(), *(one.quotes[0].highlight.id for one in more if isinstance(one, Digest))]
    assert len(ids) == 3
    assert len(set(ids)) == 3


async def test_without_a_database_picks_at_once_are_different(bot: Bot, set_: Office) -> None:
    await set_.keeper.close()
    request = Command("random", limit=2)
    told = await asyncio.gather(
        *(set_.desk.reply(said(number=one, request=request), request) for one in range(5))
    )
    ids = [quote.highlight.id for one in told if isinstance(one, Picks) for quote in one.quotes]
    assert len(set(ids)) == len(ids) == 10


async def test_old_notes_are_let_go_of(bot: Bot, set_: Office) -> None:
    """What fits a filter is remembered, not all that was read before the notes changed."""
    bot.index = Index.build(bot.index.library)
    await set_.say("daily at 9 tag favorite")
    await set_.look(NINE)
    first = weakref.ref(bot.index)
    bot.index = Index.build(bot.index.library)
    gc.collect()
    assert first() is None


async def test_a_press_does_not_hold_up_the_others(set_: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library is gone through in a thread of its own."""
    of, threads = Stock.of.__func__, []  # type: ignore[attr-defined]

    def noted(cls: type[Stock], *given: object) -> Stock:
        threads.append(threading.current_thread())
        made: Stock = of(cls, *given)
        return made

    monkeypatch.setattr(Stock, "of", classmethod(noted))
    await set_.press("keep", "made up")
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("beside", ["now", "another", "random"])
async def test_a_pick_beside_the_digest_of_the_day_is_another_one(
    bot: Bot, clock: Clock, state_url: str, beside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In two processes, each of which chooses before the other has marked what it is about to show."""
    board = Board()
    one, two = [await office(bot, state_url, clock, board) for _ in range(2)]
    await one.say("daily at 9")
    await one.look()
    choose, both = type(one.clerk.chooser).choose, asyncio.Barrier(2)
    met: list[int] = []

    async def together(self: object, *given: object) -> Choice:
        choice: Choice = await choose(self, *given)  # type: ignore[arg-type]
        if id(self) not in met:
            met.append(id(self))
            await both.wait()
        return choice

    monkeypatch.setattr(type(one.clerk.chooser), "choose", together)
    clock.now = NINE
    await one.clerk.tick()
    request = Command("random")
    if beside == "now":
        assert await two.say("now") == "Posted."
        told = []
    else:
        asked = (
            two.press("another") if beside == "another" else two.desk.reply(said(request=request), request)
        )
        reply = await asked
        assert isinstance(reply, Digest | Picks)
        told = [quote.highlight.id for quote in reply.quotes]
    await one.clerk.idle()
    told += board.shown()
    assert len(told) == 2
    assert len(set(told)) == 2
    history = await one.keeper.kept(lambda shelf: shelf.history("test:C1", ""))
    assert sorted(history.turns.values()) == [1, 2]
    await one.keeper.close()
    await two.keeper.close()
