"""The embedding model for the benchmarks: loaded once, with the vectors of each library in a folder of their own."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.search.index import Index
from bot.semantic.backfill import fill
from bot.semantic.embedding import Embedding
from bot.semantic.model import Model, load


@dataclass(frozen=True, slots=True)
class Vectors:
    """Where the vectors of libraries come from."""

    model: Model
    folder: Path | None

    def of(self, name: str, index: Index) -> Embedding:
        """All vectors of a library; those that `folder` has under this name are not made again."""
        meaning = Embedding(name, lambda: self.model, self.folder and self.folder / name)
        meaning.open()

        def told(done: int, wanted: int) -> None:
            sys.stderr.write(f"\rvectors of {name}: {done} of {wanted} ")

        if not fill(meaning, index, lambda: False, told):
            raise SystemExit(meaning.problem)
        return meaning


def options(parser: argparse.ArgumentParser) -> None:
    """The options that ask for it."""
    parser.add_argument("--meaning", action="store_true", help="with the embedding model (analects[meaning])")
    parser.add_argument("--model", default="english", help="as EMBEDDING_MODEL: a name or a folder")
    parser.add_argument("--vectors", type=Path, help="folder in which vectors are kept for the next time")


def vectors(given: argparse.Namespace) -> Vectors | None:
    """What the options ask for; None without `--meaning`."""
    if not given.meaning:
        return None
    return Vectors(
        load(given.model, given.vectors or Path.home() / ".cache" / "analects" / "models"), given.vectors
    )
