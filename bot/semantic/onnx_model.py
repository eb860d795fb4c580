"""Models in ONNX format, named ones or those in a folder. ONNX Runtime and tokenizers run them (the extra `onnx`).

A folder needs an ONNX file and `tokenizer.json`, as model hubs have them. What sentence-transformers writes beside them is read
too: `1_Pooling/config.json` (which vector stands for a text), `config_sentence_transformers.json` (prefixes).
"""

import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.search.arrays import Floats, Longs
from bot.semantic.catalog import CATALOG, ENGLISH, ModelCard, sha256
from bot.semantic.errors import MeaningError
from bot.semantic.texts import encodable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MAX_BATCH_CELLS = 512
"""Tokens of a batch, including the padding that makes its texts equally long."""

ONNX_FILES = (
    "model.onnx",
    "onnx/model.onnx",
    "model_optimized.onnx",
    "onnx/model_quantized.onnx",
    "model_quantized.onnx",
)
"""Possible names of the ONNX file in a folder. The first that exists is used."""

TOKENIZER_FILE = "tokenizer.json"

MULTILINGUAL_VOCABULARY = 60_000
"""A model in a folder with at least this many word pieces counts as multilingual: English BERT has 30,522, XLM-R 250,002."""

PROBES = (
    ("A man eats food.", "Someone is having a meal.", 0.675),
    ("The central bank raised interest rates.", "Money became more expensive to borrow.", 0.478),
    ("Plants turn sunlight into sugar.", "The train was late again.", -0.021),
    ("Practice makes perfect.", "We improve by doing things over and over.", 0.469),
)
"""Pairs of sentences with their cosine by `english`, to recognise that model in a folder, whatever its files are called."""

PROBE_TOLERANCE = 0.06
"""Difference in these cosines that rounding the weights to int8 may make."""

_E5 = ("query: ", "passage: ")
"""Prefixes of the models called E5, whose files do not mention them."""


class OnnxModel:
    """Safe for use by several threads; each call runs in the calling thread."""

    def __init__(
        self,
        session: "InferenceSession",
        tokenizer: "Tokenizer",
        key: str,
        name: str,
        english: bool,
        pools_first: bool = False,
        prefixes: tuple[str, str] = ("", ""),
    ) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = {input_.name for input_ in session.get_inputs()}
        self._output = _output_name(session)
        self._pools_first = pools_first
        self._question_prefix, self._passage_prefix = prefixes
        self.name = name
        self.english = english
        self.dimension = len(self.question("dimension"))
        self.key = f"{key} {self.dimension}"

    def passages(self, texts: Sequence[str]) -> Floats:
        return self._vectors([self._passage_prefix + encodable(text) for text in texts])

    def question(self, text: str) -> Floats:
        found: Floats = self._vectors([self._question_prefix + encodable(text)])[0]
        return found

    def _vectors(self, texts: list[str]) -> Floats:
        """Vectors of norm 1. Texts of about the same length are computed together, so that little padding is needed."""
        rows: list[Floats | None] = [None] * len(texts)
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)] if texts else []
        order = sorted(range(len(texts)), key=lambda number: len(encoded[number]))
        for start, end in pairwise(_batch_ends([len(encoded[number]) for number in order])):
            batch = order[start:end]
            for place, row in zip(batch, self._run([encoded[number] for number in batch]), strict=True):
                rows[place] = row
        return np.array(rows, np.float32) if texts else np.zeros((0, self.dimension), np.float32)

    def _run(self, batch: list[list[int]]) -> Floats:
        width = max(map(len, batch))
        ids = np.zeros((len(batch), width), np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        try:
            (hidden,) = self._session.run(
                [self._output], {name: inputs[name] for name in inputs if name in self._inputs}
            )
            rows = _pooled(np.asarray(hidden, np.float32), mask, self._pools_first)
        except Exception as error:  # ONNX Runtime's own, for models with other inputs or damaged weights
            raise MeaningError(
                f"EMBEDDING_MODEL: the model fails ({type(error).__name__}); copy or fetch it again"
            ) from None
        if rows.ndim != 2 or not np.isfinite(rows).all():
            raise MeaningError("EMBEDDING_MODEL: the model returns no vectors; use another one")
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
        return rows


def load_fetched(card: ModelCard, folder: Path) -> OnnxModel:
    """Loads a named model from the folder to which it was fetched. Its files must be verified. Raises MeaningError."""
    session, tokenizer = _open(folder, card.files[0].name, card.max_tokens)
    return OnnxModel(
        session,
        tokenizer,
        f"{card.name} {card.fingerprint}",
        card.title,
        card.english,
        card.pooling == "first",
        (card.question_prefix, card.passage_prefix),
    )


def load_folder(folder: Path) -> OnnxModel:
    """The model in a folder. If it is one of the named models, it is treated like that one. Raises MeaningError."""
    if not folder.is_dir():
        raise MeaningError(
            f"EMBEDDING_MODEL: there is no folder {folder}; name one with an ONNX file and its tokenizer"
        )
    file = next((name for name in ONNX_FILES if (folder / name).is_file()), None)
    if file is None or not (folder / TOKENIZER_FILE).is_file():
        missing = ONNX_FILES[0] if file is None else TOKENIZER_FILE
        raise MeaningError(
            f"EMBEDDING_MODEL: {missing} is missing in {folder}; a folder needs an ONNX file and its tokenizer"
        )
    card = _known(folder, file)
    if card is not None:
        session, tokenizer = _open(folder, file, card.max_tokens)
        prefixes = (card.question_prefix, card.passage_prefix)
        return OnnxModel(
            session, tokenizer, f"{card.name} {card.fingerprint}", card.title, card.english, False, prefixes
        )
    session, tokenizer = _open(folder, file, _max_tokens(folder))
    english = int(tokenizer.get_vocab_size()) < MULTILINGUAL_VOCABULARY
    model = OnnxModel(
        session,
        tokenizer,
        f"folder {_fingerprint(folder, file)}",
        f"the model in {folder.name}",
        english,
        _pools_first_token(folder),
        _prefixes(folder),
    )
    if is_english_model(model):
        model.name = ENGLISH.title
    return model


def is_english_model(model: OnnxModel) -> bool:
    """Whether a model is `english`, in any precision. It is if it gives the same cosines. Raises MeaningError."""
    if model.dimension != ENGLISH.dimension:
        return False
    first = model.passages([sentence for sentence, _, _ in PROBES])
    second = model.passages([sentence for _, sentence, _ in PROBES])
    expected = np.array([cosine for _, _, cosine in PROBES])
    return bool((np.abs((first * second).sum(axis=1) - expected) <= PROBE_TOLERANCE).all())


def _open(folder: Path, file: str, max_tokens: int) -> "tuple[InferenceSession, Tokenizer]":
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except Exception as error:  # not installed, or a wheel for another machine
        raise MeaningError(
            f"EMBEDDING_MODEL: this model needs the extra `onnx` ({type(error).__name__}); "
            "in the clone: pip install '.[onnx]', or set it to off"
        ) from None
    try:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = (
            1  # several texts are computed side by side
        )
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(
            str(folder / file), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        tokenizer.enable_truncation(max_tokens)
        tokenizer.no_padding()
    except Exception as error:  # ONNX Runtime's and the tokenizer's own, for damaged files
        raise MeaningError(
            f"EMBEDDING_MODEL: the model in {folder} cannot be loaded ({type(error).__name__}); copy or fetch it again"
        ) from None
    return session, tokenizer


def _output_name(session: "InferenceSession") -> str:
    """The output with a vector for each token, else the first one."""
    names = [str(output.name) for output in session.get_outputs()]
    return next((name for name in names if name in ("last_hidden_state", "token_embeddings")), names[0])


def _pooled(hidden: Floats, mask: Longs, first: bool) -> Floats:
    """One vector for each text. `hidden` may have them already, or one for each token: shape (texts, tokens, dimension)."""
    if hidden.ndim != 3:
        return hidden
    if first:
        return np.ascontiguousarray(hidden[:, 0])
    weights = mask.astype(np.float32)
    rows: Floats = np.einsum("btd,bt->bd", hidden, weights)
    rows /= np.maximum(weights.sum(axis=1, keepdims=True), 1)
    return rows


def _batch_ends(lengths: Sequence[int]) -> list[int]:
    """Where batches begin and end. `lengths` are those of the texts, the shortest first."""
    ends = [0]
    for place, length in enumerate(lengths):
        if place > ends[-1] and (place + 1 - ends[-1]) * length > MAX_BATCH_CELLS:
            ends.append(place)
    return [*ends, len(lengths)] if lengths else ends


def _known(folder: Path, file: str) -> ModelCard | None:
    """The named model that has this very file, byte for byte; None if none has."""
    size = (folder / file).stat().st_size
    for card in CATALOG:
        if (
            card.module is None
            and card.files[0].size == size
            and sha256(folder / file) == card.files[0].sha256
        ):
            return card
    return None


def _json(file: Path) -> dict[str, object]:
    """The JSON object in a file; an empty one if there is none."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _pools_first_token(folder: Path) -> bool:
    """Whether the vector of the first token stands for the text, as the folder's configuration says; else it is the mean."""
    return bool(_json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token"))


def _max_tokens(folder: Path) -> int:
    """Tokens of a text that are read, as the folder's configuration says; at most 512."""
    found = _json(folder / "sentence_bert_config.json").get("max_seq_length")
    return min(found, 512) if isinstance(found, int) and found > 0 else 256


def _prefixes(folder: Path) -> tuple[str, str]:
    """What stands before a question and before a passage, as the folder's configuration says."""
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts")
    if isinstance(prompts, dict) and prompts:
        passage = prompts.get("passage", prompts.get("document", ""))
        return str(prompts.get("query", "")), str(passage)
    called = str(_json(folder / "config.json").get("_name_or_path", "")).lower() + folder.name.lower()
    return _E5 if "e5-" in called else ("", "")


def _fingerprint(folder: Path, file: str) -> str:
    """A hash of a model's tokenizer and of the size, start and end of its file. Reading the whole file would take seconds."""
    digest = hashlib.blake2b((folder / TOKENIZER_FILE).read_bytes(), digest_size=12)
    size = (folder / file).stat().st_size
    digest.update(str(size).encode())
    with (folder / file).open("rb") as opened:
        digest.update(opened.read(1 << 20))
        opened.seek(max(0, size - (1 << 20)))
        digest.update(opened.read())
    return digest.hexdigest()
