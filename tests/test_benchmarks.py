"""The benchmarks refuse questions whose highlights are missing, and compute the matrix of the model `builtin`."""

import json
from pathlib import Path

import pytest

from corpus.model import Library


@pytest.mark.slow
def test_questions_whose_highlights_are_gone_are_refused(
    sample: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a changed id would look like a passage that the search misses."""
    from benchmarks import questions

    one: dict[str, object] = {
        "id": "q1",
        "kind": "paraphrase",
        "corpus": "sample",
        "question": "what about sleep?",
    }
    monkeypatch.setattr(questions, "QUESTIONS", tmp_path)

    def asked(*highlights: str) -> list[questions.Outcome]:
        (tmp_path / "first.jsonl").write_text(json.dumps({**one, "highlights": highlights}), "utf-8")
        return questions.outcomes(tmp_path, ["first"])

    there = sample.highlights[0].id
    assert [found.id for found in asked(there)] == ["q1"]
    with pytest.raises(questions.UnknownIdsError, match="sample has no highlight gone"):
        asked(there, "gone")


@pytest.mark.slow
def test_the_matrix_of_builtin_brings_its_cosines_nearer_to_the_teachers() -> None:
    """The teacher of this test uses only 64 of 512 dimensions. The matrix must learn that, also for vectors that are new to it."""
    import numpy as np

    from benchmarks.train_builtin import Taught, projection
    from bot.semantic.builtin import projected

    random = np.random.default_rng(0)
    sees = random.normal(size=(512, 64)).astype(np.float32)

    def own(count: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        rows = random.normal(size=(count, 512)).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    seen, unseen = own(1_500), own(200)
    targets = projected(seen, sees)
    products, taught = (np.asarray(seen.T @ rows, np.float64) for rows in (seen, targets))
    matrix = projection([Taught(products, taught, len(seen), [], [])])
    assert matrix.shape == (512, 512)

    def resemblance(rows: "np.ndarray[tuple[int, int], np.dtype[np.float32]]") -> float:
        places = np.triu_indices(len(rows), 1)
        theirs = projected(unseen, sees)
        return float(np.corrcoef((rows @ rows.T)[places], (theirs @ theirs.T)[places])[0, 1])

    assert resemblance(projected(unseen, matrix)) > resemblance(unseen) + 0.2
