"""When a digest is due: on ordinary days, when clocks change, and on a day that a zone skipped."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.schedule.due import due_between, due_on, local_date, next_due
from bot.schedule.plan import FREQUENCIES, Plan
from tests.examples import examples

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
plans = st.builds(
    Plan,
    every=st.sampled_from(FREQUENCIES),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0)),
    zone=st.sampled_from(sorted(available_timezones())),
    weekday=st.integers(0, 6),
)
moments = st.floats(0, 2**32)


def local(moment: float | None, zone: str) -> str:
    assert moment is not None
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/Berlin", date(2026, 7, 1), time(9), "2026-07-01T09:00:00+02:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2), "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 59), "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(3), "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T02:30:00+02:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-04T02:30:00+11:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), time(0), "2018-11-04T01:00:00-02:00"),
        ("Asia/Beirut", date(2022, 3, 27), time(0, 30), "2022-03-27T01:00:00+03:00"),
        ("Asia/Kolkata", date(2026, 3, 29), time(2, 30), "2026-03-29T02:30:00+05:30"),
        ("Pacific/Apia", date(2011, 12, 29), time(23, 59), "2011-12-29T23:59:00-10:00"),
        ("Pacific/Apia", date(2011, 12, 31), time(0), "2011-12-31T00:00:00+14:00"),
    ],
)
def test_a_digest_is_due_at_its_time_on_its_day(zone: str, day: date, at: time, expected: str) -> None:
    assert local(due_on(Plan("daily", at, zone), day), zone) == expected


@pytest.mark.parametrize("at", [time(0), time(9), time(23, 59)])
def test_a_day_that_a_zone_skips_has_no_digest(at: time) -> None:
    assert due_on(Plan("daily", at, "Pacific/Apia"), date(2011, 12, 30)) is None


def test_a_digest_in_a_repeated_hour_is_due_once() -> None:
    plan = Plan("daily", time(2, 30), "Europe/Berlin")
    begin = datetime(2026, 10, 24, 12, tzinfo=UTC).timestamp()
    due_days = due_between(plan, begin, begin + 86400 * 2, date(2026, 1, 1))
    assert [day for day, _ in due_days] == [date(2026, 10, 25), date(2026, 10, 26)]


def test_a_year_in_review_is_due_once_in_december() -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    due_days = due_between(Plan("yearly", time(9), "UTC"), begin, begin + 730 * 86400, date(2026, 1, 1))
    assert [day for day, _ in due_days] == [date(2026, 12, 20), date(2027, 12, 20)]


def test_weekday_and_weekly_digests_are_due_on_their_days() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    due_days = due_between(Plan("weekdays", time(9), "UTC"), monday, monday + 14 * 86400, date(2026, 1, 1))
    assert [day.weekday() for day, _ in due_days] == [0, 1, 2, 3, 4] * 2
    due_days = due_between(Plan("weekly", time(9), "UTC", 6), monday, monday + 14 * 86400, date(2026, 1, 1))
    assert [day for day, _ in due_days] == [date(2026, 11, 29), date(2026, 12, 6)]


@settings(max_examples=examples(300))
@given(plans, moments)
def test_the_next_digest_is_later_and_on_a_day_of_the_plan(plan: Plan, now: float) -> None:
    day, moment = next_due(plan, now, date(1970, 1, 1))
    assert now < moment < now + (367 if plan.every == "yearly" else 10) * 86400
    assert due_on(plan, day) == moment
    assert plan.falls_on(day)
    shown = datetime.fromtimestamp(moment, ZoneInfo(plan.zone))
    if shown.date() == day and shown.time() == plan.at:
        before = shown.replace(fold=0).timestamp()
        assert moment == before, "of a repeated time, the first counts"
    else:
        a_second_before = datetime.fromtimestamp(moment - 1, ZoneInfo(plan.zone))
        jumped = shown.replace(tzinfo=None) - a_second_before.replace(tzinfo=None)
        assert jumped > timedelta(seconds=1), "the time may move only out of a skipped hour"
        assert (
            a_second_before.replace(tzinfo=None) < datetime.combine(day, plan.at) < shown.replace(tzinfo=None)
        )


@settings(max_examples=examples(100))
@given(plans, moments, st.integers(1, 40))
def test_each_due_day_is_listed_once_and_in_order(plan: Plan, since: float, days: int) -> None:
    first = local_date(plan.zone, since)
    due_days = due_between(plan, since, since + days * 86400, first)
    assert [day for day, _ in due_days] == sorted({day for day, _ in due_days})
    assert [moment for _, moment in due_days] == sorted({moment for _, moment in due_days})
    assert all(day >= first and since < moment <= since + days * 86400 for day, moment in due_days)


@pytest.mark.parametrize("zone", ZONES)
def test_two_years_have_a_digest_for_every_day_that_exists(zone: str) -> None:
    plan = Plan("daily", time(2, 30), zone)
    begin = datetime(2011, 1, 1, tzinfo=ZoneInfo(zone)).timestamp()
    found = [day for day, _ in due_between(plan, begin, begin + 730 * 86400, date(2011, 1, 1))]
    expected = {date(2011, 1, 1) + timedelta(number) for number in range(len(found) + 1)}
    missing = {day for day in expected if day <= found[-1]} - set(found)
    assert missing == ({date(2011, 12, 30)} if zone == "Pacific/Apia" else set())
