"""The embedding model: texts in, normalised vectors out. The one place where fastembed is imported (ONNX on the CPU).

MeaningError   what is the matter with the model, in one sentence, and the mend
"""

import hashlib
import json
import os
import warnings
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bot.search.arrays import Floats
from corpus.errors import AnalectsError

if TYPE_CHECKING:
    from fastembed import TextEmbedding

NAMED = {
    "english": "sentence-transformers/all-MiniLM-L6-v2",
    "multilingual": "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
}
"""What the two short names stand for among fastembed's models: 90 and 220 MB to fetch, 384 numbers a vector, no prefixes needed."""

INSTALL = "EMBEDDING_MODEL: needs the extra; in the clone: pip install '.[meaning]', or leave it empty"

_FILES = (
    "model.onnx",
    "onnx/model.onnx",
    "model_optimized.onnx",
    "onnx/model_quantized.onnx",
    "model_quantized.onnx",
)
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json")
_BATCH = 16
_MULTILINGUAL = 60_000
"""Word pieces from which a model in a folder is taken for multilingual: BERT's English ones have 30,522, XLM-R's 250,002."""


class MeaningError(AnalectsError):
    """The model cannot be used; the message names the setting and the mend."""


class Model(Protocol):
    """What the rest needs of a model."""

    @property
    def key(self) -> str:
        """Names the model's vectors on disk: another model has another key."""

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""

    @property
    def english(self) -> bool:
        """Whether it knows English alone: of other languages its vectors are noise."""

    def passages(self, texts: Sequence[str]) -> Floats:
        """A row of length 1 for each text. Shape (texts, dimension). Raises MeaningError."""

    def question(self, text: str) -> Floats:
        """The vector of a question, of length 1. Shape (dimension,). Raises MeaningError."""


def installed() -> bool:
    """Whether the extra is there; imports nothing of it."""
    return find_spec("fastembed") is not None


def is_folder(setting: str) -> bool:
    """Whether a setting names a folder and not one of fastembed's models ("owner/name")."""
    return (
        Path(setting).expanduser().is_dir()
        or setting.startswith((".", "~", os.sep))
        or Path(setting).is_absolute()
    )


def load(setting: str, fetched: Path) -> "OnnxModel":
    """The model that `EMBEDDING_MODEL` names; one that is not in the folder `fetched` yet is fetched. Raises MeaningError."""
    if not installed():
        raise MeaningError(INSTALL)
    # What fastembed uses to fetch has a progress bar, and tells its maker of each use.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        from fastembed import TextEmbedding
        from loguru import logger
    except Exception as error:  # a wheel for another machine fails in its own ways
        raise MeaningError(
            f"EMBEDDING_MODEL: the extra cannot be imported ({type(error).__name__}); install it again"
        ) from None
    logger.disable("fastembed")
    warnings.filterwarnings("ignore", "Cannot enable progress bars")
    if is_folder(setting):
        return _of_folder(TextEmbedding, Path(setting).expanduser())
    return _of_name(TextEmbedding, NAMED.get(setting.lower(), setting), fetched)


def _of_name(embedding: "type[TextEmbedding]", name: str, fetched: Path) -> "OnnxModel":
    known = {one["model"].lower(): str(one["description"]) for one in embedding.list_supported_models()}
    if name.lower() not in known:
        raise MeaningError(
            "EMBEDDING_MODEL: fastembed has no such model; give english, multilingual, one of its names, or a folder"
        )
    for local in (True, False):
        try:
            loaded = embedding(name, cache_dir=str(fetched), threads=1, local_files_only=local)
            return OnnxModel(loaded, name, "English" in known[name.lower()])
        except MeaningError:
            raise
        except Exception as error:  # the network, the disk, a damaged file: told apart nowhere
            if not local:
                raise MeaningError(
                    f"EMBEDDING_MODEL: {name} could not be fetched or is damaged ({type(error).__name__}); see to the "
                    f"network, empty the folder {fetched}, or name a folder with the model"
                ) from None
    raise AssertionError


def _of_folder(embedding: "type[TextEmbedding]", folder: Path) -> "OnnxModel":
    from fastembed.common.model_description import ModelSource, PoolingType

    if not folder.is_dir():
        raise MeaningError(
            f"EMBEDDING_MODEL: there is no folder {folder}; name one with an ONNX file and its tokenizer"
        )
    file = next((name for name in _FILES if (folder / name).is_file()), None)
    missing = [name for name in _TOKENIZER if not (folder / name).is_file()]
    if file is None or missing:
        raise MeaningError(
            f"EMBEDDING_MODEL: {', '.join(missing) if file else _FILES[0]} is missing in {folder}; "
            "a folder needs an ONNX file and its tokenizer"
        )
    name = f"folder:{_fingerprint(folder, file)}"
    if name not in {one["model"] for one in embedding.list_supported_models()}:
        pooling = PoolingType.CLS if _pools_first_token(folder) else PoolingType.MEAN
        source = ModelSource(url="https://none.invalid")  # never asked: the files are there
        embedding.add_custom_model(name, pooling, True, source, dim=0, model_file=file)
    try:
        loaded = embedding(name, specific_model_path=str(folder), threads=1)
        return OnnxModel(loaded, name, _words(folder) < _MULTILINGUAL)
    except MeaningError:
        raise
    except Exception as error:  # onnxruntime's and the tokenizer's own, for damaged files
        raise MeaningError(
            f"EMBEDDING_MODEL: the model in {folder} cannot be loaded ({type(error).__name__}); copy it again"
        ) from None


def _pools_first_token(folder: Path) -> bool:
    """As sentence-transformers writes it down; the mean where it does not."""
    try:
        said = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
        return bool(said.get("pooling_mode_cls_token"))
    except (OSError, ValueError, AttributeError):
        return False


def _words(folder: Path) -> int:
    """Word pieces of the tokenizer."""
    from tokenizers import Tokenizer

    return int(Tokenizer.from_file(str(folder / _TOKENIZER[0])).get_vocab_size())


def _fingerprint(folder: Path, file: str) -> str:
    """Of the model in a folder, wherever that stands: size, ends and tokenizer. Reading all of it would take seconds."""
    found = hashlib.blake2b((folder / _TOKENIZER[0]).read_bytes(), digest_size=12)
    size = (folder / file).stat().st_size
    found.update(str(size).encode())
    with (folder / file).open("rb") as opened:
        found.update(opened.read(1 << 20))
        opened.seek(max(0, size - (1 << 20)))
        found.update(opened.read())
    return found.hexdigest()


class OnnxModel:
    """A model of fastembed. Several threads may use it at once; each call works in the thread that makes it."""

    def __init__(self, embedding: "TextEmbedding", name: str, english: bool) -> None:
        self._embedding = embedding
        self.english = english
        self.dimension = len(self.question("dimension"))
        self.key = f"{name} {self.dimension}"

    def passages(self, texts: Sequence[str]) -> Floats:
        order = sorted(range(len(texts)), key=lambda one: len(texts[one]))
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for start, end in pairwise([*range(0, len(texts), _BATCH), len(texts)]):
            batch = order[start:end]
            rows[batch] = self._rows(self._embedding.passage_embed([_written(texts[one]) for one in batch]))
        return rows

    def question(self, text: str) -> Floats:
        found: Floats = self._rows(self._embedding.query_embed(_written(text)))[0]
        return found

    def _rows(self, found: Iterable[object]) -> Floats:
        try:
            rows: Floats = np.array(list(found), np.float32)
        except Exception as error:
            raise MeaningError(
                f"EMBEDDING_MODEL: the model fails ({type(error).__name__}); copy or fetch it again"
            ) from None
        if rows.ndim != 2 or not np.isfinite(rows).all():
            raise MeaningError("EMBEDDING_MODEL: the model gives no vectors; name another one")
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
        return rows


def _written(text: str) -> str:
    """Without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
