"""Retrieval test collections in BEIR's layout, and measures of an engine's rankings on them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEASURES: Final = ("nDCG@10", "MRR@10", "Recall@10")

Run = Mapping[str, Mapping[str, float]]
"""For each question, the passages that an engine ranked, with their scores."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages as (id, title, text), questions by id, and which passages answer which question."""

    name: str
    passages: tuple[tuple[str, str, str], ...]
    questions: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]


def collections(folder: Path) -> list[Collection]:
    """Every collection of a folder: `corpus.jsonl`, `queries.jsonl`, `qrels.tsv` in a folder each."""
    return [_read(one.parent) for one in sorted(folder.glob("*/qrels.tsv"))]


def _read(folder: Path) -> Collection:
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        question, passage, grade = line.split("\t")
        relevant.setdefault(question, {})[passage] = int(grade)
    answerable = {one for one, grades in relevant.items() if max(grades.values()) > 0}
    return Collection(
        folder.name,
        tuple((one["_id"], one.get("title", ""), one["text"]) for one in _lines(folder / "corpus.jsonl")),
        {one["_id"]: one["text"] for one in _lines(folder / "queries.jsonl") if one["_id"] in answerable},
        {one: grades for one, grades in relevant.items() if one in answerable},
    )


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def measured(collection: Collection, run: Run) -> dict[str, dict[str, float]]:
    """`MEASURES` of each question (pytrec-eval-terrier); 0 if the engine ranked nothing."""
    first_ten = {
        question: dict(sorted(ranked.items(), key=lambda one: -one[1])[:10])
        for question, ranked in run.items()
    }
    import pytrec_eval  # only the collections need it, not the question set

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
