"""Reloads the library and its index when notes change, while questions are answered.

    reloader = Reloader(bot, snapshot, root)
    reloader.update()                     # loads what changed; `bot.library.follow` calls it after every change

A new snapshot is built beside the old one, in a thread, and replaces it by one assignment (`bot.search.index`). A folder that is
gone or empty does not mean that all notes were deleted: the last good library stays, and `status` tells since when it is stale.

What reads notes (`corpus.folder.state`) is imported by `prepare`: that import takes a third of a start from the cache, which needs
none of it.
"""

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from logging import getLogger
from threading import Lock
from time import time
from typing import Protocol

from bot.library.freshness import newest_highlight
from bot.library.held_back import HeldBack
from bot.library.snapshot import Snapshot, with_words
from bot.runtime.heap import keep_free_memory
from bot.runtime.logs import describe_error
from bot.search.index import Index
from corpus.folder.files import CorpusError, NoteFile
from corpus.folder.known import Known, Stamp, seen
from corpus.folder.roots import Corpus, listed, lost, roots_of
from corpus.model import Highlight, Skipped
from corpus.passages import same

log = getLogger("analects.notes")

SWITCH_INTERVAL_S = 0.0005
"""How long the thread that builds a new index keeps the interpreter while questions wait: a tenth of Python's default."""

NEVER = 2**30
"""A threshold of the garbage collector that is never reached, so that no reload searches all objects. That search would hold up
every question: for a second in a library of a hundred thousand highlights."""

DEADLINE_S = 60.0
"""Seconds after which a reload that is not done yet is reported. It goes on; the last good notes answer meanwhile."""

Stamps = dict[str, Stamp | None]
"""By path, the size and time by which a changed file is noticed; None for a file that may have changed just now."""

STORE_AFTER_S = 60.0
"""Seconds without another change after which a changed library is stored."""

Store = Callable[[Snapshot], Snapshot]
"""Writes a snapshot to the cache and returns it as read from there; the same one if it is not cached. Never raises OSError."""

Forget = Callable[[Snapshot, Sequence[Highlight]], None]
"""Called with the new snapshot and the highlights that became private, to delete what is stored of them."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the library. Times are in seconds since 1970."""

    notes: int
    sources: int
    highlights: int
    problems: int
    skipped: int
    loaded: float
    """When the snapshot was read."""
    read: int = 0
    """Files read for it; the others came from the cache."""
    stale_since: float | None = None
    """Since when the folder cannot be read; None while it can."""
    reason: str | None = None
    """Why it cannot be read, without a full stop. It may name the folder of notes, but no note."""
    reloads: int = 0
    """How often a change was loaded."""
    newest: str | None = None
    """YYYY-MM-DD of the newest highlight."""
    newest_change: float | None = None
    """When a note in one of the person's own folders was last changed. An old time means that the export has stopped."""
    failures: int = 0
    """How often the folder could not be read, or a change not be loaded."""


class HasIndex(Protocol):
    """Answers from an index that can be replaced."""

    index: Index


@contextmanager
def _beside_questions() -> Iterator[None]:
    """Work of a thread on the whole library: questions go first, and memory is taken from the system once."""
    usual_interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.set_threshold(*thresholds[:2], NEVER)
    try:
        with keep_free_memory():
            yield
    finally:
        sys.setswitchinterval(usual_interval)
        gc.set_threshold(*thresholds)


class Reloader:
    """Holds the snapshot that a bot answers from, and replaces it."""

    def __init__(
        self,
        bot: HasIndex,
        snapshot: Snapshot,
        root: Corpus,
        clock: Callable[[], float] = time,
        forget: Forget | None = None,
        store: Store | None = None,
    ) -> None:
        """`forget` is called in a reload whenever something became private, `store` some time after changes."""
        self.root = root
        self._forget = forget
        self._store = store
        self._changed_at = clock()
        self._tried_to_store = -1
        """The number of reloads when that was last tried."""
        self._held_back = HeldBack()
        self._bot = bot
        self._snapshot = snapshot
        self._clock = clock
        self._reloads = self._failures = 0
        self._loaded: Stamps | None = None
        self._lock = Lock()
        self.status = self._status(snapshot)

    def prepare(self) -> None:
        """Does what can be done before the first change, so that it is loaded sooner."""
        import corpus.folder.state  # noqa: F401

        with self._lock:
            self._snapshot = with_words(self._snapshot)
            self._bot.index.prepare()
        gc.freeze()  # the library stays: searching it for garbage would pause every question

    def stamps(self) -> Stamps | None:
        """The files' stamps; None if the folder cannot be read or holds no note."""
        try:
            with self._lock:
                return seen(listed(self.root)) or None
        except CorpusError:
            return None

    @property
    def busy(self) -> bool:
        """Whether a thread is reading notes. It cannot be interrupted."""
        return self._lock.locked()

    def changed(self, now: Stamps | None) -> bool:
        """Whether there may be anything to load."""
        racy = any(record.stamp is None for record in self._snapshot.known.records.values())
        stale = self.status.stale_since is not None
        return now is None or now != self._loaded or racy or stale or self.held_back_for() == 0

    def held_back_for(self) -> float | None:
        """Seconds until something that is held back may be shown again; None if nothing is."""
        until = self._held_back.until
        return None if until is None else max(0.0, until - self._clock())

    def late(self) -> None:
        """Reports that a reload has passed its deadline."""
        self.status = self._stale(f"reading the changed notes takes longer than {DEADLINE_S:.0f} s")

    def emptied(self, now: Stamps | None) -> bool:
        """Whether a note that had content is empty now."""
        return any(
            one is not None and one[0] == 0 and (self._loaded or {}).get(place, one) != one
            for place, one in (now or {}).items()
        )

    def store_changes(self) -> None:
        """Stores the library if it has changed and nothing has changed since for a while. What answers then is small again. If that
        fails, it answers from memory and is stored after the next change. Never raises."""
        if self._store is None or self.status.stale_since is not None:
            return
        if self._held_back.until is not None:  # the next start would go on hiding it
            return
        with self._lock:
            is_recent = self._clock() - self._changed_at < STORE_AFTER_S
            if self._snapshot.stored is not None or self._tried_to_store == self._reloads or is_recent:
                return
            self._tried_to_store = self._reloads
            with _beside_questions():
                try:
                    stored = self._store(self._snapshot)
                    if stored.stored is None:
                        return
                    stored.index.prepare()
                except Exception as error:
                    log.error("changed notes not stored: %(error)s", {"error": describe_error(error)})
                    return
                self._snapshot, self._bot.index = stored, stored.index

    def update(self) -> Status:
        """Loads what changed. If that fails, the old snapshot stays. Never raises."""
        with self._lock, _beside_questions():
            try:
                self.status = self._updated()
            except CorpusError as error:
                self.status = self._stale(str(error))
            except Exception as error:  # whatever it is, the last good snapshot stays
                log.error("notes not updated: %(error)s", {"error": describe_error(error)})
                self.status = self._stale(f"the notes could not be updated: {type(error).__name__}")
        return self.status

    def _updated(self) -> Status:
        from corpus.folder.state import newly_private, refresh

        before = self._snapshot
        found = listed(self.root)
        if implausible := _implausible(found, before, self.root):
            return self._stale(implausible)
        now = seen(found)
        hidden = self._held_back.names(before.known, now, self._clock())
        changed = sum(stamp != self._stamp_of(place) for place, stamp in now.items())
        if changed > 1 and (
            private := newly_private(before.known, found)
        ):  # before the others are read, which may take long
            self._take(refresh(before.known, found, hidden=hidden, only=private, stamps=now))
        known = refresh(self._snapshot.known, found, hidden=hidden, stamps=now)
        self._take(replace(known, hidden=self._held_back.settle(known)))
        self._loaded = now
        if self.status.stale_since is not None:
            log.info("notes can be read again")
        return self._status(self._snapshot)

    def _stamp_of(self, place: str) -> Stamp | None:
        record = self._snapshot.known.records.get(place)
        return None if record is None else record.stamp

    def _take(self, known: Known) -> None:
        """Answers from these notes from now on, and forgets on disk what became private."""
        from corpus.folder.state import turned_private

        before, index = self._snapshot, self._snapshot.index
        if not same(before.known.library.highlights, known.library.highlights):
            index = Index.build(known.library, before=index)
            index.prepare()
            self._bot.index = index
            self._reloads, self._changed_at = self._reloads + 1, self._clock()
            log.info(
                "notes updated: %(read)d read, %(highlights)d highlights",
                {"read": known.read, "highlights": len(index)},
            )
        self._snapshot = Snapshot(known, index, before.stored if index is before.index else None)
        if self._forget is not None and (gone := turned_private(before.known, known)):
            self._forget(self._snapshot, gone)

    def _stale(self, reason: str) -> Status:
        if self.status.reason != reason:
            log.warning("answering from the last good notes: %(reason)s", {"reason": reason})
        self._failures += 1
        since = self.status.stale_since or self._clock()
        return replace(self.status, stale_since=since, reason=reason, failures=self._failures)

    def _status(self, snapshot: Snapshot) -> Status:
        library = snapshot.known.library
        return Status(
            library.notes,
            len(library.sources),
            len(library.highlights),
            len(library.problems),
            len(library.skipped),
            self._clock(),
            snapshot.known.read,
            newest=newest_highlight(library),
            newest_change=newest_change(snapshot.known, self.root),
            reloads=self._reloads,
            failures=self._failures,
        )


def newest_change(known: Known, corpus: Corpus) -> float | None:
    """When a note in one of the person's own folders was last changed, in seconds since 1970."""
    roots = roots_of(corpus)
    own = {root for root in roots.each if not root.fetched}
    times = (
        record.stamp[1] / 1e9
        for record in known.records.values()
        if record.stamp is not None and record.skipped is None and roots.of(record.path) in own
    )
    return max(times, default=None)


def _implausible(found: list[NoteFile | Skipped], before: Snapshot, corpus: Corpus) -> str | None:
    """Why the folder is probably not what the person wants now, for example not mounted; None if it is plausible."""
    notes_before = (record.path for record in before.known.records.values() if record.skipped is None)
    if lost(corpus, notes_before, found) is not None:
        return "the folder holds no notes any more: is it mounted?"
    known = set(before.known.skipped)
    unread = [
        problem
        for problem in found
        if isinstance(problem, Skipped) and problem.unread_folder and problem not in known
    ]
    if unread:
        return f"{unread[0].reason} (`analects check` names it)"
    return None
