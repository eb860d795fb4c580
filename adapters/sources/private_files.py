"""Files that only their owner can read, written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging import getLogger
from pathlib import Path
from tempfile import mkstemp
from typing import TypeVar

import msgspec

from adapters.sources.errors import BusyError

try:
    import fcntl
except ImportError:  # Windows: there two processes may write to one folder
    fcntl = None  # type: ignore[assignment]

log = getLogger("analects.sources")

FOLDER_MODE = 0o700

Progress = TypeVar("Progress", bound=msgspec.Struct)


def make_folder(folder: Path) -> None:
    """Makes the folder and those above it that are missing, closed to other users."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    with suppress(OSError):  # it existed before, or belongs to another user
        folder.chmod(FOLDER_MODE)


def write(file: Path, data: bytes) -> None:
    """Replaces the file's content in one step: a reader sees the old bytes or the new ones. Raises OSError."""
    descriptor, beside = mkstemp(dir=file.parent, prefix=".", suffix=".new")  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, file)  # noqa: PTH105  what mkstemp gave is a name
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)  # noqa: PTH108
        raise


def save_progress(file: Path, progress: msgspec.Struct) -> None:
    """Writes how far fetching got. Raises OSError."""
    write(file, msgspec.json.encode(progress) + b"\n")


def load_progress(file: Path, kind: type[Progress]) -> Progress:
    """How far fetching got. If the file is missing or damaged, fetching starts again from the beginning."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except FileNotFoundError:
        return kind()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning(
            "%(path)s cannot be read (%(error)s): everything is fetched again",
            {"path": file, "error": type(error).__name__},
        )
        return kind()


def remove_unfinished(folder: Path) -> None:
    """Removes files that a killed process left half written. Hold the folder's lock."""
    for left in folder.glob(".*.new"):
        with suppress(OSError):
            left.unlink()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock. Raises BusyError at once if another process holds it."""
    make_folder(file.parent)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        if fcntl is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BusyError("another process is fetching into the same STATE_PATH") from None
            except OSError:  # a file system without locks
                pass
        yield
    finally:
        os.close(descriptor)
