"""Fixture: the real model."""

from pathlib import Path

import pytest

from tests.bot.semantic.real import INSTALL, PACKAGES, assemble_model, missing


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `EMBEDDING_MODEL` can name."""
    if not_installed := missing(("onnxruntime", "tokenizers", *PACKAGES)):
        pytest.skip(f"no embedding model here ({', '.join(not_installed)} missing): {INSTALL}")
    return assemble_model(tmp_path_factory.mktemp("model"))
