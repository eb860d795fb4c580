"""The real model, for the tests that need one."""

from pathlib import Path

import pytest

from tests.meaning.real import INSTALL, PARTS, missing, put_together


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `EMBEDDING_MODEL` may name it."""
    if lacking := missing(("fastembed", *PARTS)):
        pytest.skip(f"no embedding model here ({', '.join(lacking)} missing): {INSTALL}")
    return put_together(tmp_path_factory.mktemp("model"))
