"""What processes left half written that were killed: files and folders named `….new` until they are put in their place."""

import shutil
from contextlib import suppress
from pathlib import Path
from time import time

LEFT = 3600.0
"""Seconds after which what is half written is of nobody who is still at it."""


def clear_away(folder: Path) -> None:
    """Removes what was left in a folder, if there is one."""
    for left in folder.glob("*.new"):
        with suppress(OSError):
            if time() - left.stat().st_mtime > LEFT:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
