"""Judges what was shown in channels by the rules alone, without the code that chose it.

Nothing comes again before all that fit a theme were shown, nothing comes that was put aside, and nothing else than what fits.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from bot.state.digest_store import SNOOZE_S, Mark


@dataclass(frozen=True)
class Fitting:
    """What fits a theme on a day, by ids."""

    ids: Collection[str]
    less: Collection[str]
    """Those that come less often: a round may end without them."""


@dataclass
class Rounds:
    """Everything shown and marked, by channel."""

    clock: Callable[[], float]
    counts: Counter[str] = field(default_factory=Counter)
    """repeated, aside, unfit."""
    _shown: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _in_round: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """By channel and theme, what was shown in its current round."""
    _aside: dict[tuple[str, str], float] = field(default_factory=dict)
    """By channel and highlight, until when it does not come."""

    def show(self, channel: str, theme: str, fitting: Fitting, ids: Sequence[str]) -> None:
        """Highlights are shown in a channel."""
        seen = self._in_round.setdefault((channel, theme), set(self._shown[channel]))
        self.counts["repeated"] += len(ids) - len(set(ids))
        for one in ids:
            self.counts["unfit"] += one not in fitting.ids
            self.counts["aside"] += self._is_aside(channel, one)
            if one in seen:
                left = set(fitting.ids) - set(fitting.less) - seen
                self.counts["repeated"] += any(not self._is_aside(channel, other) for other in left)
                seen.clear()
            self._shown[channel].add(one)
            for (where, _), shown in self._in_round.items():
                if where == channel:
                    shown.add(one)

    def mark(self, channel: str, highlight: str, mark: Mark) -> None:
        """Somebody puts a highlight aside, or takes that back."""
        until = {"never": float("inf"), "snooze": self.clock() + SNOOZE_S}.get(mark, 0.0)
        self._aside[channel, highlight] = until

    def _is_aside(self, channel: str, highlight: str) -> bool:
        return self._aside.get((channel, highlight), 0.0) > self.clock()
