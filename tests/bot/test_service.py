"""The one way of a question: once answered, in order, and what is done when posting fails."""

import asyncio
import logging
import threading

import pytest

from bot.access.rate_limit import RateLimit
from bot.access.rules import Rules
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.chat.replies import Notice, Reply
from bot.chat.requests import Command, Request
from bot.delivery.delivery import Delivery
from bot.delivery.target import (
    LimitedError,
    LookupFailedError,
    RefusedError,
    UncertainError,
    UndeliverableError,
    UnsentError,
)
from bot.lanes import Handle
from bot.model import Answer, Question
from bot.service import Service
from bot.state.claims import Claim
from bot.state.memory_claims import MemoryClaims
from tests.platforms import Clock, FakeTarget, make_arrival


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(bot: Bot, clock: Clock) -> Service:
    rules = Rules(person=RateLimit(1000), channel=RateLimit(1000))
    return Service(bot, rules, MemoryClaims(), Delivery(clock=clock, sleep=clock.sleep))


async def over(service: Service) -> None:
    while service.waiting:
        await asyncio.wait(service._lanes.tasks)


async def test_a_question_is_answered_once_however_often_it_arrives(service: Service) -> None:
    place = FakeTarget()
    for _ in range(3):
        service.hear(make_arrival(), place)
    await over(service)
    service.hear(make_arrival(), place)
    await over(service)
    assert len(place.posted) == 1
    assert isinstance(place.posted[0], Answer)
    assert service.counts == {"heard": 4, "answered": 1, "repeated": 3}


async def test_what_another_replica_answered_is_not_answered_again(bot: Bot) -> None:
    shared, place = MemoryClaims(), FakeTarget()
    for _ in range(2):
        one = Service(bot, Rules(), shared)
        one.hear(make_arrival(), place)
        await over(one)
    assert len(place.posted) == 1
    assert one.counts == {"heard": 1, "repeated": 1}


async def test_two_replicas_that_hear_the_same_give_one_notice(bot: Bot) -> None:
    """Discord tells each replica of a message: one of them says that it is too much at once."""
    shared, place = MemoryClaims(), FakeTarget()
    replicas = [Service(bot, Rules(person=RateLimit(1), channel=RateLimit(1000)), shared) for _ in range(2)]
    for number in range(3):
        for one in replicas:
            one.hear(make_arrival(number=number), place)
    for one in replicas:
        await over(one)
    assert (len(place.posted), len(place.notices)) == (1, 1)


async def test_a_channel_keeps_its_order_and_delays_no_other(service: Service) -> None:
    release = asyncio.Event()

    async def slowly(seconds: float) -> None:
        await release.wait()

    service.delivery.sleep = slowly
    busy, other = FakeTarget(), FakeTarget("test:C2")
    busy.failures.append(LimitedError("ratelimited", 1))
    for number in range(5):
        service.hear(make_arrival(f"/highlight by {number}", number), busy)
    service.hear(make_arrival(channel="C2"), other)
    while not other.posted:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert not busy.posted
    release.set()
    await over(service)
    assert [one.text.split("“")[1][0] for one in busy.posted if isinstance(one, Notice)] == list("01234")


async def waiting_behind(service: Service) -> tuple[asyncio.Event, FakeTarget, Handle]:
    """A question that waits behind another, whose post waits until the event is set."""
    release, place = asyncio.Event(), FakeTarget()

    async def slowly(_seconds: float) -> None:
        await release.wait()

    service.delivery.sleep = slowly
    place.failures.append(LimitedError("ratelimited", 1))
    service.hear(make_arrival(), place)
    heard = service.hear(make_arrival(number=2), place)
    async with asyncio.timeout(10):
        await heard.claimed
    assert not heard.finished.done()
    return release, place, heard


async def test_what_waits_is_claimed_so_that_it_outlives_the_process(service: Service) -> None:
    """Fault 52."""
    release, place, heard = await waiting_behind(service)
    assert await service.claims.claim(make_arrival(number=2).key) is Claim.HELD
    assert service.hear(make_arrival(number=2), place) is heard, "delivered again"
    release.set()
    await over(service)
    assert len(place.posted) == 2


async def test_what_waited_longer_than_its_lease_is_left_to_who_took_it_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, place, _ = await waiting_behind(service)
    monkeypatch.setattr(
        "bot.service.LEASE_S", 0.0
    )  # as if its lease were over, and somebody else had the next one
    monkeypatch.setattr("bot.service.LEASE_MARGIN_S", 0.0)
    release.set()
    await over(service)
    assert len(place.posted) == 1


async def test_a_rate_limit_is_waited_for(service: Service, clock: Clock) -> None:
    place = FakeTarget()
    place.failures += [LimitedError("ratelimited", 30), LimitedError("ratelimited", None)]
    service.hear(make_arrival(), place)
    await over(service)
    assert (clock.slept, len(place.posted)) == ([30, 2.0], 1)


async def test_a_long_rate_limit_is_given_up_with_one_line(
    service: Service, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    place = FakeTarget()
    place.failures += [LimitedError("ratelimited", 600)]
    service.hear(make_arrival(), place)
    service.hear(make_arrival(number=2), place)
    await over(service)
    assert (clock.slept, place.tries, place.posted) == ([], 1, [])
    assert len([one for one in caplog.records if "gave up posting" in one.message]) == 1
    clock.now += 601
    service.hear(make_arrival(number=3), place)
    await over(service)
    assert len(place.posted) == 1


async def test_an_uncertain_post_that_stands_is_not_repeated(service: Service) -> None:
    place = FakeTarget(found="m9")
    place.failures.append(UncertainError("timeout"))
    service.hear(make_arrival(), place)
    await over(service)
    assert (place.tries, service.counts["answered"]) == (1, 1)


async def test_an_uncertain_post_that_certainly_does_not_stand_is_repeated(service: Service) -> None:
    place = FakeTarget()
    place.failures.append(UncertainError("timeout"))
    service.hear(make_arrival(), place)
    await over(service)
    assert (place.tries, len(place.posted)) == (2, 1)


async def test_an_uncertain_post_that_cannot_be_looked_up_is_left(service: Service) -> None:
    place = FakeTarget(lookup=LookupFailedError("missing_scope"))
    place.failures.append(UncertainError("timeout"))
    service.hear(make_arrival(), place)
    await over(service)
    service.hear(make_arrival(), place)
    await over(service)
    assert (place.tries, place.posted, service.counts["unknown"]) == (1, [], 1)


async def test_the_platform_is_away_for_a_moment_or_for_long(service: Service, clock: Clock) -> None:
    place, gone = FakeTarget(), FakeTarget("test:C2")
    place.failures += [UnsentError("ConnectionRefusedError")] * 3
    gone.failures += [UnsentError("ConnectionRefusedError")] * 100
    service.hear(make_arrival(), place)
    service.hear(make_arrival(channel="C2"), gone)
    await over(service)
    assert (len(place.posted), gone.posted) == (1, [])
    assert gone.tries < 20


async def test_a_place_that_refuses_gets_no_posts_for_a_while(
    service: Service, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    place = FakeTarget()
    place.failures.append(RefusedError("is_archived", "Unarchive the channel"))
    for number in range(3):
        service.hear(make_arrival(number=number), place)
    await over(service)
    assert (place.tries, service.counts["resting"]) == (1, 2)
    lines = [one.message for one in caplog.records if one.levelno >= logging.WARNING]
    assert lines == [
        "refused in test:C1: is_archived. Unarchive the channel; nothing is posted there for 10 min"
    ]
    clock.now += 601
    service.hear(make_arrival(number=9), place)
    await over(service)
    assert len(place.posted) == 1


async def test_what_cannot_be_delivered_privately_is_not_delivered(service: Service) -> None:
    place = FakeTarget()
    place.failures.append(UndeliverableError("expired_url"))
    service.hear(make_arrival(request=Command("random"), private=True), place)
    await over(service)
    assert (place.tries, place.posted) == (1, [])


async def test_a_post_under_way_when_its_process_died(service: Service, clock: Clock) -> None:
    claims = MemoryClaims(clock)
    service.claims = claims
    for number, (found, lookup, posts) in enumerate(
        [("m1", None, 0), (None, None, 1), (None, LookupFailedError("missing_scope"), 0)]
    ):
        arrival = make_arrival(number=number)
        assert await claims.claim(arrival.key) is Claim.MINE
        await claims.renew(arrival.key)
        place = FakeTarget(found=found, lookup=lookup)
        service.hear(arrival, place)
        await over(service)
        assert place.posted == [], "its lease still holds"
        clock.now += 61
        service.hear(arrival, place)
        await over(service)
        assert len(place.posted) == posts
        assert await claims.claim(arrival.key) is Claim.DONE


async def test_two_hundred_at_once_in_one_channel(service: Service) -> None:
    service.rules = Rules()
    busy, other = FakeTarget(), FakeTarget("test:C2")
    for number in range(200):
        service.hear(make_arrival(number=number), busy)
    service.hear(make_arrival(channel="C2", person="U2"), other)
    await over(service)
    assert len(busy.posted) == 10
    assert len(busy.notices) == 1
    assert len(other.posted) == 1
    assert service.counts["overflow"] == 140


async def test_what_is_delivered_again_does_not_count_again(service: Service) -> None:
    service.rules = Rules(person=RateLimit(2))
    target = FakeTarget()
    for number in (1, 1, 1, 2):
        await service.hear(make_arrival(number=number), target)
    assert len(target.posted) == 2


async def test_only_a_mention_gets_a_short_help(service: Service) -> None:
    place = FakeTarget()
    service.hear(make_arrival(" 🎉 "), place)
    service.hear(make_arrival("help", 2), place)
    await over(service)
    short, long = place.posted
    assert isinstance(short, Notice)
    assert isinstance(long, Notice)
    assert len(short.text) < 100 < len(long.text)


async def test_more_continues_where_the_last_answer_ended(service: Service) -> None:
    place = FakeTarget()
    service.hear(make_arrival("more"), place)
    service.hear(make_arrival("memory", 2), place)
    service.hear(make_arrival("more", 3), place)
    await over(service)
    nothing, first, second = place.posted
    assert isinstance(nothing, Notice)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert second.offset == len(first.quotes)


async def test_a_question_that_breaks_the_core_is_logged_without_its_text(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Bot, request: object) -> None:
        raise ValueError("the secret question")

    monkeypatch.setattr(Bot, "reply", broken)
    place = FakeTarget()
    service.hear(make_arrival(), place)
    await over(service)
    assert isinstance(place.posted[0], Notice)
    assert "secret" not in caplog.text
    assert "ValueError at test_service.py" in caplog.text


async def test_stopping_takes_no_more_and_waits_for_what_is_under_way(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    usual = Bot.reply
    monkeypatch.setattr(Bot, "reply", lambda self, request: released.wait(5) and usual(self, request))
    place, late = FakeTarget(), FakeTarget("test:C2")
    service.hear(make_arrival(), place)
    await asyncio.sleep(0)
    stopping = asyncio.create_task(service.stop(5))
    await asyncio.sleep(0)
    service.hear(make_arrival(channel="C2"), late)
    released.set()
    assert await stopping
    assert (len(place.posted), late.posted) == (1, [])


async def test_stopping_ends_even_if_a_post_hangs(service: Service) -> None:
    service.delivery.sleep = asyncio.sleep
    place = FakeTarget()
    place.failures.append(LimitedError("ratelimited", 50))
    service.hear(make_arrival(), place)
    while not place.tries:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert not await service.stop(0.01)
    assert service.waiting == 0


async def test_a_question_that_takes_too_long_is_cut_off_and_the_next_one_is_answered(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, place, reply = threading.Event(), FakeTarget(), Bot.reply

    def slowly(bot: Bot, request: Request) -> Reply:
        if isinstance(request, Question) and "endless" in request.text:
            release.wait(60)
        return reply(bot, request)

    monkeypatch.setattr(Bot, "reply", slowly)
    service.answer_timeout_s = 0.2
    service.hear(make_arrival("what about endless things?", 1), place)
    await over(service)
    service.answer_timeout_s = 60.0
    service.hear(make_arrival("what about memory?", 2), place)
    await over(service)
    release.set()
    cut, answered = place.posted
    assert cut == Notice(wording.QUESTION_CUT_OFF)
    assert isinstance(answered, Answer)
    assert service.counts["timeout"] == 1
