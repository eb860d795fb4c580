from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.sources.bench import FetchedCopy
from tests.readwise_server import ReadwiseServer


@pytest.fixture
async def readwise() -> AsyncIterator[ReadwiseServer]:
    async with ReadwiseServer() as server:
        yield server


@pytest.fixture
def copy(tmp_path: Path, readwise: ReadwiseServer) -> FetchedCopy:
    return FetchedCopy(tmp_path / "fetched", readwise)
