"""Answers to the project's own questions: `python -m benchmarks.questions --vaults DIR [--half first] [--misses]`.

Asks the sample notes and the vaults below DIR. Prints, for each kind of question, how often the right passage is quoted first,
among the first three and among the first five, and how often questions are refused rightly and wrongly.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

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
)
"""Parts of the question set on which parameters were fitted."""

ALL_PARTS = (*TUNING_PARTS, "thirteenth", "fourteenth", "fifteenth")
"""All parts. Nothing was fitted on the last three."""


class UnknownIdsError(Exception):
    """The questions name highlights that the notes do not have."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question was answered."""

    id: str
    kind: str
    question: str
    rank: int | None
    """Rank of the first right quote in the answer, from 1; None if none is among the first `FIRST_PASSAGES`."""
    unrefused: int | None
    """The same in the ranking before anything is refused."""
    refused: bool
    evidence: float
    """The score that decided, on the scale of the refusal score by words."""

    @property
    def answerable(self) -> bool:
        return self.kind != "unanswerable"


def outcomes(vaults: Path, half: str, vectors: Vectors | None = None) -> list[Outcome]:
    """Asks all questions of a part whose notes are there."""
    result = []
    for corpus, index, questions in libraries(vaults, [half]):
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
        _rank([quote.highlight.id for quote in found.quotes], right),
        _rank([index.library.highlights[passage].id for passage in ranked.found.passages.tolist()], right),
        not found.found,
        WORDS.threshold + decision.margin,
    )


def _rank(ids: Sequence[str], right: set[str]) -> int | None:
    return next((place for place, id_ in enumerate(ids, 1) if id_ in right), None)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    parser.add_argument("--half", choices=ALL_PARTS, default="first")
    parser.add_argument("--misses", action="store_true", help="list the questions that went wrong")
    options(parser)
    given = parser.parse_args(arguments)
    try:
        found = outcomes(given.vaults, given.half, vectors(given))
    except UnknownIdsError as error:
        sys.exit(f"{error}.")
    print(
        "| kind | questions | hit@1 | hit@3 | hit@5 | MRR | raw hit@5 | refused |\n|---|---|---|---|---|---|---|---|"
    )
    answerable = [one for one in found if one.answerable]
    for kind in dict.fromkeys(one.kind for one in answerable):
        print(_row(kind, [one for one in found if one.kind == kind]))
    english = [one for one in answerable if one.kind != "language"]
    print(_row("all answerable", answerable))
    print(_row("in English", english))
    print(_row("in English, without paraphrase", [one for one in english if one.kind != "paraphrase"]))
    print(_row("unanswerable", [one for one in found if not one.answerable]))
    would = [one for one in found if one.answerable and one.unrefused]
    wrongly = sum(one.refused for one in would) / max(len(would), 1)
    print(f"\nrefused wrongly, of those with their passage among the first five: {wrongly:.3f}")
    print("\nNothing fits: least evidence, refused rightly, refused wrongly")
    asked = [(one.answerable, one.evidence) for one in found if one.unrefused or not one.answerable]
    for row in curve(asked):
        print(f"{row['least']:.2f}  {row['rightly']:.3f}  {row['wrongly']:.3f}")
    if given.misses:
        for one in found:
            if (
                (one.refused and one.unrefused)
                or (one.answerable and not one.rank)
                or one.refused == one.answerable
            ):
                print(one.kind, one.id, "refused" if one.refused else "", one.unrefused, one.question)


def _row(kind: str, found: Sequence[Outcome]) -> str:
    hits = [fmean(bool(one.rank and one.rank <= depth) for one in found) for depth in (1, 3, 5)]
    reciprocal = fmean(1 / one.rank if one.rank else 0.0 for one in found)
    raw = fmean(bool(one.unrefused) for one in found)
    figures = " | ".join(
        f"{value:.3f}" for value in [*hits, reciprocal, raw, fmean(one.refused for one in found)]
    )
    return f"| {kind} | {len(found)} | {figures} |"


if __name__ == "__main__":
    main()
