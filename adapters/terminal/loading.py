"""Notes and index for a command, with a progress bar where it takes long enough to wonder."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from corpus.load import Progress, load
from corpus.model import Library

if TYPE_CHECKING:
    from bot.conversation import Bot
    from bot.settings import Settings
    from bot.snapshots import Snapshot

PATIENCE = 1.0
"""Seconds of loading before a bar is shown."""


def library(settings: "Settings") -> Library:
    """Reads the notes. Raises CorpusError when there are none to read."""
    with _bar("Reading notes") as progress:
        return load(settings.corpus_path, settings.rules, progress)


def snapshot(settings: "Settings") -> "Snapshot":
    """Notes and index, with what the cache knows of them. Raises CorpusError when there are none to read."""
    from bot.snapshots import opened

    with _bar("Reading notes") as progress:
        return opened(settings.corpus_path, settings.rules, settings.cache_path, progress)


def bot(settings: "Settings") -> "Bot":
    """The bot over these notes."""
    from bot.conversation import Bot

    return Bot(snapshot(settings).index, settings.quotes_per_answer)


@contextmanager
def _bar(what: str) -> Iterator[Progress | None]:
    """Tells of progress on standard error, where that is a terminal, after a second."""
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
            now = what if done < total else "Indexing"
            bar.update(task, completed=done, total=total if done < total else None, description=now)

    try:
        yield told
    finally:
        bar.stop()
