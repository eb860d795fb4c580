"""How fresh the library is: its newest highlight, the newest change in the folder, and the last success of each sync."""

from dataclasses import dataclass

from corpus.model import Library
from corpus.passages import Passages


@dataclass(frozen=True, slots=True)
class SyncState:
    """One service that notes are fetched from."""

    name: str
    """"readwise" or "git"."""
    synced: float | None = None
    """When fetching last worked, in seconds since 1970; None if it never has."""
    problem: str | None = None
    """Why the last attempt failed, a sentence without its full stop; None if it did not."""
    failures: int = 0
    """Tries that failed since the start."""
    failed_at: float | None = None
    """When the last attempt failed, in seconds since 1970; None if it did not."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh the library is."""

    newest: str | None = None
    """YYYY-MM-DD of the newest highlight; None if no note has dates."""
    newest_change: float | None = None
    """When a note in the folder was last changed, in seconds since 1970; None if there is no such folder."""
    syncs: tuple[SyncState, ...] = ()


def newest_highlight(library: Library) -> str | None:
    """YYYY-MM-DD on which the newest highlight was made."""
    found = library.highlights
    times = (
        (part.newest for part in found.parts)
        if isinstance(found, Passages)
        else (highlight.added for highlight in found)
    )
    return max((time[:10] for time in times if time), default=None)
