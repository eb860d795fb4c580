"""The folder with the vectors of one model. Each file is written under another name first and then renamed.

So no half-written file is ever read, and several processes may write into the same folder. Files are merged when there are many,
and when one has an entry that is no longer wanted. `bot.semantic.vector_file` describes their format.

Why no library: benchmarks/README.md, "Libraries".
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np

from bot.runtime.stale_files import remove_abandoned
from bot.search.arrays import Floats
from bot.semantic.vector_file import KEY_BYTES, VectorFile, map_file, read_dimension

__all__ = ["KEY_BYTES", "MAX_FILES", "VectorStore", "forget"]

MAX_FILES = 12
"""More files than this are merged into one."""

_SUFFIX = ".vectors"


class VectorStore:
    """The vectors of one model, in a folder of their own. Not safe for several threads at once."""

    def __init__(self, folder: Path | None, dimension: int) -> None:
        self.folder = folder
        self.dimension = dimension
        self.files: tuple[VectorFile, ...] = ()
        if folder is not None and folder.is_dir():
            remove_abandoned(folder)
            found = (_read(path, dimension) for path in sorted(folder.glob(f"*{_SUFFIX}")))
            self.files = tuple(file for file in found if file is not None)

    def add(self, keys: Sequence[bytes], rows: Sequence[Floats]) -> None:
        """Adds entries, and writes them to the folder, if there is one. Raises OSError, but keeps them in memory even then."""
        if not keys:
            return
        added = VectorFile.rounded(keys, rows)
        self.files = (*self.files, added)
        if self.folder is not None:
            self.files = (*self.files[:-1], _write(added, self.folder, self.dimension))
            if len(self.files) > MAX_FILES:
                self._merge(None)

    def keep(self, wanted: Collection[bytes]) -> bool:
        """Removes all entries but the `wanted` ones. Returns whether it removed any. Raises OSError."""
        if all(key in wanted for file in self.files for key in file.keys):
            return False
        self._merge(wanted)
        return True

    def _merge(self, wanted: Collection[bytes] | None) -> None:
        """Merges all files into one, each key once, only `wanted` keys (None: all)."""
        before = self.files
        merged = _merged(before, wanted)
        self.files = () if merged is None else (merged,)
        if self.folder is not None and merged is not None:
            self.files = (_write(merged, self.folder, self.dimension),)
        for file in before:
            if file.path is not None:
                file.path.unlink(missing_ok=True)


def forget(folder: Path, unwanted: Callable[[bytes], bool]) -> None:
    """Removes entries from the files of every model below `folder`, whether that model is in use or not. Raises OSError."""
    for path in folder.rglob(f"*{_SUFFIX}"):
        dimension = read_dimension(path)
        vectors = None if dimension is None else _read(path, dimension)
        if vectors is None or dimension is None or not any(map(unwanted, vectors.keys)):
            continue
        kept = _merged([vectors], {key for key in vectors.keys if not unwanted(key)})
        if kept is not None:
            _write(kept, path.parent, dimension)
        path.unlink(missing_ok=True)


def _merged(files: Iterable[VectorFile], wanted: Collection[bytes] | None) -> VectorFile | None:
    """One file with the entries of all files; None if there are none."""
    found: dict[bytes, tuple[VectorFile, int]] = {}
    for file in files:
        for number, key in enumerate(file.keys):
            if wanted is None or key in wanted:
                found.setdefault(key, (file, number))
    if not found:
        return None
    ranges = [(file, slice(file.starts[entry], file.starts[entry + 1])) for file, entry in found.values()]
    starts = np.cumsum([0, *(places.stop - places.start for _, places in ranges)], dtype=np.int64)
    rows = np.concatenate([file.rows[places] for file, places in ranges])
    factors = np.concatenate([file.factors[places] for file, places in ranges])
    return VectorFile.of(tuple(found), starts, rows, factors)


def _write(content: VectorFile, folder: Path, dimension: int) -> VectorFile:
    """Writes a new file into the folder. Returns the same content, memory-mapped. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid4().hex}{_SUFFIX}"
    fresh = path.with_suffix(".new")
    try:
        content.write(fresh)
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    return _read(path, dimension) or content


def _read(path: Path, dimension: int) -> VectorFile | None:
    """Maps a file. If it is damaged or has another dimension, it is deleted and None is returned."""
    try:
        content = map_file(path, dimension)
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
