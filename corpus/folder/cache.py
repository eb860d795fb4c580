"""What is known of a folder, kept on disk, so that a start reads only what changed.

One file, MessagePack behind a checksum. It holds public highlights, and of every file a digest of its path, its stamp and the
digests of `corpus.merging.duplicates.ties`, keyed with a salt: by these a private copy still hides its public ones. Nothing
else of a private highlight or note is in it; where such a note has problems to tell of, it is read again at each start.

Whatever is wrong with the file, it is no cache: one line in the log, and the notes are read.
"""

import gc
import hashlib
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from tempfile import mkstemp

import msgspec

from corpus.folder import files
from corpus.folder.selection import Rules
from corpus.folder.state import Known, Record, Stamp, library_of
from corpus.formats import READER_VERSION
from corpus.model import Highlight, Problem, Skipped, Source
from corpus.privacy.rules import PrivacyRules

log = getLogger("analects.cache")

MAGIC = b"analects notes 3\n"
ARRAY_OF_5, ARRAY = b"\x95", b"\xdd"
"""How MessagePack begins an array: of five items, and of as many as the next four bytes say."""

KEY_SIZE = 64
"""Bytes of the digest of the reader's version and the rules."""


class _Passage(msgspec.Struct, array_like=True, gc=False):
    id: str
    text: str
    plain: str | None
    """None where it is the text."""
    source: int
    link: str | None
    location: str | None
    remark: str | None
    tags: tuple[str, ...]
    color: str | None
    favorite: bool
    chapter: str | None
    added: str | None
    line: int


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
    passages: list[_Passage]


class _Stored(msgspec.Struct, array_like=True):
    token: str
    salt: bytes
    paths: bytes
    """Digest of PRIVATE_PATHS as they were applied: what they mean depends on the folder's paths."""
    sources: list[Source]
    files: list[_File]


@dataclass(frozen=True)
class Cached:
    """A folder as it was when the cache was written."""

    known: Known
    highlights: tuple[Highlight, ...]
    """The library's, in its order."""
    token: str
    """Names this state of the library, for what is stored beside it."""


def save(known: Known, file: Path, token: str) -> bool:
    """Puts a new file in the place of the old one; False, and a line in the log, where that cannot be."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = mkstemp(dir=file.parent, prefix=file.name, suffix=".new")
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(MAGIC + _key(known.rules) + bytes(4))
                checksum = 0
                for part in _stored(known, token):
                    checksum = zlib.crc32(part, checksum)
                    out.write(part)
                out.seek(len(MAGIC) + KEY_SIZE)
                out.write(checksum.to_bytes(4, "big"))
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
    return True


def load(file: Path, rules: Rules, found: Iterable[files.NoteFile | Skipped]) -> Cached | None:
    """What the file knows of the folder; `found` are the files that are there now. None where it does not fit."""
    try:
        data = file.read_bytes()
        begin = len(MAGIC) + KEY_SIZE + 4
        if not data.startswith(MAGIC):
            raise ValueError("no cache")
        if data[len(MAGIC) : begin - 4] != _key(rules):
            return None
        payload = memoryview(data)[begin:]
        if zlib.crc32(payload) != int.from_bytes(data[begin - 4 : begin], "big"):
            raise ValueError("damaged")
        with _no_collection():
            stored = msgspec.msgpack.decode(payload, type=_Stored)
            return _cached(stored, rules, found)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, RecursionError, MemoryError, msgspec.MsgspecError) as error:
        log.warning("the cache is not used: %(path)s: %(error)s", {"path": file, "error": _why(error)})
        return None


def version() -> bytes:
    """What decides how a note is read: the reader's version, and Python's own, whose Unicode tables differ."""
    return repr((READER_VERSION, sys.version_info[:2])).encode()


def _key(rules: Rules) -> bytes:
    return hashlib.blake2b(version() + repr(rules).encode("utf-8", "backslashreplace")).digest()


def _stored(known: Known, token: str) -> Iterator[bytes]:
    """A `_Stored` in MessagePack, file by file: as a whole it would take as much memory again as the library."""
    sources = {source: number for number, source in enumerate(known.library.sources)}
    numbers = {id(one.source): sources[one.source] for one in known.library.highlights}
    encode = msgspec.msgpack.Encoder().encode
    yield (
        ARRAY_OF_5
        + encode(token)
        + encode(known.salt)
        + encode(_applied(known.privacy))
        + encode(list(sources))
    )
    yield ARRAY + len(known.records).to_bytes(4, "big")
    for place, record in sorted(known.records.items(), key=lambda item: item[1].path):
        yield encode(_file(place, record, known.salt, numbers))


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
        [] if record.holds_private else [(one.line, one.problem) for one in record.problems],
        record.ties,
        [_passage(one, numbers[id(one.source)]) for one in record.highlights],
    )


def _passage(one: Highlight, source: int) -> _Passage:
    plain = None if one.plain == one.text else one.plain
    return _Passage(
        one.id, one.text, plain, source, one.link, one.location, one.remark, one.tags, one.color, one.favorite,
        one.chapter, one.added, one.line,
    )  # fmt: skip


def _cached(stored: _Stored, rules: Rules, found: Iterable[files.NoteFile | Skipped]) -> Cached | None:
    places = {}
    paths = []
    for one in found:
        if isinstance(one, files.NoteFile):
            paths.append(one.path)
            place = os.fspath(one.location)
            places[_digest(place, stored.salt)] = place, one.path
    privacy = rules.privacy(paths)
    if stored.paths != _applied(privacy):
        return None
    records: dict[str, Record] = {}
    for file in stored.files:
        place, path = places.get(file.place, (f"gone {file.place.hex()}", ""))
        records[place] = _record(file, path, stored.sources)
    highlights = tuple(highlight for record in records.values() for highlight in record.highlights)
    library = library_of(records.values(), (), privacy)
    return Cached(Known(rules, stored.salt, records, (), library, privacy=privacy), highlights, stored.token)


def _record(file: _File, path: str, sources: Sequence[Source]) -> Record:
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
        tuple(
            Highlight(
                one.id, one.text, one.text if one.plain is None else one.plain, sources[one.source], one.link,
                one.location, one.remark, one.tags, one.color, one.favorite, one.chapter, one.added, path, one.line,
            )
            for one in file.passages
        ),
    )  # fmt: skip


def _applied(privacy: PrivacyRules | None) -> bytes:
    entries = repr(privacy.paths.entries if privacy is not None else ())
    return hashlib.blake2b(entries.encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _digest(place: str, salt: bytes) -> bytes:
    return hashlib.blake2b(os.fsencode(place), digest_size=16, key=salt).digest()


def _why(error: Exception) -> str:
    """Never a text of the notes: messages of the system and of this module only."""
    if isinstance(error, OSError):
        return error.strerror or "an error of the system"
    return str(error) if type(error) is ValueError else type(error).__name__


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hundreds of thousands of objects come to stay: looking for garbage among them takes longer than making them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
