"""A folder as it is known: what was read of each file, so that of a changed folder only the changes are read.

Besides the changed files only those are read again that share a source, a link or a text with them, as a copy that comes
or goes may change which one is kept. What comes out equals a fresh load.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from time import time_ns

from corpus.folder import files
from corpus.folder.read import Progress, Read, read_all
from corpus.folder.selection import Rules
from corpus.formats import reader, readwise_api
from corpus.merging.duplicates import Keyed
from corpus.merging.merge import Kept, merge
from corpus.model import Highlight, Library, Problem, Skipped

Stamp = tuple[int, int, int, int]
"""Size in bytes, times of the last change of the content and of the file (both in ns), inode."""

NO_EXPORT = ("", reader.PLAIN, readwise_api.SHAPE)
"""Shapes of notes that do not make a folder one of exports. What is fetched from an account is none of them: a person's own notes
count with a token as they did without one."""

RACY_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again without its times telling: they are coarse on some disks."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one file."""

    path: str
    stamp: Stamp | None
    """When it was read; None where it is to be read again next time."""
    skipped: str | None
    """Why it is no note that counts."""
    shape: str = ""
    entries: int = 0
    private: int = 0
    """Highlights left out as private, counted once for all copies."""
    holds_private: bool = False
    problems: tuple[Problem, ...] = ()
    ties: bytes = b""
    highlights: tuple[Highlight, ...] = ()

    def same_but_for_stamp(self, other: "Record") -> bool:
        return replace(self, stamp=other.stamp) == other


@dataclass(frozen=True)
class Known:
    """A folder as it was when it was last looked at."""

    rules: Rules
    salt: bytes = field(default_factory=lambda: os.urandom(16))
    """Of the records' `ties`."""
    records: Mapping[str, Record] = field(default_factory=dict)
    """By the place of the file."""
    skipped: tuple[Skipped, ...] = ()
    """Files that were not opened, and why."""
    library: Library = field(default_factory=Library)
    read: int = 0
    """Files that were read to get here from the state before."""

    @property
    def exports(self) -> bool:
        """Whether any note is an export of highlights."""
        return any(record.shape not in NO_EXPORT for record in self.records.values())


def seen(found: Iterable[files.NoteFile | Skipped]) -> dict[str, Stamp | None]:
    """The notes' stamps as they are now, to tell whether anything changes."""
    return {os.fspath(one.location): stamp(one.location) for one in found if isinstance(one, files.NoteFile)}


def refresh(
    before: Known, found: Sequence[files.NoteFile | Skipped], progress: Progress | None = None
) -> Known:
    """The folder as it is now, given its files. Of highlights that stay the same, the objects do.

    Whatever is wrong with a file is recorded in the library.
    """
    now = time_ns()
    notes = {os.fspath(one.location): one for one in found if isinstance(one, files.NoteFile)}
    skipped = tuple(one for one in found if isinstance(one, Skipped))
    stamps = {place: _settled(stamp(file.location), now) for place, file in notes.items()}
    old = before.records
    changed = [place for place in notes if place not in old or (old[place].stamp or 0) != stamps[place]]
    gone = old.keys() - notes.keys()
    if not changed and not gone and skipped == before.skipped and old:
        return replace(before, read=0)
    read = _with_ties(before, notes, changed, gone, progress)
    exports = _exports(before, read, notes)
    if old and before.rules.plain_notes == "auto" and exports != before.exports:
        return refresh(Known(before.rules, before.salt), found, progress)
    fresh = _records(read, before.rules, exports, stamps)
    records = {}
    for place in notes:
        record = fresh.get(place)
        known = old.get(place)
        if record is None:
            assert known is not None
            records[place] = known
        elif known is not None and record.same_but_for_stamp(known):
            records[place] = replace(known, stamp=record.stamp)
        else:
            records[place] = record
    return Known(
        before.rules, before.salt, records, skipped, library_of(records.values(), skipped), len(read)
    )


def library_of(records: Iterable[Record], skipped: Iterable[Skipped]) -> Library:
    """The library that these files make."""
    ordered = sorted(records, key=lambda one: one.path)
    notes = [one for one in ordered if one.skipped is None]
    highlights = tuple(chain.from_iterable(one.highlights for one in notes))
    private = sum(one.private for one in notes)
    shapes: dict[str, int] = {}
    for note in notes:
        shapes[note.shape] = shapes.get(note.shape, 0) + 1
    left_out = [Skipped(one.path, one.skipped) for one in ordered if one.skipped is not None]
    problems = chain.from_iterable(one.problems for one in ordered)
    distinct = {id(highlight.source): highlight.source for highlight in highlights}
    return Library(
        sources=tuple(dict.fromkeys(distinct.values())),
        highlights=highlights,
        notes=len(notes),
        shapes=dict(sorted(shapes.items())),
        duplicates=sum(one.entries for one in notes) - len(highlights) - private,
        private=private,
        skipped=tuple(sorted((*skipped, *left_out), key=lambda one: one.path)),
        problems=tuple(sorted(problems, key=lambda one: (one.path, one.line or 0, one.problem))),
    )


def _with_ties(
    before: Known,
    notes: Mapping[str, files.NoteFile],
    changed: Iterable[str],
    gone: Iterable[str],
    progress: Progress | None,
) -> dict[str, Read]:
    """The changed files and all that are tied to what they were or are, read."""
    read: dict[str, Read] = {}
    names: set[int] = set()
    for place in gone:
        names.update(_names(before.records[place].ties))
    pending = list(changed)
    left = {place: _names(record.ties) for place, record in before.records.items() if place in notes}
    while True:
        found = read_all([notes[place] for place in pending], before.salt, progress)
        for place, one in zip(pending, found, strict=True):
            read[place] = one
            names.update(left.pop(place, ()), _names(one.ties))
        pending = [place for place, own in left.items() if not names.isdisjoint(own)]
        if not pending:
            return read


def _names(ties: bytes) -> Iterable[int]:
    return memoryview(ties).cast("Q")


def _exports(before: Known, read: Mapping[str, Read], notes: Mapping[str, files.NoteFile]) -> bool:
    shapes = (one.found.note.shape for one in read.values() if isinstance(one.found, Keyed))
    kept = (record.shape for place, record in before.records.items() if place in notes and place not in read)
    return any(shape not in NO_EXPORT for shape in chain(shapes, kept))


def _records(
    read: Mapping[str, Read], rules: Rules, exports: bool, stamps: Mapping[str, Stamp | None]
) -> dict[str, Record]:
    objections: dict[str, str | None] = {}
    for place, one in read.items():
        if isinstance(one.found, Skipped):
            objections[place] = one.found.reason
        else:
            note = one.found.note
            objections[place] = rules.objection(note.shape, reader.is_linked(note), exports)
    counted = [
        one.found for place, one in read.items() if isinstance(one.found, Keyed) and objections[place] is None
    ]
    privacy = rules.privacy([one.note for one in counted])
    merged = merge(counted, privacy)
    records = {}
    for place, one in read.items():
        if isinstance(one.found, Skipped):
            records[place] = Record(one.found.path, stamps[place], one.found.reason)
            continue
        note = one.found.note
        told = list(one.problems)
        kept, holds_private = Kept(), False
        if objections[place] is None:
            told += [Problem(note.path, line, text) for line, text in note.problems]
            kept = merged.pop(note.path, kept)
            holds_private = privacy.covers_any(note)
        else:
            holds_private = rules.privacy([note]).covers_any(note)
        records[place] = Record(
            note.path,
            stamps[place],
            objections[place],
            note.shape,
            len(note.entries),
            kept.private,
            holds_private,
            tuple(told),
            one.ties,
            kept.highlights,
        )
    return records


def stamp(location: Path) -> Stamp | None:
    """None where the file cannot be looked at."""
    try:
        status = os.lstat(location)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _settled(found: Stamp | None, now: int) -> Stamp | None:
    """None where the file was changed just now."""
    return None if found is None or now - max(found[1:3]) < RACY_NS else found
