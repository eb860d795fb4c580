"""When a plan is due. Times are seconds since 1970; days are days of the plan's zone.

When clocks go forward over the time of a digest, it is due at the first moment after the gap. When clocks go back and the time
comes twice, it is due the first time. A day that a zone skipped (Pacific/Apia had no 30 December 2011) has no digest.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.schedule.plan import Plan

_DAY = timedelta(days=1)


def local_date(zone: str, now: float) -> date:
    """The date in a zone at the moment `now`."""
    return datetime.fromtimestamp(now, ZoneInfo(zone)).date()


def due_on(plan: Plan, day: date) -> float | None:
    """When the digest of a day is due; None if the day has none."""
    if not plan.falls_on(day):
        return None
    zone = ZoneInfo(plan.zone)
    begin = _moment(day, time(0), zone)
    if datetime.fromtimestamp(begin, zone).date() != day:
        return None
    return _moment(day, plan.at, zone)


def next_due(plan: Plan, after: float, first: date) -> tuple[date, float]:
    """Day and time of the first digest that is due later than `after`, and not before the day `first`."""
    day = max(local_date(plan.zone, after) - _DAY, first)
    while True:
        moment = due_on(plan, day)
        if moment is not None and moment > after:
            return day, moment
        day += _DAY


def due_between(plan: Plan, since: float, until: float, first: date) -> list[tuple[date, float]]:
    """Days and times of all digests due after `since` and not after `until`, oldest first."""
    result = []
    day, moment = next_due(plan, since, first)
    while moment <= until:
        result.append((day, moment))
        day, moment = next_due(plan, moment, day + _DAY)
    return result


def _moment(day: date, at: time, zone: ZoneInfo) -> float:
    """The first moment at which a clock of the zone shows this time, or jumps over it."""
    shown = datetime.combine(day, at, zone)
    moment = shown.timestamp()
    if datetime.fromtimestamp(moment, zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return moment
    # In a gap, fold 0 uses the offset before the gap and so lands after it; fold 1 the other way round.
    before, after = int(shown.replace(fold=1).timestamp()), int(moment)
    offset = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return float(after)


def _offset(moment: float, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
