"""Follows the notes beside a talk in the terminal, in a thread of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from bot.chat.conversation import Bot
from bot.library.reloading import Reloader, follow
from bot.library.snapshot import Snapshot
from corpus.folder.roots import Corpus

PATIENCE = 5.0
"""Seconds for the watch to end; it takes 0.1. A thread left in it while Python goes down could keep the process from ending."""


@contextmanager
def following(bot: Bot, snapshot: Snapshot, root: Corpus) -> Iterator[None]:
    """Within this, `bot` answers from the notes as they are now, a few seconds after a change."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(follow(Reloader(bot, snapshot, root), asyncio.Event()))

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE)
