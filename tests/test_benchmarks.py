"""The benchmarks refuse questions with missing highlights, and compute the matrix of the model `builtin`."""

import json
from pathlib import Path

import pytest

from corpus.model import Library


@pytest.mark.slow
def test_benchmark_questions_with_missing_highlights_are_refused(
    sample: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a changed id would look like a passage that the search misses."""
    from benchmarks import questions

    question: dict[str, object] = {
        "id": "q1",
        "kind": "paraphrase",
        "corpus": "sample",
        "question": "what about sleep?",
    }
    monkeypatch.setattr(questions, "QUESTIONS", tmp_path)

    def outcomes(*highlights: str) -> list[questions.Outcome]:
        (tmp_path / "first.jsonl").write_text(json.dumps({**question, "highlights": highlights}), "utf-8")
        return questions.outcomes(tmp_path, ["first"])

    existing = sample.highlights[0].id
    assert [outcome.id for outcome in outcomes(existing)] == ["q1"]
    with pytest.raises(questions.UnknownIdsError, match="sample has no highlight gone"):
        outcomes(existing, "gone")


@pytest.mark.slow
def test_the_trained_matrix_brings_cosines_closer_to_the_teachers() -> None:
    """This teacher uses only 64 of 512 dimensions. The matrix must learn that, also for vectors that were not in the training."""
    import numpy as np

    from benchmarks.train_builtin import TrainingData, projection
    from bot.semantic.builtin import projected

    random = np.random.default_rng(0)
    teacher = random.normal(size=(512, 64)).astype(np.float32)

    def random_vectors(count: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        rows = random.normal(size=(count, 512)).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    seen, unseen = random_vectors(1_500), random_vectors(200)
    targets = projected(seen, teacher)
    products, taught = (np.asarray(seen.T @ rows, np.float64) for rows in (seen, targets))
    matrix = projection([TrainingData(products, taught, len(seen), [], [])])
    assert matrix.shape == (512, 512)

    def correlation(rows: "np.ndarray[tuple[int, int], np.dtype[np.float32]]") -> float:
        pairs = np.triu_indices(len(rows), 1)
        taught_rows = projected(unseen, teacher)
        return float(np.corrcoef((rows @ rows.T)[pairs], (taught_rows @ taught_rows.T)[pairs])[0, 1])

    assert correlation(projected(unseen, matrix)) > correlation(unseen) + 0.2
