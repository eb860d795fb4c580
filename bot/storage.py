"""An index on disk: its arrays as they are, memory-mapped when it is opened again.

What is stored belongs to one library, named by a key that the caller makes (of the notes' state and the reader's
version). Anything that does not fit, is damaged or of another version is no index: it is built again.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from bot.index import Index
from bot.ranking import Floats, Ints, Longs, Postings, Ranking
from bot.texts import Stream
from corpus.model import Library

VERSION = 1
"""Of the analysis and of the files; raise it whenever either changes."""

_ARRAYS = (
    "offsets",
    "passages",
    "weights",
    "source_of",
    "first_of_source",
    "written",
    "written_ends",
    "meant",
    "meant_ends",
)


def save(index: Index, folder: Path, key: str) -> None:
    """Writes the index beside `folder` and then puts it in its place, so that no half of one is ever read."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    _, first_of_source = np.unique(index.source_of, return_index=True)
    arrays: tuple[Longs | Ints | Floats, ...] = (
        index.postings.offsets,
        index.postings.passages,
        index.postings.weights,
        index.source_of,
        first_of_source,
        index.written.items,
        index.written.ends,
        index.meant.items,
        index.meant.ends,
    )
    for name, values in zip(_ARRAYS, arrays, strict=True):
        np.save(fresh / f"{name}.npy", values)
    (fresh / "terms.txt").write_text("\n".join(index.terms), "utf-8", "surrogatepass", newline="\n")
    about = {"key": _full_key(key, index.ranking), "passages": len(index), "languages": index.languages}
    (fresh / "about.json").write_text(json.dumps(about), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def load(library: Library, folder: Path, key: str, ranking: Ranking | None = None) -> Index | None:
    """The index of `library` saved under `key`; None where there is none that fits."""
    chosen = ranking or Ranking()
    try:
        about = json.loads((folder / "about.json").read_text("utf-8"))
        if about["key"] != _full_key(key, chosen) or about["passages"] != len(library.highlights):
            return None
        stored = {name: _array(folder / f"{name}.npy") for name in _ARRAYS}
        listed = (folder / "terms.txt").read_text("utf-8", "surrogatepass")
        names = listed.split("\n") if listed else []
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if len(stored["offsets"]) != len(names) + 1 or len(stored["written_ends"]) != len(library.highlights) + 1:
        return None
    sources = tuple(library.highlights[first].source for first in stored["first_of_source"].tolist())
    return Index(
        library,
        chosen,
        sources,
        stored["source_of"],
        tuple(about["languages"]),
        {name: number for number, name in enumerate(names)},
        Postings(stored["offsets"], stored["passages"], stored["weights"]),
        Stream(stored["written"], stored["written_ends"]),
        Stream(stored["meant"], stored["meant_ends"]),
    )


def _array(path: Path) -> Any:
    """Memory-mapped, unless it is too small for that; as a plain array, whose slices cost less than a memmap's."""
    return np.asarray(np.load(path, mmap_mode="r" if path.stat().st_size > 4096 else None))


def _full_key(key: str, ranking: Ranking) -> str:
    fields = {name: (one.weight, one.b) for name, one in ranking.fields.items()}
    settings = (ranking.k1, ranking.surface, ranking.pairs, ranking.coverage, fields)
    return f"{VERSION} {settings} {key}"
