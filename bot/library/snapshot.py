"""Notes and index together, from the folder, with as much as can be from the cache."""

import hashlib
import shutil
from dataclasses import dataclass, replace
from logging import getLogger
from operator import is_
from pathlib import Path
from uuid import uuid4

from bot.runtime.heap import give_back
from bot.runtime.stale_files import clear_away
from bot.search.index import Index
from corpus.folder.read import Progress
from corpus.folder.roots import Corpus, listed, name_of
from corpus.folder.selection import Rules
from corpus.folder.state import Known, refresh, turned_private
from corpus.model import Highlight, Library

log = getLogger("analects.cache")

WORTH = 1_000
"""Highlights from which a cache is kept: reading and indexing them takes 0.1 s, from the cache 0.01 s."""


@dataclass(frozen=True)
class Snapshot:
    """A folder as it was read, and the index over it."""

    known: Known
    index: Index
    stored: tuple[Path, str] | None = None
    """Where the index is stored and under which key, if it came from there."""
    gone: tuple[Highlight, ...] = ()
    """Highlights of the cache that have left the library since something became private."""

    @classmethod
    def empty(cls, rules: Rules) -> "Snapshot":
        return cls(Known(rules), Index.build(Library()))


def opened(
    root: Corpus,
    rules: Rules,
    folder: Path | None = None,
    progress: Progress | None = None,
    worth: int = WORTH,
) -> Snapshot:
    """Reads what the cache in `folder` does not know; what was read is put there. Raises CorpusError."""
    found = listed(root)
    place = None if folder is None else place_of(root, folder)
    if place is None or not place.is_dir():
        known = refresh(Known(rules), found, progress)
        snapshot = Snapshot(known, Index.build(known.library))
        if place is not None and len(known.library.highlights) >= worth:
            _save(snapshot, place, uuid4().hex, index_too=True)
        return snapshot
    from bot.search import storage
    from corpus.folder import cache

    cached = cache.load(place / "notes", rules, found)
    known = refresh(cached.known if cached else Known(rules), found, progress)
    token, index = uuid4().hex, None
    if cached is not None and same(cached.highlights, known.library.highlights):
        token = cached.token
        index = storage.load(known.library, place / "index", token)
    stored = (place / "index", token) if index is not None else None
    if index is None:
        analysed = cached and storage.load_analysed(cached.highlights, place / "index", cached.token)
        index = Index.build(known.library, before=analysed or None)
    gone = turned_private(cached.known, known) if cached is not None and known.read else ()
    snapshot = Snapshot(known, index, stored, tuple(gone))
    if not stored or known.read or known.records.keys() != (cached.known.records.keys() if cached else ()):
        _save(snapshot, place, token, index_too=not stored)
    return snapshot


def store_again(snapshot: Snapshot, root: Corpus, folder: Path) -> None:
    """Puts the library as it is in the place of what the cache has of it; where that cannot be, the cache goes."""
    place = place_of(root, folder)
    if not place.is_dir():
        return
    token = uuid4().hex
    if len(snapshot.known.library.highlights) and _save(snapshot, place, token, index_too=True):
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
    """With the words that the index was made of, if the cache has them: the next index is made of these."""
    if snapshot.index.analysed is not None or snapshot.stored is None:
        return snapshot
    from bot.search import storage

    analysed = storage.load_analysed(snapshot.index.library.highlights, *snapshot.stored)
    return replace(snapshot, index=replace(snapshot.index, analysed=analysed))


def place_of(root: Corpus, folder: Path) -> Path:
    """The folder of a corpus in the cache."""
    name = hashlib.blake2b(name_of(root), digest_size=8).hexdigest()
    return folder / name


def same(before: tuple[object, ...], after: tuple[object, ...]) -> bool:
    """Whether these are the very same objects."""
    return len(before) == len(after) and all(map(is_, before, after))


def _save(snapshot: Snapshot, place: Path, token: str, index_too: bool) -> bool:
    """Whether all of it could be written."""
    from bot.search import storage
    from corpus.folder import cache

    give_back()
    clear_away(place)
    if not cache.save(snapshot.known, place / "notes", token):
        return False
    if not index_too:
        return True
    try:
        storage.save(snapshot.index, place / "index", token)
    except OSError as error:
        log.warning(
            "the index cannot be written to %(path)s: %(error)s", {"path": place, "error": error.strerror}
        )
        return False
    return True
