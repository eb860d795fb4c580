"""Vectors on disk, in files that are memory-mapped and never changed.

A file holds entries of highlights: for each a key and one or more rows of float32. It is written under another name and then
renamed, so that no half-written file is ever read, and several processes may write into the same folder. Files are merged when
there are many, and when one contains an entry that is no longer wanted.

    magic (8 bytes) · dimension, entries, rows, CRC-32 (4 × uint32) · keys (16 bytes each) · rows of each entry (uint32)
    · zeros up to a multiple of 64 · rows (float32)

Why no library: benchmarks/README.md, "Libraries".
"""

import os
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from bot.runtime.stale_files import remove_abandoned
from bot.search.arrays import Floats, Longs

MAGIC = b"analvec1"

KEY_BYTES = 16
"""Length of a key."""

MAX_FILES = 12
"""More files than this are merged into one."""

_HEAD = np.dtype([("magic", "S8"), ("dimension", "<u4"), ("entries", "<u4"), ("rows", "<u4"), ("sum", "<u4")])
_SUFFIX = ".vectors"


@dataclass(frozen=True)
class VectorFile:
    """Entries and their rows: entry n has `rows[starts[n]:starts[n + 1]]`."""

    keys: tuple[bytes, ...]
    starts: Longs
    rows: Floats
    path: Path | None = None


class VectorStore:
    """The vectors of one model, in a folder of their own. Not safe for several threads at once."""

    def __init__(self, folder: Path | None, dimension: int) -> None:
        self.folder = folder
        self.dimension = dimension
        self.files: tuple[VectorFile, ...] = ()
        if folder is not None and folder.is_dir():
            remove_abandoned(folder)
            found = (_read(path, dimension) for path in sorted(folder.glob(f"*{_SUFFIX}")))
            self.files = tuple(one for one in found if one is not None)

    def add(self, keys: Sequence[bytes], rows: Sequence[Floats]) -> None:
        """Adds entries, and writes them to the folder, if there is one. Raises OSError, but keeps them in memory even then."""
        if not keys:
            return
        starts = np.cumsum([0, *(len(one) for one in rows)], dtype=np.int64)
        added = VectorFile(tuple(keys), starts, np.concatenate(rows))
        self.files = (*self.files, added)
        if self.folder is not None:
            self.files = (*self.files[:-1], _write(added, self.folder, self.dimension))
            if len(self.files) > MAX_FILES:
                self._merge(None)

    def keep(self, wanted: Collection[bytes]) -> bool:
        """Removes all other entries. Returns whether there were any. Raises OSError."""
        if all(key in wanted for one in self.files for key in one.keys):
            return False
        self._merge(wanted)
        return True

    def _merge(self, wanted: Collection[bytes] | None) -> None:
        """Merges all files into one, each key once, only `wanted` keys (None: all)."""
        before = self.files
        merged = _merged(before, wanted)
        self.files = (merged,) if merged.keys else ()
        if self.folder is not None and merged.keys:
            self.files = (_write(merged, self.folder, self.dimension),)
        for one in before:
            if one.path is not None:
                one.path.unlink(missing_ok=True)


def forget(folder: Path, unwanted: Callable[[bytes], bool]) -> None:
    """Removes entries from the files of every model below `folder`, whether that model is in use or not. Raises OSError."""
    for path in folder.rglob(f"*{_SUFFIX}"):
        dimension = _dimension(path)
        vectors = None if dimension is None else _read(path, dimension)
        if vectors is None or dimension is None or not any(map(unwanted, vectors.keys)):
            continue
        kept = _merged([vectors], {key for key in vectors.keys if not unwanted(key)})
        if kept.keys:
            _write(kept, path.parent, dimension)
        path.unlink(missing_ok=True)


def _dimension(path: Path) -> int | None:
    with path.open("rb") as file:
        head = file.read(_HEAD.itemsize)
    return int(np.frombuffer(head, _HEAD)[0]["dimension"]) if len(head) == _HEAD.itemsize else None


def _merged(files: Iterable[VectorFile], wanted: Collection[bytes] | None) -> VectorFile:
    found: dict[bytes, Floats] = {}
    for one in files:
        for number, key in enumerate(one.keys):
            if wanted is None or key in wanted:
                found.setdefault(key, one.rows[one.starts[number] : one.starts[number + 1]])
    starts = np.cumsum([0, *map(len, found.values())], dtype=np.int64)
    rows = np.concatenate(list(found.values())) if found else np.zeros((0, 0), np.float32)
    return VectorFile(tuple(found), starts, rows)


def _write(content: VectorFile, folder: Path, dimension: int) -> VectorFile:
    """Writes a new file into the folder. Returns the same content, memory-mapped. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = np.frombuffer(b"".join(content.keys), np.uint8).tobytes()
    counts = np.diff(content.starts).astype("<u4").tobytes()
    rows = np.ascontiguousarray(content.rows, "<f4")
    table = keys + counts
    table += bytes(-(_HEAD.itemsize + len(table)) % 64)
    checksum = zlib.crc32(rows.data.cast("B"), zlib.crc32(table))
    head = np.array((MAGIC, dimension, len(content.keys), len(rows), checksum), _HEAD)
    path = folder / f"{uuid4().hex}{_SUFFIX}"
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("wb") as file:
            file.write(head.tobytes())
            file.write(table)
            file.write(rows.data.cast("B"))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    return _read(path, dimension) or content


def _read(path: Path, dimension: int) -> VectorFile | None:
    """Maps a file; None if it is damaged or has another dimension, and then it is deleted."""
    try:
        content = _map(path, dimension)
    except FileNotFoundError:  # merged by another process
        return None
    except (OSError, ValueError):
        content = None
    if content is None:
        try:
            path.unlink(missing_ok=True)
        except OSError:  # the folder is read-only: ignore the file each time
            return None
    return content


def _map(path: Path, dimension: int) -> VectorFile | None:
    size = path.stat().st_size
    if size < _HEAD.itemsize:
        return None
    with path.open("rb") as file:
        head = np.frombuffer(file.read(_HEAD.itemsize), _HEAD)[0]
        if head["magic"] != MAGIC or head["dimension"] != dimension:
            return None
        entries, count = int(head["entries"]), int(head["rows"])
        length = entries * (KEY_BYTES + 4)
        length += -(_HEAD.itemsize + length) % 64
        if size != _HEAD.itemsize + length + count * dimension * 4:
            return None
        table = file.read(length)
    rows = np.memmap(path, "<f4", "r", _HEAD.itemsize + length, (count, dimension))
    if zlib.crc32(rows.data.cast("B"), zlib.crc32(table)) != head["sum"]:
        return None
    keys = tuple(table[at : at + KEY_BYTES] for at in range(0, entries * KEY_BYTES, KEY_BYTES))
    counts = np.frombuffer(table, "<u4", entries, entries * KEY_BYTES)
    starts = np.cumsum([0, *counts.tolist()], dtype=np.int64)
    if starts[-1] != count or (counts == 0).any():
        return None
    return VectorFile(keys, starts, np.asarray(rows), path)
