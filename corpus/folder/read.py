"""Files to notes, on both cores where there are many."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from logging import getLogger

from corpus.folder import decoding, files
from corpus.formats import reader
from corpus.formats.entry import Note
from corpus.merging.duplicates import Keyed, ties
from corpus.model import Problem, Skipped

log = getLogger("analects.corpus")

Progress = Callable[[int, int], None]
"""Told (files done, files in all)."""

MANY = 1_500
"""Files from which further processes are started: fewer are read in about the time that these take to start."""

BATCH = 50


@dataclass(frozen=True, slots=True)
class Read:
    """A file, read."""

    found: Keyed | Skipped
    problems: tuple[Problem, ...]
    """Of its bytes."""
    ties: bytes
    """What it may share with other notes; see `corpus.merging.duplicates.ties`."""


def read_all(found: Sequence[files.NoteFile], salt: bytes, progress: Progress | None = None) -> list[Read]:
    """All files, in their order."""
    result: list[Read] = []
    if progress is not None and found:
        progress(0, len(found))
    for batch in _batches(found, salt):
        result += batch
        if progress is not None:
            progress(len(result), len(found))
    return result


def read_note(file: files.NoteFile, problems: list[Problem]) -> Note | Skipped:
    """One file as a note, or why it is none. What is odd about its bytes goes into `problems`."""
    data = files.read(file)
    if isinstance(data, Skipped):
        return data
    decoded = decoding.decode(data)
    if decoded is None:
        return Skipped(file.path, "not a text")
    note = reader.read(file.path, decoded.text)
    if decoded.problem is not None and not isinstance(note, Skipped):
        problems.append(Problem(file.path, None, decoded.problem))
    return note


def _batches(found: Sequence[files.NoteFile], salt: bytes) -> Iterator[list[Read]]:
    batches = [found[at : at + BATCH] for at in range(0, len(found), BATCH)]
    done = 0
    if len(found) >= MANY:
        try:
            for batch in _in_processes(batches, salt):
                yield batch
                done += 1
        except (OSError, ImportError, RuntimeError, NotImplementedError) as error:
            log.info("reading in one process: %(error)s", {"error": type(error).__name__})
    for left in batches[done:]:
        yield _read_batch(left, salt)


def _in_processes(batches: Sequence[Sequence[files.NoteFile]], salt: bytes) -> Iterable[list[Read]]:
    """Batches in order, as they are done. Raises what keeps processes from being started, or ends them."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    workers = min(os.cpu_count() or 1, 8)
    if workers == 1:
        raise NotImplementedError
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent)
    try:
        yield from pool.map(_read_batch, batches, [salt] * len(batches))
    finally:  # where it is interrupted (Ctrl-C), what was handed over is not read to its end
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """In a process of the pool: ends it as soon as the one that started it is gone, however that ended. It would wait for more
    for ever: it holds the writing end of its own queue."""
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _read_batch(batch: Sequence[files.NoteFile], salt: bytes) -> list[Read]:
    result = []
    for file in batch:
        problems: list[Problem] = []
        note = read_note(file, problems)
        if isinstance(note, Skipped):
            result.append(Read(note, (), b""))
        else:
            keyed = Keyed.of(note)
            result.append(Read(keyed, tuple(problems), ties(keyed, salt)))
    return result
