"""Texts as sequences of numbers: the numbers stand for words or terms."""

import itertools
from dataclasses import dataclass

import numpy as np

from bot.search.arrays import Ints, Longs, Mask, UInt64s


class Numbering(dict[str, int]):
    """Numbers names in the order in which they are first looked up: `numbering[name]` never fails."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class TermSequence:
    """Texts stored one after the other: text t has `ids[offsets[t]:offsets[t + 1]]`."""

    ids: Ints
    offsets: Longs

    def owners(self) -> Ints:
        """The number of the text that each id belongs to. Shape (ids,)."""
        filled = np.flatnonzero(self.offsets[1:] > self.offsets[:-1])
        steps = np.zeros(len(self.ids), np.int32)
        steps[self.offsets[filled]] = np.diff(filled, prepend=0)
        return np.cumsum(steps, out=steps)  # lets other threads run, which `np.repeat` does not

    def filtered(self, keep: Mask) -> "TermSequence":
        """The same texts, but only the ids for which `keep` is true. Shape of `keep`: (ids,)."""
        if keep.all():
            return self
        counts = np.append(np.int32(0), np.cumsum(keep, dtype=np.int32))
        return TermSequence(self.ids[keep], counts[self.offsets].astype(np.int64))

    def taken(self, texts: Longs) -> "TermSequence":
        """These texts alone, in this order. Shape of `texts`: (texts,)."""
        starts, counts = self.offsets[texts], self.offsets[texts + 1] - self.offsets[texts]
        offsets = np.append(np.int64(0), np.cumsum(counts, dtype=np.int64))
        return TermSequence(self.ids[concatenated_ranges(starts, counts)], offsets)


def interleaved(old: TermSequence, new: TermSequence, places: Longs | Ints) -> TermSequence:
    """Texts of both in a new order: each of `places` is the number of a text of `old`, or -1 for the next text of `new`. Neighbours
    that stay neighbours are copied together."""
    fresh = places < 0
    numbers = np.where(fresh, np.cumsum(fresh) - 1, places)
    follows = (np.diff(numbers) == 1) & (fresh[1:] == fresh[:-1])
    begins = [0, *(np.flatnonzero(~follows) + 1).tolist()][: len(places)]
    ids, lengths = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
    for begin, end in itertools.pairwise([*begins, len(places)]):
        stream, first = new if fresh[begin] else old, int(numbers[begin])
        offsets = stream.offsets[first : first + end - begin + 1]
        ids.append(stream.ids[offsets[0] : offsets[-1]])
        lengths.append(np.diff(offsets))
    return TermSequence(np.concatenate(ids), np.cumsum(np.concatenate(lengths)))


TEXTS_PER_STEP = 2_000
"""Texts whose digests are computed at once."""

_BASE = np.uint64(0x9E3779B97F4A7C15)


def _mixed(values: UInt64s) -> UInt64s:
    """The finalizer of SplitMix64; see `WordTerms.digests`."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class WordTerms:
    """Texts that are stored as words and read as terms: each word stands for one term."""

    words: TermSequence
    term_of: Ints
    """The term of each word. Shape (words,)."""

    @property
    def offsets(self) -> Longs:
        """Where each text begins; see `TermSequence`."""
        return self.words.offsets

    @property
    def ids(self) -> Ints:
        """The terms of all texts, computed at each call. Shape (ids,)."""
        return self.at(slice(None))

    def digests(self) -> UInt64s:
        """A number for each text. Two texts have the same number only if they have the same terms in the same order; 0 for a text
        without terms. Shape (texts,).

        A polynomial over the terms modulo 2^64, each term mixed first (the finalizer of SplitMix64, Steele and others, "Fast
        splittable pseudorandom number generators", 2014): two texts collide once in about 10^19 pairs.
        """
        mixed = _mixed(np.arange(1, int(self.term_of.max(initial=0)) + 2, dtype=np.uint64))
        found = np.zeros(len(self.offsets) - 1, np.uint64)
        lengths = np.diff(self.offsets)
        powers = np.cumprod(np.full(int(lengths.max(initial=0)) + 1, _BASE))
        for begin in range(0, len(found), TEXTS_PER_STEP):
            offsets = self.offsets[begin : begin + TEXTS_PER_STEP + 1]
            counts = lengths[begin : begin + TEXTS_PER_STEP]
            filled = np.flatnonzero(counts)
            if len(filled):
                terms = self.at(slice(int(offsets[0]), int(offsets[-1])))
                places = np.arange(len(terms)) - np.repeat(offsets[:-1] - offsets[0], counts)
                values = mixed[terms] * powers[places]
                found[begin + filled] = np.add.reduceat(
                    values, (offsets[:-1] - offsets[0])[filled]
                ) | np.uint64(1)
        return found

    def at(self, places: Longs | Ints | slice) -> Ints:
        """The terms at these places of `words.ids`."""
        ids = self.words.ids[places]
        return self.term_of[ids] if len(ids) else ids


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
