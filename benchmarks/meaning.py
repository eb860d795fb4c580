"""The embedding model for the benchmarks: loaded once, with a folder of vectors for each library."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.search.index import Index
from bot.semantic.backfill import fill
from bot.semantic.embedding import Embedding
from bot.semantic.model import Model, load

QUESTION_TIMEOUT_S = 600.0
"""Seconds to wait for the vector of a question. With the usual second, a busy machine would answer some by words alone, and two
runs would differ."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The model, and the folder that keeps vectors for the next run; None keeps none."""

    model: Model
    folder: Path | None

    def of(self, name: str, index: Index) -> Embedding:
        """Returns the model with all vectors of a library. Vectors in `folder` under this name are not computed again."""
        embedding = Embedding(
            name, lambda: self.model, self.folder and self.folder / name, QUESTION_TIMEOUT_S
        )
        embedding.open()

        def show(done: int, wanted: int) -> None:
            sys.stderr.write(f"\rvectors of {name}: {done} of {wanted} ")

        if not fill(embedding, index, lambda: False, show):
            raise SystemExit(embedding.problem)
        return embedding


def options(parser: argparse.ArgumentParser) -> None:
    """Adds the command-line options for the model."""
    parser.add_argument("--meaning", action="store_true", help="with the embedding model (analects[meaning])")
    parser.add_argument("--model", default="english", help="as EMBEDDING_MODEL: a name or a folder")
    parser.add_argument("--vectors", type=Path, help="folder that keeps vectors for the next run")


def vectors(parsed: argparse.Namespace) -> Vectors | None:
    """Returns the model that the options ask for, or None without `--meaning`."""
    if not parsed.meaning:
        return None
    return Vectors(
        load(parsed.model, parsed.vectors or Path.home() / ".cache" / "analects" / "models"), parsed.vectors
    )
