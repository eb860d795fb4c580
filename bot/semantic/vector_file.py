"""A file of vectors: its format, and how it is searched. Files are memory-mapped and never changed.

Each row is a vector of norm 1, rounded to int8, with the factor that makes its norm 1 again. An entry has one or more rows: the
sentences of a passage. Its closeness to a question is the weighted mean of two cosines, that of its closest row and that of its
mean: one sentence may answer, but seldom if the passage as a whole is about something else (benchmarks/README.md, "Meaning").

For each entry, the file also has the signs of its mean minus the mean of the file, one bit for each number. The number of signs
that differ from the question's tells roughly how far the entry is, 50 times faster than its rows do. So only entries that look
close are compared in full.

    magic (8 bytes) · dimension, entries, rows, CRC-32 of all that follows (4 × uint32)
    · keys (16 bytes each) · rows of each entry (uint32) · zeros up to a multiple of 64
    · signs (uint64: a plane of all entries for each 64 numbers) · mean (float32) · norm of each entry's mean (float32)
    · factors (float32) · rows (int8)
"""

import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from bot.search.arrays import Bytes, Floats, Longs, Shorts, SmallInts, UInt64s

MAGIC = b"analvec3"

KEY_BYTES = 16
"""Length of a key."""

CLOSEST_WEIGHT = 0.4
"""Weight of an entry's closest row; its mean has the rest."""

EXACT_ROWS = 4_096
"""A file with up to this many rows is compared in full. In a larger file, only the entries that look close and a sample are."""

CLOSE_SHARE, MIN_CLOSE, SAMPLED = 1 / 64, 1_024, 256
"""For a larger file: share of its entries that are compared in full, their minimum number, and the size of the sample that
relates the number of differing signs to a cosine."""

BLOCK_ROWS = 2_048
"""Rows that are converted to floats at once when a file is made."""

SEARCH_BLOCK_ROWS = 256
"""Rows that are compared in full at once: with their floats they stay in the processor's cache."""

_HEAD = np.dtype([("magic", "S8"), ("dimension", "<u4"), ("entries", "<u4"), ("rows", "<u4"), ("sum", "<u4")])
_READ_BYTES = 1 << 20


@dataclass(frozen=True)
class VectorFile:
    """Entries and their rows: entry n has the rows `starts[n]` to `starts[n + 1]`."""

    keys: tuple[bytes, ...]
    starts: Longs
    mean: Floats
    """Mean of all rows. Shape (dimension,)."""
    norms: Floats
    """Norm of the mean of each entry's rows. Shape (entries,)."""
    factors: Floats
    """Shape (rows,)."""
    signs: UInt64s
    """Of each entry's mean. Shape (dimension / 64, entries)."""
    rows: SmallInts
    """Shape (rows, dimension)."""
    path: Path | None = None

    @classmethod
    def of(cls, keys: Sequence[bytes], starts: Longs, rows: SmallInts, factors: Floats) -> "VectorFile":
        """Makes a file of these rows; computes their means and signs."""
        dimension = rows.shape[1]
        total = np.zeros(dimension, np.float64)
        for block in _blocks(len(rows)):
            total += (rows[block] * factors[block, None]).sum(axis=0, dtype=np.float64)
        mean = (total / max(len(rows), 1)).astype(np.float32)
        norms = np.empty(len(keys), np.float32)
        signs = np.empty((-(-dimension // 64), len(keys)), np.uint64)
        for block in _blocks(len(keys)):
            firsts, end = starts[block], starts[min(block.stop, len(keys))]
            floats: Floats = rows[firsts[0] : end] * factors[firsts[0] : end, None]
            counts = np.diff(starts[block.start : block.stop + 1])
            means = np.add.reduceat(floats, firsts - firsts[0]).astype(np.float32, copy=False)
            means /= counts[:, None].astype(np.float32)
            norms[block] = np.maximum(np.linalg.norm(means, axis=1), np.float32(1e-6))
            means /= norms[block, None]
            signs[:, block] = _signs(means, mean)
        return cls(tuple(keys), starts, mean, norms, factors, signs, rows)

    @classmethod
    def rounded(cls, keys: Sequence[bytes], rows: Sequence[Floats]) -> "VectorFile":
        """Makes a file of the vectors of each entry, and rounds them. All have the same dimension."""
        starts = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
        return cls.of(keys, starts, *quantized(np.concatenate(rows)))

    def vectors(self, places: Longs | slice) -> Floats:
        """These rows as floats, of norm 1. Shape (places, dimension)."""
        return np.asarray(self.rows[places] * self.factors[places, None], np.float32)

    def cosines(self, question: Floats) -> Floats:
        """How close each entry is, -1 to 1: the cosine of its closest row and that of its mean, weighted.

        In a large file exact only for what is close. Shape (entries,)."""
        count = len(self.keys)
        if len(self.rows) <= EXACT_ROWS:
            return self._exact(np.arange(count), question)
        differing = self._differing(question)
        close = np.flatnonzero(differing <= _limit(differing, max(MIN_CLOSE, int(count * CLOSE_SHARE))))
        exact = self._exact(close, question)
        sample = np.arange(0, count, max(count // SAMPLED, 1))
        slope, start = _line(differing[sample].astype(np.float32), self._exact(sample, question))
        result = differing.astype(np.float32)
        result *= slope
        result += start
        np.minimum(result, exact.max(initial=-1), out=result)
        result[close] = exact
        return result

    def _exact(self, entries: Longs, question: Floats) -> Floats:
        """The exact cosines of these entries. Shape as `entries`."""
        counts = np.diff(self.starts)[entries]
        firsts = np.cumsum(counts) - counts
        places = np.arange(int(counts.sum())) + np.repeat(self.starts[entries] - firsts, counts)
        cosines = self._of_rows(places, question)
        result: Floats = np.add.reduceat(cosines, firsts) / (counts.astype(np.float32) * self.norms[entries])
        result *= np.float32(1 - CLOSEST_WEIGHT)
        result += np.float32(CLOSEST_WEIGHT) * np.maximum.reduceat(cosines, firsts)
        return result

    def _of_rows(self, places: Longs, question: Floats) -> Floats:
        """The cosines of these rows. Shape (places,)."""
        result = np.empty(len(places), np.float32)
        rows = np.empty((min(SEARCH_BLOCK_ROWS, len(places)), len(question)), np.int8)
        floats = np.empty(
            rows.shape, np.float32
        )  # reused for each block: new memory costs more than the product
        for block in _blocks(len(places), SEARCH_BLOCK_ROWS):
            wanted = places[block]
            np.take(self.rows, wanted, axis=0, out=rows[: len(wanted)], mode="clip")
            np.copyto(floats[: len(wanted)], rows[: len(wanted)])
            np.dot(floats[: len(wanted)], question, out=result[block])
        return result * self.factors[places]

    def _differing(self, question: Floats) -> Shorts:
        """How many signs of each entry's mean differ from the question's. Shape (entries,)."""
        asked = _signs(question[None, :], self.mean)[:, 0]
        result = np.zeros(len(self.keys), np.int16)
        for plane, word in zip(self.signs, asked, strict=True):
            result += np.bitwise_count(plane ^ word)
        return result

    def write(self, path: Path) -> None:
        """Writes the whole file and waits until it is on disk. Raises OSError."""
        table = b"".join(self.keys) + np.diff(self.starts).astype("<u4").tobytes()
        table += bytes(-(_HEAD.itemsize + len(table)) % 64)
        parts = [
            memoryview(table),
            *(
                np.ascontiguousarray(array).data.cast("B")
                for array in (self.signs, self.mean, self.norms, self.factors, self.rows)
                if array.size
            ),
        ]
        checksum = 0
        for part in parts:
            checksum = zlib.crc32(part, checksum)
        head = np.array((MAGIC, self.rows.shape[1], len(self.keys), len(self.rows), checksum), _HEAD)
        with path.open("wb") as file:
            file.write(head.tobytes())
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())


def quantized(vectors: Floats) -> tuple[SmallInts, Floats]:
    """Vectors rounded to int8, each scaled by its largest number, and the factors that make their norms 1."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True, initial=0), np.float32(1e-12))
    rows = np.rint(vectors * (np.float32(127) / largest)).astype(np.int8)
    norms = np.sqrt(np.einsum("ij,ij->i", rows.astype(np.float32), rows.astype(np.float32)))
    return rows, (1 / np.maximum(norms, np.float32(1))).astype(np.float32)


def read_dimension(path: Path) -> int | None:
    """The dimension of a file's vectors; None if it is too short to be such a file. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD.itemsize)
    return int(np.frombuffer(head, _HEAD)[0]["dimension"]) if len(head) == _HEAD.itemsize else None


def map_file(path: Path, dimension: int) -> VectorFile | None:
    """Maps a file; None if it is damaged, has an older format, or another dimension. Raises OSError and ValueError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        begin = file.read(_HEAD.itemsize)
        if len(begin) != _HEAD.itemsize:
            return None
        head = np.frombuffer(begin, _HEAD)[0]
        if head["magic"] != MAGIC or head["dimension"] != dimension:
            return None
        entries, count = int(head["entries"]), int(head["rows"])
        table_bytes = entries * (KEY_BYTES + 4)
        table_bytes += -(_HEAD.itemsize + table_bytes) % 64
        planes = -(-dimension // 64)
        lengths = (8 * planes * entries, 4 * dimension, 4 * entries, 4 * count, dimension * count)
        if size != _HEAD.itemsize + table_bytes + sum(lengths):
            return None
        table = file.read(table_bytes)
        checksum = zlib.crc32(table)
        # Not read through the map: its pages would count as this process's memory.
        while block := file.read(_READ_BYTES):
            checksum = zlib.crc32(block, checksum)
    if checksum != head["sum"]:
        return None
    keys = tuple(table[at : at + KEY_BYTES] for at in range(0, entries * KEY_BYTES, KEY_BYTES))
    counts = np.frombuffer(table, "<u4", entries, entries * KEY_BYTES)
    starts = np.cumsum([0, *counts.tolist()], dtype=np.int64)
    if starts[-1] != count or (counts == 0).any():
        return None
    content = np.asarray(np.memmap(path, np.uint8, "r"))
    ends = np.cumsum([_HEAD.itemsize + len(table), *lengths])
    signs, mean, norms, factors, rows = (content[start:end] for start, end in pairwise(ends))
    return VectorFile(
        keys,
        starts,
        mean.view(np.float32),
        norms.view(np.float32),
        factors.view(np.float32),
        signs.view(np.uint64).reshape(planes, entries),
        rows.view(np.int8).reshape(count, dimension),
        path,
    )


def _blocks(count: int, size: int = BLOCK_ROWS) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def _signs(vectors: Floats, mean: Floats) -> UInt64s:
    """One bit for each number of a vector: whether it is above that of the mean. Shape (dimension / 64, rows)."""
    bits: Bytes = np.packbits(vectors > mean, axis=1)
    missing = -bits.shape[1] % 8
    words = np.ascontiguousarray(np.pad(bits, ((0, 0), (0, missing)))).view(np.uint64)
    return np.ascontiguousarray(words.T)


def _limit(values: Shorts, count: int) -> int:
    """The value that about `count` of the values do not exceed."""
    below = np.cumsum(np.bincount(values))
    return int(np.searchsorted(below, count))


def _line(x: Floats, y: Floats) -> tuple[np.float32, np.float32]:
    """Slope and intercept of the least-squares line through these points."""
    spread = x - x.mean()
    slope = float(spread @ (y - y.mean())) / max(float(spread @ spread), 1e-12)
    return np.float32(slope), np.float32(float(y.mean()) - slope * float(x.mean()))
