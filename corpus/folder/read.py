"""Reads files as notes; many files by several processes."""

import gc
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import repeat
from logging import getLogger

from corpus.folder import decoding, files
from corpus.folder.decoding import Decoded
from corpus.formats import org, properties, reader, saved_message
from corpus.formats.entry import Note
from corpus.formats.readwise_api import UnreadableError
from corpus.merging import copy_forms, private_copies, withheld
from corpus.merging.duplicates import Keyed, ties
from corpus.model import Problem, Skipped, Source
from corpus.origins import is_withheld
from corpus.privacy.rules import PrivacyRules

log = getLogger("analects.corpus")

Progress = Callable[[int, int], None]
"""Called with (files done, files in all)."""

MANY = 1_500
"""From this number of files on, further processes are started. Fewer files are read in the time that a process takes to start."""

MAX_LINES = 200_000
"""A file with more lines is no note: it would take many seconds to read."""

BATCH = 50

GC_THRESHOLD = 50_000
"""How many more objects than before a process that reads notes may have until it looks for unreachable ones (Python's default is
700). Nearly all objects of a note are freed without that, so looking less often saves time."""


@dataclass(frozen=True, slots=True)
class Read:
    """A file, read."""

    found: Keyed | Skipped
    problems: tuple[Problem, ...]
    """Problems with its bytes."""
    ties: bytes
    """What it may share with other notes; see `corpus.merging.duplicates.ties`."""
    private_names: bytes = b""
    """Digests of the private texts in it; see `Keyed.private_names`."""
    covering: tuple[int, ...] = ()
    """Places in `PrivacyRules.settings` of the entries that cover anything in it."""
    unread: Keyed | None = None
    """The private text of a file that is not read as a note."""
    gone_names: bytes = b""
    """Digests of highlights that were deleted from the account; see `corpus.merging.withheld`."""
    content: bytes = b""
    """Digest of its bytes (`corpus.folder.files.content_digest`). Empty if they could not be read, or hold what is withheld."""


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Within it, Python looks for unreachable objects as rarely as a process of the pool does."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], GC_THRESHOLD) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def read_all(
    found: Sequence[files.NoteFile],
    salt: bytes,
    rules: PrivacyRules,
    progress: Progress | None = None,
) -> list[Read]:
    """All files, in their order."""
    result: list[Read] = []
    if progress is not None and found:
        progress(0, len(found))
    for batch in _batches(found, salt, rules):
        result += batch
        if progress is not None:
            progress(len(result), len(found))
    return result


def read_note(file: files.NoteFile) -> Note | Skipped:
    """Reads one file as a note, or says why it is none."""
    decoded, _ = _decode(file, files.read(file))
    return decoded if isinstance(decoded, Skipped) else reader.read(file.path, decoded.text)


def text_of(file: files.NoteFile) -> str:
    """The text of a file, as far as it has any."""
    return _decode(file, files.read(file))[1]


def _decode(file: files.NoteFile, data: bytes | Skipped) -> tuple[Decoded | Skipped, str]:
    """The text of a file, or why it is no note; and the text to search for private marks in either case."""
    if isinstance(data, Skipped):
        return data, files.beginning(file)
    decoded = decoding.decode(data)
    if decoded is None:
        return Skipped(file.path, "not a text"), data.decode("utf-8", "replace")
    if decoded.text.count("\n") > MAX_LINES:
        return Skipped(file.path, f"too long for a note: more than {MAX_LINES:,} lines"), decoded.text
    if file.path.lower().endswith(org.SUFFIX):
        decoded = replace(decoded, text=org.markdown(decoded.text))
    return decoded, decoded.text


def _batches(found: Sequence[files.NoteFile], salt: bytes, rules: PrivacyRules) -> Iterator[list[Read]]:
    batches = [found[at : at + BATCH] for at in range(0, len(found), BATCH)]
    done = 0
    if len(found) >= MANY:
        try:
            for batch in _in_processes(batches, salt, rules):
                yield batch
                done += 1
        except (OSError, ImportError, RuntimeError, NotImplementedError) as error:
            log.info("reading in one process: %(error)s", {"error": type(error).__name__})
    for left in batches[done:]:
        yield _read_batch(left, salt, rules)


def _in_processes(
    batches: Sequence[Sequence[files.NoteFile]], salt: bytes, rules: PrivacyRules
) -> Iterable[list[Read]]:
    """The results of the batches, in order. Raises the error that stopped the processes or kept them from starting."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    workers = min(os.cpu_count() or 1, 8)
    if workers == 1:
        raise NotImplementedError
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin_process)
    try:
        yield from pool.map(_read_batch, batches, repeat(salt), repeat(rules))
    finally:  # after an interrupt (Ctrl-C), files that were handed over are not read to the end
        pool.shutdown(cancel_futures=True)


def _begin_process() -> None:
    """Prepares a process of the pool."""
    gc.set_threshold(GC_THRESHOLD)
    _end_with_parent()


def _end_with_parent() -> None:
    """In a process of the pool: exits when the parent dies. Otherwise it would block for ever: it also holds the write end of its
    own queue, so it never sees the end."""
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _read_batch(batch: Sequence[files.NoteFile], salt: bytes, rules: PrivacyRules) -> list[Read]:
    return [_read(file, salt, rules) for file in batch]


def salt_of(found: Iterable[files.NoteFile]) -> bytes | None:
    """The salt of the digests in the files of withheld highlights; None if there are none."""
    for file in found:
        if not is_withheld(file.path):
            continue
        with suppress(UnreadableError):
            return withheld.decode(text_of(file)).key
    return None


def _read_withheld(file: files.NoteFile, salt: bytes) -> Read:
    try:
        found = withheld.decode(text_of(file))
        if found.key != salt:
            raise UnreadableError("of another salt than the others")
    except UnreadableError as error:
        return Read(
            Skipped(file.path, f"what Readwise says is private or deleted cannot be read: {error}"), (), b""
        )
    note = Note(file.path, withheld.SHAPE, Source(""))
    private, gone = found.private_names, found.gone_names
    return Read(Keyed(note, ()), (), private + gone, private, gone_names=gone)


def _read(file: files.NoteFile, salt: bytes, rules: PrivacyRules) -> Read:
    if is_withheld(file.path):
        return _read_withheld(file, salt)
    data = files.read(file)
    return replace(_read_data(file, data, salt, rules), content=files.content_digest(data))


def _read_data(file: files.NoteFile, data: bytes | Skipped, salt: bytes, rules: PrivacyRules) -> Read:
    decoded, text = _decode(file, data)
    if isinstance(decoded, Skipped):
        return _unread(decoded, text, salt, rules)
    note = reader.read(file.path, text)
    if isinstance(note, Skipped):
        return _unread(note, text, salt, rules)
    problems = (Problem(file.path, None, decoded.problem),) if decoded.problem is not None else ()
    if note.shape == saved_message.SHAPE:
        text = saved_message.without_message(text.removeprefix("\ufeff"))
    keyed = Keyed.of(note, text, rules)
    read = Read(keyed, problems, ties(keyed, salt))
    return _private(read, keyed, text, salt, rules) if keyed.holds_private else read


def _unread(skipped: Skipped, text: str, salt: bytes, rules: PrivacyRules) -> Read:
    """A file that is no note. Private text in it still hides copies."""
    hidden = private_copies.decide_unread(skipped.path, text, rules)
    if not hidden:
        return Read(skipped, (), b"")
    name = Source(properties.title_of_file(skipped.path))
    parts = frozenset(copy_forms.parts(text))
    unread = Keyed(Note(skipped.path, "", name), (), hidden=hidden, parts=parts)
    return _private(Read(skipped, (), b"", unread=unread), unread, text, salt, rules)


def _private(read: Read, keyed: Keyed, text: str, salt: bytes, rules: PrivacyRules) -> Read:
    return replace(
        read,
        ties=ties(keyed, salt),
        private_names=keyed.private_names(salt),
        covering=rules.covering(keyed.note.path, text),
    )
