"""Answers to the project's own questions: `python -m benchmarks.questions --vaults DIR [--part NAME …] [--meaning]`.

Asks the sample notes and the vaults below DIR. Prints, by words alone and, with `--meaning`, by the `--model` too, for each kind of
question: how often the right passage is quoted first and among the first five, the mean reciprocal rank, and how many replies are
weak and how many refusals, with bootstrap intervals. A weak reply counts as no answer: no hit on an answerable question, no mistake
on an unanswerable one. Below, what other thresholds would do.
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

ALL_PARTS = TUNING_PARTS
"""All parts. Parameters were fitted on every one: who changes them further writes a new part first."""

PARAPHRASE, UNANSWERABLE, NEAR_MISS = "paraphrase", "unanswerable", "near miss"
"""Kinds: in other words; without an answer; of these, those on a topic that the notes have (`"near": true` in the row)."""

RESAMPLES = 2_000
"""Bootstrap samples of an interval."""


class UnknownIdsError(Exception):
    """The questions name highlights that the notes do not have."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question was answered."""

    id: str
    kind: str
    question: str
    near: bool
    """Whether it is unanswerable, but near something that the notes have."""
    rank: int | None
    """Rank of the first right quote in the answer, from 1; None if none is among the first five, or the reply is weak."""
    unrefused: int | None
    """The same in the ranking before anything is refused."""
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
    """Asks all questions of these parts whose notes are there."""
    result = []
    for corpus, index, questions in libraries(vaults, parts):
        embedding = vectors.of(corpus, index) if vectors is not None else None
        result += [_outcome(one, index, embedding) for one in questions]
    return result


def libraries(vaults: Path, parts: Iterable[str]) -> Iterator[tuple[str, Index, list[dict[str, str]]]]:
    """Each corpus whose notes are there, with the questions of these parts about it. Raises UnknownIdsError."""
    asked: dict[str, list[dict[str, str]]] = defaultdict(list)
    for part in parts:
        for line in (QUESTIONS / f"{part}.jsonl").read_text("utf-8").splitlines():
            one = json.loads(line)
            asked[one["corpus"]].append({**one, "part": part})
    for corpus, questions in asked.items():
        folder = SAMPLE if corpus == "sample" else vaults / corpus
        if folder.is_dir():
            index = Index.build(load(folder))
            known = {highlight.id for highlight in index.library.highlights}
            if unknown := sorted({id_ for one in questions for id_ in one["highlights"]} - known):
                raise UnknownIdsError(
                    f"{corpus} has no highlight {', '.join(unknown[:5])}: the ids have changed, and with them the figures"
                )
            yield corpus, index, questions


def _outcome(one: dict[str, str], index: Index, embedding: Embedding | None) -> Outcome:
    right = set(one["highlights"])
    found = answer(Question(one["question"], limit=FIRST_PASSAGES), index, embedding)
    ranked, decision = rank_question(one["question"], index, FIRST_PASSAGES, embedding)
    return Outcome(
        one["id"],
        one["kind"],
        one["question"],
        bool(one.get("near")),
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
    given = parser.parse_args(arguments)
    try:
        report("words alone", outcomes(given.vaults, given.part), given.misses)
        if (made := vectors(given)) is not None:
            report(f"with {made.model.name}", outcomes(given.vaults, given.part, made), given.misses)
    except UnknownIdsError as error:
        sys.exit(f"{error}.")


def report(name: str, found: Sequence[Outcome], misses: bool) -> None:
    """Prints the tables of one ranking."""
    answerable = [one for one in found if one.answerable]
    sharing = [one for one in answerable if one.kind != PARAPHRASE]
    rows = {
        kind: [one for one in found if one.kind == kind]
        for kind in dict.fromkeys(one.kind for one in answerable)
    }
    rows |= {
        "sharing words": sharing,
        "all answerable": answerable,
        UNANSWERABLE: [one for one in found if not one.answerable],
        NEAR_MISS: [one for one in found if one.near],
    }
    print(f"\n{name}, with intervals of 95 % (bootstrap)\n")
    print(
        "| kind | questions | hit@1 | hit@5 | MRR | raw hit@5 | weak | refused |\n|---|---|---|---|---|---|---|---|"
    )
    for kind, asked in rows.items():
        if asked:
            print(_row(kind, asked))
    good = [one for one in answerable if one.unrefused]
    for title, group in (
        ("good ones", good),
        ("of these sharing words", [one for one in good if one in sharing]),
    ):
        if group:
            refused, weak = fmean(one.refused for one in group), fmean(one.weak for one in group)
            print(
                f"\n{title} (passage among the first five before refusing): {refused:.3f} refused, {weak:.3f} weak"
            )
    print("\nNo answer below: least score, unanswerable, good ones")
    for row in curve(
        [(one.answerable, one.evidence) for one in found if one.unrefused or not one.answerable]
    ):
        print(f"{row['least']:.2f}  {row['rightly']:.3f}  {row['wrongly']:.3f}")
    for one in found if misses else ():
        if one.answered != one.answerable or (one.answerable and not one.rank):
            reply = "refused" if one.refused else "weak" if one.weak else ""
            print(one.kind, one.id, reply, one.unrefused, f"{one.evidence:.2f}", one.question)


def _row(kind: str, found: Sequence[Outcome]) -> str:
    reciprocal = np.array([1 / one.rank if one.rank else 0.0 for one in found])
    figures = (reciprocal == 1, reciprocal > 0, reciprocal)
    shown = [_interval(np.asarray(values, np.float64)) for values in figures]
    if not found[0].answerable:
        shown = [""] * len(shown)
    raw = f"{fmean(bool(one.unrefused) for one in found):.3f}" if found[0].answerable else ""
    states = [
        _interval(np.array([getattr(one, name) for one in found], np.float64)) for name in ("weak", "refused")
    ]
    return f"| {kind} | {len(found)} | {' | '.join([*shown, raw, *states])} |"


def _interval(values: NDArray[np.float64]) -> str:
    """The mean, and between which values 95 % of its bootstrap samples lie."""
    drawn = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), (0.025, 0.975))
    return f"{values.mean():.3f} ({low:.2f}–{high:.2f})"


if __name__ == "__main__":
    main()
