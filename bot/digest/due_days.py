"""Computes which days of a digest are due and not finished, in memory. The database decides who posts a day."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from logging import getLogger
from zoneinfo import ZoneInfoNotFoundError

from bot.schedule import due
from bot.state.digest_store import ChannelDigest

log = getLogger("analects.digest")

LOOK_BACK = timedelta(days=31)
"""Days skipped within this time are logged one by one; earlier ones are not looked at."""
MAX_FINISHED_DAYS = 10_000
"""Finished days remembered before old ones are forgotten."""


@dataclass(frozen=True, slots=True)
class _Quiet:
    """Caches that a digest has nothing due before `until`, while it is unchanged and the clock is not set back."""

    digest: ChannelDigest
    seen: float
    until: float


@dataclass(slots=True)
class DueDays:
    """Computes due days, and skips those that are known to be finished."""

    finished: dict[tuple[str, float, date], float] | None = None
    """Key of a digest, time when it was set, and day, for which nothing is left to do; the value is when that was known.
    None until `load` was called."""
    _quiet: dict[str, _Quiet] = field(default_factory=dict)
    _unknown_zones: set[str] = field(default_factory=set)
    """Keys of digests whose time zone is unknown, which was logged."""

    def load(
        self, digests: Sequence[ChannelDigest], finished: Iterable[tuple[str, date]], now: float
    ) -> None:
        """Takes over the finished days (keys of digests and days) that the database knows."""
        set_at = {digest.key: digest.since for digest in digests}
        self.finished = {(key, set_at[key], day): now for key, day in finished if key in set_at}

    def find(self, digest: ChannelDigest, now: float) -> list[tuple[date, float]]:
        """Days and times that are due and not finished, oldest first."""
        quiet = self._quiet.get(digest.key)
        if quiet is not None and quiet.digest == digest and quiet.seen <= now < quiet.until:
            return []
        finished = self.finished or {}
        since = max(digest.since, now - LOOK_BACK.total_seconds())
        try:
            found = due.due_between(digest.plan, since, now, digest.first)
            until = due.next_due(digest.plan, now, digest.first)[1]
        except ZoneInfoNotFoundError:
            if digest.key not in self._unknown_zones:
                self._unknown_zones.add(digest.key)
                log.error("digest paused, its time zone is unknown: %(place)s", {"place": digest.place})
            return []
        days = [
            (day, moment)
            for day, moment in found
            if finished.get((digest.key, digest.since, day), math.inf) > now
        ]
        if not days:
            self._quiet[digest.key] = _Quiet(digest, now, until)
        return days

    def finish(self, digest: ChannelDigest, day: date, now: float) -> None:
        """Remembers that nothing is left to do for a day."""
        if self.finished is not None:
            self.finished[digest.key, digest.since, day] = now

    def forget(self, keys: set[str], now: float) -> None:
        """Forgets digests with other keys than these, which were removed, and days long ago."""
        for removed in self._quiet.keys() - keys:
            del self._quiet[removed]
        if self.finished is not None and len(self.finished) > MAX_FINISHED_DAYS:
            today = date.fromtimestamp(now)  # noqa: DTZ012  two days are more than any zone
            oldest = today - LOOK_BACK - timedelta(days=2)
            self.finished = {one: at for one, at in self.finished.items() if one[2] >= oldest}

    def seconds_to_next(self, now: float) -> float:
        """Seconds until the next digest becomes due; infinite if unknown."""
        return min((one.until - now for one in self._quiet.values() if one.until > now), default=math.inf)
