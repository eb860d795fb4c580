"""Reloads changed notes during `analects chat`, in a thread."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from bot.chat.conversation import Bot
from bot.library.follow import follow
from bot.library.reloading import Forget, Reloader
from bot.library.snapshot import Snapshot
from corpus.folder.roots import Corpus

STOP_TIMEOUT_S = 5.0
"""Seconds to wait for the watcher to stop; it usually takes 0.1. A watcher that still runs could keep Python from exiting."""


@contextmanager
def following(bot: Bot, snapshot: Snapshot, root: Corpus, forget: Forget | None = None) -> Iterator[None]:
    """Within this context, `bot` follows the notes: a few seconds after a change, it answers from the changed notes."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(follow(Reloader(bot, snapshot, root, forget=forget), asyncio.Event()))

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(STOP_TIMEOUT_S)
