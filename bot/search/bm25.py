"""BM25F over the fields of a passage, precomputed: a search only adds up the weights of the question's terms.

    idf(t)      = ln((N + 1) / df(t))                               above zero even for a term in every passage
    weight(t,p) = idf(t) * tf * (k1 + 1) / (k1 + tf)
    tf          = sum over fields of  w * count / (1 - b + b * length / mean length)

N is the number of passages, df the number of passages with the term. Field frequencies are weighted and normalised before
they saturate (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004). With one
field of weight 1 this is rank-bm25's `BM25Plus` with delta 0: its idf is used; tests compare our scores with its scores.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from types import MappingProxyType

import numpy as np

from bot.search.arrays import Floats, Ints, Longs


@dataclass(frozen=True, slots=True)
class Field:
    """How much a field of a passage counts."""

    weight: float
    """Weight of a term in this field; in the text it is 1."""
    b: float
    """Length normalisation: 0 for none, 1 for full."""


FIELDS = MappingProxyType(
    {
        "text": Field(1.0, 0.6),
        "title": Field(3.0, 0.5),
        "authors": Field(2.0, 0.5),
        "chapter": Field(1.0, 0.5),
        "tags": Field(1.0, 0.5),
        "remark": Field(0.5, 0.6),
    }
)
"""Measured in benchmarks/README.md, "Ranking"."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Parameters of the ranking score. Measured in benchmarks/README.md, "Ranking"."""

    k1: float = 1.2
    """Saturation of term frequency in BM25."""
    fields: Mapping[str, Field] = field(default_factory=lambda: FIELDS)
    surface_weight: float = 0.15
    """Weight of a word exactly as typed; its stem has weight 1."""
    neighbour_weight: float = 0.1
    """Bonus for two neighbouring question words that are neighbours in the passage too."""
    coverage_weight: float = 0.1
    """Share of the score that depends on how much of the question a passage covers."""


@lru_cache(maxsize=1 << 14)
def idf(frequency: int, passages: int) -> float:
    """Inverse document frequency of a term that occurs in `frequency` (at least 1) of `passages` passages.

    The same formula as rank-bm25's, whose import would take longer than to answer a question; a test compares the two.
    """
    return log((passages + 1) / frequency)


@dataclass(frozen=True, slots=True)
class Postings:
    """For each term, the passages with it (ascending) and its weight there, idf included.

    Term t has `passages[offsets[r]:offsets[r + 1]]` and the same range of `weights`, where r is `rows[t]`: a stem with a single
    written form shares the postings of that word, so they are stored once.
    """

    offsets: Longs
    passages: Ints
    weights: Floats
    rows: Ints | None = None
    """None if each term has a row of its own, with its own number. Shape (terms,)."""

    def of(self, term: int) -> tuple[Ints, Floats]:
        """Passages and weights of a term."""
        row = term if self.rows is None else self.rows.item(term)
        own = slice(self.offsets.item(row), self.offsets.item(row + 1))
        return self.passages[own], self.weights[own]

    def weights_in(self, terms: Sequence[int], passages: Longs) -> Floats:
        """The weight of each of `terms` in each of `passages`, 0 if it is missing. Shape (terms, passages)."""
        if not terms or not len(self.passages):
            return np.zeros((len(terms), len(passages)), np.float32)
        sought = passages.astype(np.int32)
        places = np.empty((len(terms), len(passages)), np.int64)
        ranges = [self._range(term) for term in terms]
        for row, (start, end) in zip(places, ranges, strict=True):
            row[:] = self.passages[start:end].searchsorted(sought)
        bounds = np.array(ranges, np.int64)
        places += bounds[:, :1]
        ends = bounds[:, 1:]
        found: Floats = self.weights.take(places, mode="clip")
        found *= (self.passages.take(places, mode="clip") == sought) & (places < ends)
        return found

    def shared(self, term: int, other: int) -> bool:
        """Whether these terms share their postings."""
        return self.rows is not None and self.rows.item(term) == self.rows.item(other)

    def frequency(self, term: int) -> int:
        """The number of passages with this term."""
        start, end = self._range(term)
        return end - start

    def _range(self, term: int) -> tuple[int, int]:
        """Where the postings of a term begin and end."""
        row = term if self.rows is None else self.rows.item(term)
        return self.offsets.item(row), self.offsets.item(row + 1)


def count_terms(terms: Ints, owners: Ints, first: int, owner_count: int) -> tuple[Longs, Longs]:
    """Distinct (term, owner) pairs as `(term - first) * owner_count + owner`, ascending, and the count of each."""
    keys = terms.astype(np.int64)
    keys -= first
    keys *= owner_count
    keys += owners
    keys.sort()
    places = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return keys[places], np.diff(places, append=len(keys))


def normalise(lengths: Ints, parameters: Field, mean: float) -> Floats:
    """What counts are divided by: 1 - b + b * length / mean. Shape as `lengths`."""
    divisors = lengths.astype(np.float32)
    divisors *= np.float32(parameters.b / mean if mean else 0.0)
    divisors += np.float32(1 - parameters.b)
    return divisors


def idf_of_each(frequencies: Longs, size: int) -> Floats:
    """The idf of terms, given the number of passages with each. Shape as `frequencies`."""
    frequencies = np.maximum(frequencies, 1)
    distinct = np.flatnonzero(np.bincount(frequencies))
    known = _statistics(size, distinct.tolist())
    of_frequency = np.zeros(int(frequencies.max(initial=0)) + 1, np.float32)
    of_frequency[distinct] = [known[frequency] for frequency in distinct.tolist()]
    return of_frequency[frequencies]


def _statistics(passages: int, frequencies: Iterable[int]) -> dict[int, float]:
    """rank-bm25's idf of terms, by their document frequency.

    rank-bm25 computes it in a private method of an object that holds tokenised documents, so pyproject.toml bounds its version, and
    the tests compare whole scores.
    """
    from rank_bm25 import BM25Plus  # here, because it imports multiprocessing

    statistics = BM25Plus.__new__(BM25Plus)
    statistics.corpus_size, statistics.idf = passages, {}
    statistics._calc_idf({frequency: frequency for frequency in frequencies})
    found: dict[int, float] = statistics.idf
    return found
