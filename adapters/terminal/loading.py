"""Loads the notes and their index for a command, with a progress bar if that takes long."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from logging import getLogger
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.chat.conversation import Bot
    from bot.library.freshness import Freshness
    from bot.library.snapshot import Snapshot
    from bot.search.index import Index
    from bot.semantic.embedding import Embedding
    from bot.settings import Settings
    from corpus.folder.read import Progress
    from corpus.model import Highlight, Library

log = getLogger("analects.cache")

PROGRESS_BAR_AFTER_S = 1.0


def library(settings: "Settings") -> "Library":
    """Reads the notes. Raises CorpusError if there are none to read."""
    from corpus.load import load

    _fetch_first(settings)
    with progress_bar("Reading notes") as progress:
        return load(settings.corpus, settings.rules, progress)


def snapshot(settings: "Settings", fetch: bool = True) -> "Snapshot":
    """Notes and index, read from the cache if possible. Raises CorpusError if there are none to read.

    If notes come from a service and nothing was ever fetched from it, that is done first, unless `fetch` is False."""
    from bot.library.snapshot import load_snapshot

    if fetch:
        _fetch_first(settings)
    with progress_bar("Reading notes", "Indexing") as progress:
        found = load_snapshot(settings.corpus, settings.rules, settings.cache_path, progress)
    if found.gone:
        _forget_vectors(settings, found.gone)
    elif found.gone is None and len(found.index):
        _forget_vectors(settings, found.known.library.highlights, keep_these=True)
    return found


def forget(settings: "Settings", snapshot: "Snapshot", removed: "Sequence[Highlight]") -> None:
    """Removes from the cache, and from the vectors of every model, whatever is no longer in the library."""
    from bot.library.snapshot import store_again

    store_again(snapshot, settings.corpus, settings.cache_path)
    _forget_vectors(settings, removed)


def stored(settings: "Settings", snapshot: "Snapshot") -> "Snapshot":
    """The snapshot, written to the cache and mapped from there; the same one if it is not cached."""
    from bot.library.snapshot import stored_after_changes

    return stored_after_changes(snapshot, settings.corpus, settings.cache_path)


def _forget_vectors(
    settings: "Settings", highlights: "Sequence[Highlight]", keep_these: bool = False
) -> None:
    """Removes the vectors of these highlights from the files of every model; with `keep_these`, the vectors of all others."""
    from bot.library.snapshot import cache_folder

    folder = cache_folder(settings.corpus, settings.cache_path) / "vectors"
    if not folder.is_dir():
        return
    from bot.semantic.passage_vectors import key
    from bot.semantic.vector_store import forget

    named_keys = {key(highlight) for highlight in highlights}
    try:
        forget(folder, lambda name: (name in named_keys) is not keep_these)
    except OSError as error:
        log.error(
            "%(path)s still holds vectors of what is private now: %(error)s; delete the folder",
            {"path": folder, "error": error.strerror},
        )


def bot(settings: "Settings") -> "Bot":
    """A bot over the notes of these settings. It searches by words alone."""
    return bot_over(snapshot(settings), settings)


def bot_over(found: "Snapshot", settings: "Settings", embedding: "Embedding | None" = None) -> "Bot":
    """A bot over a snapshot of the notes. It searches by words, and with an embedding model by meaning, too."""
    from bot.chat.conversation import Bot

    return Bot(
        found.index,
        settings.quotes_per_answer,
        embedding=embedding,
        freshness=lambda index: freshness(settings, index.library),
    )


def freshness(settings: "Settings", library: "Library") -> "Freshness":
    """How fresh these notes are."""
    from adapters.sources.configured import syncs
    from bot.library.freshness import Freshness, newest_highlight

    return Freshness(newest_highlight(library), None, tuple(syncs(settings)))


def _fetch_first(settings: "Settings") -> None:
    if settings.fetches:
        from adapters.terminal.sync import fetch_first

        fetch_first(settings)


def meaning(settings: "Settings", index: "Index") -> "Embedding | None":
    """The search by meaning, before its model is loaded. None if it is off, or if it is `auto` and no model is installed."""
    if settings.embedding_model == "off":
        return None
    from bot.semantic.model import AUTO, best_installed

    models = settings.models_path
    mostly_english = 2 * index.passages_by_language["en"] >= len(index)
    if settings.embedding_model == AUTO and best_installed(models, mostly_english) is None:
        return None
    from bot.library.snapshot import cache_folder
    from bot.semantic.embedding import Embedding

    cache = cache_folder(settings.corpus, settings.cache_path)
    return Embedding.of(settings.embedding_model, models, cache / "vectors", mostly_english)


@contextmanager
def progress_bar(what: str, then: str = "") -> "Iterator[Progress | None]":
    """Shows progress on standard error, if that is a terminal and more than a second passes. `then` labels the step after
    `what`."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    began = monotonic()
    bar = Bar(console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)

    def report(done: int, total: int) -> None:
        if not bar.live.is_started and monotonic() - began > PROGRESS_BAR_AFTER_S:
            bar.start()
        if bar.live.is_started:
            label = what if done < total or not then else then
            bar.update(task, completed=done, total=total if done < total else None, description=label)

    try:
        yield report
    finally:
        bar.stop()
