"""Vectors for the highlights that have none yet, the newest first; small steps that give way to questions."""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from logging import getLogger
from threading import Event, get_native_id
from time import monotonic, sleep

import numpy as np

from bot.runtime.logs import describe_error
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.semantic.chunks import parts
from bot.semantic.embedding import Embedding
from bot.semantic.model import MeaningError, Model
from bot.semantic.vector_store import Store
from corpus.model import Highlight

log = getLogger("analects.meaning")

STEP = 8
"""Highlights that a thread takes at once: some tenths of a second."""

PAUSE = 2.0
"""Seconds between two looks for notes that changed."""

AGAIN = 600.0
"""Seconds until a model that could not be loaded is tried again: the network may be back."""

EVERY = 10.0
"""Seconds between two writings: that much is lost at most."""

TITLE = 0.25
"""What the title counts in the vectors of a passage: what it is about may stand only there."""

Told = Callable[[int, int], None]
"""Hears of highlights: so many have vectors, of so many."""

Entry = tuple[bytes, Floats]
"""A highlight's key and the vectors of its parts."""


def fill(
    meaning: Embedding,
    index: Index,
    stop: Callable[[], bool],
    told: Told | None = None,
    background: bool = False,
) -> bool:
    """Makes what is missing, until `stop` says so; whether all is there now. Never fails: see `Embedding.problem`.

    Vectors of highlights that the library does not hold are forgotten. In the `background` everything else goes first.
    """
    if meaning.model is None or meaning.store is None or not len(index):
        return False
    try:
        laid = meaning.laid(index)
        store = meaning.store
        if _tried(meaning, lambda: store.keep(laid.numbers.keys())):
            laid = meaning.added(index)
        missing = laid.missing(index.facets.newest_first().tolist())
        if not missing:
            return True
        filling = _Filling(meaning, store, meaning.model, index, told)
        return filling.run(missing, stop, background)
    except MeaningError as error:
        meaning.tell(str(error))
    except Exception as error:  # whatever it is, questions are answered
        meaning.tell(f"EMBEDDING_MODEL: a defect: {describe_error(error)}")
    return False


def keep_filled(meaning: Embedding, current: Callable[[], Index], stop: Event) -> None:
    """Loads the model and makes what is missing, again whenever the notes change, until `stop` is set."""
    while not meaning.open():
        if stop.wait(AGAIN):
            return
    done: Index | None = None
    while not stop.is_set():
        index = current()
        if index is not done and _filled(meaning, index, current, stop):
            done = index
        stop.wait(PAUSE)


def _filled(meaning: Embedding, index: Index, current: Callable[[], Index], stop: Event) -> bool:
    if not fill(meaning, index, lambda: stop.is_set() or current() is not index, background=True):
        return False
    found = meaning.progress(index)
    log.info(
        "%(vectors)d highlights are found by meaning too (%(model)s)",
        {"vectors": found.vectors, "model": found.model},
    )
    return True


def _tried(meaning: Embedding, write: Callable[[], object]) -> bool:
    """Whether there was anything to write."""
    try:
        return write() is not False
    except OSError as error:  # a full disk, say: they stay in memory
        meaning.tell(f"EMBEDDING_MODEL: vectors cannot be written ({error.strerror}); see to STATE_PATH")
        return True


class _Filling:
    """One run through what is missing."""

    def __init__(
        self, meaning: Embedding, store: Store, model: Model, index: Index, told: Told | None
    ) -> None:
        self._embedding, self._store, self._model, self._index, self._told = (
            meaning,
            store,
            model,
            index,
            told,
        )
        self._ready: list[Entry] = []
        self._titles: dict[str, Floats] = {}
        self._written = monotonic()

    def run(self, missing: Sequence[tuple[bytes, int]], stop: Callable[[], bool], background: bool) -> bool:
        wanted = self._embedding.laid(self._index).wanted
        left = len(missing)
        steps = (missing[at : at + STEP] for at in range(0, len(missing), STEP))
        workers = _workers(background)
        working: set[Future[list[Entry]]] = set()
        with ThreadPoolExecutor(workers, "vectors", _stand_back if background else None) as pool:
            try:
                while not stop():
                    for step in islice(steps, workers + 1 - len(working)):
                        working.add(pool.submit(self._made, step))
                    if not working:
                        return True
                    finished, working = wait(working, timeout=0.5, return_when=FIRST_COMPLETED)
                    for one in finished:
                        self._ready += one.result()
                        left -= len(one.result())
                        if self._told is not None:
                            self._told(wanted - left, wanted)
                    if monotonic() - self._written > EVERY:
                        self._write()
                return False
            finally:
                for one in working:
                    one.cancel()
                self._write()

    def _made(self, step: Sequence[tuple[bytes, int]]) -> list[Entry]:
        """The vectors of a few highlights; waits while a question is read."""
        for _ in range(100):
            if not self._embedding.busy:
                break
            sleep(0.01)
        highlights = self._index.library.highlights
        texts = [_parts(highlights[number]) for _, number in step]
        counts = [len(one) for one in texts]
        rows = self._model.passages([text for one in texts for text in one])
        titles = [self._title(highlights[number].source.title) for _, number in step]
        rows += np.float32(TITLE) * np.repeat(titles, counts, axis=0)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        ends = np.cumsum(counts)
        return [
            (key, found) for (key, _), found in zip(step, np.split(rows, ends[:-1].tolist()), strict=True)
        ]

    def _title(self, title: str) -> Floats:
        """The vector of a title, zeros where there is none; each is made once or twice."""
        if title not in self._titles:
            if not title.strip():
                self._titles[title] = np.zeros(self._model.dimension, np.float32)
            else:
                self._titles[title] = self._model.passages([title])[0]
        return self._titles[title]

    def _write(self) -> None:
        ready, self._ready, self._written = self._ready, [], monotonic()
        if ready:
            _tried(
                self._embedding, lambda: self._store.add([one[0] for one in ready], [one[1] for one in ready])
            )
            self._embedding.added(self._index)


def _parts(highlight: Highlight) -> list[str]:
    """The parts of a passage; of one without any, the whole, so that it counts as done."""
    return [highlight.plain[start:end] for start, end in parts(highlight.plain)] or [highlight.plain[:100]]


def _workers(background: bool) -> int:
    """All processors where the threads stand back for others, or where somebody waits; else half."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return count if not background or sys.platform == "linux" else max(1, count // 2)


def _stand_back() -> None:
    """Lowest priority for this thread, which Linux can give to one alone."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), 19)
