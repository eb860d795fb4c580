"""Checks the highlights of digests against the rules, without using the code that picks them.

In a round of a theme, no highlight comes again before all others were shown. A highlight that was put aside does not come, nor does
one that does not fit the theme.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from bot.state.digest_store import SNOOZE_S, Mark


@dataclass(frozen=True)
class Fitting:
    """The ids of the highlights that fit a theme on a day."""

    ids: Collection[str]
    less: Collection[str]
    """Ids of highlights that come less often. A round may end without them."""


@dataclass
class Rounds:
    """Records for each channel which highlights were shown and put aside, and counts violations of the rules."""

    clock: Callable[[], float]
    counts: Counter[str] = field(default_factory=Counter)
    """Violations by kind: "repeated", "aside", "unfit"."""
    wrong: list[str] = field(default_factory=list)
    """A sentence about each repetition."""
    _shown: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _in_round: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    """The ids shown in the current round, by channel, theme and reading.

    This class cannot know whether highlights that come less often take part in a round, so it follows two readings. "early": a
    round ends before any of them. "late": it ends when the first highlight comes again. A repetition counts if both find it.
    """
    _aside: dict[tuple[str, str], float] = field(default_factory=dict)
    """By channel and highlight: the time until which the highlight is put aside."""

    def show(self, channel: str, theme: str, fitting: Fitting, ids: Sequence[str]) -> None:
        """Records that highlights are shown in a channel."""
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
        """The ids that must be shown before the round may end."""
        left = set(fitting.ids) - set(fitting.less) - seen
        return [one for one in left if not self._is_aside(channel, one)]

    def mark(self, channel: str, highlight: str, mark: Mark) -> None:
        """Records that somebody puts a highlight aside, or undoes that."""
        until = {"never": float("inf"), "snooze": self.clock() + SNOOZE_S}.get(mark, 0.0)
        self._aside[channel, highlight] = until

    def _is_aside(self, channel: str, highlight: str) -> bool:
        return self._aside.get((channel, highlight), 0.0) > self.clock()
