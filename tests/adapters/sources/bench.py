"""A copy of a Readwise account as the bot fetches it, for tests."""

from __future__ import annotations

import asyncio
import random
import resource
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from adapters.sources.outcome import Outcome
from adapters.sources.readwise_client import ReadwiseClient
from adapters.sources.readwise_store import ReadwiseStore
from adapters.sources.readwise_sync import Account, ReadwiseSync
from tests.readwise_server import ReadwiseServer


def is_private(tags: Iterable[str]) -> bool:
    return any(tag.lower().split("/")[0] == "private" for tag in tags)


@contextmanager
def disk_limit(size: int) -> Iterator[None]:
    """Within this context, no file can grow beyond `size` bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class FetchedCopy:
    """What a bot has fetched from a server into a folder. It never sleeps; `waits` has the seconds that it would have waited."""

    def __init__(self, folder: Path, server: ReadwiseServer) -> None:
        self.folder = folder
        self.server = server
        self.store = ReadwiseStore(folder)
        self.waits: list[float] = []
        self.private_tags: tuple[str, ...] = ("private",)
        self.is_private = is_private
        self.token = server.settings["READWISE_TOKEN"]
        self.clock_offset = 0.0

    async def sync(self, full: bool = False, force: bool = False) -> Outcome:
        token = SecretStr(self.token)
        account = Account(token, self.server.url, self.private_tags, self.is_private)
        return await ReadwiseSync(
            self.store,
            account,
            clock=lambda: time.time() + self.clock_offset,
            client=lambda: ReadwiseClient(token, self.server.url, self._wait, random.Random(1)),
        ).run(full, force)

    def later(self, hours: float) -> None:
        """Moves the clock forward, here and at the service."""
        self.clock_offset = hours * 3600
        for account in self.server.accounts.values():
            account.ahead = timedelta(hours=hours)

    async def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)
        if seconds >= 30:
            self.server.next_minute()

    @property
    def texts(self) -> dict[int, dict[int, str]]:
        """The texts by source id and highlight id."""
        return {
            source.user_book_id: {highlight.id: highlight.text for highlight in source.highlights}
            for source in self.store.all_sources()
        }

    @property
    def highlights(self) -> set[int]:
        return {id_ for source in self.texts.values() for id_ in source}
