"""The benchmarks refuse questions with missing highlights, and compute the matrix of the model `builtin`."""

import json
from pathlib import Path

import pytest

from bot.search.index import Index
from corpus.model import Library
from tests.libraries import highlight, library_of


@pytest.mark.slow
def test_benchmark_questions_with_missing_highlights_are_refused(
    sample: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a changed id would look like a passage that the search misses."""
    from benchmarks import outcomes as results
    from benchmarks import questions

    question: dict[str, object] = {
        "id": "q1",
        "kind": "paraphrase",
        "corpus": "sample",
        "question": "what about sleep?",
    }
    monkeypatch.setattr(questions, "QUESTIONS", tmp_path)

    def outcomes(*highlights: str) -> list[results.Outcome]:
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


@pytest.mark.parametrize(
    ("kind", "question", "relation"),
    [
        ("fact", "how old is the sea", "ENGLISH"),
        ("language", "Wie alt ist das Meer, das niemand kennt?", "SAME"),
        ("fact", "Meer", "SAME"),
        ("language", "Why is nobody allowed to know how old the water is?", "ACROSS"),
        ("language", "为什么 Python 的海洋这么古老", "ACROSS"),
        ("language", "海はなぜ古いのですか", "ACROSS"),
    ],
)
def test_a_question_in_another_language_than_its_passage_shares_no_words(
    kind: str, question: str, relation: str
) -> None:
    """No word of such a question is in its passage. One word alone shows no language: it counts as being in the passage's."""
    from benchmarks.outcomes import Languages, Outcome, languages

    index = Index.build(
        library_of(
            [
                highlight("a", "The sea is older than any of the maps that we have of it.", "On water"),
                highlight("b", "Das Meer ist älter als alle Karten, die wir von ihm haben.", "Vom Wasser"),
            ]
        )
    )
    passage = 0 if relation == "ENGLISH" else 1
    found = languages(kind, question, [passage], index)
    assert found is Languages[relation]
    outcome = Outcome("q", kind, question, False, found, None, None, True, False, 0.0)
    assert outcome.shares_words == (relation != "ACROSS")


def test_a_weak_reply_is_no_answer_in_any_figure(capsys: pytest.CaptureFixture[str]) -> None:
    from benchmarks.figures import print_figures, print_kinds_below
    from benchmarks.outcomes import Languages, Outcome

    def outcome(id_: str, kind: str, rank: int | None, weak: bool = False, near: bool = False) -> Outcome:
        return Outcome(id_, kind, "?", near, Languages.ENGLISH, rank, 1, False, weak, 0.0)

    found = [
        outcome("a", "fact", 1),
        outcome("b", "fact", None, weak=True),
        outcome("c", "unanswerable", None, weak=True, near=True),
        outcome("d", "unanswerable", None),
    ]
    print_figures("builtin", found)
    printed = capsys.readouterr().out
    assert "| sharing words, hit@5 | 2 | 0.500 (0.00–1.00) | ≥ 0.96 |" in printed
    assert "| good ones sharing words with a weak reply | 2 | 0.500 (0.00–1.00) | ≤ 0.05 |" in printed
    assert "| unanswerable, not answered | 2 | 0.500 (0.00–1.00) | ≥ 0.87 |" in printed
    assert "| near misses, not answered | 1 | 1.000 (1.00–1.00) |  |" in printed
    words = [outcome(str(number), "fact", 1) for number in range(20)]
    print_kinds_below(words, [outcome(str(number), "fact", None) for number in range(20)])
    assert "fact (-1.000)" in capsys.readouterr().out
    print_kinds_below(words, words)
    assert capsys.readouterr().out.endswith("interval: none\n")
