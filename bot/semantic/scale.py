"""The scale of a model's cosines, measured in the library itself.

Models differ: one gives unrelated passages a cosine of 0.1, another 0.75. So no cosine is compared with a fixed number. Instead,
some passages of the library are used as questions. The usual cosine of the nearest passage from another source defines "near", and
that of most passages defines "far", for this model and this library. benchmarks/README.md, "Meaning".
"""

from dataclasses import dataclass

import numpy as np

from bot.search.arrays import Floats, Longs, Mask

SAMPLED_PASSAGES, SAMPLED_ROWS = 64, 20_000
"""Maximum number of passages that are used as questions, and of vectors that they are compared with."""

MIN_GAP_SHARE = 0.25
"""Near is at least this share of the way from far to a cosine of 1, because in a small library nothing may be near."""

MIN_GAP = 0.001
"""Smallest distance between near and far; a smaller one is rounding."""

MIN_CLOSENESS = -1.0
"""The lowest closeness. A greater distance means nothing more."""

FEW_PASSAGES = 3
"""In a library of about this size or smaller, all passages may be near each other. Nothing then shows what is far, so `far` is
lowered."""

MEDIAN_PASSAGES = 20_000
"""Maximum number of passages from which the median is computed. From a larger library, evenly spaced ones are used."""

PRIOR_PASSAGES = 10
"""Imaginary passages at `far` that are mixed into the median: in a small library, most passages may be near."""


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
        """Distances from the median of the `known` cosines, as multiples of the gap. Cosines that are not known stay as they are.
        Shape (passages,)."""
        count = int(known.sum())
        if not count:
            return cosines
        median = float(np.median(cosines[known][:: -(-count // MEDIAN_PASSAGES)]))
        base = (median * count + self.far * PRIOR_PASSAGES) / (count + PRIOR_PASSAGES)
        return self._scaled(cosines, known, base)

    def sameness(self, cosines: Floats) -> Floats:
        """How much of the way from far to the same text these cosines are: 0 is far, 1 the same text. Unlike closeness, it does not
        depend on how near the passages of this library come to each other. Shape as `cosines`."""
        return (cosines - np.float32(self.far)) / np.float32(max(1 - self.far, MIN_GAP))

    def closeness_of_passages(self, cosines: Floats, known: Mask) -> Floats:
        """The same for cosines to a passage, but measured from `far`: a passage may be similar to many others, which would raise
        the median."""
        return self._scaled(cosines, known, self.far)

    def _scaled(self, cosines: Floats, known: Mask, base: float) -> Floats:
        scaled = np.maximum((cosines - np.float32(base)) / np.float32(self.gap), np.float32(MIN_CLOSENESS))
        return np.where(known, scaled, cosines).astype(np.float32)


def measure(rows: Floats, sources: Longs) -> Scale:
    """The scale of these vectors. `rows`: one vector a passage, length 1, shape (passages, dimension). `sources`: the number of the
    source of each. Passages of the same source are not compared, unless there is only one source."""
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
