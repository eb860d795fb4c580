"""Puts the model `english` into the image: from a folder where it is there, else from a model hub; verified by SHA-256 either way.

python3 container/add_english.py FOLDER MODEL_URL wanted|required
"""

import asyncio
import shutil
import sys
from pathlib import Path

from adapters.terminal.models import FetchError, fetch_into
from bot.semantic.catalog import ENGLISH
from bot.semantic.errors import MeaningError
from bot.semantic.model import INSTALLED_MODELS, verify


def add(folder: Path, url: str) -> None:
    """Raises FetchError, MeaningError and OSError."""
    place = INSTALLED_MODELS / ENGLISH.name
    if (folder / ENGLISH.files[0].name).is_file():
        shutil.copytree(folder, place, dirs_exist_ok=True)
    else:
        asyncio.run(fetch_into(ENGLISH, place, url, lambda _here, _whole: None))
    verify(ENGLISH, INSTALLED_MODELS)


def main() -> int:
    folder, url, how = sys.argv[1:]
    try:
        add(Path(folder), url)
    except (FetchError, MeaningError, OSError) as error:
        shutil.rmtree(INSTALLED_MODELS / ENGLISH.name, ignore_errors=True)
        sys.stderr.write(f"the image goes without the model `english`: {error}\n")
        return 1 if how == "required" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
