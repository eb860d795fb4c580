"""The services that notes are fetched from, under the settings of this process."""

from collections.abc import Iterator
from contextlib import suppress

from adapters.sources import private_files
from adapters.sources.errors import BusyError
from adapters.sources.git_store import GitStore
from adapters.sources.git_sync import GitSync
from adapters.sources.readwise_store import ReadwiseStore
from adapters.sources.readwise_sync import Account, Arrived, ReadwiseSync
from adapters.sources.recorded import NoteSource, RecordedSource, failure_of
from bot.library.freshness import SyncState
from bot.settings import Settings
from corpus.folder.roots import fetched_folder

TITLES = {"readwise": "Readwise", "git": "git"}
"""The services' names as people write them."""


def configured(settings: Settings, arrived: Arrived | None = None) -> list[RecordedSource]:
    """The services that the settings name. `arrived` is called as highlights arrive."""
    if not settings.fetches:
        return []
    folder = fetched_folder(settings.state_path)
    sources: list[NoteSource] = []
    if settings.readwise_token is not None:
        privacy = settings.rules.privacy([])
        account = Account(
            settings.readwise_token, settings.readwise_api_url, settings.private_tags, privacy.tags.covers_any
        )
        sources.append(ReadwiseSync(ReadwiseStore(folder), account, arrived=arrived))
    if settings.corpus_git is not None:
        sources.append(
            GitSync(
                GitStore(folder),
                settings.corpus_git,
                settings.corpus_git_token,
                settings.corpus_git_branch,
                settings.rules,
            )
        )
    return [RecordedSource(source, folder) for source in sources]


def prepare(settings: Settings) -> None:
    """Makes what the first fetch would make. Call it before notes are read: a salt made later would force all of them to be read
    again. Does nothing if it cannot write, or if another process fetches: the fetch itself reports that."""
    if settings.readwise_token is None:
        return
    store = ReadwiseStore(fetched_folder(settings.state_path))
    with suppress(OSError, BusyError), private_files.locked(store.lock_file):
        store.prepare()


def syncs(settings: Settings) -> Iterator[SyncState]:
    """The last successful fetch of each service that is set up or was used before. Asks no service."""
    folder = fetched_folder(settings.state_path)
    set_up = {source.name for source in configured(settings)}
    for name, progress in (
        ("readwise", ReadwiseStore(folder).progress()),
        ("git", GitStore(folder).progress()),
    ):
        if name in set_up or progress.succeeded is not None:
            failure = failure_of(name, folder)
            yield SyncState(
                name,
                progress.succeeded,
                failure.problem if failure is not None else None,
                failed_at=failure.at if failure is not None else None,
            )
