"""The library and its index, loaded from the folder of notes and, as far as possible, from the cache."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.runtime.heap import release_free_memory
from bot.runtime.stale_files import remove_abandoned
from bot.search.index import Index
from corpus.folder.files import NoteFile
from corpus.folder.known import Known, unchanged
from corpus.folder.roots import Corpus, listed, name_of
from corpus.folder.selection import Rules
from corpus.model import Highlight, Library, Skipped
from corpus.passages import same

if TYPE_CHECKING:
    from corpus.folder.cache import Cached
    from corpus.folder.read import Progress

log = getLogger("analects.cache")

MIN_CACHED_HIGHLIGHTS = 100
"""Smaller libraries are not cached. To read and index so many takes 0.1 s with the import of the readers, from the cache 0.01 s."""


@dataclass(frozen=True)
class Snapshot:
    """The notes as they were read, and their index."""

    known: Known
    index: Index
    stored: tuple[Path, str] | None = None
    """Path and key of the stored index, if it was loaded."""
    gone: tuple[Highlight, ...] | None = ()
    """Highlights of the cache that have left the library since something became private; None if the cache cannot tell, for
    example because it was written under other rules."""

    @classmethod
    def empty(cls, rules: Rules) -> "Snapshot":
        return cls(Known(rules), Index.build(Library()))


def load_snapshot(
    root: Corpus,
    rules: Rules,
    folder: Path | None = None,
    progress: "Progress | None" = None,
    min_cached: int = MIN_CACHED_HIGHLIGHTS,
) -> Snapshot:
    """Reads the notes that the cache in `folder` does not hold, and adds them to it. Raises CorpusError."""
    found = listed(root)
    place = None if folder is None else cache_folder(root, folder)
    if place is None or not place.is_dir():
        from corpus.folder.state import read_folder

        known = read_folder(rules, found, progress)
        if place is None or len(known.library.highlights) < min_cached:
            return Snapshot(known, Index.build(known.library))
        from corpus.folder.compact import PackedState

        token = uuid4().hex
        kept = _save_notes(known, place, token)
        packed = PackedState.of(known)
        del known  # before the copy is made
        known = packed.known()
        del packed
        return _stored(Snapshot(known, Index.build(known.library)), place, token, kept)
    from bot.search import storage
    from corpus.folder import cache

    cached = cache.load(place / "notes", rules, found)
    known, gone = _now(cached.known if cached is not None else None, rules, found, progress)
    token, index = uuid4().hex, None
    if cached is not None and same(cached.highlights, known.library.highlights):
        token = cached.token
        index = storage.load(known.library, place / "index", token)
    if index is None:
        before = None if cached is None else _indexed(cached, place / "index")
        # Where something became private, the next start tells it again if this one is killed while it makes the index.
        early = gone == ()
        kept = early and _save_notes(known, place, token)
        if cached is None:
            from corpus.folder.compact import PackedState

            packed = PackedState.of(known)
            del known  # before the copy is made
            known = packed.known()
            del packed
        index = Index.build(known.library, before=before)
        kept = kept or (not early and _save_notes(known, place, token))
        return _stored(Snapshot(known, index, gone=gone), place, token, kept)
    if known.read or known.records.keys() != (cached.known.records.keys() if cached else ()):
        _save_notes(known, place, token)
    return Snapshot(known, index, (place / "index", token), gone)


def _now(
    before: Known | None,
    rules: Rules,
    found: Sequence[NoteFile | Skipped],
    progress: "Progress | None",
) -> tuple[Known, tuple[Highlight, ...] | None]:
    """The folder as it is now, and what has left it since something became private; see `Snapshot.gone`."""
    known = unchanged(before, found) if before is not None else None
    if known is not None:
        return known, ()
    from corpus.folder.state import read_folder, refresh, turned_private

    if before is None:
        return read_folder(rules, found, progress), None
    known = refresh(before, found, progress)
    return known, tuple(turned_private(before, known)) if known.read else ()


def _stored(snapshot: Snapshot, place: Path, token: str, kept: bool) -> Snapshot:
    """Writes the index to the cache and returns the snapshot with its index mapped from there: this frees memory, and processes
    on one machine share it. Returns the same snapshot if it cannot be written, or if the cache has not `kept` the notes."""
    release_free_memory()
    if not kept or not _save_index(snapshot.index, place, token):
        return snapshot
    from bot.search import storage

    index = storage.load(snapshot.known.library, place / "index", token)
    return snapshot if index is None else replace(snapshot, index=index, stored=(place / "index", token))


def stored_after_changes(snapshot: Snapshot, root: Corpus, folder: Path) -> Snapshot:
    """Writes a library that has changed since its start to the cache, and returns it mapped from there, as a start from the cache
    does: that takes half the memory, and the next start has less to read. Returns the same snapshot if it is not cached."""
    place = cache_folder(root, folder)
    if len(snapshot.known.library.highlights) < MIN_CACHED_HIGHLIGHTS:
        return snapshot
    token = uuid4().hex
    return with_words(_stored(snapshot, place, token, _save_notes(snapshot.known, place, token)))


def store_again(snapshot: Snapshot, root: Corpus, folder: Path) -> None:
    """Replaces the library in the cache; if that fails, deletes the cache."""
    place = cache_folder(root, folder)
    if not place.is_dir():
        return
    token = uuid4().hex
    if (
        len(snapshot.known.library.highlights)
        and _save_notes(snapshot.known, place, token)
        and _save_index(snapshot.index, place, token)
    ):
        return
    for name in ("notes", "index"):
        stored = place / name
        try:
            if stored.is_dir():
                shutil.rmtree(stored)
            else:
                stored.unlink(missing_ok=True)
        except OSError as error:
            log.error(
                "%(path)s still holds what is private now and cannot be removed: %(error)s; delete it",
                {"path": stored, "error": error.strerror},
            )


def with_words(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the analysed words of its index, if the cache has them. The next index is built from these."""
    if snapshot.index.analysed is not None or snapshot.stored is None:
        return snapshot
    from bot.search import storage

    return replace(snapshot, index=storage.with_analysed(snapshot.index, *snapshot.stored))


def _indexed(cached: "Cached", folder: Path) -> Index | None:
    """The index of the notes in the cache, with its analysed words; None if it is not stored or cannot be used."""
    from bot.search import storage

    library = replace(cached.known.library, highlights=cached.highlights)
    index = storage.load(library, folder, cached.token)
    return index and storage.with_analysed(index, folder, cached.token)


def cache_folder(root: Corpus, folder: Path) -> Path:
    """The folder in the cache that belongs to these notes."""
    name = hashlib.blake2b(name_of(root), digest_size=8).hexdigest()
    return folder / name


def _save_notes(known: Known, place: Path, token: str) -> bool:
    """Writes the notes; whether they could be written. Their text is then read from there, and in memory no more: so this is done
    before the index is made, which takes the most memory."""
    from corpus.folder import cache

    remove_abandoned(place)
    kept = cache.save(known, place / "notes", token)
    release_free_memory()
    return kept


def _save_index(index: Index, place: Path, token: str) -> bool:
    """Writes the index; whether it could be written."""
    from bot.search import storage

    try:
        storage.save(index, place / "index", token)
    except OSError as error:
        log.warning(
            "the index cannot be written to %(path)s: %(error)s", {"path": place, "error": error.strerror}
        )
        return False
    return True
