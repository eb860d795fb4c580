from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.sources.git_store import GitStore
from tests.adapters.sources.bench import FetchedCopy
from tests.adapters.sources.command_line import Analects
from tests.adapters.sources.git_notes import note
from tests.git_server import GitServer, Repository
from tests.readwise_server import ReadwiseServer


@pytest.fixture
async def readwise() -> AsyncIterator[ReadwiseServer]:
    async with ReadwiseServer() as server:
        yield server


@pytest.fixture
def copy(tmp_path: Path, readwise: ReadwiseServer) -> FetchedCopy:
    return FetchedCopy(tmp_path / "fetched", readwise)


@pytest.fixture
def analects(tmp_path: Path, readwise: ReadwiseServer) -> Analects:
    program = Analects(tmp_path / "state")
    program.settings |= readwise.settings
    return program


@pytest.fixture
def readwise_with_book(readwise: ReadwiseServer) -> ReadwiseServer:
    book = readwise.account.add_source("The Tide Clock", author="Mara Quill")
    readwise.account.add_highlight(book, "Water keeps its own calendar, and the moon holds the pen.")
    readwise.account.add_highlight(book, "A harbour is a promise that the land makes.")
    return readwise


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitServer]:
    (tmp_path / "host").mkdir()
    with GitServer(tmp_path / "host") as server:
        yield server


@pytest.fixture
def vault(host: GitServer) -> Repository:
    repository = host.create()
    repository.commit(
        {"Books/tide.md": note("Water keeps its own calendar."), "b.md": note("A second note.")}
    )
    return repository


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    return GitStore(tmp_path / "fetched")
