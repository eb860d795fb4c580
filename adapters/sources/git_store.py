"""The notes fetched from a repository, on disk.

    STATE_PATH/fetched/git/objects        dulwich's bare repository, of the last commits alone
    STATE_PATH/fetched/git/tree-…         the notes of one commit
    STATE_PATH/fetched/git/current        a link to the one that is read
    STATE_PATH/fetched/git.json           which commit that is, and when fetching last worked
    STATE_PATH/fetched/git.lock           held by the process that fetches

Notes are written beside those that are read, and the link is replaced in one step: a reader sees one commit or the other.
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
"""Each fetch adds a pack. With more packs than this, the repository is fetched anew, which removes old contents."""

_ABOUT_NAMES = frozenset(
    {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
)


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far fetching got. Moments are seconds since 1970."""

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
        for left in (*self.folder.glob("*.new"), *self.folder.glob(".*.new")):
            _remove(left)

    def progress(self) -> Progress:
        """How far fetching got."""
        return private_files.load_progress(self._progress_file, Progress)

    def save_progress(self, progress: Progress) -> None:
        private_files.save_progress(self._progress_file, progress)

    def forget_objects(self) -> None:
        _remove(self.objects)

    @property
    def is_crowded(self) -> bool:
        return sum(1 for _ in self.objects.glob("objects/pack/*.pack")) > MAX_PACKS

    def tree(self) -> Path | None:
        """The notes that are read now."""
        try:
            return self.current.resolve(strict=True)
        except OSError:
            return None

    def write_tree(self, commit: str, notes: Iterable[tuple[str, bytes]]) -> Path:
        """Writes the notes of a commit beside those that are read."""
        name = f"tree-{commit[:12]}-{token_hex(4)}"
        beside = self.folder / f"{name}.new"
        beside.mkdir(mode=private_files.FOLDER_MODE)
        made = {beside}
        unwritten = 0
        for path, data in notes:
            file = beside / path
            try:
                _make_parents(file.parent, made)
                _write(file, data)
            except OSError as error:  # a name that this file system does not allow
                if error.errno not in _ABOUT_NAMES:
                    raise
                unwritten += 1
        if unwritten:
            log.warning(
                "git: %(count)d of the repository's notes cannot be written here: the name is too long, contains a character this "
                "disk does not allow, or differs from another one only in upper and lower case. Rename them",
                {"count": unwritten},
            )
        place = self.folder / name
        beside.rename(place)
        return place

    def show(self, tree: Path) -> None:
        """Replaces the tree that is read. The previous one stays until the next call, because it may still be read."""
        before = self.tree()
        link = self.folder / ".current.new"
        with suppress(FileNotFoundError):
            link.unlink()
        link.symlink_to(tree.name, target_is_directory=True)
        link.replace(self.current)
        for old in self.folder.glob("tree-*"):
            if old not in (tree, before):
                _remove(old)


def is_note(path: str, mode: int) -> bool:
    """Whether an entry of a tree is written: a regular file that may be a note, at a path that stays in the folder."""
    parts = path.split("/")
    name = parts[-1]
    return (
        stat.S_ISREG(mode)
        and not any(part in ("", ".", "..") or part.startswith(".") or "\0" in part for part in parts)
        and (os.sep == "/" or not any(sign in path for sign in "\\:"))
        and os.path.splitext(name)[1].lower() in NOTE_SUFFIXES  # noqa: PTH122  a name of the tree, no file here
    )


def is_small(data: bytes) -> bool:
    return len(data) <= MAX_BYTES


def changed_paths(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str]:
    """Paths whose contents differ."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _make_parents(folder: Path, made: set[Path]) -> None:
    missing = []
    while folder not in made:
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=private_files.FOLDER_MODE, exist_ok=True)
        made.add(each)


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
