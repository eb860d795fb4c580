"""One run over Readwise's export: what changed, or everything.

What changed is merged page by page, by highlight id: a run that breaks off leaves what has arrived, and the next one asks from the
same moment on. Everything replaces what is there only after the last page has arrived; the very first run, which has nothing to
lose, writes page by page, so that questions are answered from what has come so far. How far fetching got is written at
the end of a run and at no other time: nothing is skipped.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time

from msgspec.structs import replace
from pydantic import SecretStr

from adapters.sources import private_files, withholding
from adapters.sources.errors import CannotKeepError, ReplacementRefusedError
from adapters.sources.outcome import Outcome
from adapters.sources.readwise_client import ReadwiseClient
from adapters.sources.readwise_store import Progress, ReadwiseStore, account_digest, new_salt
from adapters.sources.readwise_types import IsPrivate, SourceChange, changes, marks_in
from corpus.formats.readwise_api import (
    FetchedHighlight,
    FetchedSource,
    decode,
    encode,
    heading_level,
    tags_of,
)

OVERLAP_S = 300.0
"""How far each run overlaps the previous one, in seconds."""
FULL_EVERY_S = 24 * 3600.0
FORMAT = 2
"""Of the progress file: what an earlier version fetched is fetched again, as it did not know what is withheld."""
MAX_IDS = 100
"""Sources asked for by their ids in one request, which holds them in its address."""

Arrived = Callable[[int, int], None]
"""Told (sources, highlights) that have arrived in this run."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose highlights are fetched, and what of them may be kept."""

    token: SecretStr
    api_url: str
    private_tags: tuple[str, ...]
    is_private: IsPrivate


def merge(before: FetchedSource | None, change: SourceChange, whole: bool) -> FetchedSource | None:
    """The source after a change; None where nothing of it is left. `whole` tells that all of its highlights came."""
    if change.unreadable:
        return before
    if change.source is None:
        return None
    highlights: dict[int, FetchedHighlight] = {}
    for one in before.highlights if before is not None else ():
        if one.id in change.left_as_is or not (whole or one.id in change.gone):
            highlights[one.id] = one
    highlights |= {one.id: one for one in change.source.highlights}
    if not highlights:
        return None
    return replace(change.source, highlights=tuple(highlights[id_] for id_ in sorted(highlights)))


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
        """Fetches once. `force` allows a replacement that drops most of what is there. Raises SourceError."""
        try:
            with private_files.locked(self._store.lock_file):
                await asyncio.to_thread(self._store.prepare)
                return await self._run(full, force)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise CannotKeepError(f"STATE_PATH: what was fetched cannot be written: {reason}") from None

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
        done = await asyncio.to_thread(run.totals, progress.highlights)
        ended = self._clock()
        saved = Progress(
            format=FORMAT,
            began=began,
            succeeded=ended,
            full_succeeded=ended if full else progress.full_succeeded,
            account=account,
            salt=salt,
            private_tags=self._account.private_tags,
            sources=done.sources,
            highlights=done.highlights,
        )
        if full:
            await asyncio.to_thread(self._store.remove_damaged_withheld, key)
        await asyncio.to_thread(self._store.save_progress, saved)
        return Outcome(done.sources, done.highlights, done.added, done.changed, done.removed + dropped)

    def _needs_full(self, progress: Progress, account: str, now: float) -> bool:
        """Whether what changed is not enough: it would miss something, or mix two accounts."""
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
        """Drops what has become private by the settings; the number of highlights."""
        before = after = 0
        for source in list(self._store.all_sources()):
            kept = _without_private(source, self._account.is_private)
            before += passages(source)
            after += passages(kept)
            if kept != source:
                dropped = withholding.dropped(self._store.withheld(source.user_book_id), source, kept, key)
                self._store.put_withheld(source.user_book_id, dropped)
            if kept is None:
                self._store.remove(source.user_book_id)
            elif kept != source:
                self._store.put(kept)
        return before - after

    async def _fetch_changes(self, client: ReadwiseClient, run: "ChangesRun", since: float) -> None:
        """Merges what changed since a moment, page by page."""
        async for page in client.pages(updated_after=datetime.fromtimestamp(since, UTC)):
            await asyncio.to_thread(run.take, changes(page, self._account.is_private))
            self._arrived(run.arrived_sources, run.arrived_highlights)
        for ids in _chunks(sorted(run.incomplete)):
            async for page in client.pages(source_ids=ids):
                found = [one for one in changes(page, self._account.is_private) if one.id in ids]
                await asyncio.to_thread(run.take_whole, found)
        await asyncio.to_thread(run.finish)

    async def _fetch_all(self, client: ReadwiseClient, run: "FullRun", force: bool) -> None:
        """Fetches everything, and looks again at the sources that did not come: while pages are read, an account goes on
        changing, and a source may slip from one page to another."""
        async for page in client.pages():
            await asyncio.to_thread(run.take, changes(page, self._account.is_private))
            self._arrived(run.arrived_sources, run.arrived_highlights)
        for ids in _chunks(sorted(await asyncio.to_thread(run.missing))):
            async for page in client.pages(source_ids=ids):
                found = [one for one in changes(page, self._account.is_private) if one.id in ids]
                await asyncio.to_thread(run.take, found)
        await asyncio.to_thread(run.finish, force)


@dataclass
class _Run:
    """What both kinds of run count."""

    store: ReadwiseStore
    key: str
    """Salt of what is withheld; hexadecimal."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    arrived_sources: int = 0
    arrived_highlights: int = 0

    def _replace(self, id_: int, after: FetchedSource | None) -> None:
        """Puts a source in the place of what is there of it, and counts."""
        before = self.store.source(id_)
        if after is None:
            self.store.remove(id_)
        elif after != before:
            self.store.put(after)
        old, new = _by_id(before), _by_id(after)
        self.added += len(new.keys() - old.keys())
        self.removed += len(old.keys() - new.keys())
        self.changed += sum(old[id_] != new[id_] for id_ in old.keys() & new.keys())

    def _withhold(
        self, change: SourceChange, stored: FetchedSource | None, after: FetchedSource | None
    ) -> None:
        """Writes what of a source is not to be quoted, before its text goes."""
        before = self.store.withheld(change.id)
        found = withholding.after(before, stored, change, after, self.key)
        if found != before:
            self.store.put_withheld(change.id, found)

    def _count(self, change: SourceChange) -> None:
        self.arrived_sources += 1
        self.arrived_highlights += passages(change.source)


@dataclass
class ChangesRun(_Run):
    """What changed since a moment."""

    incomplete: dict[int, FetchedSource | None] = field(default_factory=dict)
    """Sources of which what changed came and nothing is there: new ones, of which it may be all; ones that were private; ones
    whose file was damaged. They are fetched whole before anything of them is written."""

    def take(self, found: Sequence[SourceChange]) -> None:
        """Takes over the sources of a page."""
        for change in found:
            self._count(change)
            before = self.store.source(change.id)
            if before is not None:
                after = merge(before, change, whole=False)
                self._withhold(change, before, after)
                self._replace(change.id, after)
                continue
            self._withhold(change, None, change.source)
            if change.source is None:
                self.incomplete.pop(change.id, None)
            else:
                self.incomplete[change.id] = merge(self.incomplete.get(change.id), change, whole=False)

    def take_whole(self, found: Sequence[SourceChange]) -> None:
        """Takes over sources that came with all of their highlights."""
        for change in found:
            again = change.id not in self.incomplete
            self.incomplete.pop(change.id, None)
            before = self.store.source(change.id)
            after = merge(before, change, whole=not again)
            self._withhold(change, before, after)
            self._replace(change.id, after)

    def finish(self) -> None:
        """Takes over what could not be fetched whole as it came."""
        for id_, source in self.incomplete.items():
            self._replace(id_, source)
        self.incomplete = {}

    def totals(self, highlights_before: int) -> Outcome:
        """The totals after the run."""
        highlights = highlights_before + self.added - self.removed
        return Outcome(len(self.store.ids()), highlights, self.added, self.changed, self.removed)


@dataclass
class FullRun(_Run):
    """Fetches everything."""

    first: bool = False
    """Whether no full fetch was ever finished: then there is nothing to protect, and sources are written as they arrive."""
    seen: set[int] = field(default_factory=set)
    unexplained: int = 0
    """Stored highlights missing from the export for no stated reason."""
    _staged: dict[int, bytes | None] = field(default_factory=dict)
    """Sources that differ from the stored ones, as they will be written; None: to be removed."""

    def take(self, found: Sequence[SourceChange]) -> None:
        """Takes the sources of a page."""
        for change in found:
            self._count(change)
            again = change.id in self.seen  # part of it came on an earlier page
            self.seen.add(change.id)
            before = self.store.source(change.id)
            base = self._staged_source(change.id, before) if again else before
            after = merge(base, change, whole=not again)
            self._withhold(change, before, after)
            if self.first:
                self._replace(change.id, after)
            elif after == before:
                self._staged.pop(change.id, None)
            else:
                self._staged[change.id] = None if after is None else encode(after)
            if change.source is not None and not again:
                self.unexplained += len(_by_id(before).keys() - _by_id(after).keys() - change.gone)

    def missing(self) -> set[int]:
        """Stored sources that are missing from the export."""
        return self.store.ids() - self.seen

    def finish(self, force: bool) -> None:
        """Replaces the stored sources. New ones are written before any are removed. Raises ReplacementRefusedError."""
        missing = sorted(self.missing())
        if not self.first and not force:
            self._refuse_mass_deletion(missing)
        for id_, staged in sorted(self._staged.items(), key=lambda item: (item[1] is None, item[0])):
            self._replace(id_, None if staged is None else decode(staged))
        for id_ in missing:
            self._replace(id_, None)

    def totals(self, highlights_before: int) -> Outcome:
        """The totals after the run."""
        del highlights_before
        sources = highlights = 0
        for source in self.store.all_sources():
            sources += 1
            highlights += passages(source)
        return Outcome(sources, highlights, self.added, self.changed, self.removed)

    def _refuse_mass_deletion(self, missing: Iterable[int]) -> None:
        present = sum(passages(source) for source in self.store.all_sources())
        dropped = self.unexplained + sum(passages(self.store.source(id_)) for id_ in missing)
        if dropped * 2 > present:
            raise ReplacementRefusedError(
                f"Readwise no longer has {dropped:,} of {present:,} highlights, and does not say that they were deleted. Does "
                "READWISE_TOKEN belong to another account? Nothing was removed. If this is intended, run: "
                "analects sync --full --force"
            )

    def _staged_source(self, id_: int, before: FetchedSource | None) -> FetchedSource | None:
        if self.first or id_ not in self._staged:
            return before
        staged = self._staged[id_]
        return None if staged is None else decode(staged)


def _ignored(sources: int, highlights: int) -> None:
    del sources, highlights


def passages(source: FetchedSource | None) -> int:
    """The number of highlights of a source, without headings."""
    return len(_by_id(source))


def _by_id(source: FetchedSource | None) -> dict[int, FetchedHighlight]:
    if source is None:
        return {}
    return {one.id: one for one in source.highlights if heading_level(one) is None}


def _without_private(source: FetchedSource, is_private: IsPrivate) -> FetchedSource | None:
    if is_private((*source.book_tags, *marks_in(source.document_note))):
        return None
    kept = tuple(one for one in source.highlights if not is_private((*tags_of(one), *marks_in(one.note))))
    return replace(source, highlights=kept) if kept else None


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + MAX_IDS] for at in range(0, len(ids), MAX_IDS))
