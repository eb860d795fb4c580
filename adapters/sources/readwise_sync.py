"""Fetches Readwise's export once: what changed, or everything.

A run for changes merges them page by page, by highlight id. If it breaks off, it keeps what has arrived, and the next run asks for
changes since the same time. A run for everything replaces the stored copy only after the last page. The very first run has nothing
to lose, so it writes page by page: questions are answered from what has arrived so far. Progress is written only when a run has
ended, so nothing is skipped.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time

from msgspec.structs import replace
from pydantic import SecretStr

from adapters.sources import private_files, withholding
from adapters.sources.errors import CannotWriteError
from adapters.sources.outcome import Outcome
from adapters.sources.readwise_client import ReadwiseClient
from adapters.sources.readwise_runs import ChangesRun, FullRun, passages
from adapters.sources.readwise_store import Progress, ReadwiseStore, account_digest, new_salt
from adapters.sources.readwise_types import IsPrivate, changes, marks_in
from corpus.formats.readwise_api import (
    FetchedSource,
    tags_of,
)

OVERLAP_S = 300.0
"""Each run asks for changes since this many seconds before the previous run began."""
FULL_EVERY_S = 24 * 3600.0
FORMAT = 2
"""Format of the progress file. After an earlier format everything is fetched again, because it had no withheld highlights."""
MAX_IDS = 100
"""Sources in one request for sources by id. The ids stand in the request's URL."""

Arrived = Callable[[int, int], None]
"""Called with the numbers of sources and of highlights that have arrived in this run."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account whose highlights are fetched, and the rules for what may be kept."""

    token: SecretStr
    api_url: str
    private_tags: tuple[str, ...]
    is_private: IsPrivate


class ReadwiseSync:
    """Brings the fetched copy in line with the account."""

    name = "readwise"

    def __init__(
        self,
        store: ReadwiseStore,
        account: Account,
        clock: Callable[[], float] = time,
        client: Callable[[], ReadwiseClient] | None = None,
        arrived: Arrived | None = None,
    ) -> None:
        self._store = store
        self._account = account
        self._clock = clock
        self._client = client or (lambda: ReadwiseClient(account.token, account.api_url))
        self._arrived = arrived or _ignored

    def succeeded(self) -> float | None:
        """When fetching last worked, in seconds since 1970."""
        return self._store.progress().succeeded

    async def check(self) -> str:
        """Asks whether the token is valid. Raises SourceError."""
        async with self._client() as client:
            await client.check_token()
        return "the token is valid"

    async def run(self, full: bool = False, force: bool = False) -> Outcome:
        """Fetches once. `force` allows a run to remove most of the stored highlights. Raises SourceError."""
        try:
            with private_files.locked(self._store.lock_file):
                await asyncio.to_thread(self._store.prepare)
                return await self._run(full, force)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise CannotWriteError(f"STATE_PATH: what was fetched cannot be written: {reason}") from None

    async def _run(self, full: bool, force: bool) -> Outcome:
        progress = await asyncio.to_thread(self._store.progress)
        salt = progress.salt or new_salt()
        account = account_digest(self._account.token, self._account.api_url, salt)
        began = self._clock()
        dropped = 0
        key, undamaged = await asyncio.to_thread(self._store.salt)
        if progress.private_tags != self._account.private_tags:
            dropped = await asyncio.to_thread(self._drop_private, key)
        full = full or not undamaged or await asyncio.to_thread(self._needs_full, progress, account, began)
        async with self._client() as client:
            run: FullRun | ChangesRun
            if full:
                run = everything = FullRun(self._store, key, first=progress.succeeded is None)
                await self._fetch_all(client, everything, force)
            else:
                assert progress.began is not None
                run = what_changed = ChangesRun(self._store, key)
                await self._fetch_changes(client, what_changed, progress.began - OVERLAP_S)
            server_time = client.server_time
        if server_time is not None:
            began = min(began, server_time.timestamp())
        totals = await asyncio.to_thread(run.totals, progress.highlights)
        ended_at = self._clock()
        saved = Progress(
            format=FORMAT,
            began=began,
            succeeded=ended_at,
            full_succeeded=ended_at if full else progress.full_succeeded,
            account=account,
            salt=salt,
            private_tags=self._account.private_tags,
            sources=totals.sources,
            highlights=totals.highlights,
        )
        if full:
            await asyncio.to_thread(self._store.remove_damaged_withheld, key)
        await asyncio.to_thread(self._store.save_progress, saved)
        return Outcome(
            totals.sources, totals.highlights, totals.added, totals.changed, totals.removed + dropped
        )

    def _needs_full(self, progress: Progress, account: str, now: float) -> bool:
        """Whether everything must be fetched, because with only the changes something would be missing, or two accounts would be
        mixed."""
        return (
            progress.format != FORMAT
            or progress.began is None
            or progress.succeeded is None
            or progress.full_succeeded is None
            or not 0 <= now - progress.full_succeeded < FULL_EVERY_S
            or progress.began > now
            or progress.account != account
            or progress.private_tags != self._account.private_tags
            or progress.sources != len(self._store.ids())
        )

    def _drop_private(self, key: str) -> int:
        """Drops highlights that the settings have made private; returns their number."""
        before = after = 0
        for source in list(self._store.all_sources()):
            kept = _without_private(source, self._account.is_private)
            before += passages(source)
            after += passages(kept)
            if kept != source:
                withheld = withholding.after_new_settings(
                    self._store.withheld(source.user_book_id), source, kept, key
                )
                self._store.put_withheld(source.user_book_id, withheld)
            if kept is None:
                self._store.remove(source.user_book_id)
            elif kept != source:
                self._store.put(kept)
        return before - after

    async def _fetch_changes(self, client: ReadwiseClient, run: ChangesRun, since: float) -> None:
        """Merges what changed since a time (seconds since 1970), page by page."""
        async for page in client.pages(updated_after=datetime.fromtimestamp(since, UTC)):
            await asyncio.to_thread(run.take, changes(page, self._account.is_private))
            self._arrived(run.arrived_sources, run.arrived_highlights)
        for ids in _chunks(sorted(run.incomplete)):
            async for page in client.pages(source_ids=ids):
                found = [change for change in changes(page, self._account.is_private) if change.id in ids]
                await asyncio.to_thread(run.take_whole, found)
        await asyncio.to_thread(run.finish)

    async def _fetch_all(self, client: ReadwiseClient, run: FullRun, force: bool) -> None:
        """Fetches everything, then asks again for stored sources that did not come: the account may change while pages are read,
        and then a source can move to a page that was read already."""
        async for page in client.pages():
            await asyncio.to_thread(run.take, changes(page, self._account.is_private))
            self._arrived(run.arrived_sources, run.arrived_highlights)
        for ids in _chunks(sorted(await asyncio.to_thread(run.missing))):
            async for page in client.pages(source_ids=ids):
                found = [change for change in changes(page, self._account.is_private) if change.id in ids]
                await asyncio.to_thread(run.take, found)
        await asyncio.to_thread(run.finish, force)


def _ignored(sources: int, highlights: int) -> None:
    del sources, highlights


def _without_private(source: FetchedSource, is_private: IsPrivate) -> FetchedSource | None:
    if is_private((*source.book_tags, *marks_in(source.document_note))):
        return None
    kept = tuple(
        highlight
        for highlight in source.highlights
        if not is_private((*tags_of(highlight), *marks_in(highlight.note)))
    )
    return replace(source, highlights=kept) if kept else None


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + MAX_IDS] for at in range(0, len(ids), MAX_IDS))
