"""Follows the notes beside a talk in the terminal, in a thread of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from bot.conversation import Bot
from bot.keeping import Keeping, watch
from bot.snapshots import Snapshot


@contextmanager
def following(bot: Bot, snapshot: Snapshot, root: Path) -> Iterator[Keeping]:
    """Within this, `bot` answers from the notes as they are now, a few seconds after a change."""
    keeping = Keeping(bot, snapshot, root)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = Thread(target=loop.run_until_complete, args=(watch(keeping, stop),), daemon=True)
    thread.start()
    try:
        yield keeping
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(stop.set)
        thread.join(0.1)  # one that waits for quiet or builds an index goes with the process
