"""The real model, for the tests that need one; the bot on the Slack of the tests."""

from pathlib import Path

import pytest

from tests.adapters.slack.conftest import start
from tests.bot.semantic.real import INSTALL, PARTS, missing, put_together

__all__ = ["model_folder", "start"]


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `EMBEDDING_MODEL` may name it."""
    if lacking := missing(("onnxruntime", "tokenizers", *PARTS)):
        pytest.skip(f"no embedding model here ({', '.join(lacking)} missing): {INSTALL}")
    return put_together(tmp_path_factory.mktemp("model"))
