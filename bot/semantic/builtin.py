"""The model `builtin`: small, for sixteen languages, complete from the package index.

Its package brings the weights and the tokenizer's table as files; only those are read. SentencePiece cuts texts into tokens, and
`bot.semantic.encoder` computes with numpy.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.search.arrays import Floats
from bot.semantic.catalog import BUILTIN
from bot.semantic.encoder import WIDTH, Encoder, read_encoder
from bot.semantic.errors import MeaningError
from bot.semantic.texts import encodable

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor


class BuiltinModel:
    """Safe for use by several threads; each call runs in the calling thread."""

    key = f"{BUILTIN.name} {BUILTIN.fingerprint} {WIDTH}"
    name = BUILTIN.title
    english = False
    dimension = WIDTH

    def __init__(self, tokenizer: "SentencePieceProcessor", encoder: Encoder) -> None:
        self._tokenizer = tokenizer
        self._encoder = encoder

    def passages(self, texts: Sequence[str]) -> Floats:
        if not texts:
            return self._encoder.encode([])
        read = [encodable(text) for text in texts]
        return self._encoder.encode(self._tokenizer.encode(read, add_bos=True, add_eos=True, num_threads=1))

    def question(self, text: str) -> Floats:
        found: Floats = self.passages([text])[0]
        return found


def load_builtin(folder: Path) -> BuiltinModel:
    """The model from the folder of its package. Its files are verified before. Raises MeaningError."""
    weights, pieces = (folder / file.path for file in BUILTIN.files)
    try:
        from sentencepiece import SentencePieceProcessor
        from threadpoolctl import threadpool_limits

        # Texts are computed side by side in threads of our own; those of the matrix library would only wait for each other.
        threadpool_limits(1, user_api="blas")
        tokenizer = SentencePieceProcessor(model_file=str(pieces))
        encoder = read_encoder(weights)
    except Exception as error:  # a wheel for another machine, or no memory
        raise MeaningError(
            f"EMBEDDING_MODEL: builtin cannot be loaded ({type(error).__name__}); "
            "in the clone: pip install --force-reinstall '.[meaning]'"
        ) from None
    return BuiltinModel(tokenizer, encoder)
