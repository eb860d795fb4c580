"""How often each term occurs in each field of each passage, as whole numbers, and the weights that follow from them.

The weight of a term depends on the whole library: on the mean length of its fields and on the number of its passages. The counts do
not. So when a library changes, the counts of unchanged passages are reused, and only the weights are computed again.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from bot.search.arrays import Floats, Ints, Longs, Mask, Unsigned
from bot.search.bm25 import Field, Ranking, idf_of_each, normalise
from bot.search.streams import TermSequence, interleaved

COUNT_BITS = MappingProxyType({"text": 8, "title": 5, "authors": 4, "chapter": 5, "tags": 5, "remark": 5})
"""Bits for each field's count. The counts of all fields are packed into one number, the first field in its lowest bits. A count
that needs more bits is lowered to the highest that fits: BM25 hardly tells such counts apart."""

POSTINGS_PER_STEP = 1 << 15
"""Postings whose weights are computed at once. Other threads run between such steps."""


def packed(field: str, counts: Longs) -> Unsigned:
    """A field's counts, shifted to the field's bits of the packed number (`COUNT_BITS`). Shape as `counts`."""
    shift, highest = _PLACES[field]
    return np.minimum(counts, highest).astype(np.uint32) << np.uint32(shift)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """For each row of the postings, its passages (ascending) and how often the term occurs in each; see
    `bot.search.bm25.Postings`."""

    offsets: Longs
    passages: Ints
    counts: Unsigned
    """The counts of all fields, packed into one number; see `COUNT_BITS`. Shape (postings,)."""

    @classmethod
    def joined(cls, parts: "list[Occurrences]") -> "Occurrences":
        """The rows of all parts, in order. Empties the list as it goes, so that no part is in memory twice."""
        begins = np.cumsum([0, *(part.offsets[-1] for part in parts)], dtype=np.int64)
        ends = [part.offsets[1:] + begin for part, begin in zip(parts, begins, strict=False)]
        passages, counts = np.empty(begins[-1], np.int32), np.empty(begins[-1], np.uint32)
        for begin in begins[:-1].tolist():
            part = parts.pop(0)
            end = begin + len(part.passages)
            passages[begin:end], counts[begin:end] = part.passages, part.counts
        return cls(np.concatenate((begins[:1], *ends)), passages, counts)

    def frequencies_without(self, dropped: Mask) -> Longs:
        """How many passages each row has without the `dropped` ones. Shape of `dropped`: (passages,)."""
        gone = np.flatnonzero(dropped[self.passages])
        rows = np.searchsorted(self.offsets, gone, side="right") - 1
        return np.diff(self.offsets) - np.bincount(rows, minlength=len(self.offsets) - 1)

    def moved(self, rows: Ints, passages: Ints) -> "Occurrences":
        """These rows, in this order, with new numbers for the passages. `passages` has the new number of each passage, ascending;
        those with -1 are left out. A row of -1 is empty."""
        none = TermSequence(np.zeros(0, np.int32), np.zeros(int((rows < 0).sum()) + 1, np.int64))
        taken = interleaved(TermSequence(self.passages, self.offsets), none, rows)
        counts = interleaved(TermSequence(self.counts.view(np.int32), self.offsets), none, rows).ids
        numbers, offsets = passages[taken.ids], taken.offsets
        gone = np.flatnonzero(numbers < 0)
        if len(gone):
            numbers, counts = np.delete(numbers, gone), np.delete(counts, gone)
            offsets = offsets - np.searchsorted(gone, offsets)
        return Occurrences(offsets, numbers, counts.view(np.uint32))

    def merged(self, other: "Occurrences", size: int) -> "Occurrences":
        """Joins the passages of both in each row. No passage may be in both. `size` is the number of passages."""
        places = np.searchsorted(self._keys(size), other._keys(size))
        return Occurrences(
            self.offsets + other.offsets,
            np.insert(self.passages, places, other.passages),
            np.insert(self.counts, places, other.counts),
        )

    def _keys(self, size: int) -> Longs:
        keys = TermSequence(self.passages, self.offsets).owners().astype(np.int64)
        keys *= size
        keys += self.passages
        return keys

    def weights(self, lengths: Mapping[str, Ints], size: int, ranking: Ranking) -> Floats:
        """The BM25F weight of each posting; see `bot.search.bm25`. `lengths` has the length of each field of each passage."""
        divisors = {
            name: normalise(field, ranking.fields[name], float(field.mean()) if size else 0.0)
            for name, field in lengths.items()
        }
        rarity = idf_of_each(np.diff(self.offsets), size)
        weights = np.empty(len(self.passages), np.float32)
        steps = np.arange(POSTINGS_PER_STEP, len(weights), POSTINGS_PER_STEP)
        bounds = [0, *np.searchsorted(self.offsets, steps).tolist(), len(rarity)]
        for first, last in itertools.pairwise(bounds):
            step = slice(int(self.offsets[first]), int(self.offsets[last]))
            frequencies = self._frequencies(step, divisors, ranking)
            saturated = frequencies + np.float32(ranking.k1)
            np.divide(frequencies * np.float32(ranking.k1 + 1), saturated, out=saturated)
            repeated = np.repeat(rarity[first:last], np.diff(self.offsets[first : last + 1]))
            np.multiply(saturated, repeated, out=weights[step])
        return weights

    def _frequencies(self, step: slice, divisors: Mapping[str, Floats], ranking: Ranking) -> Floats:
        """The counts of the postings in `step`, weighted, normalised and summed over the fields; see `bot.search.bm25`."""
        passages, counts = self.passages[step], self.counts[step]
        frequencies = np.zeros(len(passages), np.float32)
        others = np.flatnonzero(counts > _PLACES["text"][1])  # most words are in the text alone
        counts_of_others = counts.take(others)
        for name, divisor in divisors.items():
            shift, highest = _PLACES[name]
            if name == "text":
                frequencies += _weighted(
                    counts & np.uint32(highest), divisor.take(passages), ranking.fields[name]
                )
                continue
            in_field = counts_of_others >> np.uint32(shift) & np.uint32(highest)
            with_any = np.flatnonzero(in_field)
            places = others[with_any]
            frequencies[places] += _weighted(
                in_field[with_any], divisor.take(passages.take(places)), ranking.fields[name]
            )
        return frequencies


def _weighted(counts: Unsigned, divisors: Floats, parameters: Field) -> Floats:
    """Counts in a field, weighted and normalised. Shape as `counts`."""
    weighted = counts.view(np.int32).astype(np.float32)  # small numbers, and signed ones are converted faster
    weighted *= np.float32(parameters.weight)
    weighted /= divisors
    return weighted


def _places() -> dict[str, tuple[int, int]]:
    """For each field, by how many bits its count is shifted, and the highest count."""
    places, shift = {}, 0
    for name, bits in COUNT_BITS.items():
        places[name] = shift, (1 << bits) - 1
        shift += bits
    return places


_PLACES = _places()
