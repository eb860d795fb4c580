"""Stores the state of a folder on disk, so that a start reads only what changed.

One file: a preamble of fixed size, a header in MessagePack (`_Stored`), and the rows of all highlights (`corpus.passages`), which
stay on disk until one is asked for. Header and rows have a checksum each.

It holds public highlights and, for every file, a digest of its path, its stamp and the digests of
`corpus.merging.duplicates.ties`, keyed with a salt. By these digests a private copy still hides its public ones. Nothing else of
a private highlight or note is in the file; a private note with problems to report is read again at each start.

If anything is wrong with the file, it is ignored: the log gets one line, and the notes are read.
"""

import gc
import hashlib
import os
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from tempfile import mkstemp

import msgspec

from corpus.folder import files
from corpus.folder.known import Known, Record, Stamp, library_of
from corpus.folder.selection import Rules
from corpus.formats import READER_VERSION
from corpus.model import Problem, Skipped, Source
from corpus.passages import NotePassages, Passages, StoredBytes
from corpus.privacy.rules import PrivacyRules

log = getLogger("analects.cache")

_NAME = b"analects notes "
MAGIC = _NAME + b"4\n"

KEY_SIZE = 64
"""Bytes of the digest of the reader's version and the rules."""

_PREAMBLE = struct.Struct(f">{len(MAGIC)}s{KEY_SIZE}sQII")
"""`MAGIC`, the key, the size of the header in bytes, and the CRC-32 of the header and of the rows."""

STEP_BYTES = 1 << 17
"""Bytes of a file that are checked at once. For 1 MB, memory would be fetched from the system each time, which takes as long as the
checksum (see `bot.runtime.heap`)."""


class _File(msgspec.Struct, array_like=True):
    place: bytes
    stamp: Stamp | None
    skipped: str | None
    shape: str
    entries: int
    private: int
    gone: int
    holds_private: bool
    private_names: bytes
    covering: tuple[int, ...]
    problems: list[tuple[int | None, str]]
    ties: bytes
    sources: list[int]
    """The sources of its highlights, as numbers in `_Stored.sources`."""
    newest: str | None
    ends: bytes
    """Where the row of each highlight ends, counted from the beginning of the file's first row: 32 bits each, in this machine's
    byte order."""


class _Stored(msgspec.Struct, array_like=True):
    token: str
    salt: bytes
    paths: bytes
    """Digest of PRIVATE_PATHS as applied here: their meaning depends on the folder's paths."""
    sources: list[Source]
    files: list[_File]
    """In the order in which their rows follow each other."""


@dataclass(frozen=True)
class Cached:
    """A folder as it was when the cache was written."""

    known: Known
    highlights: Passages
    """The library's highlights, in its order."""
    token: str
    """Identifies this state of the library, for files that are stored beside it."""


def save(known: Known, file: Path, token: str) -> bool:
    """Replaces the file; returns False, and logs a line, if that fails. From then on the highlights are read from the new file."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = mkstemp(dir=file.parent, prefix=file.name, suffix=".new")
        try:
            with os.fdopen(descriptor, "wb") as out:
                header = _header(known, token)
                out.write(bytes(_PREAMBLE.size) + header)
                checksum = 0
                for record in _in_order(known):
                    packed = record.highlights.packed()
                    checksum = zlib.crc32(packed, checksum)
                    out.write(packed)
                out.seek(0)
                sums = len(header), zlib.crc32(header), checksum
                out.write(_PREAMBLE.pack(MAGIC, _key(known.rules), *sums))
            rows = StoredBytes(Path(name))  # another process may put its own file in this place at any time
            os.replace(name, file)  # noqa: PTH105  what mkstemp gave is a name
        except BaseException:
            with suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            raise
    except (OSError, ValueError) as error:
        log.warning(
            "the cache cannot be written to %(path)s: %(error)s", {"path": file.parent, "error": _why(error)}
        )
        return False
    begin = _PREAMBLE.size + len(header)
    for record in _in_order(known):  # from now on they are read from there and no longer held in memory
        record.highlights.move(rows, begin)
        begin += record.highlights.size
    return True


def load(file: Path, rules: Rules, found: Sequence[files.NoteFile | Skipped]) -> Cached | None:
    """The stored state of the folder; `found` are the files that are there now. None if the file does not fit them."""
    try:
        rows = StoredBytes(file)
        preamble = rows.read(0, _PREAMBLE.size)
        if preamble.startswith(_NAME) and not preamble.startswith(MAGIC):
            return None  # written by another version
        if not preamble.startswith(MAGIC):
            raise ValueError("no cache")
        if len(preamble) < _PREAMBLE.size:
            raise ValueError("damaged")
        _, key, size, checksum, rows_checksum = _PREAMBLE.unpack(preamble)
        if key != _key(rules):
            return None
        header = rows.read(_PREAMBLE.size, size)
        begin = _PREAMBLE.size + size
        if zlib.crc32(header) != checksum or _checksum(rows, begin) != rows_checksum:
            raise ValueError("damaged")
        with _no_collection():
            stored = msgspec.msgpack.decode(header, type=_Stored)
            return _cached(stored, rules, found, rows, begin)
    except FileNotFoundError:
        return None
    except (
        OSError,
        ValueError,
        LookupError,
        ArithmeticError,
        RecursionError,
        MemoryError,
        msgspec.MsgspecError,
    ) as error:
        log.warning("the cache is not used: %(path)s: %(error)s", {"path": file, "error": _why(error)})
        return None


def version() -> bytes:
    """Names everything that decides how a note is read: the reader's version, and Python's, whose Unicode tables differ."""
    return repr((READER_VERSION, sys.version_info[:2])).encode()


def _key(rules: Rules) -> bytes:
    return hashlib.blake2b(version() + repr(rules).encode("utf-8", "backslashreplace")).digest()


def _checksum(rows: StoredBytes, begin: int) -> int:
    checksum = 0
    while part := rows.read(begin, STEP_BYTES):
        checksum = zlib.crc32(part, checksum)
        begin += len(part)
    return checksum


def _in_order(known: Known) -> list[Record]:
    return [record for _, record in _by_path(known)]


def _by_path(known: Known) -> list[tuple[str, Record]]:
    return sorted(known.records.items(), key=lambda item: item[1].path)


def _header(known: Known, token: str) -> bytes:
    sources = {source: number for number, source in enumerate(known.library.sources)}
    numbers = {
        id(one): sources.setdefault(one, len(sources))
        for record in known.records.values()
        for one in record.highlights.sources
    }
    files = [_file(place, record, known.salt, numbers) for place, record in _by_path(known)]
    return msgspec.msgpack.encode(_Stored(token, known.salt, _applied(known.privacy), list(sources), files))


def _file(place: str, record: Record, salt: bytes, numbers: dict[int, int]) -> _File:
    silent = record.holds_private and record.problems
    return _File(
        _digest(place, salt),
        None if silent else record.stamp,
        record.skipped,
        record.shape,
        record.entries,
        record.private,
        record.gone,
        record.holds_private,
        record.private_names,
        record.covering,
        [] if record.holds_private else [(problem.line, problem.problem) for problem in record.problems],
        record.ties,
        [numbers[id(source)] for source in record.highlights.sources],
        record.highlights.newest,
        record.highlights.ends.tobytes(),
    )


def _cached(
    stored: _Stored,
    rules: Rules,
    found: Sequence[files.NoteFile | Skipped],
    rows: StoredBytes,
    begin: int,
) -> Cached | None:
    notes = [one for one in found if isinstance(one, files.NoteFile)]
    skipped = tuple(one for one in found if isinstance(one, Skipped))
    places = {_digest(one.location, stored.salt): (one.location, one.path) for one in notes}
    privacy = rules.privacy([one.path for one in notes])
    if stored.paths != _applied(privacy):
        return None
    records: dict[str, Record] = {}
    for file in stored.files:
        place, path = places.get(file.place, (f"gone {file.place.hex()}", ""))
        passages = _passages(file, path, stored.sources, rows, begin)
        records[place] = _record(file, path, passages)
        begin += passages.size
    highlights = Passages(record.highlights for record in records.values())
    library = library_of(records.values(), skipped, privacy)
    known = Known(rules, stored.salt, records, skipped, library, privacy=privacy)
    return Cached(known, highlights, stored.token)


def _passages(
    file: _File, path: str, sources: Sequence[Source], rows: StoredBytes, begin: int
) -> NotePassages:
    ends = array("I")
    ends.frombytes(file.ends)
    return NotePassages(
        path, tuple(sources[number] for number in file.sources), ends, rows, begin, file.newest
    )


def _record(file: _File, path: str, passages: NotePassages) -> Record:
    return Record(
        path,
        file.stamp,
        file.skipped,
        file.shape,
        file.entries,
        file.private,
        file.gone,
        file.holds_private,
        file.private_names,
        file.covering,
        tuple(Problem(path, line, problem) for line, problem in file.problems),
        file.ties,
        passages,
    )


def _applied(privacy: PrivacyRules | None) -> bytes:
    entries = repr(privacy.paths.entries if privacy is not None else ())
    return hashlib.blake2b(entries.encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _digest(place: str, salt: bytes) -> bytes:
    return hashlib.blake2b(os.fsencode(place), digest_size=16, key=salt).digest()


def _why(error: Exception) -> str:
    """The reason in words: a message of the system or of this module, never a text of the notes."""
    if isinstance(error, OSError):
        return error.strerror or "an error of the system"
    return str(error) if type(error) is ValueError else type(error).__name__


@contextmanager
def _no_collection() -> Iterator[None]:
    """Turns off garbage collection: hundreds of thousands of objects are made that stay, and searching them for garbage takes
    longer than making them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
