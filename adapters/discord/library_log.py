"""Watches the log of discord.py, the only place where it reports failed connections."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from adapters.discord.errors import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION

_AUTOCOMPLETE_FAILED = "Ignoring exception in autocomplete"
_ALREADY_ANSWERED_CODES = (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED)
_NO_CONNECTION = ("Failed to connect for shard_id", "Attempting a reconnect for shard ID")


class LogWatcher(logging.Filter):
    """Notices failed connections, which discord.py only logs, and removes tracebacks from its log lines."""

    failed: "asyncio.Future[Any] | None" = None

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = record.exc_text = None
        if (
            str(record.msg).startswith(_AUTOCOMPLETE_FAILED)
            and getattr(error, "code", None) in _ALREADY_ANSWERED_CODES
        ):
            return False  # another copy of the bot answered first, or the person went on typing
        if str(record.msg).startswith(_NO_CONNECTION):
            if self.failed is not None and not self.failed.done():
                self.failed.set_result(type(error).__name__)
            return False
        return True


@contextmanager
def quiet_discord_py() -> Iterator[LogWatcher]:
    """Keeps discord.py from logging whole messages (at DEBUG) and a traceback for each failed connection."""
    watcher = LogWatcher()
    library = logging.getLogger("discord")
    before = library.level
    library.setLevel(max(logging.WARNING, library.getEffectiveLevel()))
    loggers = [
        logging.getLogger(f"discord.{name}")
        for name in ("app_commands.tree", "client", "gateway", "http", "shard", "state")
    ]
    for logger in loggers:
        logger.addFilter(watcher)
    try:
        yield watcher
    finally:
        for logger in loggers:
            logger.removeFilter(watcher)
        library.setLevel(before)
