"""That each due day comes once: late, refused, lost, with a database that goes away, and beside another process."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta, timezone

import pytest

from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.chat.replies import Digest, Notice
from bot.delivery.delivery import REST
from bot.delivery.target import (
    LimitedError,
    LookupFailedError,
    RefusedError,
    UncertainError,
    UndeliverableError,
    UnsentError,
)
from bot.digest.publisher import MOST_REFUSED, TICK, DigestPublisher
from bot.schedule.plan import Filter
from bot.search.index import Index
from bot.service import Service
from bot.state.claims import LEASE, StateError
from bot.state.digest_tables import DatabaseDigestStore
from bot.state.memory_claims import MemoryClaims
from corpus.model import Library
from tests.bot.digest.conftest import Office, moment, office
from tests.platforms import Clock, Place, said

KEY = "test:C1:2026-11-25"


@pytest.fixture
async def set_(work: Office) -> Office:
    """A digest every day at nine, seen an hour before."""
    await work.say("daily at 9")
    await work.look()
    return work


async def test_it_comes_once_a_day_at_its_time(set_: Office) -> None:
    await set_.look("2026-11-25T08:59")
    assert set_.board.posts == []
    for at in (
        "2026-11-25T09:00",
        "2026-11-25T09:00:20",
        "2026-11-25T14:00",
        "2026-11-26T08:59",
        "2026-11-26T09:00",
    ):
        await set_.look(at)
    assert set_.board.keys() == [KEY, "test:C1:2026-11-26"]
    assert len(set(set_.board.shown())) == 2
    assert set_.clerk.counts == {"digest_posted": 2, "digest_late": 0}


async def test_a_clock_that_is_set_back_or_forward_doubles_nothing(set_: Office) -> None:
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
        await set_.look(f"2026-11-{at}")
    assert set_.board.keys() == [KEY, "test:C1:2026-11-26", "test:C1:2026-11-27"]


async def test_a_clock_that_was_wrong_by_a_year_for_a_moment(set_: Office) -> None:
    await set_.look("2027-11-25T08:30")
    await set_.look("2027-11-25T08:31")
    await set_.look("2026-11-25T09:00")
    assert set_.board.keys() == [KEY]


@pytest.mark.parametrize("again", [False, True])
async def test_days_left_out_by_a_clock_that_was_ahead_still_come(
    bot: Bot, set_: Office, url: str, again: bool
) -> None:
    """In the same process, and in one that is started later."""
    days = ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01"]
    one = set_
    await one.look("2026-11-30T20:00")
    if again:
        await one.keeper.close()
        one = await office(bot, url, set_.clock, set_.board)
    for day in days:
        for time in ("08:59", "09:00", "09:01", "16:00"):
            await one.look(f"{day}T{time}")
    assert one.board.keys() == [f"test:C1:{day}" for day in days]
    if again:
        await one.keeper.close()


async def test_what_a_clock_that_was_ahead_began_is_gone_on_with(set_: Office) -> None:
    """What was claimed waits for no lease that ends in days; what was posted then is not posted again."""
    set_.board.failures["C1"].append(UnsentError("down"))
    await set_.look("2026-11-30T09:00")
    set_.board.blind = LookupFailedError("not now", again=True)
    set_.board.lost["C1"].append(UncertainError("lost"))
    await set_.look("2026-11-30T09:30")
    set_.board.blind = None
    for day in ("2026-11-25", "2026-11-26", "2026-11-29", "2026-11-30", "2026-12-01"):
        await set_.look(f"{day}T09:00")
    assert sorted(set_.board.keys()) == sorted(
        f"test:C1:2026-{day}" for day in ("11-25", "11-26", "11-29", "11-30", "12-01")
    )


async def test_what_was_down_comes_late_within_the_grace_and_else_not(
    bot: Bot, set_: Office, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await set_.keeper.close()
    again = await office(bot, url, set_.clock, set_.board)
    await again.look("2026-11-25T14:59")
    assert again.board.keys() == [KEY]
    assert again.clerk.counts["digest_late"] == 1
    await again.keeper.close()
    last = await office(bot, url, set_.clock, set_.board)
    for at in ("2026-11-28T15:01", "2026-11-28T15:02"):
        await last.look(at)
    assert last.board.keys() == [KEY]
    assert last.clerk.counts["digest_skipped"] == 3
    told = [one.message for one in caplog.records if "left out" in one.message]
    assert told == [f"digest left out, its time is over: test:C1:2026-11-{day}" for day in (26, 27, 28)]
    await last.keeper.close()
    further = await office(bot, url, set_.clock, set_.board)
    await further.look("2026-11-29T09:00")
    assert further.clerk.counts["digest_skipped"] == 0, "told once"
    assert further.board.keys() == [KEY, "test:C1:2026-11-29"]
    await further.keeper.close()


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("after", ["claim", "posting", "post"])
async def test_killed_between_claim_post_and_mark(
    bot: Bot, set_: Office, url: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never twice; once where it certainly was not posted."""
    shelf = DatabaseDigestStore
    if after == "post":
        before = DatabaseDigestStore.done

        async def killed(*_: object) -> None:
            raise Killed

        monkeypatch.setattr(shelf, "done", killed)
        restore: Callable[[], None] = lambda: monkeypatch.setattr(shelf, "done", before)  # noqa: E731
    else:
        restore = _killed_after(monkeypatch, shelf, after)
    set_.clock.now = moment("2026-11-25T09:00")
    await set_.clerk.tick()
    await asyncio.gather(*set_.clerk._busy.values(), return_exceptions=True)
    restore()
    await set_.keeper.close()
    assert len(set_.board.posts) == (after == "post")
    again = await office(bot, url, set_.clock, set_.board)
    await again.look("2026-11-25T09:00:30")
    assert len(again.board.posts) == (after == "post"), "its lease still holds"
    await again.look("2026-11-25T09:01:01")
    assert again.board.keys() == [KEY]
    await again.look("2026-11-26T09:00")
    assert len(set(again.board.shown())) == 2, "what was shown is noted, whoever posted it"
    await again.keeper.close()


def _killed_after(monkeypatch: pytest.MonkeyPatch, shelf: type, name: str) -> Callable[[], None]:
    usual: Callable[..., Awaitable[object]] = getattr(shelf, name)

    async def killed(self: object, *given: object) -> None:
        await usual(self, *given)
        raise Killed

    monkeypatch.setattr(shelf, name, killed)
    return lambda: monkeypatch.setattr(shelf, name, usual)


@pytest.mark.parametrize(
    "blind", [None, LookupFailedError("missing_scope"), LookupFailedError("timeout", again=True)]
)
async def test_a_post_of_unknown_outcome(set_: Office, blind: LookupFailedError | None) -> None:
    set_.board.lost["C1"].append(UncertainError("timeout"))
    set_.board.blind = blind
    await set_.look("2026-11-25T09:00")
    await set_.look("2026-11-25T09:30")
    await set_.look("2026-11-25T16:00")
    assert set_.board.keys() == [KEY]
    assert set_.clerk.counts["digest_unknown"] == (blind is not None)
    set_.board.blind = None
    await set_.look("2026-11-26T09:00")
    assert len(set(set_.board.shown())) == 2, "what may have been shown counts as shown"


async def test_killed_while_posting_and_the_history_cannot_be_read(
    set_: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore = _killed_after(monkeypatch, DatabaseDigestStore, "posting")
    set_.clock.now = moment("2026-11-25T09:00")
    await set_.clerk.tick()
    await asyncio.gather(*set_.clerk._busy.values(), return_exceptions=True)
    restore()
    set_.board.blind = LookupFailedError("timeout", again=True)
    await set_.look("2026-11-25T09:02")
    await set_.look("2026-11-25T09:04")
    assert set_.clerk.counts["digest_unknown"] == 0, "asked again while the grace lasts"
    set_.board.blind = None
    await set_.look("2026-11-25T09:06")
    assert set_.board.keys() == [KEY]


async def test_the_platform_is_away_for_an_hour(set_: Office) -> None:
    set_.board.failures["C1"] += [UnsentError("ConnectionRefusedError")] * 60
    at = moment("2026-11-25T09:00")
    while not set_.board.posts and at < moment("2026-11-25T15:00"):
        await set_.look(at)
        at = max(set_.clock.now, at) + 20
    assert set_.board.keys() == [KEY]
    assert set_.board.tries[KEY] == 61
    assert set_.clerk.counts["digest_skipped"] == 0


async def test_the_platform_is_away_for_too_long(set_: Office, caplog: pytest.LogCaptureFixture) -> None:
    set_.board.failures["C1"] += [UnsentError("ConnectionRefusedError")] * 10_000
    at = moment("2026-11-25T09:00")
    while at < moment("2026-11-25T16:00"):
        await set_.look(at)
        at = max(set_.clock.now, at) + 60
    assert set_.board.posts == []
    assert set_.clerk.counts["digest_skipped"] == 1
    assert set_.board.tries[KEY] < 300, "with pauses"
    set_.board.failures.clear()
    await set_.look("2026-11-26T09:00")
    assert set_.board.keys() == ["test:C1:2026-11-26"]
    history = await set_.keeper.kept(lambda shelf: shelf.history("test:C1", ""))
    assert history.turn == 1, "what was not shown is not counted as shown"


async def test_a_platform_that_is_down_is_not_tried(set_: Office) -> None:
    up = False
    set_.clerk.up = lambda platform: up
    await set_.look("2026-11-25T09:00")
    assert set_.board.tries[KEY] == 0
    up = True
    await set_.look("2026-11-25T12:00")
    assert set_.board.keys() == [KEY]


async def test_a_place_that_refuses_rests_until_the_next_day_and_names_the_grant(
    set_: Office, caplog: pytest.LogCaptureFixture
) -> None:
    set_.board.failures["C1"].append(RefusedError("not_in_channel", "Invite the bot to the channel: /invite"))
    for at in ("09:00", "09:20", "12:00"):
        await set_.look(f"2026-11-25T{at}")
    assert set_.board.tries[KEY] == 1
    lines = [one.message for one in caplog.records if one.levelno >= logging.WARNING]
    assert lines == [
        "refused in test:C1: not_in_channel. Invite the bot to the channel: /invite; it rests 10 min"
    ]
    await set_.look("2026-11-26T09:00")
    assert set_.board.keys() == ["test:C1:2026-11-26"]


async def test_a_channel_that_is_gone_is_not_tried_for_ever(
    set_: Office, caplog: pytest.LogCaptureFixture
) -> None:
    gone = RefusedError("channel_not_found", "Invite the bot to the channel, if it still exists: /invite")
    set_.board.failures["C1"] += [gone] * 100
    for day in range(30):
        await set_.look(moment("2026-11-25T09:00") + day * 86400)
    assert sum(set_.board.tries.values()) == MOST_REFUSED
    assert await set_.keeper.kept(lambda shelf: shelf.standings()) == []
    assert [one.message for one in caplog.records][
        -1
    ] == "digest taken away, refused 14 times in a row: test:C1"


async def test_one_that_cannot_be_delivered_gives_way_to_others(set_: Office) -> None:
    set_.board.failures["C1"] += [UndeliverableError("invalid_blocks")] * 2
    for at in ("09:00", "09:02", "09:10"):
        await set_.look(f"2026-11-25T{at}")
    assert set_.board.keys() == [KEY]
    assert len(set(set_.board.tried)) == 3


async def test_a_slow_channel_holds_up_no_other(bot: Bot, set_: Office) -> None:
    await set_.say("daily at 9", channel="C2")
    release = asyncio.Event()

    async def slowly(seconds: float) -> None:
        await release.wait()

    set_.clerk.delivering.sleep = slowly
    set_.board.failures["C1"].append(LimitedError("ratelimited", 30))
    set_.clock.now = moment("2026-11-25T09:00")
    await set_.clerk.tick()
    while not set_.board.keys("C2"):  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert set_.board.keys() == []
    await set_.clerk.tick()
    release.set()
    await set_.clerk.idle()
    assert set_.board.keys() == [KEY]


async def test_a_lane_that_rests_is_waited_for(set_: Office) -> None:
    set_.clock.now = moment("2026-11-25T08:55")
    set_.clerk.delivering._rest("test:C1", REST)
    await set_.look("2026-11-25T09:00")
    assert set_.board.tries[KEY] == 0
    await set_.look("2026-11-25T09:06")
    assert set_.board.keys() == [KEY]


async def test_two_processes_post_once(bot: Bot, set_: Office, url: str) -> None:
    other = await office(bot, url, set_.clock, set_.board)
    for number in range(1, 10):
        await set_.say("daily at 9", channel=f"C{number}")
    set_.clock.now = moment("2026-11-25T09:00")
    await asyncio.gather(set_.clerk.tick(), other.clerk.tick())
    await asyncio.gather(set_.clerk.idle(), other.clerk.idle())
    assert sorted(key for _, key, _ in set_.board.posts) == sorted(
        f"test:C{number}:2026-11-25" for number in range(1, 10)
    )
    assert set_.clerk.counts["digest_posted"] + other.clerk.counts["digest_posted"] == 9
    await other.keeper.close()


async def test_the_database_goes_away_before_and_after_the_post(
    set_: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: nothing is posted without its mark. After: what was posted is noted as soon as it is back."""
    usual = set_.keeper.kept
    broken = {"posting"}

    async def kept(work: Callable[[object], Awaitable[object]]) -> object:
        class Broken:
            def __getattr__(self, name: str) -> object:
                if name in broken:
                    raise StateError("away")
                return lambda *given: usual(lambda shelf: getattr(shelf, name)(*given))

        return await work(Broken())

    monkeypatch.setattr(set_.keeper, "kept", kept)
    await set_.look("2026-11-25T09:00")
    assert set_.board.posts == []
    broken = {"done"}
    await set_.look("2026-11-25T09:01:01")
    assert set_.board.keys() == [KEY]
    await set_.look("2026-11-25T09:05")
    assert set_.board.keys() == [KEY]
    broken = set()
    set_.board.blind = LookupFailedError("nobody may look")
    await set_.look("2026-11-25T09:10")
    assert set_.clerk._unnoted == {}
    assert (await usual(lambda shelf: shelf.history("test:C1", ""))).turn == 1
    assert set_.clerk.counts["digest_unknown"] == 0


async def test_a_plan_that_changes_on_its_day_does_not_come_twice(set_: Office) -> None:
    await set_.look("2026-11-25T09:00")
    told = await set_.say("daily at 10 Berlin")
    assert told.endswith("The first comes on Thursday, 26 November 2026 at 10:00.")
    await set_.say("off")
    await set_.say("daily at 11")
    for at in ("25T10:00", "25T11:00", "25T23:00", "26T11:00"):
        await set_.look(f"2026-11-{at}")
    assert set_.board.keys() == [KEY, "test:C1:2026-11-26"]


async def test_a_plan_that_changes_to_an_earlier_time(work: Office) -> None:
    await work.say("daily at 20")
    await work.look()
    await work.say("daily at 10")
    await work.look("2026-11-25T10:00")
    await work.look("2026-11-25T20:00")
    assert work.board.keys() == [KEY]
    assert work.clerk.counts["digest_late"] == 0


async def test_another_zone_on_the_same_day(set_: Office) -> None:
    """Posted on the 25th at nine in London: in Auckland, where that was the evening of the 25th, the next is of the 26th."""
    await set_.look("2026-11-25T09:00")
    assert (await set_.say("daily at 23:30 Auckland")).endswith(
        "The first comes on Thursday, 26 November 2026 at 23:30."
    )
    assert (await set_.say("daily at 12 Honolulu")).endswith(
        "The first comes on Thursday, 26 November 2026 at 12:00."
    )


async def test_one_that_is_set_after_its_time_begins_on_the_next_day(work: Office) -> None:
    await work.say("daily at 7")
    await work.look("2026-11-25T08:01")
    assert work.board.posts == []
    await work.look("2026-11-26T07:00")
    assert work.board.keys() == ["test:C1:2026-11-26"]


async def test_a_day_that_was_left_out_may_come_after_all(set_: Office) -> None:
    await set_.look("2026-11-25T16:00")
    assert set_.clerk.counts["digest_skipped"] == 1
    await set_.say("daily at 17")
    await set_.look("2026-11-25T17:00")
    assert set_.board.keys() == [KEY]


async def test_days_long_ago_are_forgotten(set_: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.digest.publisher.MOST_FINISHED", 40)
    for day in range(50):
        await set_.look(moment("2026-11-25T09:00") + day * 86400)
        await set_.look()
    assert len(set_.board.posts) == 50
    assert 31 < len(set_.clerk._finished or ()) <= 41


async def test_off_keeps_what_was_shown(work: Office) -> None:
    fitting = len(work.desk.chooser.stock(Filter("tag", "favorite")))
    assert fitting > 10
    await work.say("daily at 9 tag favorite")
    for day in range(fitting):
        if day % 5 == 4:
            await work.say("off")
            await work.say("daily at 9 tag favorite")
        await work.look(moment("2026-11-25T09:00") + day * 86400)
    assert len(work.board.shown()) == len(set(work.board.shown())) == fitting


async def test_notes_that_are_not_there_yet_are_waited_for(bot: Bot, set_: Office) -> None:
    set_.desk.chooser.bot = Bot(Index.build(Library()))
    await set_.look("2026-11-25T09:00")
    assert set_.board.tries[KEY] == 0
    set_.desk.chooser.bot = bot
    await set_.look("2026-11-25T09:02")
    assert set_.board.keys() == [KEY]


async def test_as_many_as_asked(work: Office) -> None:
    await work.say("weekdays at 9 5 highlights")
    for at in ("25T09:00", "26T09:00", "27T09:00", "28T09:00", "29T09:00", "30T09:00"):
        await work.look(f"2026-11-{at}")
    assert [len(one.quotes) for _, _, one in work.board.posts if isinstance(one, Digest)] == [5] * 4
    assert len(set(work.board.shown())) == 20


async def test_it_looks_when_the_time_has_come(
    set_: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop wakes at the very moment, and whatever a look raises, there is a next one."""
    clock.now = moment("2026-11-25T08:59:55")
    looks: list[float] = []
    usual = DigestPublisher.tick

    async def sleep(seconds: float) -> None:
        looks.append(clock.now)
        clock.now += seconds
        if len(looks) == 1:
            raise_next.append(True)
        if len(looks) > 4:
            raise asyncio.CancelledError

    raise_next: list[bool] = []

    async def tick(self: DigestPublisher) -> None:
        if raise_next and raise_next.pop():
            raise ValueError
        await usual(self)
        await self.idle()

    set_.clerk.sleep = sleep
    monkeypatch.setattr(DigestPublisher, "tick", tick)
    with pytest.raises(asyncio.CancelledError):
        await set_.clerk.run()
    assert looks[1] == moment("2026-11-25T09:00")
    assert set_.board.keys() == [KEY]


async def test_what_is_tried_again_is_not_looked_at_all_the_time(
    set_: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_.board.failures["C1"] += [UnsentError("away")] * 1000
    clock.now = moment("2026-11-25T08:59:59")
    looks: list[float] = []
    usual = DigestPublisher.tick

    async def tick(self: DigestPublisher) -> None:
        looks.append(clock.now)
        if clock.now > moment("2026-11-25T10:00"):
            raise asyncio.CancelledError
        await usual(self)
        await self.idle()

    monkeypatch.setattr(DigestPublisher, "tick", tick)
    with pytest.raises(asyncio.CancelledError):
        await set_.clerk.run()
    assert len(looks) < 3600 / TICK + 20, "not more often than every TICK"


@pytest.mark.parametrize("hours", [1, -3])
async def test_the_rules_of_a_zone_change_between_two_starts(
    bot: Bot, work: Office, url: str, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same local day may be due at another time then: it is the same day."""
    offset = 0

    def zone(name: str) -> timezone:
        return timezone(timedelta(hours=offset))

    monkeypatch.setattr("bot.schedule.due.ZoneInfo", zone)
    await work.say("daily at 9")
    await work.look("2026-11-25T09:00")
    offset = hours
    again = await office(bot, url, work.clock, work.board)
    for hour in range(9, 24):
        await again.look(f"2026-11-25T{hour:02}:30")
    assert work.board.keys() == [KEY]
    for hour in range(24):
        await again.look(f"2026-11-26T{hour:02}:30")
    assert work.board.keys() == [KEY, "test:C1:2026-11-26"]
    await again.keeper.close()


async def test_a_flood_of_questions_does_not_starve_it(bot: Bot, set_: Office) -> None:
    """Fault 31: questions that take long in all lanes, in the digest's own channel too, and the digest is there at once."""
    release = threading.Event()
    slow = Bot(bot.index)
    service = Service(slow, Rules(), MemoryClaims(), set_.clerk.delivering, desk=set_.desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bot, "reply", lambda self, request: release.wait(20) and Notice("late"))
        for number in range(100):
            service.hear(
                said(number=number, channel=f"C{number}", person=f"U{number}"), Place(f"test:C{number}")
            )
        for _ in range(50):
            await asyncio.sleep(0)
        async with asyncio.timeout(60):
            await set_.look("2026-11-25T09:00")
        release.set()
        await service.stop(10)
    assert set_.board.keys() == [KEY]


async def test_stopping_waits_a_moment_and_leaves_nothing_half_known(
    set_: Office, url: str, bot: Bot
) -> None:
    begun = asyncio.Event()

    async def slowly(seconds: float) -> None:
        begun.set()
        await asyncio.Event().wait()

    set_.clerk.delivering.sleep = slowly
    set_.board.failures["C1"].append(UnsentError("away"))
    set_.clock.now = moment("2026-11-25T09:00")
    await set_.clerk.tick()
    await begun.wait()
    await set_.clerk.stop(0.01)
    await set_.keeper.close()
    again = await office(bot, url, set_.clock, set_.board)
    await again.look(set_.clock.now + 2 * LEASE + 1)
    assert again.board.keys() == [KEY]
    await again.keeper.close()
