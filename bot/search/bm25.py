"""BM25F over the fields of a passage, as weights that are only to be added up for the question's words.

The model is rank-bm25's `BM25Plus` with delta 0: idf = ln((N + 1) / df), which stays above zero for a term
that is everywhere, and tf · (k1 + 1) / (k1 · (1 - b + b · length / mean length) + tf). With several fields,
the frequencies are weighted and normalised by field before they saturate (Robertson, Zaragoza and Taylor,
"Simple BM25 extension to multiple weighted fields", CIKM 2004); with one field of weight 1 it is BM25.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from rank_bm25 import BM25Plus

from bot.search.arrays import Floats, Ints, Longs


@dataclass(frozen=True, slots=True)
class Field:
    """How much a term of this field counts beside one of the text, and how much the length matters."""

    weight: float
    b: float


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


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the score is made of."""

    k1: float = 1.2
    fields: Mapping[str, Field] = field(default_factory=lambda: FIELDS)
    surface: float = 0.15
    """Weight of the word as written beside its stem."""
    pairs: float = 0.1
    """Weight of two question words standing next to each other in a passage."""
    coverage: float = 0.1
    """Part of the score that depends on how much of the question a passage covers."""


class Statistics(BM25Plus):  # type: ignore[misc]  # rank-bm25 has no types
    """rank-bm25's weights of terms, from document frequencies instead of tokenised documents."""

    def __init__(self, size: int) -> None:
        self.corpus_size = size
        self.idf: dict[str, float] = {}

    def of(self, frequencies: Mapping[str, int]) -> dict[str, float]:
        """The idf of each term, given in how many passages it is."""
        self.idf = {}
        self._calc_idf(frequencies)
        return self.idf


@dataclass(frozen=True, slots=True)
class Postings:
    """For each term the passages that hold it, ascending, and its ready weight there, idf and all.

    Term t has `passages[offsets[t]:offsets[t + 1]]` and `weights` of the same range.
    """

    offsets: Longs
    passages: Ints
    weights: Floats

    def of(self, term: int) -> tuple[Ints, Floats]:
        start, end = self.offsets[term : term + 2].tolist()
        return self.passages[start:end], self.weights[start:end]


def frequencies(terms: Ints, owners: Ints, first: int, owner_count: int) -> tuple[Longs, Floats]:
    """Distinct (term, owner) pairs as `(term - first) * owner_count + owner`, ascending, and how often each is."""
    keys = terms.astype(np.int64)
    keys -= first
    keys *= owner_count
    keys += owners
    keys.sort()
    places = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    counts = np.diff(places, append=len(keys)).astype(np.float32)
    return keys[places], counts


def normalised(counts: Floats, lengths: Longs, setting: Field, mean: float) -> Floats:
    """Weighted frequencies: w · tf / (1 - b + b · length / mean), one length for each count."""
    below = lengths.astype(np.float32)
    below *= np.float32(setting.b / mean if mean else 0.0)
    below += np.float32(1 - setting.b)
    below[:] = setting.weight * counts / below
    return below


def compiled(keys: Longs, values: Floats, term_count: int, size: int, k1: float) -> Postings:
    """Postings of all fields' weighted frequencies: equal keys are added, then saturated and weighed by rarity.

    `keys` are `term * size + passage`, in any order and repeated for each field.
    """
    if len(keys):
        order = np.argsort(keys, kind="stable")
        keys, values = keys[order], values[order]
        del order
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        keys, values = keys[first], np.add.reduceat(values, first)
        del first
    offsets = np.searchsorted(keys, np.arange(term_count + 1) * size).astype(np.int64)
    keys %= max(size, 1)
    weights: Floats = values * np.float32(k1 + 1) / (np.float32(k1) + values)
    spread = np.diff(offsets)
    weights *= np.repeat(rarity(spread, size), spread)
    return Postings(offsets, keys.astype(np.int32), weights)


def rarity(spread: Longs, size: int) -> Floats:
    """The idf of terms, given in how many of `size` passages each is."""
    distinct, places = np.unique(np.maximum(spread, 1), return_inverse=True)
    known = Statistics(size).of({str(one): one for one in distinct.tolist()})
    return np.array(list(known.values()), np.float32)[places]


def joined(parts: list[Postings]) -> Postings:
    """The terms of all, one part's behind the other's. Takes them out of the list, so that not all are there twice."""
    begins = np.cumsum([0, *(one.offsets[-1] for one in parts)], dtype=np.int64)
    ends = [one.offsets[1:] + begin for one, begin in zip(parts, begins, strict=False)]
    passages, weights = np.empty(begins[-1], np.int32), np.empty(begins[-1], np.float32)
    for begin, end in itertools.pairwise(begins.tolist()):
        part = parts.pop(0)
        passages[begin:end], weights[begin:end] = part.passages, part.weights
    return Postings(np.concatenate((begins[:1], *ends)), passages, weights)
