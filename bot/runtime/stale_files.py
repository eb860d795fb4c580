"""Files and folders that killed processes left half written. They are named `….new` until they are complete."""

import shutil
from contextlib import suppress
from pathlib import Path
from time import time

ABANDONED_AFTER_S = 3600.0
"""Age in seconds beyond which a `.new` file is considered abandoned."""


def remove_abandoned(folder: Path) -> None:
    """Removes abandoned files from a folder, if the folder exists."""
    for path in folder.glob("*.new"):
        with suppress(OSError):
            if time() - path.stat().st_mtime > ABANDONED_AFTER_S:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
