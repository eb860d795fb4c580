"""When a plan is due. Times are seconds since 1970; days are days of the plan's zone.

A time that a zone leaves out, as clocks are put forward, comes at the first moment after the gap; one that comes twice, the first
time. A day that a zone leaves out (Pacific/Apia had no 30 December 2011) has no digest.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.schedule.plan import Plan

_DAY = timedelta(days=1)


def today(zone: str, now: float) -> date:
    """The day that it is in a zone."""
    return datetime.fromtimestamp(now, ZoneInfo(zone)).date()


def due(plan: Plan, day: date) -> float | None:
    """When the digest of a day is due; None where the day has none."""
    if not plan.falls_on(day.weekday()):
        return None
    zone = ZoneInfo(plan.zone)
    begin = _moment(day, time(0), zone)
    if datetime.fromtimestamp(begin, zone).date() != day:
        return None
    return _moment(day, plan.at, zone)


def next_due(plan: Plan, after: float, first: date) -> tuple[date, float]:
    """The first digest later than `after`, not before the day `first`: its day and time."""
    day = max(today(plan.zone, after) - _DAY, first)
    while True:
        moment = due(plan, day)
        if moment is not None and moment > after:
            return day, moment
        day += _DAY


def dues(plan: Plan, since: float, until: float, first: date) -> list[tuple[date, float]]:
    """All digests due after `since` and not after `until`, oldest first."""
    result = []
    day, moment = next_due(plan, since, first)
    while moment <= until:
        result.append((day, moment))
        day, moment = next_due(plan, moment, day + _DAY)
    return result


def _moment(day: date, at: time, zone: ZoneInfo) -> float:
    """When a clock of the zone shows this for the first time, or first jumps over it."""
    shown = datetime.combine(day, at, zone)
    moment = shown.timestamp()
    if datetime.fromtimestamp(moment, zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return moment
    # In a gap: fold 0 reckons with the offset before it and so ends behind it, fold 1 the other way round.
    before, behind = int(shown.replace(fold=1).timestamp()), int(moment)
    offset = _offset(before, zone)
    while behind - before > 1:
        middle = (before + behind) // 2
        if _offset(middle, zone) == offset:
            before = middle
        else:
            behind = middle
    return float(behind)


def _offset(moment: float, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
