"""The known state of a folder: a record of every file as it was read, and the library that they make.

A start after which nothing has changed needs only this; `corpus.folder.state` reads changed files.
"""

import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from time import time_ns

from corpus.folder import files
from corpus.folder.selection import Rules
from corpus.formats import shapes
from corpus.model import Library, Problem, Skipped
from corpus.passages import NotePassages, Passages
from corpus.privacy.rules import PrivacyRules

Stamp = tuple[int, int, int, int]
"""Size in bytes, times of the last change of the content and of the file (both in ns), inode."""

NO_EXPORT = shapes.NO_EXPORTS | {shapes.FETCHED, shapes.WITHHELD, shapes.SAVED_MESSAGE}
"""Shapes of notes that do not make a folder a folder of exports. Fetched and saved highlights are among them, so that a person's
own notes count as they did before."""

RACY_NS = 2_000_000_000
"""A file that changed this shortly before it was read may change again without a new time stamp: some disks have coarse ones."""


@dataclass(frozen=True, slots=True)
class Record:
    """The known state of one file."""

    path: str
    stamp: Stamp | None
    """Its stamp when it was read; None if it may have changed since without a new one."""
    skipped: str | None
    """Why it does not count as a note."""
    shape: str = ""
    entries: int = 0
    private: int = 0
    """Highlights left out as private, counted once for all copies."""
    gone: int = 0
    """Highlights left out since they were deleted in Readwise, counted in the same way."""
    holds_private: bool = False
    private_names: bytes = b""
    """Digests of the private texts in it; see `corpus.merging.duplicates.Keyed.private_names`."""
    covering: tuple[int, ...] = ()
    """Places in `PrivacyRules.settings` of the entries that cover anything in it."""
    problems: tuple[Problem, ...] = ()
    ties: bytes = b""
    highlights: NotePassages = field(default_factory=lambda: NotePassages.of(()))
    content: bytes = b""
    """Digest of the bytes of a file without a stamp: if they stay the same, it need not be read as a note again. Empty if it must
    be, and in the cache."""

    def same_but_for_stamp(self, other: "Record") -> bool:
        return self.stamped(other.stamp, other.content) == other

    def stamped(self, stamp: Stamp | None, content: bytes) -> "Record":
        """The same record with this stamp; `content` is kept only without a stamp."""
        return replace(self, stamp=stamp, content=b"" if stamp is not None else content)


@dataclass(frozen=True)
class Known:
    """A folder as it was when it was last looked at."""

    rules: Rules
    salt: bytes = field(default_factory=lambda: os.urandom(16))
    """The salt of the records' `ties`."""
    records: Mapping[str, Record] = field(default_factory=dict)
    """The records, by the place of the file."""
    skipped: tuple[Skipped, ...] = ()
    """Files that were not opened, and why."""
    library: Library = field(default_factory=Library)
    read: int = 0
    """Number of files read since the state before."""
    privacy: PrivacyRules | None = None
    """The rules as they were applied to the folder's paths."""
    hidden: bytes = b""
    """Digests of names that stay private although no note says so now; see `refresh`."""
    samples: Mapping[str, "array[int]"] = field(default_factory=dict)
    """Of notes with private texts, by the place of the file: what finds passages that overlap with these texts (see
    `corpus.merging.shared_runs.sample`). In memory only: after a start it is made again when notes change."""

    @property
    def exports(self) -> bool:
        """Whether any note is an export of highlights."""
        return any(record.shape not in NO_EXPORT for record in self.records.values())


def seen(found: Iterable[files.NoteFile | Skipped]) -> dict[str, Stamp | None]:
    """The notes' stamps as they are now, to tell whether anything changes."""
    return {one.location: stamp(one.location) for one in found if isinstance(one, files.NoteFile)}


def unchanged(before: Known, found: Sequence[files.NoteFile | Skipped]) -> Known | None:
    """The folder as it is now if no note has changed, come or gone; None if one has, or may have. The result equals that of
    `corpus.folder.state.refresh`. Raises nothing.
    """
    now = time_ns()
    notes = {one.location: one for one in found if isinstance(one, files.NoteFile)}
    if not notes or before.records.keys() != notes.keys() or before.hidden:
        return None
    privacy = before.rules.privacy([note.path for note in notes.values()])
    if before.privacy != privacy:
        return None
    for place, file in notes.items():
        known = before.records[place]
        if (
            known.stamp is None
            or known.path != file.path
            or known.stamp != settled(stamp(file.location), now)
        ):
            return None
    skipped = tuple(one for one in found if isinstance(one, Skipped))
    if skipped == before.skipped:
        return replace(before, read=0)
    library = library_of(before.records.values(), skipped, privacy)
    return replace(before, skipped=skipped, library=library, read=0)


def library_of(
    records: Iterable[Record], skipped: Iterable[Skipped], privacy: PrivacyRules | None = None
) -> Library:
    """The library that these files make."""
    ordered = sorted(records, key=lambda one: one.path)
    notes = [one for one in ordered if one.skipped is None and one.shape != shapes.WITHHELD]
    highlights = Passages(one.highlights for one in notes)
    private, gone = sum(one.private for one in notes), sum(one.gone for one in notes)
    counted: dict[str, int] = {}
    for note in notes:
        counted[note.shape] = counted.get(note.shape, 0) + 1
    left_out = [Skipped(one.path, one.skipped) for one in ordered if one.skipped is not None]
    problems = chain.from_iterable(one.problems for one in ordered)
    distinct = {id(source): source for part in highlights.parts for source in part.sources}
    return Library(
        sources=tuple(dict.fromkeys(distinct.values())),
        highlights=highlights,
        notes=len(notes),
        shapes=dict(sorted(counted.items())),
        duplicates=sum(one.entries for one in notes) - len(highlights) - private - gone,
        private=private,
        gone=gone,
        skipped=tuple(sorted((*skipped, *left_out), key=lambda one: one.path)),
        problems=tuple(sorted(problems, key=lambda one: (one.path, one.line or 0, one.problem))),
        idle_privacy=privacy.unused_entries(
            (place for one in ordered for place in one.covering),
            (one.path for one in chain(skipped, left_out)),
        )
        if privacy is not None
        else (),
    )


def stamp(location: str) -> Stamp | None:
    """The stamp of a file; None if the file cannot be examined."""
    try:
        status = os.lstat(location)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def settled(found: Stamp | None, now: int) -> Stamp | None:
    """The stamp; None if the file was changed just now."""
    return None if found is None or now - max(found[1:3]) < RACY_NS else found
