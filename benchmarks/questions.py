"""Measures the answers to the project's own questions: `python -m benchmarks.questions --vaults DIR [--part NAME …] [--meaning]`.

Asks the sample notes and the vaults below DIR, by words alone and, with `--meaning`, also with the `--model`. Prints for each kind
of question how often the right passage is quoted first and among the first five, the mean reciprocal rank, and the shares of weak
replies and refusals, with bootstrap intervals. A weak reply counts as no answer: no hit on an answerable question, no mistake on an
unanswerable one. A second table shows the effect of other thresholds.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from benchmarks.meaning import Vectors, options, vectors
from benchmarks.refusing import curve
from bot.answering.answer import answer
from bot.answering.find import rank_question
from bot.answering.parameters import WORDS
from bot.model import Question
from bot.search.index import Index
from bot.semantic.embedding import Embedding
from corpus.load import load

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "corpus" / "notes"
QUESTIONS = ROOT / "tests" / "questions"
FIRST_PASSAGES = 5
TUNING_PARTS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "short",
    "brief",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twentyfirst",
)
"""Parts of the question set on which parameters were fitted."""

ALL_PARTS = (*TUNING_PARTS, "twentysecond", "twentythird")
"""All parts. Nothing was fitted on the last one, which was asked once: write a new part before you change parameters again."""

PARAPHRASE, UNANSWERABLE, NEAR_MISS = "paraphrase", "unanswerable", "near miss"
"""Kinds of question: in other words; without an answer; without an answer but on a topic of the notes (`"near": true`)."""

RESAMPLES = 2_000
"""Bootstrap samples for each interval."""


class UnknownIdsError(Exception):
    """The questions name highlights that the notes do not have."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question was answered."""

    id: str
    kind: str
    question: str
    near: bool
    """Whether it is unanswerable, but on a topic of the notes."""
    rank: int | None
    """Rank of the first right quote in the answer, from 1; None if none is among the first five, or the reply is weak."""
    unrefused: int | None
    """The same rank before anything is refused."""
    refused: bool
    weak: bool
    evidence: float
    """The score that decided, on the scale of the answer score by words."""

    @property
    def answerable(self) -> bool:
        return self.kind != UNANSWERABLE

    @property
    def answered(self) -> bool:
        return not (self.refused or self.weak)


def outcomes(vaults: Path, parts: Sequence[str], vectors: Vectors | None = None) -> list[Outcome]:
    """Asks all questions of these parts whose notes exist."""
    result = []
    for corpus, index, questions in libraries(vaults, parts):
        embedding = vectors.of(corpus, index) if vectors is not None else None
        result += [_outcome(row, index, embedding) for row in questions]
    return result


def libraries(vaults: Path, parts: Iterable[str]) -> Iterator[tuple[str, Index, list[dict[str, str]]]]:
    """Yields each corpus whose notes exist, with the questions of these parts about it. Raises UnknownIdsError."""
    by_corpus: dict[str, list[dict[str, str]]] = defaultdict(list)
    for part in parts:
        for line in (QUESTIONS / f"{part}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            by_corpus[row["corpus"]].append({**row, "part": part})
    for corpus, questions in by_corpus.items():
        folder = SAMPLE if corpus == "sample" else vaults / corpus
        if folder.is_dir():
            index = Index.build(load(folder))
            known = {highlight.id for highlight in index.library.highlights}
            if unknown := sorted({id_ for row in questions for id_ in row["highlights"]} - known):
                raise UnknownIdsError(
                    f"{corpus} has no highlight {', '.join(unknown[:5])}: the ids have changed, and with them the figures"
                )
            yield corpus, index, questions


def _outcome(row: dict[str, str], index: Index, embedding: Embedding | None) -> Outcome:
    right = set(row["highlights"])
    found = answer(Question(row["question"], limit=FIRST_PASSAGES), index, embedding)
    ranked, decision = rank_question(row["question"], index, FIRST_PASSAGES, embedding)
    return Outcome(
        row["id"],
        row["kind"],
        row["question"],
        bool(row.get("near")),
        None if found.weak else _rank([quote.highlight.id for quote in found.quotes], right),
        _rank([index.library.highlights[passage].id for passage in ranked.found.passages.tolist()], right),
        not found.found,
        found.weak,
        WORDS.threshold + decision.margin,
    )


def _rank(ids: Sequence[str], right: set[str]) -> int | None:
    return next((place for place, id_ in enumerate(ids, 1) if id_ in right), None)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    parser.add_argument("--part", choices=ALL_PARTS, nargs="+", default=["first"])
    parser.add_argument("--misses", action="store_true", help="list the questions that went wrong")
    options(parser)
    parsed = parser.parse_args(arguments)
    try:
        report("words alone", outcomes(parsed.vaults, parsed.part), parsed.misses)
        if (model_vectors := vectors(parsed)) is not None:
            report(
                f"with {model_vectors.model.name}",
                outcomes(parsed.vaults, parsed.part, model_vectors),
                parsed.misses,
            )
    except UnknownIdsError as error:
        sys.exit(f"{error}.")


def report(name: str, found: Sequence[Outcome], misses: bool) -> None:
    """Prints the tables of one ranking."""
    answerable = [outcome for outcome in found if outcome.answerable]
    sharing = [outcome for outcome in answerable if outcome.kind != PARAPHRASE]
    rows = {
        kind: [outcome for outcome in found if outcome.kind == kind]
        for kind in dict.fromkeys(outcome.kind for outcome in answerable)
    }
    rows |= {
        "sharing words": sharing,
        "all answerable": answerable,
        UNANSWERABLE: [outcome for outcome in found if not outcome.answerable],
        NEAR_MISS: [outcome for outcome in found if outcome.near],
    }
    print(f"\n{name}, with intervals of 95 % (bootstrap)\n")
    print(
        "| kind | questions | hit@1 | hit@5 | MRR | raw hit@5 | weak | refused |\n|---|---|---|---|---|---|---|---|"
    )
    for kind, asked in rows.items():
        if asked:
            print(_row(kind, asked))
    good = [outcome for outcome in answerable if outcome.unrefused]
    for title, group in (
        ("good ones", good),
        ("of these sharing words", [outcome for outcome in good if outcome in sharing]),
    ):
        if group:
            refused, weak = (
                fmean(outcome.refused for outcome in group),
                fmean(outcome.weak for outcome in group),
            )
            print(
                f"\n{title} (passage among the first five before refusing): {refused:.3f} refused, {weak:.3f} weak"
            )
    print("\nNo answer below: least score, unanswerable, good ones")
    for row in curve(
        [
            (outcome.answerable, outcome.evidence)
            for outcome in found
            if outcome.unrefused or not outcome.answerable
        ]
    ):
        print(f"{row['least']:.2f}  {row['rightly']:.3f}  {row['wrongly']:.3f}")
    for outcome in found if misses else ():
        if outcome.answered != outcome.answerable or (outcome.answerable and not outcome.rank):
            reply = "refused" if outcome.refused else "weak" if outcome.weak else ""
            print(
                outcome.kind,
                outcome.id,
                reply,
                outcome.unrefused,
                f"{outcome.evidence:.2f}",
                outcome.question,
            )


def _row(kind: str, found: Sequence[Outcome]) -> str:
    reciprocal = np.array([1 / outcome.rank if outcome.rank else 0.0 for outcome in found])
    figures = (reciprocal == 1, reciprocal > 0, reciprocal)
    shown = [_interval(np.asarray(values, np.float64)) for values in figures]
    if not found[0].answerable:
        shown = [""] * len(shown)
    raw = f"{fmean(bool(outcome.unrefused) for outcome in found):.3f}" if found[0].answerable else ""
    states = [
        _interval(np.array([getattr(outcome, name) for outcome in found], np.float64))
        for name in ("weak", "refused")
    ]
    return f"| {kind} | {len(found)} | {' | '.join([*shown, raw, *states])} |"


def _interval(values: NDArray[np.float64]) -> str:
    """Returns the mean, and the interval that contains 95 % of its bootstrap samples."""
    drawn = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), (0.025, 0.975))
    return f"{values.mean():.3f} ({low:.2f}–{high:.2f})"


if __name__ == "__main__":
    main()
