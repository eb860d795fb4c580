"""How many questions a person or a channel may ask in a minute, and how often they are told so."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

MINUTE = 60.0
MOST_NAMES = 10_000
"""Names remembered; the forgotten ones start anew."""


@dataclass(slots=True)
class Window:
    """Counts per name over the last minute."""

    limit: int
    clock: Callable[[], float] = monotonic
    _times: dict[str, deque[float]] = field(default_factory=dict)
    _told: dict[str, float] = field(default_factory=dict)

    def full(self, name: str) -> bool:
        """Whether no more is taken from this name now."""
        times = self._times.get(name)
        if times is None:
            return False
        self._expire(times)
        return len(times) >= self.limit

    def count(self, name: str) -> None:
        """Notes one more."""
        if name not in self._times and len(self._times) >= MOST_NAMES:
            self._forget()
        times = self._times.setdefault(name, deque())
        self._expire(times)
        times.append(self.clock())

    def tells(self, name: str) -> bool:
        """Whether a notice is due: at most one a minute."""
        now = self.clock()
        if now - self._told.get(name, -MINUTE) < MINUTE:
            return False
        if len(self._told) >= MOST_NAMES:
            self._told = {one: at for one, at in self._told.items() if now - at < MINUTE}
        self._told[name] = now
        return True

    def _expire(self, times: deque[float]) -> None:
        oldest = self.clock() - MINUTE
        while times and times[0] <= oldest:
            times.popleft()

    def _forget(self) -> None:
        oldest = self.clock() - MINUTE
        self._times = {name: times for name, times in self._times.items() if times and times[-1] > oldest}
        if len(self._times) >= MOST_NAMES:
            del self._times[next(iter(self._times))]
