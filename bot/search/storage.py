"""An index on disk. Its arrays are memory-mapped when it is loaded, so that processes on one machine share them.

A stored index belongs to one library. The caller names that library by a key, made from the state of the notes and the
version of their reader. A damaged index, or one with another key or version, is ignored and built again.
"""

import json
import os
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from bot.search.arrays import Floats, Ids, Ints, Longs, UInt64s
from bot.search.bm25 import Postings, Ranking
from bot.search.documents import AnalysedTexts
from bot.search.index import Index
from bot.search.lexicon import Lexicon, PackedNames, TermNames
from bot.search.names import SourceNames
from bot.search.streams import TermSequence, WordTerms
from bot.search.terms import UNKNOWN, Terms
from corpus.folder.cache import STEP_BYTES
from corpus.model import Library
from corpus.passages import source_at

VERSION = 13
"""Version of the text analysis and of the file format. Raise it whenever either changes."""

MIN_MAPPED_BYTES = 4_096
"""Arrays up to this size are read; larger ones are memory-mapped, except on Windows, where a mapped file cannot be replaced."""

_ARRAYS = (
    "offsets",
    "passages",
    "weights",
    "source_of",
    "first_of_source",
    "rows",
    "ids",
    "digests",
    "stems",
    "stem_offsets",
)
_KEYS = "keys.json"
"""The file with the keys of the names of authors and titles; see `bot.search.names`."""
_NAMES = ("text", "offsets", "hashes", "order")
"""The arrays of packed names; see `bot.search.lexicon`."""


def save(index: Index, folder: Path, key: str) -> None:
    """Writes the index to `folder`. Raises OSError.

    It is written beside `folder` and then renamed, so that no half-written index is ever read. Checksums of all files stand
    in `about.json`: two processes that write at once may leave a mixture, which is not loaded.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(dir=folder.parent, prefix=folder.name, suffix=".new"))
    try:
        _write(index, fresh, key)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write(index: Index, folder: Path, key: str) -> None:
    _, first_of_source = np.unique(index.source_of, return_index=True)
    arrays: tuple[Longs | Ints | Floats | Ids | UInt64s, ...] = (
        index.postings.offsets,
        index.postings.passages,
        index.postings.weights,
        index.source_of,
        first_of_source,
        _rows(index.postings, len(index.terms)),
        index.ids,
        _digests(index),
        index.stem_terms.ids,
        index.stem_terms.offsets,
    )
    for name, values in zip(_ARRAYS, arrays, strict=True):
        np.save(folder / f"{name}.npy", values)
    _write_names(folder, "terms", index.terms.packed())
    (folder / _KEYS).write_text(json.dumps(index.source_names.keys()), "utf-8")
    if index.analysed is not None:
        _write_analysed(index.analysed, index.terms, folder)
    else:
        _write_words("text", index.surface_terms.words, folder)
        np.save(folder / "word_surface.npy", index.surface_terms.term_of)
    sums = {path.name: _checksum(path) for path in folder.iterdir()}
    about = {
        "key": _full_key(key, index.ranking),
        "passages": len(index),
        "languages": index.languages,
        "detected": index.analysed.languages if index.analysed is not None else (),
        "fields": list(index.analysed.streams) if index.analysed is not None else [],
        "stemmed": list(index.analysed.terms.stems) if index.analysed is not None else [],
        "sums": sums,
    }
    (folder / "about.json").write_text(json.dumps(about), "utf-8")


def _write_analysed(analysed: AnalysedTexts, names: TermNames, folder: Path) -> None:
    """Writes the words of the passages and their terms. Words that occurred only in deleted notes are left out."""
    terms = analysed.terms
    used = np.zeros(len(terms.words), np.bool_)
    for stream in analysed.streams.values():
        used[stream.ids] = True
    _write_names(folder, "words", terms.words.packed().only(used))
    numbers = (np.cumsum(used) - 1).astype(np.int32)
    for name, stream in analysed.streams.items():
        _write_words(name, TermSequence(numbers[stream.ids], stream.offsets), folder)
        np.save(folder / f"lengths_{name}.npy", analysed.lengths[name])
    np.save(folder / "counts.npy", analysed.counts)
    np.save(folder / "word_surface.npy", names.numbers_of(terms.surface[used]))
    np.save(folder / "word_unspaced.npy", terms.unspaced[used])
    for number, row in enumerate(terms.stems.values()):
        kept = row[used]
        stemmed = names.numbers_of(kept)
        np.save(
            folder / f"word_stems_{number}.npy",
            np.where(stemmed >= 0, stemmed, np.where(kept < 0, kept, UNKNOWN)),
        )


def _write_words(field: str, words: TermSequence, folder: Path) -> None:
    np.save(folder / f"in_{field}.npy", words.ids)
    np.save(folder / f"in_{field}_offsets.npy", words.offsets)


def _words(field: str, folder: Path, about: Mapping[str, Any]) -> TermSequence:
    return TermSequence(
        _array(folder / f"in_{field}.npy", about), _array(folder / f"in_{field}_offsets.npy", about)
    )


def _digests(index: Index) -> UInt64s:
    """The digests, computed with the names' numbers in the file. These differ if the lexicon has names that are no terms: the file
    leaves them out."""
    if np.array_equal(index.terms.places(), np.arange(len(index.terms))):
        return index.digests
    return index.surface_terms.digests()


def _rows(postings: Postings, terms: int) -> Ints:
    return np.arange(terms, dtype=np.int32) if postings.rows is None else postings.rows


def load(library: Library, folder: Path, key: str, ranking: Ranking | None = None) -> Index | None:
    """The index of `library` that was saved under `key`; None if there is none or it cannot be used."""
    chosen = ranking or Ranking()
    try:
        about = _about(folder, key, chosen, len(library.highlights))
        if about is None:
            return None
        stored = {name: _array(folder / f"{name}.npy", about) for name in _ARRAYS}
        names = TermNames(Lexicon(_names(folder, "terms", about)))
        surface = WordTerms(_words("text", folder, about), _array(folder / "word_surface.npy", about))
        keys: dict[str, str] = json.loads(_checked(folder / _KEYS, about).read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if len(stored["rows"]) != len(names) or len(surface.offsets) != len(library.highlights) + 1:
        return None
    sources = tuple(source_at(library.highlights, first) for first in stored["first_of_source"].tolist())
    return Index(
        library,
        chosen,
        sources,
        stored["source_of"],
        tuple(about["languages"]),
        names,
        Postings(stored["offsets"], stored["passages"], stored["weights"], stored["rows"]),
        surface,
        TermSequence(stored["stems"], stored["stem_offsets"]),
        stored["ids"],
        stored["digests"],
        SourceNames(sources, keys),
    )


def with_analysed(index: Index, folder: Path, key: str) -> Index:
    """The index, which was loaded from `folder`, with its analysed texts; unchanged if they cannot be used."""
    try:
        about = _about(folder, key, index.ranking, len(index))
        if about is None or not about["fields"]:
            return index
        fields = about["fields"]
        terms = Terms(
            Lexicon(_names(folder, "words", about)),
            index.terms.lexicon,
            _array(folder / "word_surface.npy", about),
            _array(folder / "word_unspaced.npy", about),
            {
                language: _array(folder / f"word_stems_{number}.npy", about)
                for number, language in enumerate(about["stemmed"])
            },
        )
        analysed = AnalysedTexts(
            index.library.highlights,
            index.sources,
            {name: _words(name, folder, about) for name in fields},
            terms,
            index.source_of,
            tuple(about["detected"]),
            index.ids,
            {name: _array(folder / f"lengths_{name}.npy", about) for name in fields},
            _array(folder / "counts.npy", about),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return index
    return replace(index, analysed=analysed)


def _about(folder: Path, key: str, ranking: Ranking, passages: int) -> dict[str, Any] | None:
    """The content of `about.json`; None if it belongs to another library or ranking."""
    about: dict[str, Any] = json.loads((folder / "about.json").read_text("utf-8"))
    fits = about["key"] == _full_key(key, ranking) and about["passages"] == passages
    return about if fits else None


def _array(path: Path, about: Mapping[str, Any]) -> Any:
    """An array of the index, as a plain `ndarray`: each slice of a `numpy.memmap` takes 1 µs longer. Raises ValueError."""
    mapped = os.name != "nt" and path.stat().st_size > MIN_MAPPED_BYTES
    return np.asarray(np.load(_checked(path, about), mmap_mode="r" if mapped else None))


def _checked(path: Path, about: Mapping[str, Any]) -> Path:
    """The same path. Raises ValueError if the file has another checksum."""
    if _checksum(path) != about["sums"][path.name]:
        raise ValueError(path.name)
    return path


def _write_names(folder: Path, kind: str, packed: PackedNames) -> None:
    for name in _NAMES:
        np.save(folder / f"{kind}_{name}.npy", getattr(packed, name))


def _names(folder: Path, kind: str, about: Mapping[str, Any]) -> PackedNames:
    return PackedNames(*(_array(folder / f"{kind}_{name}.npy", about) for name in _NAMES))


def _checksum(path: Path) -> int:
    """CRC-32 of a file."""
    found = 0
    with path.open("rb") as file:
        while part := file.read(STEP_BYTES):
            found = zlib.crc32(part, found)
    return found


def _full_key(key: str, ranking: Ranking) -> str:
    fields = {name: (field.weight, field.b) for name, field in ranking.fields.items()}
    parameters = (
        ranking.k1, ranking.surface_weight, ranking.neighbour_weight, ranking.coverage_weight, fields
    )  # fmt: skip
    return f"{VERSION} {parameters} {key}"
