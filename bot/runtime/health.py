"""The health of the bot, from which `/healthz`, `/readyz`, `/metrics` and the log line `ready` are made. It holds no text of a
note or a question.

Ready means that every platform that was started is connected. The bot stays ready with a database that cannot be used, or an
empty library, because it still answers; both are reported.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from logging import getLogger

from bot.runtime.clock_check import ClockCheck

log = getLogger("analects")


@dataclass(slots=True)
class PlatformHealth:
    """One platform."""

    up: bool = False
    problem: str | None = "connecting"
    since: float = field(default_factory=time.time)
    connects: int = 0
    """How often it connected."""
    rate_limits: int = 0
    """How often the platform asked to wait (429)."""
    features: dict[str, str | None] = field(default_factory=dict)
    """Parts of the platform that can fail while it is connected: by name the problem, or None while it works."""


@dataclass(slots=True)
class Health:
    """The health of everything. Logs `ready` once, when every platform is connected."""

    platforms: dict[str, PlatformHealth] = field(default_factory=dict)
    library: Callable[[], dict[str, object]] = dict
    meaning: Callable[[], dict[str, object] | None] = lambda: None
    """How many highlights are found by their meaning; None if no model is set."""
    state_problem: Callable[[], str | None] = lambda: None
    syncs: Callable[[], dict[str, object]] = dict
    """For each service that notes are fetched from: when fetching last worked, and why it fails now."""
    clock: ClockCheck = field(default_factory=ClockCheck)
    started: float = field(default_factory=time.time)
    _was_ready: bool = False

    @property
    def ready(self) -> bool:
        return bool(self.platforms) and all(platform.up for platform in self.platforms.values())

    def expect(self, platform: str) -> None:
        """Counts this platform from now on."""
        self.platforms[platform] = PlatformHealth()

    def up(self, platform: str) -> None:
        """The platform is connected."""
        self._change(platform, True, None)
        if self.ready and not self._was_ready:
            self._was_ready = True
            log.info("ready")

    def down(self, platform: str, problem: str) -> None:
        """The platform is not connected, and why."""
        self._change(platform, False, problem)

    def record_rate_limit(self, platform: str) -> None:
        """The platform asked to wait."""
        self.platforms.setdefault(platform, PlatformHealth()).rate_limits += 1

    def record_feature(self, platform: str, feature: str, problem: str | None) -> None:
        """A part of a connected platform works (None), or does not, and why."""
        self.platforms.setdefault(platform, PlatformHealth()).features[feature] = problem

    def others_up(self, platform: str) -> bool:
        """Whether another platform is connected."""
        return any(one.up for name, one in self.platforms.items() if name != platform)

    def report(self) -> dict[str, object]:
        """Everything, as the JSON of `/readyz`."""
        problem = self.state_problem()
        return {
            "ready": self.ready,
            "library": self.library(),
            **({"meaning": meaning} if (meaning := self.meaning()) is not None else {}),
            **({"syncs": syncs} if (syncs := self.syncs()) else {}),
            "state": {"ok": problem is None, "problem": problem},
            "clock": {"ok": self.clock.problem is None, "problem": self.clock.problem},
            "platforms": {
                name: {
                    "up": one.up,
                    "problem": one.problem,
                    "since": round(one.since, 3),
                    **({"features": _told(one.features)} if one.features else {}),
                }
                for name, one in self.platforms.items()
            },
            "uptime_s": round(time.time() - self.started, 1),
        }

    def _change(self, platform: str, up: bool, problem: str | None) -> None:
        one = self.platforms.setdefault(platform, PlatformHealth())
        if one.up != up:
            one.up, one.since = up, time.time()
            one.connects += up
        one.problem = problem


def _told(features: dict[str, str | None]) -> dict[str, object]:
    return {name: {"ok": problem is None, "problem": problem} for name, problem in features.items()}
