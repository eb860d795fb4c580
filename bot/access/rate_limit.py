"""Limits how many questions a person or a channel may ask in a minute, and how often they get a notice about it.

The window slides and counts for one process. Replicas that share a database also share a limit (`bot.state.shared_limits`).

The `limits` library was considered: its shared stores are Redis, Memcached and MongoDB, none of which this program needs otherwise,
and its memory store reads the wall clock and clears itself in a thread.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from cachetools import TTLCache

from bot.state.shared_limits import WINDOW_S

MAX_NAMES = 10_000
"""Names remembered. Beyond this number, the one that asked longest ago is forgotten."""


@dataclass(slots=True)
class RateLimit:
    """Counts questions per name over the last minute."""

    limit: int
    clock: Callable[[], float] = monotonic
    _times: TTLCache[str, deque[float]] = field(init=False)
    _notified: TTLCache[str, bool] = field(init=False)

    def __post_init__(self) -> None:
        self._times = TTLCache(MAX_NAMES, WINDOW_S, timer=lambda: self.clock())
        self._notified = TTLCache(MAX_NAMES, WINDOW_S, timer=lambda: self.clock())

    def is_reached(self, name: str) -> bool:
        """Whether this name may ask no more for now."""
        return len(self._recent(name)) >= self.limit

    def record(self, name: str) -> None:
        """Counts one more question."""
        times = self._recent(name)
        times.append(self.clock())
        self._times[name] = times  # also restarts its time to live

    def may_notify(self, name: str) -> bool:
        """Whether to tell this name that its limit is reached: at most once a minute."""
        if name in self._notified:
            return False
        self._notified[name] = True
        return True

    def forget_notice(self, name: str) -> None:
        """The notice was not delivered: it may be given again."""
        self._notified.pop(name, None)

    def _recent(self, name: str) -> deque[float]:
        times = self._times.get(name)
        if times is None:
            return deque()
        oldest = self.clock() - WINDOW_S
        while times and times[0] <= oldest:
            times.popleft()
        return times
