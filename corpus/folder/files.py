"""Finds the files of a folder that are notes, and reads their bytes safely. Only regular files inside the folder are opened, and
links are never followed in a circle.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from corpus.errors import AnalectsError
from corpus.model import Skipped

MAX_BYTES = 16 * 1024 * 1024
"""A larger file is not read as a note: the longest export seen in the wild is under 1 MB."""

MAX_PRIVATE_BYTES = 64 * 1024 * 1024
"""Bytes of a file too large for a note that are searched for private text, which hides copies elsewhere."""

NOTE_SUFFIXES = frozenset(
    {".md", ".markdown", ".txt", ".org", ".csv", ".tsv", ".json", ".htm", ".html", ".xhtml", ".mrexpt"}
)
"""Suffixes of files that may be notes: all that the readers know. They stand here because a start that reads no note imports no
reader."""

_SKIPPED_FOLDERS = {
    "full document contents": "a whole article, not highlights",
    "templates": "a template",
    "template": "a template",
    "_templates": "a template",
    "version-files": "an old version kept by Logseq",
    "bak": "an old version kept by Logseq",
}
_HIDDEN_FOLDER = "in a hidden folder"
_NOT_REGULAR = "not a regular file"
_INSTEAD = {
    ".pdf": "a PDF: its highlights are not read (export them as Markdown, for example with Zotero or Readwise)",
    ".epub": "a book: export its highlights as Markdown or CSV from the app that you read it in",
    **dict.fromkeys(
        (".mobi", ".azw", ".azw3", ".kfx"), "a book: copy `My Clippings.txt` from the Kindle instead"
    ),
    ".lua": "KOReader's own file: export the highlights as JSON or Markdown instead",
    **dict.fromkeys(
        (".docx", ".doc", ".odt", ".rtf"), "a text document: save it as Markdown or text instead"
    ),
    **dict.fromkeys((".xlsx", ".xls", ".ods", ".numbers"), "a spreadsheet: save it as CSV instead"),
    **dict.fromkeys(
        (".sqlite", ".db", ".sqlite3"), "a database: export its highlights as Markdown or CSV instead"
    ),
    **dict.fromkeys((".zip", ".tar", ".gz", ".7z", ".rar"), "an archive: unpack it, and its notes are read"),
    **dict.fromkeys((".opml", ".xml", ".enex"), "not read: export as Markdown instead"),
    **dict.fromkeys((".adoc", ".rst", ".textile"), "not read: export as Markdown instead"),
}
_LOGSEQ_ONLY = frozenset({"version-files", "bak"})
_SYNC_LOGS = frozenset({"readwise syncs", "readwise sync", "readwise sync log"})


class CorpusError(AnalectsError):
    """The folder of notes cannot be read at all; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file to be read as a note."""

    path: str
    """Below the corpus, with forward slashes; bytes that are no UTF-8 are shown as U+FFFD."""
    location: str
    """Its place on this machine. No Path: of each file of a scan that would take as long as all else."""


def check_root(root: Path) -> Path:
    """The folder itself, resolved. Raises CorpusError if there is none to read."""
    try:
        resolved = root.expanduser().resolve(strict=True)
        if not resolved.is_dir():
            raise CorpusError(f"{root} is a file: give the folder that holds the notes")
        with os.scandir(resolved):
            pass
    except (FileNotFoundError, RuntimeError):
        raise CorpusError(f"no notes at {root}: there is no such folder") from None
    except PermissionError:
        raise CorpusError(f"no notes at {root}: the folder may not be read by this user") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise CorpusError(f"no notes at {root}: {reason.lower()}") from None
    return resolved


def walk(root: Path) -> Iterator[NoteFile | Skipped]:
    """Every file below `root` (as `check_root` gives it) in the order of names: a note, or skipped with its reason.

    A link is followed only if it publishes a hidden folder: the link itself is visible, and its target is hidden within `root`.
    In this way git-sync publishes a worktree (`vault -> .worktrees/…`), and Kubernetes a mounted volume (`a.md -> ..data/a.md`).
    """
    links: list[tuple[Path, str]] = []
    hidden: list[tuple[Path, Skipped]] = []
    for place, one in _below(root, "", None, links):
        if isinstance(one, Skipped) and one.reason == _HIDDEN_FOLDER:
            hidden.append((Path(place), one))
        else:
            yield one
    published: list[Path] = []
    for location, path in links:
        target = _published(location, path, root)
        if target is None or any(target.is_relative_to(earlier) for earlier in published):
            yield Skipped(_shown(path), _link_reason(location, path, root))
            continue
        published.append(target)
        yield from _at_link(target, path, root)
    for location, skipped in hidden:
        if not any(location.is_relative_to(target) for target in published):
            yield skipped


def _below(
    root: Path, prefix: str, reason: str | None, links: list[tuple[Path, str]]
) -> Iterator[tuple[str, NoteFile | Skipped]]:
    """Every file below a folder, with its place; links are added to `links`."""
    pending: list[tuple[Path, str, str | None]] = [(root, prefix, reason)]
    while pending:
        folder, prefix, reason = pending.pop()
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield (
                str(folder),
                Skipped(
                    _shown(prefix) or ".", f"the folder cannot be read: {_why(error)}", unread_folder=True
                ),
            )
            continue
        deeper = []
        for entry in found:
            path = f"{prefix}/{entry.name}" if prefix else entry.name
            if entry.is_symlink():
                links.append((Path(entry.path), path))
            elif entry.is_dir(follow_symlinks=False):
                deeper.append((Path(entry.path), path, reason or _folder_reason(path)))
            elif not entry.is_file(follow_symlinks=False):
                yield entry.path, Skipped(_shown(path), _NOT_REGULAR)
            elif (why := reason or _file_reason(entry.name)) is not None:
                yield entry.path, Skipped(_shown(path), why)
            else:
                yield entry.path, NoteFile(_shown(path), entry.path)
        pending.extend(reversed(deeper))


def _published(location: Path, path: str, root: Path) -> Path | None:
    """The target of a link, if it is within `root` and hidden there while the link is not."""
    if any(part.startswith(".") for part in path.split("/")):
        return None
    try:
        target = location.resolve(strict=True)
        parts = target.relative_to(root).parts
    except (OSError, RuntimeError, ValueError):
        return None
    hidden = any(part.startswith(".") for part in parts) and ".trash" not in map(str.lower, parts)
    return target if hidden else None


def _at_link(target: Path, path: str, root: Path) -> Iterator[NoteFile | Skipped]:
    """The files that a link publishes, with their paths behind the link."""
    *folders, name = path.split("/")
    above = ["/".join(folders[: end + 1]) for end in range(len(folders))]
    reason = next(filter(None, map(_folder_reason, above)), None)
    if target.is_dir():
        inner: list[tuple[Path, str]] = []
        for _, one in _below(target, path, reason or _folder_reason(path), inner):
            yield one
        for location, inner_path in inner:
            yield Skipped(_shown(inner_path), _link_reason(location, inner_path, root))
    elif not target.is_file():
        yield Skipped(_shown(path), _NOT_REGULAR)
    elif (why := reason or _file_reason(name)) is not None:
        yield Skipped(_shown(path), why)
    else:
        yield NoteFile(_shown(path), str(target))


def read(note: NoteFile) -> bytes | Skipped:
    """The bytes of a note, or why they cannot be read."""
    try:
        with _opened(note) as file:
            if file is None:
                return Skipped(note.path, _NOT_REGULAR)
            status = os.fstat(file.fileno())
            if status.st_size > MAX_BYTES:
                size = status.st_size // (1024 * 1024)
                return Skipped(
                    note.path, f"too large for a note: {size} MB, at most {MAX_BYTES // 2**20} are read"
                )
            return file.read(MAX_BYTES)
    except OSError as error:
        return Skipped(note.path, f"cannot be read: {_why(error)}")


def content_digest(data: bytes | Skipped) -> bytes:
    """Stands for the bytes of a note; empty if they could not be read."""
    return b"" if isinstance(data, Skipped) else hashlib.blake2b(data, digest_size=16).digest()


def beginning(note: NoteFile) -> str:
    """The first `MAX_PRIVATE_BYTES` of a file that is too large for a note; empty if it cannot be read."""
    try:
        with _opened(note) as file:
            if file is None:
                return ""
            head = file.read(65536)
            if b"\0" in head:  # no text
                return ""
            return (head + file.read(MAX_PRIVATE_BYTES)).decode("utf-8", "replace").replace("\r", "")
    except OSError:
        return ""


@contextmanager
def _opened(note: NoteFile) -> Iterator[BinaryIO | None]:
    """The file, open for reading; None if it is not a regular file. Never blocks. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(note.location, flags)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            yield None
            return
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def _folder_reason(path: str) -> str | None:
    """Why nothing below this folder is a note."""
    *parents, name = path.lower().split("/")
    if name == ".trash":
        return "in the trash"
    if name.startswith("."):
        return _HIDDEN_FOLDER
    if name in _LOGSEQ_ONLY and "logseq" not in parents:
        return None
    return _SKIPPED_FOLDERS.get(name)


def _file_reason(name: str) -> str | None:
    if name.startswith("."):
        return "a hidden file"
    stem, dot, suffix = name.lower().rpartition(".")  # a Path would take thirty times as long
    if dot + suffix not in NOTE_SUFFIXES:
        return _INSTEAD.get(dot + suffix, "not a Markdown or text file")
    if stem.strip() in _SYNC_LOGS:
        return "a log of Readwise's syncs, not highlights"
    return None


def _link_reason(location: Path, path: str, root: Path) -> str:
    """Why a link is not followed."""
    try:
        target = location.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link that leads nowhere"
    if not target.is_relative_to(root):
        return "a link that leads out of the folder"
    if any(part.startswith(".") for part in path.split("/")):
        return "a hidden link"
    return "a link within the folder: its target is read where it stands"


def _why(error: OSError) -> str:
    return (error.strerror or "an error of the system").lower()


def _shown(path: str) -> str:
    """A path fit to print: bytes that are no UTF-8 become U+FFFD."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "replace")
