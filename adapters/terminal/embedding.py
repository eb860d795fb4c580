"""Vectors of the highlights for the commands: made before an answer, or in the background while others are given."""

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

PATIENCE = 10.0
"""Seconds that a single question waits for the model and for vectors."""

SOON = 2.0
"""Seconds of these after which it is told what is waited for; a model that is here is loaded in half of one."""

LEAVE = 3.0
"""Seconds at the end for the highlights in hand."""


def add(bot: "Bot", settings: "Settings", patience: float | None = PATIENCE) -> None:
    """Gives the bot its vectors, all of them, or (`patience` in seconds) as many as are made in that time.

    What is still missing is told on standard error; what is the matter, by the log.
    """
    meaning = loading.meaning(settings)
    if meaning is None:
        return
    from bot.semantic.backfill import fill

    until = None if patience is None else monotonic() + patience

    def late() -> bool:
        return until is not None and monotonic() > until

    if not _opened(meaning, patience):
        if meaning.problem is None:
            _tell(
                "the model is still being fetched: answering by words alone. Without a network EMBEDDING_MODEL may name a folder"
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
    """How far the vectors of these notes are, as they lie on disk; makes none."""
    meaning = loading.meaning(settings)
    if meaning is None:
        return None
    from bot.search.index import Index

    log.disabled = True  # what is the matter stands in what is given
    _opened(meaning, PATIENCE)
    log.disabled = False
    return meaning.progress(Index.build(library))


def _opened(meaning: "Embedding", patience: float | None) -> bool:
    """Loads the model, in a thread that keeps nobody from leaving: it may have to be fetched."""
    opening = Thread(target=meaning.open, name="model", daemon=True)
    opening.start()
    opening.join(SOON)
    if opening.is_alive():
        _tell("loading the model; it is fetched first where it is not here yet")
        opening.join(None if patience is None else patience - SOON)
    return meaning.model is not None


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


@contextmanager
def in_background(bot: "Bot", settings: "Settings") -> Iterator[Callable[[], bool]]:
    """Meanwhile the model is loaded and vectors are made of what has none, as the notes change.

    Gives what tells, afterwards, whether a thread is still at it: those threads have the lowest priority, so on a busy machine
    their last step may take long. What was made before is written by then.
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
        working.join(LEAVE)
