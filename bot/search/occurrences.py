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
from bot.search.streams import TermSequence, concatenated_ranges

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

    def of_passages(self, chosen: Mask) -> Longs:
        """The places of all postings of the `chosen` passages, ascending. Shape of `chosen`: (passages,)."""
        return np.flatnonzero(chosen.take(self.passages))

    def frequencies_without(self, gone: Longs) -> Longs:
        """How many passages each row has without the postings at these places, which ascend."""
        rows = np.searchsorted(self.offsets, gone, side="right") - 1
        return np.diff(self.offsets) - np.bincount(rows, minlength=len(self.offsets) - 1)

    def updated(self, rows: Ints, gone: Longs, numbers: Ints, fresh: "Occurrences") -> "Occurrences":
        """These rows, in this order, without the postings at the places `gone` (ascending), and with the `fresh` ones of each row.
        A row of -1 has the fresh ones alone.

        `numbers` has the new number of each passage, ascending; -1 if all its postings are gone. None of them is a passage of
        `fresh`.
        """
        if not len(self.passages):
            return fresh
        begins = np.where(rows >= 0, self.offsets[rows], 0)
        lengths = np.where(rows >= 0, self.offsets[rows + 1] - begins, 0)
        rows_of_gone, gone = self._in_rows(gone, rows)
        rows_of_fresh = TermSequence(fresh.passages, fresh.offsets).owners().astype(np.int64)
        before = self._first_above(rows[rows_of_fresh], fresh.passages, numbers)
        size = len(self.passages) + 1
        keys_of_gone, keys_of_fresh = rows_of_gone * size + gone, rows_of_fresh * size + before
        gone_until = np.searchsorted(rows_of_gone, np.arange(len(rows) + 1))
        offsets = np.append(np.int64(0), np.cumsum(lengths)) - gone_until + fresh.offsets
        shifts = offsets[:-1] - begins + gone_until[:-1] - fresh.offsets[:-1]
        places = before + shifts[rows_of_fresh] - np.searchsorted(keys_of_gone, keys_of_fresh)
        places += np.arange(len(places))
        after_gone = gone + shifts[rows_of_gone] - np.arange(len(gone))
        after_gone += np.searchsorted(keys_of_fresh, keys_of_gone, side="right")
        # The pieces that are copied as they are begin where a row does, after what is gone, and after what is fresh.
        cuts, olds = np.concatenate((places + 1, after_gone)), np.concatenate((before, gone + 1))
        inside = cuts < offsets[np.concatenate((rows_of_fresh, rows_of_gone)) + 1]
        order = np.lexsort((olds, cuts))[inside[np.lexsort((olds, cuts))]]
        filled = offsets[1:] > offsets[:-1]
        cuts = np.concatenate((offsets[:-1][filled], cuts[order]))
        olds = np.concatenate((begins[filled], olds[order]))
        order = np.argsort(cuts, kind="stable")
        last = order[np.append(np.diff(cuts[order]) > 0, True)[: len(order)]]
        copied = concatenated_ranges(olds[last], np.diff(cuts[last], append=offsets[-1])).astype(np.intp)
        passages = numbers.take(self.passages.take(copied, mode="clip"))
        counts = self.counts.take(copied, mode="clip")
        passages[places], counts[places] = fresh.passages, fresh.counts
        return Occurrences(offsets, passages, counts)

    def _in_rows(self, places: Longs, rows: Ints) -> tuple[Longs, Longs]:
        """The postings at these places that are in `rows`: the place of the row there, and of the posting, in that order. A row
        that stands there twice brings its postings twice."""
        order = np.argsort(rows, kind="stable")
        own = np.searchsorted(self.offsets, places, side="right") - 1
        first = np.searchsorted(rows, own, side="left", sorter=order)
        times = np.searchsorted(rows, own, side="right", sorter=order) - first
        in_rows, places = order[concatenated_ranges(first, times)], np.repeat(places, times)
        ascending = np.lexsort((places, in_rows))
        return in_rows[ascending], places[ascending]

    def _first_above(self, rows: Ints, passages: Ints, numbers: Ints) -> Longs:
        """For each of these passages, the place in its row of the first posting with a higher number than it, or of the row's end.
        `numbers` has the new number of each passage, ascending, which `passages` are given by. 0 for a row of -1."""
        kept = np.flatnonzero(numbers >= 0)
        above = np.append(kept, len(numbers))[np.searchsorted(numbers[kept], passages)]
        low = np.where(rows >= 0, self.offsets[rows], 0)
        high = np.where(rows >= 0, self.offsets[rows + 1], 0)
        while (low < high).any():
            middle = (low + high) // 2
            less = self.passages.take(middle, mode="clip") < above
            low, high = np.where(less & (low < high), middle + 1, low), np.where(less, high, middle)
        return low

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
