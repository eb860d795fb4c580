"""The scale of a model's cosines, measured in the library itself.

Models differ: one gives unrelated passages a cosine of 0.1, another 0.75. So no cosine is compared with a fixed number. Passages
of the library are taken as questions; how near the nearest passages of other sources come, and how far away most are, is what
"near" and "far" mean for this model and this library. benchmarks/README.md, "Meaning".
"""

from dataclasses import dataclass

import numpy as np

from bot.search.arrays import Floats, Longs, Mask

SAMPLED_PASSAGES, SAMPLED_ROWS = 64, 20_000
"""Passages that are taken as questions, and vectors that they are compared with, at most."""

MIN_GAP_SHARE = 0.25
"""Near is at least this share of the way from far to a cosine of 1, because in a small library nothing may be near."""

MIN_GAP = 0.001
"""Smallest distance between near and far; a smaller one is rounding."""

MIN_CLOSENESS = -1.0
"""The lowest closeness. Beyond it, distance says nothing."""

FEW_PASSAGES = 3
"""In a library of so few passages all may be near each other and none shows what is far. So `far` is lowered there."""

MEDIAN_PASSAGES = 20_000
"""Passages that the median is taken of, at most. In a larger library, evenly spaced ones are taken."""

PRIOR_PASSAGES = 10
"""Passages at a distance of `far` that are added before the median is taken: of a few passages, most may be near."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What is near and what is far, as cosines."""

    far: float
    near: float

    @property
    def gap(self) -> float:
        """The distance that counts as 1."""
        return max(self.near - self.far, MIN_GAP_SHARE * (1 - self.far), MIN_GAP)

    def closeness(self, cosines: Floats, known: Mask) -> Floats:
        """Cosines as multiples of the gap, from the median of those `known`; the others keep their value. Shape (passages,)."""
        count = int(known.sum())
        if not count:
            return cosines
        median = float(np.median(cosines[known][:: -(-count // MEDIAN_PASSAGES)]))
        base = (median * count + self.far * PRIOR_PASSAGES) / (count + PRIOR_PASSAGES)
        return self._scaled(cosines, known, base)

    def closeness_of_passages(self, cosines: Floats, known: Mask) -> Floats:
        """The same for cosines to a passage, from `far`: many passages may be like it, and are no less so for that."""
        return self._scaled(cosines, known, self.far)

    def _scaled(self, cosines: Floats, known: Mask, base: float) -> Floats:
        scaled = np.maximum((cosines - np.float32(base)) / np.float32(self.gap), np.float32(MIN_CLOSENESS))
        return np.where(known, scaled, cosines).astype(np.float32)


def measure(rows: Floats, sources: Longs) -> Scale:
    """The scale of these vectors. `rows`: one vector a passage, length 1, shape (passages, dimension). `sources`: the number of the
    source of each; passages of the same source are not compared, unless all are of one."""
    if len(rows) < 2:
        return Scale(0.0, 1.0)
    random = np.random.default_rng(0)
    asked = random.permutation(len(rows))[:SAMPLED_PASSAGES]
    others = random.permutation(len(rows))[:SAMPLED_ROWS]
    cosines = rows[asked] @ rows[others].T
    comparable = sources[asked][:, None] != sources[others][None, :]
    if not comparable.any():
        comparable = asked[:, None] != others[None, :]
    usable = comparable.any(axis=1)
    kept = np.where(comparable, cosines, np.nan)[usable]
    far, near = np.median(np.nanmedian(kept, axis=1)), np.median(np.nanmax(kept, axis=1))
    return Scale(float(far) * len(rows) / (len(rows) + FEW_PASSAGES), float(near))
