"""The notes fetched from a repository, on disk.

    STATE_PATH/fetched/git/objects        dulwich's bare repository, which has only the last commits
    STATE_PATH/fetched/git/tree-…         the notes of one commit
    STATE_PATH/fetched/git/current        a link to the `tree-…` folder that is read
    STATE_PATH/fetched/git.json           the commit that is read, and when fetching last worked
    STATE_PATH/fetched/git.lock           held by the process that fetches

New notes are written into a folder of their own. Then the link is replaced in one step, so a reader sees either the old commit or
the new one.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from logging import getLogger
from pathlib import Path
from secrets import token_hex

import msgspec

from adapters.sources import private_files
from corpus.folder.files import MAX_BYTES, NOTE_SUFFIXES

log = getLogger("analects.sources")

MAX_PACKS = 50
"""Each fetch adds a pack. With more packs than this, the repository is deleted and fetched again, without its old contents."""

_BAD_NAME_ERRNOS = frozenset(
    {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
)


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far fetching got. Times are seconds since 1970."""

    format: int = 1
    succeeded: float | None = None
    origin: str = ""
    """A hash of the repository's address and branch, to notice when they change."""
    commit: str = ""
    sources: int = 0
    """Notes with highlights."""
    highlights: int = 0


class GitStore:
    """The files. Methods raise OSError if the disk does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "git"
        self.current = self.folder / "current"
        self.objects = self.folder / "objects"
        self.lock_file = folder / "git.lock"
        self._progress_file = folder / "git.json"

    def prepare(self) -> None:
        """Makes the folder, and deletes files that a killed process left half written. Hold the lock."""
        private_files.make_folder(self.folder.parent)
        private_files.make_folder(self.folder)
        for unfinished in (*self.folder.glob("*.new"), *self.folder.glob(".*.new")):
            _remove(unfinished)

    def progress(self) -> Progress:
        """How far fetching got."""
        return private_files.load_progress(self._progress_file, Progress)

    def save_progress(self, progress: Progress) -> None:
        private_files.save_progress(self._progress_file, progress)

    def forget_objects(self) -> None:
        _remove(self.objects)

    @property
    def has_too_many_packs(self) -> bool:
        return sum(1 for _ in self.objects.glob("objects/pack/*.pack")) > MAX_PACKS

    def tree(self) -> Path | None:
        """The folder of the notes that are read now; None if there is none."""
        try:
            return self.current.resolve(strict=True)
        except OSError:
            return None

    def write_tree(self, commit: str, notes: Iterable[tuple[str, bytes]]) -> Path:
        """Writes the notes of a commit into a new folder, which is not read yet."""
        name = f"tree-{commit[:12]}-{token_hex(4)}"
        unfinished = self.folder / f"{name}.new"
        unfinished.mkdir(mode=private_files.FOLDER_MODE)
        existing = {unfinished}
        unwritten = 0
        for path, data in notes:
            file = unfinished / path
            try:
                _make_parents(file.parent, existing)
                _write(file, data)
            except OSError as error:  # a name that this file system does not allow
                if error.errno not in _BAD_NAME_ERRNOS:
                    raise
                unwritten += 1
        if unwritten:
            log.warning(
                "git: %(count)d of the repository's notes cannot be written here: the name is too long, contains a character this "
                "disk does not allow, or differs from another one only in upper and lower case. Rename them",
                {"count": unwritten},
            )
        finished = self.folder / name
        unfinished.rename(finished)
        return finished

    def show(self, tree: Path) -> None:
        """Makes this the tree that is read. The previous tree stays until the next call, because someone may still be reading
        it."""
        previous = self.tree()
        link = self.folder / ".current.new"
        with suppress(FileNotFoundError):
            link.unlink()
        link.symlink_to(tree.name, target_is_directory=True)
        link.replace(self.current)
        for old in self.folder.glob("tree-*"):
            if old not in (tree, previous):
                _remove(old)


def is_note(path: str, mode: int) -> bool:
    """Whether an entry of a git tree is written to disk: a regular file with a note's suffix, whose path stays in the folder."""
    parts = path.split("/")
    name = parts[-1]
    return (
        stat.S_ISREG(mode)
        and not any(part in ("", ".", "..") or part.startswith(".") or "\0" in part for part in parts)
        and (os.sep == "/" or not any(character in path for character in "\\:"))
        and os.path.splitext(name)[1].lower() in NOTE_SUFFIXES  # noqa: PTH122  a name in a git tree, not a file on this disk
    )


def is_small(data: bytes) -> bool:
    return len(data) <= MAX_BYTES


def changed_paths(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str]:
    """Paths whose contents differ."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _make_parents(folder: Path, existing: set[Path]) -> None:
    missing = []
    while folder not in existing:
        missing.append(folder)
        folder = folder.parent
    for parent in reversed(missing):
        parent.mkdir(mode=private_files.FOLDER_MODE, exist_ok=True)
        existing.add(parent)


def _write(file: Path, data: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        with suppress(OSError):
            place.unlink()
