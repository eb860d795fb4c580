"""Sequences of term numbers with their places in the texts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.arrays import Ints, Longs, Mask

STEP = 2_000
"""Names that are numbered at once, in about a millisecond."""


class Numbers(dict[str, int]):
    """Numbers names in the order in which they are first asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


def numbered(names: Sequence[str]) -> dict[str, int]:
    """The number of each name, made in steps between which other threads run."""
    made: dict[str, int] = {}
    for begin in range(0, len(names), STEP):
        made.update(zip(names[begin : begin + STEP], range(begin, len(names)), strict=False))
    return made


@dataclass(frozen=True, slots=True)
class TermSequence:
    """Texts laid end to end: text t has `items[ends[t]:ends[t + 1]]`."""

    items: Ints
    ends: Longs

    def owners(self) -> Ints:
        """The text of each item."""
        held = np.flatnonzero(self.ends[1:] > self.ends[:-1])
        steps = np.zeros(len(self.items), np.int32)
        steps[self.ends[held]] = np.diff(held, prepend=0)
        return np.cumsum(steps, out=steps)  # unlike `repeat` it lets other threads run

    def kept(self, keep: Mask) -> "TermSequence":
        """The same texts with only some of their items."""
        if keep.all():
            return self
        counts = np.append(np.int32(0), np.cumsum(keep, dtype=np.int32))
        return TermSequence(self.items[keep], counts[self.ends].astype(np.int64))


def gathered(starts: Longs | Ints, counts: Longs | Ints) -> Longs | Ints:
    """Positions of several ranges, one after the other: each range's start, counted on."""
    held = counts > 0
    starts, counts = starts[held], counts[held]
    total = int(counts.sum())
    far = int(starts.max(initial=0)) + total >= 2**31
    steps: Ints | Longs = np.ones(total, np.int64) if far else np.ones(total, np.int32)
    if total:
        steps[0] = starts[0]
        steps[np.cumsum(counts[:-1])] = starts[1:] - starts[:-1] - counts[:-1] + 1
    np.cumsum(steps, out=steps)
    return steps
