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
    wrong: list[str] = field(default_factory=list)
    """What was repeated, in words."""
    _shown: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _in_round: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    """By channel and theme, what was shown in its current round. Whether a highlight that comes less often takes part in a round is
    not known here: the round is taken to end early, before any of them, and late, with the first one that comes again. Only what is
    a repetition either way counts."""
    _aside: dict[tuple[str, str], float] = field(default_factory=dict)
    """By channel and highlight, until when it does not come."""

    def show(self, channel: str, theme: str, fitting: Fitting, ids: Sequence[str]) -> None:
        """Highlights are shown in a channel."""
        self.counts["repeated"] += len(ids) - len(set(ids))
        early = self._in_round.setdefault((channel, theme, "early"), set(self._shown[channel]))
        late = self._in_round.setdefault((channel, theme, "late"), set(self._shown[channel]))
        for one in ids:
            self.counts["unfit"] += one not in fitting.ids
            self.counts["aside"] += self._is_aside(channel, one)
            left = {seen is early: self._left(channel, fitting, seen) for seen in (early, late)}
            if not left[True]:
                early.clear()
            if one in early and one in late and left[False]:
                self.counts["repeated"] += 1
                self.wrong.append(
                    f"repeated in {channel} {theme!r} at {self.clock():.0f}: {one}; left {left[False][:3]}"
                )
            if one in late:
                late.clear()
            self._shown[channel].add(one)
            for (where, _, _), shown in self._in_round.items():
                if where == channel:
                    shown.add(one)

    def _left(self, channel: str, fitting: Fitting, seen: set[str]) -> list[str]:
        """What has to be shown before the round may end."""
        left = set(fitting.ids) - set(fitting.less) - seen
        return [one for one in left if not self._is_aside(channel, one)]

    def mark(self, channel: str, highlight: str, mark: Mark) -> None:
        """Somebody puts a highlight aside, or takes that back."""
        until = {"never": float("inf"), "snooze": self.clock() + SNOOZE_S}.get(mark, 0.0)
        self._aside[channel, highlight] = until

    def _is_aside(self, channel: str, highlight: str) -> bool:
        return self._aside.get((channel, highlight), 0.0) > self.clock()
