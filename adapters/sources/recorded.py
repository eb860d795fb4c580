"""Writes down why the last fetch failed, so that `check` and `doctor`, which are other processes, can report it.

STATE_PATH/fetched/readwise.failed.json     exists only if the last fetch failed
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Protocol

import msgspec

from adapters.sources import private_files
from adapters.sources.errors import BusyError, SourceError
from adapters.sources.outcome import Outcome


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


class Failure(msgspec.Struct, frozen=True):
    """The last attempt, if it failed."""

    at: float
    """In seconds since 1970."""
    problem: str
    """A sentence without its full stop and without any token."""


def failure_of(name: str, folder: Path) -> Failure | None:
    """Why the last fetch from a service failed; None if it did not. `folder` holds everything that was fetched."""
    try:
        return msgspec.json.decode(_file(name, folder).read_bytes(), type=Failure)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


class RecordedSource:
    """A service whose last failure is written to disk."""

    def __init__(self, source: NoteSource, folder: Path, clock: Callable[[], float] = time) -> None:
        self._source = source
        self._folder = folder
        self._clock = clock

    @property
    def name(self) -> str:
        """ "readwise" or "git"."""
        return self._source.name

    async def run(self, full: bool = False, force: bool = False) -> Outcome:
        """Fetches once, and writes down a failure. Raises SourceError."""
        try:
            outcome = await self._source.run(full, force)
        except BusyError:  # the process that is fetching writes down its own result
            raise
        except SourceError as error:
            failure = Failure(self._clock(), str(error))
            with suppress(OSError):  # if the disk is what failed, this fails, too
                private_files.make_folder(self._folder)
                private_files.write(_file(self.name, self._folder), msgspec.json.encode(failure) + b"\n")
            raise
        with suppress(OSError):
            _file(self.name, self._folder).unlink(missing_ok=True)
        return outcome

    async def check(self) -> str:
        """Checks that the service can be reached with its token; says so in a sentence. Raises SourceError."""
        return await self._source.check()

    def succeeded(self) -> float | None:
        """When fetching last worked, in seconds since 1970."""
        return self._source.succeeded()

    def failure(self) -> Failure | None:
        """Why the last fetch failed; None if it did not."""
        return failure_of(self.name, self._folder)


def _file(name: str, folder: Path) -> Path:
    return folder / f"{name}.failed.json"
