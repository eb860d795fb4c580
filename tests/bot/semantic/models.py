"""A small model for tests. It knows a few synonyms, and can be slow, fail, or count what it reads."""

from collections.abc import Sequence

import numpy as np

from bot.search.arrays import Floats
from bot.semantic.catalog import ENGLISH
from bot.semantic.embedding import Embedding
from bot.semantic.errors import MeaningError

SYNONYMS = (
    {"nap", "doze", "snooze", "sleep"},
    {"car", "automobile", "vehicle"},
    {"bank", "lender", "money"},
    {"whale", "cetacean"},
)


class Thesaurus:
    """Gives texts with synonyms close vectors. Records the passages that it read. Uses the learned weights of a real model."""

    key = "thesaurus"
    name = ENGLISH.title
    dimension = len(SYNONYMS) + 1
    english = True

    def __init__(self, key: str = "thesaurus") -> None:
        self.key = key
        self.read: list[str] = []
        self.error: str | None = None

    def passages(self, texts: Sequence[str]) -> Floats:
        if self.error is not None:
            raise MeaningError(self.error)
        self.read += texts
        return np.array([self._vector(text) for text in texts], np.float32)

    def question(self, text: str) -> Floats:
        if self.error is not None:
            raise MeaningError(self.error)
        found: Floats = self._vector(text)
        return found

    def _vector(self, text: str) -> Floats:
        words = {word.strip(".,?!").removesuffix("s") for word in text.lower().split()}
        vector = np.array([*(float(bool(words & synonyms)) for synonyms in SYNONYMS), 0.1], np.float32)
        found: Floats = vector / np.linalg.norm(vector)
        return found


def make_embedding(model: Thesaurus | None = None, vectors: object = None) -> Embedding:
    """An embedding that is open, with a thesaurus as its model."""
    made = Embedding("thesaurus", lambda: model or Thesaurus(), vectors)  # type: ignore[arg-type]
    assert made.open()
    return made
