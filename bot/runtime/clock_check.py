"""Whether this machine's clock is right, judged by the `Date` that platforms put on their answers.

Questions carry the platform's time, and old ones are not answered. With a clock that is fifteen minutes ahead every question would
look old. So their age goes by the platform's time, and the log and `/readyz` say that the clock is off.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from logging import getLogger

log = getLogger("analects")

MAX_ERROR_S = 30.0
"""A clock that is off by more than this, in seconds, is reported and corrected. `Date` has whole seconds."""


@dataclass(slots=True)
class ClockCheck:
    """How far this machine's clock is off."""

    now: Callable[[], float] = time.time
    ahead_s: float = 0.0
    """Seconds by which it is ahead of the platforms; negative if it is behind, 0 while it is right."""

    def observe(self, date: str, sent_at: float) -> None:
        """An answer with this `Date` header (RFC 9110, 6.6.1) has arrived; by this clock its request was sent at `sent_at`.

        The platform wrote the date between the two moments. Only what lies outside of them is the clock's error, so a slow
        answer, or a machine that slept meanwhile, is none.
        """
        try:
            written = parsedate_to_datetime(date)
        except ValueError:
            return
        theirs = (written if written.tzinfo else written.replace(tzinfo=UTC)).timestamp()
        ahead = max(sent_at - theirs - 1.0, 0.0) + min(self.now() - theirs, 0.0)
        ahead = ahead if abs(ahead) > MAX_ERROR_S else 0.0
        if abs(ahead - self.ahead_s) <= MAX_ERROR_S and bool(ahead) == bool(self.ahead_s):
            return
        self.ahead_s = ahead
        if self.problem is not None:
            log.warning("%(problem)s", {"problem": self.problem})
        else:
            log.info("the clock of this machine is correct again")

    def corrected(self, moment: float) -> float:
        """The platforms' time at a moment of this clock."""
        return moment - self.ahead_s

    @property
    def problem(self) -> str | None:
        """What is wrong, and what to do; None while the clock is right."""
        if not self.ahead_s:
            return None
        where = "ahead of" if self.ahead_s > 0 else "behind"
        return f"the clock of this machine is {_duration(abs(self.ahead_s))} {where} the platforms: set it, for example by NTP"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
