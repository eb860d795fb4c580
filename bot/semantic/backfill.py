"""Computes vectors for the highlights that have none, the newest first, in small steps that let questions go first."""

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
from bot.semantic.chunks import chunks
from bot.semantic.embedding import Embedding
from bot.semantic.errors import MeaningError
from bot.semantic.model import Model
from bot.semantic.vector_store import VectorStore
from corpus.model import Highlight

log = getLogger("analects.meaning")

HIGHLIGHTS_PER_STEP, HIGHLIGHTS_PER_BACKGROUND_STEP = 128, 16
"""Highlights that a thread takes at once, and how many in the background. More at once are faster, since texts of similar length
are computed together. A background step takes only tenths of a second, because questions may wait for it."""

POLL_INTERVAL_S = 2.0
"""Seconds between two checks for changed notes."""

RELOAD_INTERVAL_S = 600.0
"""Seconds until a model that could not be loaded is tried again; the network may be back."""

WRITE_INTERVAL_S = 10.0
"""Seconds between two writes to disk. A crash loses this much work at most."""

YIELD_TIMEOUT_S, YIELD_STEP_S = 1.0, 0.01
"""Longest time, in seconds, that a step waits for questions that are being read, and the time between two checks."""

TITLE_WEIGHT = 0.25
"""Weight of the title's vector in a passage's vectors: only the title may say what the passage is about. benchmarks/README.md,
"Meaning"."""

ProgressCallback = Callable[[int, int], None]
"""Is called with the number of highlights that have vectors, and the number that are to have them."""

Entry = tuple[bytes, Floats]
"""A highlight's key and the vectors of its chunks."""


def fill(
    embedding: Embedding,
    index: Index,
    stop: Callable[[], bool],
    progress: ProgressCallback | None = None,
    background: bool = False,
    workers: int | None = None,
) -> bool:
    """Computes missing vectors until `stop` returns true. Returns whether none is missing. Never raises: see `problem`.

    Vectors of highlights that are not in the library are deleted. In the `background`, other work has priority. `workers`: threads
    that compute; None: as many as there are processors.
    """
    if embedding.model is None or embedding.store is None or not len(index):
        return False
    try:
        vectors = embedding.vectors(index)
        store = embedding.store
        if _try_to_write(embedding, lambda: store.keep(vectors.numbers.keys())):
            vectors = embedding.refresh(index)
        missing = vectors.missing(index.facets.newest_first().tolist())
        if not missing:
            return True
        run = _Backfill(embedding, store, embedding.model, index, progress)
        return run.run(missing, stop, background, workers or processor_count(background))
    except MeaningError as error:
        embedding.report(str(error))
    except Exception as error:  # whatever it is, questions are still answered
        embedding.report(f"EMBEDDING_MODEL: bug: {describe_error(error)}")
    return False


def keep_filled(embedding: Embedding, current: Callable[[], Index], stop: Event) -> None:
    """Loads the model and computes missing vectors, again whenever `current` returns another index, until `stop` is set."""
    while not embedding.open():
        if stop.wait(RELOAD_INTERVAL_S):
            return
    done: Index | None = None
    while not stop.is_set():
        index = current()
        if index is not done and _fill_and_log(embedding, index, current, stop):
            done = index
        stop.wait(POLL_INTERVAL_S)


def _fill_and_log(embedding: Embedding, index: Index, current: Callable[[], Index], stop: Event) -> bool:
    if not fill(embedding, index, lambda: stop.is_set() or current() is not index, background=True):
        return False
    state = embedding.progress(index)
    log.info(
        "%(vectors)d highlights are found by meaning too (%(model)s)",
        {"vectors": state.vectors, "model": state.model},
    )
    return True


def _try_to_write(embedding: Embedding, write: Callable[[], object]) -> bool:
    """Runs `write`. Returns false only if `write` did, since nothing had to be written. A failure is reported and counts as
    written."""
    try:
        return write() is not False
    except OSError as error:  # such as a full disk; the vectors stay in memory
        embedding.report(
            f"EMBEDDING_MODEL: vectors cannot be written ({error.strerror}); "
            "make sure that the folder STATE_PATH is writable and has room"
        )
        return True


class _Backfill:
    """One run over the highlights without vectors."""

    def __init__(
        self,
        embedding: Embedding,
        store: VectorStore,
        model: Model,
        index: Index,
        progress: ProgressCallback | None,
    ) -> None:
        self._embedding = embedding
        self._store = store
        self._model = model
        self._index = index
        self._progress = progress
        self._ready: list[Entry] = []
        self._titles: dict[str, Floats] = {}
        self._last_write = monotonic()

    def run(
        self,
        missing: Sequence[tuple[bytes, int]],
        stop: Callable[[], bool],
        background: bool,
        workers: int,
    ) -> bool:
        """Computes the vectors of `missing` (keys and passages). Returns whether it finished; false if `stop` returned true
        first."""
        wanted = self._embedding.vectors(self._index).wanted
        left = len(missing)
        size = HIGHLIGHTS_PER_BACKGROUND_STEP if background else HIGHLIGHTS_PER_STEP
        size = min(size, -(-left // workers))
        steps = (missing[at : at + size] for at in range(0, left, size))
        running: set[Future[list[Entry]]] = set()
        with ThreadPoolExecutor(workers, "vectors", _lower_priority if background else None) as pool:
            try:
                while not stop():
                    for step in islice(steps, workers + 1 - len(running)):
                        running.add(pool.submit(self._entries, step))
                    if not running:
                        return True
                    finished, running = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                    for future in finished:
                        self._ready += future.result()
                        left -= len(future.result())
                        if self._progress is not None:
                            self._progress(wanted - left, wanted)
                    if monotonic() - self._last_write > WRITE_INTERVAL_S:
                        self._write()
                return False
            finally:
                for future in running:
                    future.cancel()
                self._write()

    def _entries(self, step: Sequence[tuple[bytes, int]]) -> list[Entry]:
        """The vectors of a few highlights. Lets questions go first."""
        until = monotonic() + YIELD_TIMEOUT_S
        while self._embedding.busy and monotonic() < until:
            sleep(YIELD_STEP_S)
        highlights = self._index.library.highlights
        titles = [highlights[number].source.title for _, number in step]
        texts = [_texts(highlights[number]) for _, number in step]
        counts = [len(chunk_texts) for chunk_texts in texts]
        fresh = [title for title in dict.fromkeys(titles) if title not in self._titles]
        rows = self._model.passages([text for chunk_texts in texts for text in chunk_texts] + fresh)
        rows, of_titles = rows[: sum(counts)], rows[sum(counts) :]
        for title, row in zip(fresh, of_titles, strict=True):  # two threads may compute the same title
            self._titles[title] = row if title.strip() else np.zeros_like(row)
        rows += np.float32(TITLE_WEIGHT) * np.repeat(
            [self._titles[title] for title in titles], counts, axis=0
        )
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        ends = np.cumsum(counts)
        return [
            (key, found) for (key, _), found in zip(step, np.split(rows, ends[:-1].tolist()), strict=True)
        ]

    def _write(self) -> None:
        """Writes what is ready, and makes it part of the library's vectors."""
        ready, self._ready, self._last_write = self._ready, [], monotonic()
        if ready:
            keys, rows = [key for key, _ in ready], [vectors for _, vectors in ready]
            _try_to_write(self._embedding, lambda: self._store.add(keys, rows))
            self._embedding.refresh(self._index)


def _texts(highlight: Highlight) -> list[str]:
    """The chunks of a passage; if it has none, its beginning, so that it gets a vector and counts as done."""
    return [highlight.plain[start:end] for start, end in chunks(highlight.plain)] or [highlight.plain[:100]]


def processor_count(background: bool = False) -> int:
    """The number of processors that this process may use; in the background half of them if threads cannot have a lower
    priority."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return count if not background or sys.platform == "linux" else max(1, count // 2)


def _lower_priority() -> None:
    """Gives this thread the lowest priority. Only Linux has priorities for single threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), 19)
