"""Files that only their owner can read. A file is written completely, or stays as it was."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging import getLogger
from pathlib import Path
from typing import TypeVar

import msgspec

from adapters.sources.errors import BusyError
from bot.runtime.private_files import FOLDER_MODE, make_folder, write

__all__ = [
    "FOLDER_MODE",
    "Progress",
    "load_progress",
    "locked",
    "make_folder",
    "remove_unfinished",
    "save_progress",
    "write",
]

try:
    import fcntl
except ImportError:  # Windows has no such locks: two processes could write to the same folder
    fcntl = None  # type: ignore[assignment]

log = getLogger("analects.sources")

Progress = TypeVar("Progress", bound=msgspec.Struct)


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
    """Removes files that a killed process left half written. The caller must hold the folder's lock."""
    for unfinished in folder.glob(".*.new"):
        with suppress(OSError):
            unfinished.unlink()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock on this file. Raises BusyError at once if another process holds it."""
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
