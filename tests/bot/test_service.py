"""The way of a question through the service: answered once, in order, and what happens when a post fails."""

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
from bot.search.index import Index
from bot.service import Service
from bot.state.claims import Claim
from bot.state.memory_claims import MemoryClaims
from tests.libraries import library_of
from tests.platforms import Clock, FakeTarget, make_arrival


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(bot: Bot, clock: Clock) -> Service:
    rules = Rules(person=RateLimit(1000), channel=RateLimit(1000))
    return Service(bot, rules, MemoryClaims(), Delivery(clock=clock, sleep=clock.sleep))


async def finish(service: Service) -> None:
    while service.waiting:
        await asyncio.wait(service._lanes.tasks)


async def test_a_question_is_answered_once_however_often_it_arrives(service: Service) -> None:
    target = FakeTarget()
    for _ in range(3):
        service.hear(make_arrival(), target)
    await finish(service)
    service.hear(make_arrival(), target)
    await finish(service)
    assert len(target.posted) == 1
    assert isinstance(target.posted[0], Answer)
    assert service.counts == {"heard": 4, "answered": 1, "repeated": 3}


async def test_a_message_that_another_replica_answered_is_not_answered_again(bot: Bot) -> None:
    shared, target = MemoryClaims(), FakeTarget()
    for _ in range(2):
        replica = Service(bot, Rules(), shared)
        replica.hear(make_arrival(), target)
        await finish(replica)
    assert len(target.posted) == 1
    assert replica.counts == {"heard": 1, "repeated": 1}


async def test_two_replicas_give_one_notice_for_the_same_message(bot: Bot) -> None:
    """Discord delivers each message to every replica. Only one of them says that the person asks too much."""
    shared, target = MemoryClaims(), FakeTarget()
    replicas = [Service(bot, Rules(person=RateLimit(1), channel=RateLimit(1000)), shared) for _ in range(2)]
    for number in range(3):
        for replica in replicas:
            replica.hear(make_arrival(number=number), target)
    for replica in replicas:
        await finish(replica)
    assert (len(target.posted), len(target.notices)) == (1, 1)


async def test_a_channel_keeps_its_order_and_delays_no_other_channel(service: Service) -> None:
    release = asyncio.Event()

    async def sleep_until_released(seconds: float) -> None:
        await release.wait()

    service.delivery.sleep = sleep_until_released
    busy, other = FakeTarget(), FakeTarget("test:C2")
    busy.failures.append(LimitedError("ratelimited", 1))
    for number in range(5):
        service.hear(make_arrival(f"/highlight by {number}", number), busy)
    service.hear(make_arrival(channel="C2"), other)
    while not other.posted:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert not busy.posted
    release.set()
    await finish(service)
    assert [notice.text.split("“")[1][0] for notice in busy.posted if isinstance(notice, Notice)] == list(
        "01234"
    )


async def waiting_behind(service: Service) -> tuple[asyncio.Event, FakeTarget, Handle]:
    """Returns a question that waits behind another one, whose post waits until the event is set."""
    release, target = asyncio.Event(), FakeTarget()

    async def sleep_until_released(_seconds: float) -> None:
        await release.wait()

    service.delivery.sleep = sleep_until_released
    target.failures.append(LimitedError("ratelimited", 1))
    service.hear(make_arrival(), target)
    heard = service.hear(make_arrival(number=2), target)
    async with asyncio.timeout(10):
        await heard.claimed
    assert not heard.finished.done()
    return release, target, heard


async def test_a_waiting_question_is_claimed_so_that_it_survives_the_process(service: Service) -> None:
    """Fault 52."""
    release, target, heard = await waiting_behind(service)
    assert await service.claims.claim(make_arrival(number=2).key) is Claim.HELD
    assert service.hear(make_arrival(number=2), target) is heard, "the same message is delivered again"
    release.set()
    await finish(service)
    assert len(target.posted) == 2


async def test_a_question_that_waited_longer_than_its_lease_is_left_to_the_next_owner(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, target, _ = await waiting_behind(service)
    monkeypatch.setattr(
        "bot.service.LEASE_S", 0.0
    )  # as if its lease had expired and another process had taken it
    monkeypatch.setattr("bot.service.LEASE_MARGIN_S", 0.0)
    release.set()
    await finish(service)
    assert len(target.posted) == 1


async def test_a_post_waits_for_a_rate_limit(service: Service, clock: Clock) -> None:
    target = FakeTarget()
    target.failures += [LimitedError("ratelimited", 30), LimitedError("ratelimited", None)]
    service.hear(make_arrival(), target)
    await finish(service)
    assert (clock.slept, len(target.posted)) == ([30, 2.0], 1)


async def test_what_became_private_while_an_answer_waited_is_not_posted(bot: Bot, clock: Clock) -> None:
    service = Service(
        bot,
        Rules(person=RateLimit(1000), channel=RateLimit(1000)),
        MemoryClaims(),
        Delivery(clock=clock, sleep=clock.sleep),
    )
    before = bot.reply(Question(make_arrival().text, bot.quotes))
    assert isinstance(before, Answer)
    private = before.quotes[0].highlight
    whole = bot.index

    async def hide(seconds: float) -> None:
        await clock.sleep(seconds)
        bot.index = Index.build(library_of(one for one in whole.library.highlights if one.id != private.id))

    service.delivery.sleep = hide
    target = FakeTarget()
    target.failures += [LimitedError("ratelimited", 30)]
    try:
        service.hear(make_arrival(), target)
        await finish(service)
    finally:
        bot.index = whole
    (posted,) = target.posted
    assert isinstance(posted, Answer)
    assert posted.quotes
    assert private not in [quote.highlight for quote in posted.quotes]


async def test_a_post_with_a_long_rate_limit_is_given_up_and_logged_once(
    service: Service, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    target = FakeTarget()
    target.failures += [LimitedError("ratelimited", 600)]
    service.hear(make_arrival(), target)
    service.hear(make_arrival(number=2), target)
    await finish(service)
    assert (clock.slept, target.tries, target.posted) == ([], 1, [])
    assert len([record for record in caplog.records if "gave up posting" in record.message]) == 1
    clock.now += 601
    service.hear(make_arrival(number=3), target)
    await finish(service)
    assert len(target.posted) == 1


async def test_an_uncertain_post_that_is_found_is_not_repeated(service: Service) -> None:
    target = FakeTarget(found="m9")
    target.failures.append(UncertainError("timeout"))
    service.hear(make_arrival(), target)
    await finish(service)
    assert (target.tries, service.counts["answered"]) == (1, 1)


async def test_an_uncertain_post_that_is_not_found_is_repeated(service: Service) -> None:
    target = FakeTarget()
    target.failures.append(UncertainError("timeout"))
    service.hear(make_arrival(), target)
    await finish(service)
    assert (target.tries, len(target.posted)) == (2, 1)


async def test_an_uncertain_post_that_cannot_be_looked_up_is_not_repeated(service: Service) -> None:
    target = FakeTarget(lookup=LookupFailedError("missing_scope"))
    target.failures.append(UncertainError("timeout"))
    service.hear(make_arrival(), target)
    await finish(service)
    service.hear(make_arrival(), target)
    await finish(service)
    assert (target.tries, target.posted, service.counts["unknown"]) == (1, [], 1)


async def test_posts_survive_a_short_outage_and_are_given_up_after_a_long_one(
    service: Service, clock: Clock
) -> None:
    target, long_outage = FakeTarget(), FakeTarget("test:C2")
    target.failures += [UnsentError("ConnectionRefusedError")] * 3
    long_outage.failures += [UnsentError("ConnectionRefusedError")] * 100
    service.hear(make_arrival(), target)
    service.hear(make_arrival(channel="C2"), long_outage)
    await finish(service)
    assert (len(target.posted), long_outage.posted) == (1, [])
    assert long_outage.tries < 20


async def test_a_channel_that_refuses_gets_no_posts_for_a_while(
    service: Service, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    target = FakeTarget()
    target.failures.append(RefusedError("is_archived", "Unarchive the channel"))
    for number in range(3):
        service.hear(make_arrival(number=number), target)
    await finish(service)
    assert (target.tries, service.counts["resting"]) == (1, 2)
    lines = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines == [
        "refused in test:C1: is_archived. Unarchive the channel; nothing is posted there for 10 min"
    ]
    clock.now += 601
    service.hear(make_arrival(number=9), target)
    await finish(service)
    assert len(target.posted) == 1


async def test_an_undeliverable_private_reply_is_dropped(service: Service) -> None:
    target = FakeTarget()
    target.failures.append(UndeliverableError("expired_url"))
    service.hear(make_arrival(request=Command("random"), private=True), target)
    await finish(service)
    assert (target.tries, target.posted) == (1, [])


async def test_a_post_that_was_under_way_when_its_process_died_is_looked_up(
    service: Service, clock: Clock
) -> None:
    claims = MemoryClaims(clock)
    service.claims = claims
    for number, (found, lookup, posts) in enumerate(
        [("m1", None, 0), (None, None, 1), (None, LookupFailedError("missing_scope"), 0)]
    ):
        arrival = make_arrival(number=number)
        assert await claims.claim(arrival.key) is Claim.MINE
        await claims.renew(arrival.key)
        target = FakeTarget(found=found, lookup=lookup)
        service.hear(arrival, target)
        await finish(service)
        assert target.posted == [], "the lease of the dead process still holds"
        clock.now += 61
        service.hear(arrival, target)
        await finish(service)
        assert len(target.posted) == posts
        assert await claims.claim(arrival.key) is Claim.DONE


async def test_two_hundred_questions_at_once_overflow_only_their_own_channel(service: Service) -> None:
    service.rules = Rules()
    busy, other = FakeTarget(), FakeTarget("test:C2")
    for number in range(200):
        service.hear(make_arrival(number=number), busy)
    service.hear(make_arrival(channel="C2", person="U2"), other)
    await finish(service)
    assert len(busy.posted) == 10
    assert len(busy.notices) == 1
    assert len(other.posted) == 1
    assert service.counts["overflow"] == 140


async def test_a_message_delivered_again_does_not_count_against_the_limit(service: Service) -> None:
    service.rules = Rules(person=RateLimit(2))
    target = FakeTarget()
    for number in (1, 1, 1, 2):
        await service.hear(make_arrival(number=number), target)
    assert len(target.posted) == 2


async def test_a_mention_without_words_gets_a_short_help(service: Service) -> None:
    target = FakeTarget()
    service.hear(make_arrival(" 🎉 "), target)
    service.hear(make_arrival("help", 2), target)
    await finish(service)
    short, long = target.posted
    assert isinstance(short, Notice)
    assert isinstance(long, Notice)
    assert len(short.text) < 100 < len(long.text)


async def test_more_continues_where_the_last_answer_ended(service: Service) -> None:
    target = FakeTarget()
    service.hear(make_arrival("more"), target)
    service.hear(make_arrival("memory", 2), target)
    service.hear(make_arrival("more", 3), target)
    await finish(service)
    nothing, first, second = target.posted
    assert isinstance(nothing, Notice)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert second.offset == len(first.quotes)


async def test_an_exception_while_answering_is_logged_without_the_question(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Bot, request: object) -> None:
        raise ValueError("the secret question")

    monkeypatch.setattr(Bot, "reply", broken)
    target = FakeTarget()
    service.hear(make_arrival(), target)
    await finish(service)
    assert isinstance(target.posted[0], Notice)
    assert "secret" not in caplog.text
    assert "ValueError at test_service.py" in caplog.text


async def test_stopping_takes_no_new_questions_and_waits_for_running_ones(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    real_reply = Bot.reply
    monkeypatch.setattr(Bot, "reply", lambda self, request: released.wait(5) and real_reply(self, request))
    target, late = FakeTarget(), FakeTarget("test:C2")
    service.hear(make_arrival(), target)
    await asyncio.sleep(0)
    stopping = asyncio.create_task(service.stop(5))
    await asyncio.sleep(0)
    service.hear(make_arrival(channel="C2"), late)
    released.set()
    assert await stopping
    assert (len(target.posted), late.posted) == (1, [])


async def test_stopping_ends_even_if_a_post_hangs(service: Service) -> None:
    service.delivery.sleep = asyncio.sleep
    target = FakeTarget()
    target.failures.append(LimitedError("ratelimited", 50))
    service.hear(make_arrival(), target)
    while not target.tries:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert not await service.stop(0.01)
    assert service.waiting == 0


async def test_a_question_that_takes_too_long_is_stopped_and_the_next_one_is_answered(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, target, real_reply = threading.Event(), FakeTarget(), Bot.reply

    def reply_slowly(bot: Bot, request: Request) -> Reply:
        if isinstance(request, Question) and "endless" in request.text:
            release.wait(60)
        return real_reply(bot, request)

    monkeypatch.setattr(Bot, "reply", reply_slowly)
    service.answer_timeout_s = 0.2
    service.hear(make_arrival("what about endless things?", 1), target)
    await finish(service)
    service.answer_timeout_s = 60.0
    service.hear(make_arrival("what about memory?", 2), target)
    await finish(service)
    release.set()
    timed_out, answered = target.posted
    assert timed_out == Notice(wording.QUESTION_CUT_OFF)
    assert isinstance(answered, Answer)
    assert service.counts["timeout"] == 1
