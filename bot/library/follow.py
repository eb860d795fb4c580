"""Follows the folder of notes: notices changes, waits until they are complete, and reloads. Later it stores what changed.

await follow(reloader, stop)          # until `stop` is set
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from logging import getLogger
from pathlib import Path

from bot.library.reloading import DEADLINE_S, Reloader, Stamps
from corpus.folder.files import CorpusError
from corpus.folder.roots import Corpus, watched_folders

log = getLogger("analects.notes")

QUIET_S, MAX_QUIET_WAIT_S = 1.0, 10.0
"""A reload waits for so many seconds without a change, and no longer than this: files are often written in several steps."""

POLL_INTERVAL_S = 30.0
"""Seconds between looks at the folder without an event: network mounts and some containers send none."""

_END = object()


async def follow(
    reloader: Reloader,
    stop: asyncio.Event,
    events: AsyncIterator[object] | None = None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Reloads after every change until `stop` is set. `events` yields whenever the folder is worth a look."""
    await asyncio.to_thread(reloader.prepare)
    async for _ in _also_when_due(reloader, events or change_events(reloader.root, stop)):
        now = await asyncio.to_thread(reloader.stamps)
        if reloader.changed(now):
            await _settle(reloader, now, sleep)
            await _update(reloader)
        else:
            await asyncio.to_thread(reloader.store_changes)
        if stop.is_set():
            return


async def _also_when_due(reloader: Reloader, events: AsyncIterator[object]) -> AsyncIterator[None]:
    """Yields with every item of `events`, and when something that was held back may be shown again."""
    following = asyncio.ensure_future(anext(events, _END))
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=reloader.held_back_for())
            if done:
                if following.result() is _END:
                    return
                following = asyncio.ensure_future(anext(events, _END))
            yield
    finally:
        following.cancel()


async def _update(reloader: Reloader) -> None:
    """Loads what changed, and reports it if that takes long."""
    work = asyncio.ensure_future(asyncio.to_thread(reloader.update))
    done, _ = await asyncio.wait({work}, timeout=DEADLINE_S)
    if not done:
        reloader.late()
    await work


async def _settle(
    reloader: Reloader, now: Stamps | None, sleep: Callable[[float], Awaitable[object]]
) -> None:
    """Waits until nothing changes any more. A note that was emptied is probably being written."""
    for _ in range(round(MAX_QUIET_WAIT_S / QUIET_S)):
        earlier = now
        await sleep(QUIET_S)
        now = await asyncio.to_thread(reloader.stamps)
        if now == earlier and not reloader.emptied(now):
            return


async def change_events(root: Corpus, stop: asyncio.Event) -> AsyncIterator[None]:
    """Yields whenever the system reports a change, and every `POLL_INTERVAL_S`, as it does not report all of them."""
    from watchfiles import awatch

    logged = False
    while not stop.is_set():
        try:
            places = watched_folders(root)
            watched = _identity(places)
            changes = awatch(
                *places,
                watch_filter=partial(_not_hidden, places),
                debounce=200,
                step=50,
                stop_event=stop,
                rust_timeout=round(POLL_INTERVAL_S * 1000),
                yield_on_timeout=True,
                ignore_permission_denied=True,
            )
            async for _ in _once_watching(changes):
                yield
                if _identity(watched_folders(root)) != watched:
                    break  # mounted or created again, or a link changed: the watch is on the old folder
        except (CorpusError, OSError, RuntimeError) as error:
            if not logged:
                log.info(
                    "no events of the folder (%(error)s): it is checked every %(every_s).0f s",
                    {"error": type(error).__name__, "every_s": POLL_INTERVAL_S},
                )
            logged = True
            yield
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_INTERVAL_S)


async def _once_watching(changes: AsyncIterator[object]) -> AsyncIterator[None]:
    """Yields once the watch is set up, for what changed before, and then with every item of `changes`."""
    following = asyncio.ensure_future(anext(changes, None))
    try:
        await asyncio.sleep(0)  # the first step of `changes` sets up the watch
        yield
        while await following is not None:
            yield
            following = asyncio.ensure_future(anext(changes, None))
    finally:
        following.cancel()


def _identity(places: Sequence[Path]) -> list[tuple[str, int, int]]:
    """Tells these folders from others of the same names."""
    stats = [(place, place.stat()) for place in places]
    return [(os.fspath(place), status.st_dev, status.st_ino) for place, status in stats]


def _not_hidden(roots: Sequence[Path], _: object, path: str) -> bool:
    """Whether a path is in no hidden folder, where editors write all the time and no note is. `..data` is the link by which
    Kubernetes puts a new version of a mounted volume in the place of the old one."""
    for root in sorted(roots, key=lambda folder: -len(folder.parts)):
        with suppress(ValueError):
            parts = Path(path).relative_to(root).parts
            return parts == ("..data",) or not any(part.startswith(".") for part in parts)
    return True
