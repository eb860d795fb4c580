"""Vectors on disk: files that are written once, whole, and memory-mapped.

A file (a segment) holds entries of highlights: for each a key, and one or more rows of float32. It is written beside its place
and then renamed, so that no half of one is ever read, and several processes may write into the same folder. Segments are
merged when there are many of them, and whenever one holds an entry that is wanted no more.

    magic (8 bytes) · dimension, entries, rows, checksum (4 × uint32) · keys (16 bytes each) · rows of each (uint32)
    · zeros up to a multiple of 64 · rows (float32)
"""

import os
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from bot.runtime.stale_files import remove_abandoned
from bot.search.arrays import Floats, Longs

MAGIC = b"analvec1"
KEY = 16
"""Bytes of a key."""
MOST_SEGMENTS = 12
_HEAD = np.dtype([("magic", "S8"), ("dimension", "<u4"), ("entries", "<u4"), ("rows", "<u4"), ("sum", "<u4")])
_SUFFIX = ".vectors"


@dataclass(frozen=True)
class VectorFile:
    """Entries and their rows: entry n has `rows[starts[n]:starts[n + 1]]`."""

    keys: tuple[bytes, ...]
    starts: Longs
    rows: Floats
    path: Path | None = None


class Store:
    """The vectors of one model, in a folder of their own. One thread at a time."""

    def __init__(self, folder: Path | None, dimension: int) -> None:
        self.folder = folder
        self.dimension = dimension
        self.segments: tuple[VectorFile, ...] = ()
        if folder is not None and folder.is_dir():
            remove_abandoned(folder)
            found = (_read(path, dimension) for path in sorted(folder.glob(f"*{_SUFFIX}")))
            self.segments = tuple(one for one in found if one is not None)

    def add(self, keys: Sequence[bytes], rows: Sequence[Floats]) -> None:
        """Adds entries, and writes them down where there is a folder. Raises OSError, and has them all the same."""
        if not keys:
            return
        starts = np.cumsum([0, *(len(one) for one in rows)], dtype=np.int64)
        segment = VectorFile(tuple(keys), starts, np.concatenate(rows))
        self.segments = (*self.segments, segment)
        if self.folder is not None:
            self.segments = (*self.segments[:-1], _written(segment, self.folder, self.dimension))
            if len(self.segments) > MOST_SEGMENTS:
                self._merge(None)

    def keep(self, wanted: Collection[bytes]) -> bool:
        """Forgets every entry that is not wanted; whether there was any. Raises OSError."""
        if all(key in wanted for one in self.segments for key in one.keys):
            return False
        self._merge(wanted)
        return True

    def _merge(self, wanted: Collection[bytes] | None) -> None:
        """One segment of all, each key once."""
        before = self.segments
        merged = _merged(before, wanted)
        self.segments = (merged,) if merged.keys else ()
        if self.folder is not None and merged.keys:
            self.segments = (_written(merged, self.folder, self.dimension),)
        for one in before:
            if one.path is not None:
                one.path.unlink(missing_ok=True)


def _merged(segments: Iterable[VectorFile], wanted: Collection[bytes] | None) -> VectorFile:
    found: dict[bytes, Floats] = {}
    for one in segments:
        for number, key in enumerate(one.keys):
            if wanted is None or key in wanted:
                found.setdefault(key, one.rows[one.starts[number] : one.starts[number + 1]])
    starts = np.cumsum([0, *map(len, found.values())], dtype=np.int64)
    rows = np.concatenate(list(found.values())) if found else np.zeros((0, 0), np.float32)
    return VectorFile(tuple(found), starts, rows)


def _written(segment: VectorFile, folder: Path, dimension: int) -> VectorFile:
    """Writes it down; the same segment, memory-mapped. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = np.frombuffer(b"".join(segment.keys), np.uint8).tobytes()
    counts = np.diff(segment.starts).astype("<u4").tobytes()
    rows = np.ascontiguousarray(segment.rows, "<f4")
    named = keys + counts
    named += bytes(-(_HEAD.itemsize + len(named)) % 64)
    found = zlib.crc32(rows.data.cast("B"), zlib.crc32(named))
    head = np.array((MAGIC, dimension, len(segment.keys), len(rows), found), _HEAD)
    path = folder / f"{uuid4().hex}{_SUFFIX}"
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("wb") as file:
            file.write(head.tobytes())
            file.write(named)
            file.write(rows.data.cast("B"))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    return _read(path, dimension) or segment


def _read(path: Path, dimension: int) -> VectorFile | None:
    """A segment; None where it is damaged or of another dimension, and then it is removed."""
    try:
        segment = _opened(path, dimension)
    except FileNotFoundError:  # merged by another process
        return None
    except (OSError, ValueError):
        segment = None
    if segment is None:
        try:
            path.unlink(missing_ok=True)
        except OSError:  # read-only: then it is passed over each time
            return None
    return segment


def _opened(path: Path, dimension: int) -> VectorFile | None:
    size = path.stat().st_size
    if size < _HEAD.itemsize:
        return None
    with path.open("rb") as file:
        head = np.frombuffer(file.read(_HEAD.itemsize), _HEAD)[0]
        if head["magic"] != MAGIC or head["dimension"] != dimension:
            return None
        entries, count = int(head["entries"]), int(head["rows"])
        length = entries * (KEY + 4)
        length += -(_HEAD.itemsize + length) % 64
        if size != _HEAD.itemsize + length + count * dimension * 4:
            return None
        named = file.read(length)
    rows = np.memmap(path, "<f4", "r", _HEAD.itemsize + length, (count, dimension))
    if zlib.crc32(rows.data.cast("B"), zlib.crc32(named)) != head["sum"]:
        return None
    keys = tuple(named[at : at + KEY] for at in range(0, entries * KEY, KEY))
    counts = np.frombuffer(named, "<u4", entries, entries * KEY)
    starts = np.cumsum([0, *counts.tolist()], dtype=np.int64)
    if starts[-1] != count or (counts == 0).any():
        return None
    return VectorFile(keys, starts, np.asarray(rows), path)
