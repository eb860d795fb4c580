"""Computes vectors of the highlights for the commands: before an answer, or in the background."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import getLogger
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from adapters.terminal import loading

if TYPE_CHECKING:
    from bot.chat.conversation import Bot
    from bot.semantic.embedding import Embedding, Progress
    from bot.settings import Settings
    from corpus.model import Library

log = getLogger("analects.meaning")

TIMEOUT_S = 10.0
"""How long a single question waits for the model and for vectors."""

NOTICE_AFTER_S = 2.0
"""Loading takes 0.5 s where the model is on disk. After this, a notice says what is being waited for."""

STOP_TIMEOUT_S = 3.0
"""How long the background thread may take at the end for the highlights in work."""


def add(bot: "Bot", settings: "Settings", timeout_s: float | None = TIMEOUT_S) -> None:
    """Gives the bot its vectors: all of them, or as many as are computed in `timeout_s` seconds.

    Standard error says how many are missing; the log says what went wrong.
    """
    meaning = loading.meaning(settings)
    if meaning is None:
        return
    from bot.semantic.backfill import fill

    until = None if timeout_s is None else monotonic() + timeout_s

    def late() -> bool:
        return until is not None and monotonic() > until

    if not _open_model(meaning, timeout_s):
        if meaning.problem is None:
            _tell(
                "the model is still being downloaded: answering by words alone. Without a network, set EMBEDDING_MODEL to a folder"
            )
        return
    bot.embedding = meaning
    with loading.progress_bar("Reading for meaning") as told:
        whole = fill(meaning, bot.index, late, told)
    if not whole and meaning.problem is None and len(bot.index):
        found = meaning.progress(bot.index)
        _tell(
            f"{found.vectors:,} of {found.wanted:,} highlights are found by meaning so far, the others by their words: "
            "ask again to go on"
        )


def progress(library: "Library", settings: "Settings") -> "Progress | None":
    """How many of the vectors of these notes are on disk; computes none."""
    meaning = loading.meaning(settings)
    if meaning is None:
        return None
    from bot.search.index import Index

    log.disabled = True  # the result says what went wrong
    _open_model(meaning, TIMEOUT_S)
    log.disabled = False
    return meaning.progress(Index.build(library))


def _open_model(meaning: "Embedding", timeout_s: float | None) -> bool:
    """Loads the model, which may have to be downloaded, in a thread that does not keep the process from exiting."""
    opening = Thread(target=meaning.open, name="model", daemon=True)
    opening.start()
    opening.join(NOTICE_AFTER_S)
    if opening.is_alive():
        _tell("loading the model; it is downloaded first where it is not on this machine")
        opening.join(None if timeout_s is None else timeout_s - NOTICE_AFTER_S)
    return meaning.model is not None


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


@contextmanager
def in_background(bot: "Bot", settings: "Settings") -> Iterator[Callable[[], bool]]:
    """Within this context, a thread loads the model and computes missing vectors, also for notes that change.

    Yields a function that says afterwards whether the thread still runs. Its priority is the lowest, so on a busy machine its last
    step may take long; all earlier steps are saved by then.
    """
    meaning = loading.meaning(settings)
    if meaning is None:
        yield lambda: False
        return
    from bot.semantic.backfill import keep_filled

    bot.embedding = meaning
    stop = Event()
    working = Thread(target=keep_filled, args=(meaning, lambda: bot.index, stop), name="meaning", daemon=True)
    working.start()
    try:
        yield working.is_alive
    finally:
        stop.set()
        working.join(STOP_TIMEOUT_S)
