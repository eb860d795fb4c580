"""The days that an expression of time means, counted from a day. A span is half open: its first day and the day after its last."""

from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "year"]
UNITS: tuple[Unit, ...] = ("day", "week", "month", "year")
Span = tuple[date, date]

FIRST_YEAR = 1900
MAX_COUNT = 200
"""Largest number of days, weeks, months or years to count back."""
_WEEK = timedelta(days=7)


def unit_around(unit: Unit, day: date) -> Span:
    """Returns the day, week (from Monday), month or year that contains a day."""
    if unit == "day":
        return day, day + timedelta(days=1)
    if unit == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + _WEEK
    if unit == "month":
        first = day.replace(day=1)
        return first, months_later(first, 1)
    return date(day.year, 1, 1), date(day.year + 1, 1, 1)


def back(unit: Unit, count: int, day: date) -> date:
    """Returns the day so many days, weeks, months or years earlier. Raises ValueError beyond `MAX_COUNT`."""
    if count > MAX_COUNT:
        raise ValueError(count)
    if unit in ("day", "week"):
        return day - count * (_WEEK if unit == "week" else timedelta(days=1))
    return months_later(day, -count * (12 if unit == "year" else 1))


def months_later(day: date, months: int) -> date:
    """Returns the same day so many months later, or the last day of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    after = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), after - timedelta(days=1))


def calendar(year: int, month: int | None = None, day: int | None = None) -> Span:
    """Returns a calendar year, month or day. Raises ValueError if it does not exist."""
    if year < FIRST_YEAR:
        raise ValueError(year)
    return unit_around("day" if day else "month" if month else "year", date(year, month or 1, day or 1))


def latest(month: int, day: int | None, today: date) -> Span:
    """Returns the latest month or day of this name that has begun. Raises ValueError if there is none."""
    for year in range(today.year, today.year - 9, -1):
        try:
            found = calendar(year, month, day)
        except ValueError:  # 29 February
            continue
        if found[0] <= today:
            return found
    raise ValueError(month)


def season(year: int, first_month: int) -> Span:
    """Returns the northern season that begins with a month. It has three months; winter belongs to the year it begins in."""
    first, _ = calendar(year, first_month)
    return first, months_later(first, 3)


def latest_season(first_month: int, today: date, over: bool) -> Span:
    """Returns the latest season with this first month that has begun or, if `over`, has ended."""
    for year in (today.year, today.year - 1, today.year - 2):
        found = season(year, first_month)
        if found[1 if over else 0] <= today:
            return found
    raise ValueError(first_month)
