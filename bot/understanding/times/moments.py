"""What an expression of time means, counted from a day. A span is half open: its first day, and the first day after it."""

from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "year"]
UNITS: tuple[Unit, ...] = ("day", "week", "month", "year")
Span = tuple[date, date]

FIRST_YEAR = 1900
MAX_COUNT = 200
"""The most days, weeks, months or years that are counted back."""
_WEEK = timedelta(days=7)


def unit_around(unit: Unit, day: date) -> Span:
    """The day, the week (from Monday), the month or the year that a day is in."""
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
    """The day so many days, weeks, months or years earlier. Raises ValueError if that is out of reach."""
    if count > MAX_COUNT:
        raise ValueError(count)
    if unit in ("day", "week"):
        return day - count * (_WEEK if unit == "week" else timedelta(days=1))
    return months_later(day, -count * (12 if unit == "year" else 1))


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last one of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    after = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), after - timedelta(days=1))


def calendar(year: int, month: int | None = None, day: int | None = None) -> Span:
    """A year, a month or a day of the calendar. Raises ValueError if there is none."""
    if year < FIRST_YEAR:
        raise ValueError(year)
    return unit_around("day" if day else "month" if month else "year", date(year, month or 1, day or 1))


def latest(month: int, day: int | None, today: date) -> Span:
    """The latest month or day of this name that has begun. Raises ValueError if there is none."""
    for year in range(today.year, today.year - 9, -1):
        try:
            found = calendar(year, month, day)
        except ValueError:  # 29 February
            continue
        if found[0] <= today:
            return found
    raise ValueError(month)


def season(year: int, first_month: int) -> Span:
    """The three months from this one on, of the northern half of the earth; winter is named for the year in which it begins."""
    first, _ = calendar(year, first_month)
    return first, months_later(first, 3)


def latest_season(first_month: int, today: date, over: bool) -> Span:
    """The latest season that begins with this month and has begun, or is `over`."""
    for year in (today.year, today.year - 1, today.year - 2):
        found = season(year, first_month)
        if found[1 if over else 0] <= today:
            return found
    raise ValueError(first_month)
