"""Texts as sequences of numbers: the numbers stand for words or terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from bot.search.arrays import Ints, Longs, Mask

NAMES_PER_STEP = 2_000
"""Names that are numbered without a break. A step takes about a millisecond; other threads run between steps."""


class Numbering(dict[str, int]):
    """Numbers names in the order in which they are first looked up: `numbering[name]` never fails."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


def number_names(names: Sequence[str]) -> dict[str, int]:
    """The position of each name in `names`. Works in steps, so that other threads get their turn."""
    numbers: dict[str, int] = {}
    for begin in range(0, len(names), NAMES_PER_STEP):
        numbers.update(zip(names[begin : begin + NAMES_PER_STEP], range(begin, len(names)), strict=False))
    return numbers


@dataclass(frozen=True, slots=True)
class TermSequence:
    """Texts laid end to end: text t has `ids[offsets[t]:offsets[t + 1]]`."""

    ids: Ints
    offsets: Longs

    def owners(self) -> Ints:
        """The number of the text that each id belongs to. Shape (ids,)."""
        filled = np.flatnonzero(self.offsets[1:] > self.offsets[:-1])
        steps = np.zeros(len(self.ids), np.int32)
        steps[self.offsets[filled]] = np.diff(filled, prepend=0)
        return np.cumsum(steps, out=steps)  # lets other threads run, which `np.repeat` does not

    def filtered(self, keep: Mask) -> "TermSequence":
        """The same texts with only the ids for which `keep` is true. Shape of `keep`: (ids,)."""
        if keep.all():
            return self
        counts = np.append(np.int32(0), np.cumsum(keep, dtype=np.int32))
        return TermSequence(self.ids[keep], counts[self.offsets].astype(np.int64))


def keep_used(names: Iterable[str], sequences: Iterable[TermSequence]) -> tuple[list[str], Ints]:
    """The names whose numbers occur in `sequences`, in order, and the new number of each old one. Shape (names,).

    The other names belong to notes that were deleted or became private.
    """
    listed = list(names)
    used = np.zeros(len(listed), np.bool_)
    for sequence in sequences:
        used[sequence.ids] = True
    return list(compress(listed, used.tolist())), (np.cumsum(used) - 1).astype(np.int32)


def concatenated_ranges(starts: Longs | Ints, counts: Longs | Ints) -> Longs | Ints:
    """The numbers of several ranges, one range after the other: `starts[0]`, `starts[0] + 1`, … Shape (sum of counts,)."""
    filled = counts > 0
    starts, counts = starts[filled], counts[filled]
    total = int(counts.sum())
    needs_64_bits = int(starts.max(initial=0)) + total >= 2**31
    steps: Ints | Longs = np.ones(total, np.int64) if needs_64_bits else np.ones(total, np.int32)
    if total:
        steps[0] = starts[0]
        steps[np.cumsum(counts[:-1])] = starts[1:] - starts[:-1] - counts[:-1] + 1
    np.cumsum(steps, out=steps)
    return steps
