"""The services that notes are fetched from, under the settings of this process."""

from collections.abc import Iterator
from typing import Protocol

from adapters.sources.git_store import GitStore
from adapters.sources.git_sync import GitSync
from adapters.sources.outcome import Outcome
from adapters.sources.readwise_store import ReadwiseStore
from adapters.sources.readwise_sync import Account, Arrived, ReadwiseSync
from bot.library.freshness import SyncState
from bot.settings import Settings
from corpus.folder.roots import fetched_folder

TITLES = {"readwise": "Readwise", "git": "git"}
"""Names for people."""


class NoteSource(Protocol):
    """A service that notes are fetched from."""

    @property
    def name(self) -> str:
        """ "readwise" or "git"."""

    async def run(self, full: bool = False, force: bool = False) -> Outcome:
        """Fetches changes, or everything with `full`. `force` lets a run remove most highlights. Raises SourceError."""

    async def check(self) -> str:
        """Checks that the service can be reached with its token; says so in a sentence. Raises SourceError."""

    def succeeded(self) -> float | None:
        """When fetching last worked, in seconds since 1970."""


def configured(settings: Settings, arrived: Arrived | None = None) -> list[NoteSource]:
    """The sources of notes that the settings name. `arrived` is called as highlights arrive."""
    if not settings.fetches:
        return []
    folder = fetched_folder(settings.state_path)
    found: list[NoteSource] = []
    if settings.readwise_token is not None:
        privacy = settings.rules.privacy([])
        account = Account(
            settings.readwise_token, settings.readwise_api_url, settings.private_tags, privacy.tags.covers_any
        )
        found.append(ReadwiseSync(ReadwiseStore(folder), account, arrived=arrived))
    if settings.corpus_git is not None:
        found.append(
            GitSync(
                GitStore(folder), settings.corpus_git, settings.corpus_git_token, settings.corpus_git_branch
            )
        )
    return found


def syncs(settings: Settings) -> Iterator[SyncState]:
    """The last successful fetch of each service that is set up or was used before. Asks no service."""
    folder = fetched_folder(settings.state_path)
    wanted = {source.name for source in configured(settings)}
    for name, progress in (
        ("readwise", ReadwiseStore(folder).progress()),
        ("git", GitStore(folder).progress()),
    ):
        if name in wanted or progress.succeeded is not None:
            yield SyncState(name, progress.succeeded)
