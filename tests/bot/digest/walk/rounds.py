"""Checks the highlights of digests against the rules, without using the code that picks them.

In a round of a theme, no highlight is repeated before all others were shown. A highlight belongs to the round in which its post
began. Highlights that were put aside or do not fit the theme are not shown.
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
    """Ids of highlights that people want less often. A round may end without them."""


SAME_MOMENT_S = 600.0
"""A highlight that one digest is about to show counts as shown for the other digests of its channel. If its process is killed, it
is posted up to this many seconds later."""


@dataclass
class Repetition:
    """A highlight that was repeated while others were left."""

    channel: str
    theme: str
    highlight: str
    time: float
    left: set[str]
    """Ids that had not been posted, without those that another digest was about to post."""

    def __str__(self) -> str:
        left = sorted(self.left)[:3]
        return f"repeated in {self.channel} {self.theme!r} at {self.time:.0f}: {self.highlight}; left {left}"


@dataclass
class Rounds:
    """Records for each channel which highlights were shown and put aside, and counts violations of the rules."""

    clock: Callable[[], float]
    counts: Counter[str] = field(default_factory=Counter)
    """Violations by kind: "twice" in one digest, "aside", "unfit"."""
    _repetitions: list[Repetition] = field(default_factory=list)
    _shown: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _in_round: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    """The ids shown in the current round, by channel, theme and reading.

    This class cannot know whether the highlights of `Fitting.less` take part in a round, so it follows two readings. "early": the
    round ends without any of them. "late": it ends when the first highlight is repeated. A repetition counts if both
    readings find it.
    """
    _aside: dict[tuple[str, str], float] = field(default_factory=dict)
    """By channel and highlight: the time until which the highlight is put aside."""

    @property
    def repetitions(self) -> list[Repetition]:
        """The highlights that were repeated too early."""
        return [repetition for repetition in self._repetitions if repetition.left]

    def show(self, channel: str, theme: str, fitting: Fitting, ids: Sequence[str]) -> None:
        """Records that highlights are shown in a channel."""
        self.counts["twice"] += len(ids) - len(set(ids))
        for repetition in self._repetitions:
            together = self.clock() - repetition.time <= SAME_MOMENT_S
            if repetition.channel == channel and repetition.theme != theme and together:
                repetition.left.difference_update(ids)
        early = self._in_round.setdefault((channel, theme, "early"), set(self._shown[channel]))
        late = self._in_round.setdefault((channel, theme, "late"), set(self._shown[channel]))
        for id_ in ids:
            self.counts["unfit"] += id_ not in fitting.ids
            self.counts["aside"] += self._is_aside(channel, id_)
            left = {seen is early: self._left(channel, fitting, seen) for seen in (early, late)}
            if not left[True]:
                early.clear()
            if id_ in early and id_ in late and left[False]:
                self._repetitions.append(Repetition(channel, theme, id_, self.clock(), left[False]))
            if id_ in late:
                late.clear()
            self._shown[channel].add(id_)
            for (where, _, _), shown in self._in_round.items():
                if where == channel:
                    shown.add(id_)

    def _left(self, channel: str, fitting: Fitting, seen: set[str]) -> set[str]:
        """The ids that must be shown before the round may end."""
        left = set(fitting.ids) - set(fitting.less) - seen
        return {id_ for id_ in left if not self._is_aside(channel, id_)}

    def mark(self, channel: str, highlight: str, mark: Mark) -> None:
        """Records that somebody puts a highlight aside, or undoes that."""
        until = {"never": float("inf"), "snooze": self.clock() + SNOOZE_S}.get(mark, 0.0)
        self._aside[channel, highlight] = until

    def _is_aside(self, channel: str, highlight: str) -> bool:
        return self._aside.get((channel, highlight), 0.0) > self.clock()
