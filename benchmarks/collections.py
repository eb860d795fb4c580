"""Reads retrieval test collections in BEIR's layout, and measures an engine's rankings on them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEASURES: Final = ("nDCG@10", "MRR@10", "Recall@10")

Run = Mapping[str, Mapping[str, float]]
"""The passages that an engine ranked for each question, with their scores."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages as (id, title, text), questions by id, and which passages answer which question."""

    name: str
    passages: tuple[tuple[str, str, str], ...]
    questions: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]


def collections(folder: Path) -> list[Collection]:
    """Returns every collection below a folder: folders with `corpus.jsonl`, `queries.jsonl` and `qrels.tsv`."""
    return [_read(path.parent) for path in sorted(folder.glob("*/qrels.tsv"))]


def _read(folder: Path) -> Collection:
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        question, passage, grade = line.split("\t")
        relevant.setdefault(question, {})[passage] = int(grade)
    answerable = {question for question, grades in relevant.items() if max(grades.values()) > 0}
    return Collection(
        folder.name,
        tuple((row["_id"], row.get("title", ""), row["text"]) for row in _lines(folder / "corpus.jsonl")),
        {row["_id"]: row["text"] for row in _lines(folder / "queries.jsonl") if row["_id"] in answerable},
        {question: grades for question, grades in relevant.items() if question in answerable},
    )


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def measured(collection: Collection, run: Run) -> dict[str, dict[str, float]]:
    """Returns `MEASURES` for each question, by pytrec-eval-terrier. They are 0 if the engine ranked nothing."""
    first_ten = {
        question: dict(sorted(ranked.items(), key=lambda pair: -pair[1])[:10])
        for question, ranked in run.items()
    }
    import pytrec_eval  # the question set does not need it

    evaluator = pytrec_eval.RelevanceEvaluator(
        {question: dict(grades) for question, grades in collection.relevant.items()},
        {"ndcg_cut.10", "recip_rank", "recall.10"},
    )
    found = evaluator.evaluate({question: ranked for question, ranked in first_ten.items() if ranked})
    names = ("ndcg_cut_10", "recip_rank", "recall_10")
    return {
        measure: {question: found.get(question, {}).get(name, 0.0) for question in collection.questions}
        for measure, name in zip(MEASURES, names, strict=True)
    }
