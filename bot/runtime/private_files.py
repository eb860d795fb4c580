"""Files that only their owner can read, written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

FOLDER_MODE = 0o700


def make_folder(folder: Path) -> None:
    """Makes the folder and those above it that are missing, closed to other users."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    with suppress(OSError):  # it existed before, or belongs to another user
        folder.chmod(FOLDER_MODE)


def write(file: Path, data: bytes) -> None:
    """Replaces the file's content in one step: a reader sees the old bytes or the new ones. Raises OSError."""
    beside = _written(file, data)
    try:
        os.replace(beside, file)  # noqa: PTH105  what mkstemp gave is a name
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)  # noqa: PTH108
        raise


def write_new(file: Path, data: bytes) -> bool:
    """Makes a new file in one step. Returns False and changes nothing if the file exists. Raises OSError."""
    if os.path.lexists(file):
        return False
    beside = _written(file, data)
    try:
        os.link(beside, file)
    except FileExistsError:
        return False
    except OSError:  # a disk without links: the last of two that are equally fast is kept
        os.replace(beside, file)  # noqa: PTH105
        return True
    finally:
        with suppress(OSError):
            os.unlink(beside)  # noqa: PTH108
    return True


def _written(file: Path, data: bytes) -> str:
    """Writes the data to a file of another name beside `file`, and returns that name."""
    descriptor, beside = mkstemp(dir=file.parent, prefix=".", suffix=".new")  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)  # noqa: PTH108
        raise
    return beside
