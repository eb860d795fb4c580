"""Notes and index for a command, with a progress bar where it takes long enough to wonder."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from corpus.load import Progress, load
from corpus.model import Library

if TYPE_CHECKING:
    from bot.chat.conversation import Bot
    from bot.library.snapshot import Snapshot
    from bot.semantic.embedding import Embedding
    from bot.settings import Settings

PATIENCE = 1.0
"""Seconds of loading before a bar is shown."""


def library(settings: "Settings") -> Library:
    """Reads the notes. Raises CorpusError when there are none to read."""
    with progress_bar("Reading notes") as progress:
        return load(settings.corpus_path, settings.rules, progress)


def snapshot(settings: "Settings") -> "Snapshot":
    """Notes and index, with what the cache knows of them. Raises CorpusError when there are none to read."""
    from bot.library.snapshot import load_snapshot

    with progress_bar("Reading notes", "Indexing") as progress:
        return load_snapshot(settings.corpus_path, settings.rules, settings.cache_path, progress)


def bot(settings: "Settings") -> "Bot":
    """The bot over these notes."""
    from bot.chat.conversation import Bot

    return Bot(snapshot(settings).index, settings.quotes_per_answer)


def meaning(settings: "Settings") -> "Embedding | None":
    """What finds other words of the same meaning, with nothing loaded yet; None where it is not set up."""
    if settings.embedding_model is None:
        return None
    from bot.library.snapshot import cache_folder
    from bot.semantic.embedding import Embedding

    place = cache_folder(settings.corpus_path, settings.cache_path)
    return Embedding.of(settings.embedding_model, settings.cache_path / "models", place / "vectors")


@contextmanager
def progress_bar(what: str, then: str = "") -> Iterator[Progress | None]:
    """Tells of progress on standard error, where that is a terminal, after a second; `then` is what follows."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    began = monotonic()
    bar = Bar(console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)

    def told(done: int, total: int) -> None:
        if not bar.live.is_started and monotonic() - began > PATIENCE:
            bar.start()
        if bar.live.is_started:
            now = what if done < total or not then else then
            bar.update(task, completed=done, total=total if done < total else None, description=now)

    try:
        yield told
    finally:
        bar.stop()
