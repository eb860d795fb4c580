"""A clock that is off is noticed by the `Date` of platforms (fault 50)."""

import time
from email.utils import formatdate

import pytest

from bot.access.rules import Rules
from bot.runtime.clock_check import ClockCheck
from bot.runtime.health import Health
from tests.platforms import make_arrival

TRUE = 1_790_000_000.0


def observe(clock: ClockCheck, theirs: float, took_s: float = 0.2) -> None:
    clock.observe(formatdate(theirs, usegmt=True), clock.now() - took_s)


@pytest.mark.parametrize("off", [900.0, -900.0, 40.0])
async def test_questions_are_judged_by_the_time_of_the_platform(
    off: float, caplog: pytest.LogCaptureFixture
) -> None:
    health = Health(clock=ClockCheck(lambda: TRUE + off))
    rules = Rules(now=lambda: health.clock.corrected(health.clock.now()))
    for _ in range(3):
        observe(health.clock, TRUE)
    assert await rules.check(make_arrival(sent_at=TRUE - 540)) is None
    assert await rules.check(make_arrival(sent_at=TRUE - 640)) is not None
    told = health.report()["clock"]
    assert isinstance(told, dict)
    assert ("behind" in told["problem"]) == (off < 0)
    assert [one.levelname for one in caplog.records] == ["WARNING"]


def test_a_clock_that_was_set_right_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    off = [900.0]
    clock = ClockCheck(lambda: TRUE + off[0])
    observe(clock, TRUE)
    off[0] = 0.0
    observe(clock, TRUE)
    observe(clock, TRUE)
    assert clock.problem is None
    assert [one.levelname for one in caplog.records] == ["WARNING", "INFO"]


@pytest.mark.parametrize("at", [0.0, 60.0, 120.0])
def test_a_slow_answer_is_no_wrong_clock(at: float) -> None:
    """The machine slept for two minutes between the request and the answer; the platform wrote it somewhere in between."""
    clock = ClockCheck(lambda: TRUE + 120.0)
    observe(clock, TRUE + at, took_s=120.0)
    assert clock.problem is None


def test_a_date_that_is_none() -> None:
    clock = ClockCheck(time.time)
    clock.observe("yesterday", time.time())
    assert clock.problem is None
