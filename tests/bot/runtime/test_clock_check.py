"""A wrong clock is noticed by the `Date` header of platforms (fault 50)."""

import time
from email.utils import formatdate

import pytest

from bot.access.rules import Rules
from bot.runtime.clock_check import ClockCheck
from bot.runtime.health import Health
from tests.platforms import make_arrival

TRUE_TIME = 1_790_000_000.0


def observe(clock: ClockCheck, platform_time: float, took_s: float = 0.2) -> None:
    clock.observe(formatdate(platform_time, usegmt=True), clock.now() - took_s)


@pytest.mark.parametrize("error_s", [900.0, -900.0, 40.0])
async def test_questions_are_judged_by_the_time_of_the_platform(
    error_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    health = Health(clock=ClockCheck(lambda: TRUE_TIME + error_s))
    rules = Rules(now=lambda: health.clock.corrected(health.clock.now()))
    for _ in range(3):
        observe(health.clock, TRUE_TIME)
    assert await rules.check(make_arrival(sent_at=TRUE_TIME - 540)) is None
    assert await rules.check(make_arrival(sent_at=TRUE_TIME - 640)) is not None
    report = health.report()["clock"]
    assert isinstance(report, dict)
    assert ("behind" in report["problem"]) == (error_s < 0)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_corrected_clock_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    error_s = [900.0]
    clock = ClockCheck(lambda: TRUE_TIME + error_s[0])
    observe(clock, TRUE_TIME)
    error_s[0] = 0.0
    observe(clock, TRUE_TIME)
    observe(clock, TRUE_TIME)
    assert clock.problem is None
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


@pytest.mark.parametrize("sent_s", [0.0, 60.0, 120.0])
def test_a_slow_response_is_not_taken_for_a_wrong_clock(sent_s: float) -> None:
    """The machine slept for two minutes between request and response. The platform wrote its `Date` at any time in between."""
    clock = ClockCheck(lambda: TRUE_TIME + 120.0)
    observe(clock, TRUE_TIME + sent_s, took_s=120.0)
    assert clock.problem is None


def test_an_invalid_date_header_is_ignored() -> None:
    clock = ClockCheck(time.time)
    clock.observe("yesterday", time.time())
    assert clock.problem is None
