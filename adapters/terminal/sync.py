"""`analects sync`, and the fetch before the first answer if nothing was ever fetched."""

import asyncio
import sys
from collections.abc import Sequence
from time import monotonic, perf_counter

import typer

from adapters.sources.configured import TITLES, configured
from adapters.sources.errors import BusyError, OutOfReachError, RefusedTokenError, SourceError
from adapters.sources.outcome import Outcome
from adapters.sources.recorded import NoteSource
from bot.chat.wording import count
from bot.settings import Settings, SettingsError
from corpus.folder.files import CorpusError

PROGRESS_AFTER_S, PROGRESS_EVERY_S = 1.0, 2.0
"""Seconds until progress is first reported, and between later reports, if standard error is not a terminal."""


def _nothing_to_fetch() -> SettingsError:
    return SettingsError(
        "READWISE_TOKEN, CORPUS_GIT",
        "neither is set, so there is nothing to fetch from",
        "set one of them (docs/notes.md)",
    )


def sync(settings: Settings, full: bool, force: bool) -> tuple[dict[str, float], int]:
    """Fetches once from every service. Returns the counts, as `--json` prints them, and the exit code. Raises SettingsError."""
    began = perf_counter()
    progress = _Progress()
    sources = configured(settings, progress.report)
    if not sources:
        raise _nothing_to_fetch()
    outcomes, errors = asyncio.run(_run_all(sources, full, force))
    progress.end()
    for error in errors:
        typer.echo(f"analects: {error}", err=True)
    total = sum(outcomes, Outcome(0, 0))
    counts: dict[str, float] = {
        "sources": total.sources,
        "highlights": total.highlights,
        "added": total.added,
        "changed": total.changed,
        "removed": total.removed,
        "took_ms": round((perf_counter() - began) * 1000, 1),
    }
    refused = any(isinstance(error, RefusedTokenError) for error in errors)
    return counts, 2 if refused else 1 if errors else 0


def in_words(counts: dict[str, float]) -> str:
    """The counts for people."""
    seconds = counts["took_ms"] / 1000
    found = f"{count(int(counts['highlights']), 'highlights')} of {count(int(counts['sources']), 'sources')}"
    return (
        found
        + ": {added:,} added, {changed:,} changed, {removed:,} removed".format(**counts)
        + f" ({seconds:.1f} s)"
    )


def why_check_differs(settings: Settings) -> str:
    """Tells people why `analects check` has other counts."""
    own_notes = "the notes of your own folder, and " if "corpus_path" in settings.model_fields_set else ""
    return (
        f"This is what was fetched. `analects check` counts what answers come from: {own_notes}each highlight once, without "
        "copies of what is private."
    )


def fetch_first(settings: Settings) -> None:
    """Fetches from each service from which no fetch was ever completed. A failure is reported. It raises CorpusError if there is
    nothing else to read. A refused token raises SettingsError."""
    progress = _Progress()
    sources = [source for source in configured(settings, progress.report) if source.succeeded() is None]
    if not sources:
        return
    names = " and ".join(TITLES[source.name] for source in sources)
    typer.echo(f"Nothing was fetched from {names} yet: fetching now.", err=True)
    _, errors = asyncio.run(_run_all(sources, full=False, force=False))
    progress.end()
    for error in errors:
        if isinstance(error, RefusedTokenError):
            raise error.settings_error
    for error in errors:
        if isinstance(error, BusyError):  # what the other process has fetched so far can be read
            typer.echo(f"analects: {error}: reading what has arrived so far", err=True)
            continue
        if "corpus_path" not in settings.model_fields_set and len(errors) == len(configured(settings)):
            raise CorpusError(f"{error}{_next_step(error)}")
        typer.echo(f"analects: {error}{_next_step(error)}", err=True)


def _next_step(error: SourceError) -> str:
    """The end of the sentence: what to do where the network may be to blame."""
    return "; check the network, or try again later" if isinstance(error, OutOfReachError) else ""


async def _run_all(
    sources: Sequence[NoteSource], full: bool, force: bool
) -> tuple[list[Outcome], list[SourceError]]:
    results = await asyncio.gather(*(source.run(full, force) for source in sources), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, SourceError):
            raise result
    return (
        [result for result in results if isinstance(result, Outcome)],
        [result for result in results if isinstance(result, SourceError)],
    )


class _Progress:
    """Reports on standard error how much has arrived: on a terminal in a line that is replaced, otherwise in a line every 2
    seconds."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._next = monotonic() + PROGRESS_AFTER_S
        self._shown = False

    def report(self, sources: int, highlights: int) -> None:
        """Reports how much has arrived."""
        now = monotonic()
        if now < self._next:
            return
        self._next = now + (0.2 if self._live else PROGRESS_EVERY_S)
        self._shown = True
        line = f"{count(highlights, 'highlights')} of {count(sources, 'sources')} have arrived"
        typer.echo(f"\r{line}" if self._live else line, err=True, nl=not self._live)

    def end(self) -> None:
        """Ends the report: nothing more will arrive."""
        if self._live and self._shown:
            typer.echo(err=True)
