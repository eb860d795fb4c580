"""The digest store of a database that may be unavailable.

Callers write `await store.history(…)`. Each call waits for its turn, has a time limit, and raises StateError while the database
is unavailable (`StateWithFallback.with_store`). A setting counts as confirmed once its call has returned.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext, suppress
from datetime import date
from typing import Protocol, TypeVar

from bot.schedule.history import History, Shown
from bot.schedule.plan import DEFAULT_NAME
from bot.state.claims import LEASE_S
from bot.state.confirmed import ConfirmedSettings
from bot.state.digest_store import (
    ChannelDigest,
    ClaimedPost,
    Denied,
    DigestStore,
    Mark,
    PastPost,
    PostedDigest,
)

T = TypeVar("T")


class WithStore(Protocol):
    """Runs `work` on the store of the open database. Raises StateError if none is open."""

    async def __call__(self, work: Callable[[DigestStore], Awaitable[T]], /) -> T: ...


class AvailableDigestStore:
    """Implements `DigestStore`."""

    def __init__(
        self,
        with_store: WithStore,
        confirmed: ConfirmedSettings | None = None,
        at_once: asyncio.Semaphore | None = None,
    ) -> None:
        self._with_store = with_store
        self._confirmed = confirmed or ConfirmedSettings()
        self._at_once = at_once

    def limited(self, count: int) -> "AvailableDigestStore":
        """The same store for one caller; at most `count` of its calls may queue for the database at the same time."""
        return AvailableDigestStore(self._with_store, self._confirmed, asyncio.Semaphore(count))

    async def _run(self, work: Callable[[DigestStore], Awaitable[T]]) -> T:
        async with self._at_once or nullcontext():
            return await self._with_store(work)

    async def channel_digests(self) -> list[ChannelDigest]:
        return await self._run(lambda store: store.channel_digests())

    async def digests_in(self, place: str) -> list[ChannelDigest]:
        return await self._run(lambda store: store.digests_in(place))

    async def channel_digest(self, place: str, name: str = DEFAULT_NAME) -> ChannelDigest | None:
        return await self._run(lambda store: store.channel_digest(place, name))

    async def set_digest(self, digest: ChannelDigest) -> None:
        await self._run(lambda store: store.set_digest(digest))
        self._confirmed.set_digest(digest)

    async def remove_digest(self, place: str, name: str = DEFAULT_NAME) -> bool:
        removed = await self._run(lambda store: store.remove_digest(place, name))
        self._confirmed.remove_digest(place, name)
        return removed

    async def past_posts(self, digest: str, since: float) -> list[PastPost]:
        return await self._run(lambda store: store.past_posts(digest, since))

    async def posted(self, place: str, limit: int) -> list[PostedDigest]:
        return await self._run(lambda store: store.posted(place, limit))

    async def finished_days(self, since: float) -> set[tuple[str, date]]:
        return await self._run(lambda store: store.finished_days(since))

    async def claim_post(self, key: str, place: str, day: date | None) -> ClaimedPost:
        return await self._run(lambda store: store.claim_post(key, place, day))

    async def renew(
        self, key: str, shown: Shown, until: float, lease: float = LEASE_S, after: int | None = None
    ) -> float | Denied:
        return await self._run(lambda store: store.renew(key, shown, until, lease, after))

    async def release(self, key: str, pause: float, until: float) -> None:
        await self._run(lambda store: store.release(key, pause, until))

    async def complete(self, key: str, message: str, shown: Shown | None) -> None:
        await self._run(lambda store: store.complete(key, message, shown))
        digest, _, day = key.rpartition(":")
        with suppress(ValueError):  # a post that somebody asked for has no day
            self._confirmed.finish(digest, date.fromisoformat(day))
        if shown is not None:
            self._confirmed.shown(shown.scope, tuple(shown.ids))

    async def count_refusal(self, place: str, name: str = DEFAULT_NAME) -> int:
        return await self._run(lambda store: store.count_refusal(place, name))

    async def history(self, scope: str, only: str, but: str = "") -> History:
        return await self._run(lambda store: store.history(scope, only, but))

    async def record_shown(self, shown: Shown, after: int | None = None) -> bool:
        recorded = await self._run(lambda store: store.record_shown(shown, after))
        if recorded:
            self._confirmed.shown(shown.scope, tuple(shown.ids))
        return recorded

    async def mark(self, scope: str, highlight: str, mark: Mark) -> None:
        await self._run(lambda store: store.mark(scope, highlight, mark))
        self._confirmed.mark(scope, highlight, mark)

    async def marks(self) -> Mapping[tuple[str, str], Mark]:
        return await self._run(lambda store: store.marks())

    async def sweep(self) -> int:
        return await self._run(lambda store: store.sweep())
