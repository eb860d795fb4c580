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

PATIENCE = 1.0
"""Seconds of loading before a bar is shown."""


def library(settings: "Settings") -> Library:
    """Reads the notes. Raises CorpusError when there are none to read."""
    with _bar("Reading notes") as progress:
        return load(settings.corpus_path, settings.rules, progress)


def bot(settings: "Settings") -> "Bot":
    """The bot over these notes."""
    from bot.conversation import Bot
    from bot.index import Index

    found = library(settings)
    with _spinner(f"Indexing {len(found.highlights):,} highlights", len(found.highlights) > 20_000):
        return Bot(Index.build(found), settings.quotes_per_answer)


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
            bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        bar.stop()


@contextmanager
def _spinner(what: str, shown: bool) -> Iterator[None]:
    if not shown or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield
