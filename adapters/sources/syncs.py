"""Fetches from all services while the bot runs."""

import asyncio
from collections.abc import Awaitable, Callable
from logging import getLogger
from time import monotonic

from adapters.http_server import HttpServer
from adapters.sources import webhook
from adapters.sources.configured import TITLES, configured
from adapters.sources.errors import RefusedTokenError, SourceError
from adapters.sources.private_files import make_folder
from adapters.sources.recorded import NoteSource
from adapters.sources.schedule import SyncLoop
from bot.chat.wording import count
from bot.library.freshness import SyncState
from bot.settings import Settings
from corpus.folder.roots import readwise_folder

log = getLogger("analects.sources")

CHECK_TIMEOUT_S = 10.0
"""Seconds to wait for a service to check its token. A slow service does not keep the bot from starting."""
PROGRESS_EVERY_S = 5.0
"""Seconds between two log lines about progress."""


async def _ignored() -> None:
    pass


class Syncs:
    """Fetches while the bot runs. `changed` is awaited whenever notes have changed."""

    def __init__(self, settings: Settings, changed: Callable[[], Awaitable[object]] = _ignored) -> None:
        self._sources = configured(settings, Arrivals().report)
        if settings.fetches and settings.readwise_token is not None:
            # The folder must exist before the first fetch, so that it can be watched.
            make_folder(readwise_folder(settings.state_path))
        self.loops = [SyncLoop(source, settings.sync_interval, changed) for source in self._sources]
        self._unchecked: set[str] = set()
        self._secret = settings.readwise_webhook_secret

    def states(self) -> tuple[SyncState, ...]:
        """The state of each service."""
        return tuple(loop.state() for loop in self.loops)

    @property
    def busy(self) -> bool:
        """Whether a thread may still be fetching. It cannot be interrupted."""
        return bool(self._unchecked) or any(loop.busy for loop in self.loops)

    def listen(self, server: HttpServer) -> None:
        """Adds the webhook of Readwise to the server. Call it before the server starts."""
        readwise = next((loop for loop in self.loops if loop.name == "readwise"), None)
        if readwise is not None and self._secret is not None:
            server.post(webhook.PATH, webhook.handler(self._secret, readwise.nudge))

    async def fetch_from_readwise(self) -> None:
        """Starts a fetch from Readwise in the background."""
        for loop in self.loops:
            if loop.name == "readwise":
                loop.nudge()

    async def check(self) -> None:
        """Checks every token. Raises SettingsError if one is refused. An unreachable service is tried again later."""
        await asyncio.gather(*map(self._check, self._sources))

    async def _check(self, source: NoteSource) -> None:
        self._unchecked.add(source.name)
        problem = f"{TITLES[source.name]} cannot be reached: no answer in {CHECK_TIMEOUT_S:.0f} seconds"
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                await source.check()
        except RefusedTokenError as error:
            raise error.settings_error from None
        except TimeoutError:  # the source stays in `_unchecked`: a thread may still be waiting for the answer
            pass
        except SourceError as error:
            problem = str(error)
            self._unchecked.discard(source.name)
        else:
            self._unchecked.discard(source.name)
            return
        log.warning("not checked: %(problem)s. It tries again by itself", {"problem": problem})

    async def run(self) -> None:
        """Fetches from every service until cancelled."""
        await asyncio.gather(*(loop.run() for loop in self.loops))


class Arrivals:
    """Logs how much has arrived, if a fetch takes long."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._last = clock()

    def report(self, sources: int, highlights: int) -> None:
        """Takes the number of sources and highlights that have arrived in this run."""
        now = self._clock()
        if now - self._last >= PROGRESS_EVERY_S:
            self._last = now
            log.info(
                "Readwise: %(highlights)s of %(sources)s have arrived",
                {"highlights": count(highlights, "highlights"), "sources": count(sources, "sources")},
            )
