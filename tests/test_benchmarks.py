"""The benchmarks refuse questions whose highlights are missing."""

import json
from pathlib import Path

import pytest

from corpus.model import Library


def test_questions_whose_highlights_are_gone_are_refused(
    sample: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else ids that changed would look like passages that are not found."""
    pytest.importorskip("pytrec_eval", reason="the benchmarks are not installed")
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
