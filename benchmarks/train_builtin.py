"""Trains the matrix that makes the vectors of `builtin` better for finding passages.

    python -m benchmarks.train_builtin --vaults DIR --teacher FOLDER [--vectors DIR] [--write]

`--teacher` is a model in a folder, as `EMBEDDING_MODEL` takes it: all-MiniLM-L6-v2, which was trained to find passages, but reads
only English and is slower. A linear map from the vectors of `builtin` to the teacher's is fitted by ridge regression on the
sentences of the libraries and on the known questions. It does not use which passages answer them. Half of a cosine then comes from
the map and half from the original vectors, which know other languages. Both together are one matrix, the square root of

    OWN_SHARE * identity + (1 - OWN_SHARE) * map mapᵀ / mean squared length of a mapped vector

Prints how well passages are found by meaning alone, for each library with a matrix trained on the others. `--write` puts the matrix
trained on all libraries into the program. The same notes give the same matrix.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.meaning import Vectors
from benchmarks.outcomes import PARAPHRASE
from benchmarks.questions import FIRST_PASSAGES, TUNING_PARTS, libraries
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.search.query import parse
from bot.semantic.builtin import PROJECTION_FILE, load_builtin, projected
from bot.semantic.catalog import BUILTIN
from bot.semantic.embedding import reads_english
from bot.semantic.encoder import WIDTH
from bot.semantic.model import Model, folder_of, load
from bot.semantic.passage_vectors import PassageVectors
from bot.semantic.vector_file import VectorFile
from bot.understanding.intent import understand

OWN_SHARE = 0.5
"""Share of a cosine that comes from the original vectors."""

RIDGE = 1.0
"""Value added to the diagonal. It is small compared with tens of thousands of sentences."""

QUESTION_WEIGHT = 5.0
"""Weight of a question compared with a sentence. There are ten times as many sentences."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The training and test data of one library."""

    products: Matrix
    """Weighted sum over sentences and questions of (own vector × own vector). Shape (512, 512)."""
    targets: Matrix
    """Weighted sum of (own vector × teacher's vector). Shape (512, teacher's dimension)."""
    weight: float
    """Total weight of all sentences and questions."""
    vectors: list[tuple[int, Floats]]
    """Each passage with the vectors of its sentences."""
    questions: list[tuple[str, Floats, frozenset[int]]]
    """Kind, vector and right passages of the answerable questions."""


def training_data(
    index: Index,
    asked: Sequence[dict[str, str]],
    own: PassageVectors,
    theirs: PassageVectors,
    model: Model,
    teacher: Model,
) -> TrainingData:
    """Returns the vectors of both models for a library and the questions about it."""
    vectors: list[tuple[int, Floats]] = []
    pairs: list[tuple[Floats, Floats, float]] = []
    for passage in range(len(index)):
        rows, targets = own.rows(passage), theirs.rows(passage)
        if rows is not None:
            vectors.append((passage, rows))
            if targets is not None and len(targets) == len(rows):
                pairs.append((rows, targets, 1.0))
    numbers = {highlight.id: number for number, highlight in enumerate(index.library.highlights)}
    questions = []
    for row in asked:
        intent = understand(parse(row["question"]), index)
        text = intent.text or row["question"]
        vector = model.question(text)
        if reads_english(text):
            pairs.append((vector[None], teacher.question(text)[None], QUESTION_WEIGHT))
        if row["highlights"] and intent.terms and not intent.only_names:
            questions.append((row["kind"], vector, frozenset(numbers[id_] for id_ in row["highlights"])))
    products, targets_ = np.zeros((WIDTH, WIDTH)), np.zeros((WIDTH, teacher.dimension))
    for rows, targets, weight in pairs:
        products += weight * (rows.T @ rows)
        targets_ += weight * (rows.T @ targets)
    return TrainingData(products, targets_, sum(len(pair[0]) * pair[2] for pair in pairs), vectors, questions)


def projection(libraries_: Sequence[TrainingData]) -> Floats:
    """Returns the matrix trained on these libraries. Shape (512, 512)."""
    products = np.asarray(np.sum([library.products for library in libraries_], axis=0), np.float64)
    targets = np.asarray(np.sum([library.targets for library in libraries_], axis=0), np.float64)
    mapped = np.linalg.solve(products + RIDGE * np.eye(WIDTH), targets)
    square = mapped @ mapped.T
    length = float(np.trace(products @ square)) / sum(library.weight for library in libraries_)
    values, directions = np.linalg.eigh(OWN_SHARE * np.eye(WIDTH) + (1 - OWN_SHARE) * square / length)
    root = (directions * np.sqrt(np.maximum(values, 0))) @ directions.T
    return np.asarray(root.astype(np.float16), np.float32)


def found_among_first(library: TrainingData, matrix: Floats | None) -> list[tuple[str, bool, bool]]:
    """Returns for each question its kind, and whether a right passage is first and among the first five, by meaning alone."""
    if not library.vectors or not library.questions:
        return []
    rows = [row if matrix is None else projected(row, matrix) for _, row in library.vectors]
    file = VectorFile.rounded([bytes(16)] * len(rows), rows)
    places = {passage: place for place, (passage, _) in enumerate(library.vectors)}
    result = []
    for kind, vector, right in library.questions:
        question = vector if matrix is None else projected(vector[None], matrix)[0]
        cosines = file.cosines(question)
        best = max(
            (cosines[places[passage]] for passage in right if passage in places), default=np.float32(-2)
        )
        rank = int((cosines > best).sum()) + 1 if best > -2 else len(rows) + 1
        result.append((kind, rank == 1, rank <= FIRST_PASSAGES))
    return result


def report(name: str, found: Sequence[tuple[str, bool, bool]]) -> None:
    """Prints one row: the shares found first and among the first five, for questions in other words and all others."""
    shares = []
    for other_words in (True, False):
        group = [result[1:] for result in found if (result[0] == PARAPHRASE) is other_words]
        shares += [str(len(group)), *(f"{value:.3f}" for value in np.mean(group or [(False, False)], axis=0))]
    print(f"| {name} | {' | '.join(shares)} |", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_builtin", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    parser.add_argument("--teacher", required=True, help="folder with the model to learn from")
    parser.add_argument("--vectors", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument("--write", action="store_true", help="write the matrix into the program")
    parsed = parser.parse_args(arguments)
    models = parsed.vectors or Path.home() / ".cache" / "analects" / "models"
    folder = folder_of(BUILTIN, models)
    if folder is None:
        parser.error("builtin is not installed")
    own, teacher = load_builtin(folder, project=False), load(parsed.teacher, models)
    made = [
        Vectors(model, parsed.vectors and parsed.vectors / name)
        for model, name in ((own, "own"), (teacher, "teacher"))
    ]
    known: dict[str, TrainingData] = {}
    for corpus, index, questions in libraries(parsed.vaults, TUNING_PARTS):
        mine, theirs = (vectors.of(corpus, index).vectors(index) for vectors in made)
        known[corpus] = training_data(index, questions, mine, theirs, own, teacher)
    print(
        "| library | in other words | first | first five | others | first | first five |\n|---"
        + "|---" * 6
        + "|"
    )
    original, better = [], []
    for corpus, library in known.items():
        matrix = projection([other for name, other in known.items() if name != corpus])
        original += found_among_first(library, None)
        found = found_among_first(library, matrix)
        better += found
        report(corpus, found)
    report("all, the network's own vectors", original)
    report("all, each by a matrix from the others", better)
    if parsed.write:
        np.save(PROJECTION_FILE, projection(list(known.values())).astype(np.float16))


if __name__ == "__main__":
    main()
