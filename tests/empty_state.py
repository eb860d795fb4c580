"""A state with all its tables and nothing in it. Copying it is ten times as fast as making the tables."""

import asyncio
import atexit
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from bot.state.database.engine import FILE, address
from bot.state.opening import open_state


@cache
def _made() -> Path:
    """The file, made once in each process."""
    folder = Path(mkdtemp(prefix="analects-state-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

    async def make() -> None:
        await (await open_state(address(None, folder))).claims.close()

    with ThreadPoolExecutor(1) as thread:  # a thread without an event loop
        thread.submit(asyncio.run, make()).result()
    return folder / FILE


def put_empty_state(folder: Path) -> str:
    """Puts an empty state into a folder that has none. Returns the address of the folder's state."""
    url = address(None, folder)
    if not (folder / FILE).exists():
        shutil.copy(_made(), folder / FILE)
    return url
