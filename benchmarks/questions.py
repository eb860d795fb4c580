"""Measures the answers to the project's own questions: `python -m benchmarks.questions --vaults DIR [--part NAME …] [--meaning]`.

Asks the sample notes and the vaults below DIR, by words alone and, with `--meaning`, also with the `--model`. Prints for each kind
of question how often the right passage is quoted first and among the first five, the mean reciprocal rank, and the shares of weak
replies and refusals, with bootstrap intervals. A weak reply counts as no answer: no hit on an answerable question, no mistake on an
unanswerable one. A second table has the figures that the set is judged by, beside what is asked, and a third the effect of other
thresholds. "Sharing words" are all answerable questions but those in other words and those in another language than the passage.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.figures import interval, print_figures, print_kinds_below
from benchmarks.meaning import Vectors, options, vectors
from benchmarks.outcomes import Outcome, by_kind, languages
from benchmarks.refusing import curve
from bot.answering.answer import answer
from bot.answering.find import rank_question
from bot.answering.parameters import WORDS
from bot.model import Question
from bot.search.index import Index
from bot.semantic.catalog import find_card
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
    "twentysecond",
    "twentythird",
    "twentyfourth",
    "twentyfifth",
    "twentysixth",
    "twentyseventh",
    "twentyeighth",
    "twentyninth",
    "thirtieth",
)
"""Parts of the question set on which parameters were fitted or rules were found."""

ALL_PARTS = (*TUNING_PARTS, "thirtyfirst", "thirtysecond")
"""All parts. Nothing was fitted on the last two, which were asked once: write a new part before you change parameters again."""


class UnknownIdsError(Exception):
    """The questions name highlights that the notes do not have."""


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
    passages = [number for number, highlight in enumerate(index.library.highlights) if highlight.id in right]
    found = answer(Question(row["question"], limit=FIRST_PASSAGES, fill=True), index, embedding)
    ranked, decision = rank_question(row["question"], index, FIRST_PASSAGES, embedding)
    return Outcome(
        row["id"],
        row["kind"],
        row["question"],
        bool(row.get("near")),
        languages(row["kind"], row["question"], passages, index),
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
        words = outcomes(parsed.vaults, parsed.part)
        report("words alone", "words", words, parsed.misses)
        if (model_vectors := vectors(parsed)) is not None:
            name = model_vectors.model.name
            card = find_card(name)
            found = outcomes(parsed.vaults, parsed.part, model_vectors)
            report(f"with {name}", card.name if card is not None else name, found, parsed.misses)
            print_kinds_below(words, found)
    except UnknownIdsError as error:
        sys.exit(f"{error}.")


def report(name: str, model: str, found: Sequence[Outcome], misses: bool) -> None:
    """Prints the tables of one ranking. `model` is as in `print_figures`."""
    print(f"\n{name}, with intervals of 95 % (bootstrap)\n")
    print(
        "| kind | questions | hit@1 | hit@5 | MRR | raw hit@5 | weak | refused |\n|---|---|---|---|---|---|---|---|"
    )
    for kind, asked in by_kind(found).items():
        print(_row(kind, asked))
    print_figures(model, found)
    print("\nNo answer below: least score, unanswerable, good ones")
    for row in curve(
        [
            (outcome.answerable, outcome.evidence)
            for outcome in found
            if outcome.good or not outcome.answerable
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
    shown = [interval(np.asarray(values, np.float64)) for values in figures]
    if not found[0].answerable:
        shown = [""] * len(shown)
    raw = f"{fmean(bool(outcome.unrefused) for outcome in found):.3f}" if found[0].answerable else ""
    states = [
        interval(np.array([getattr(outcome, name) for outcome in found], np.float64))
        for name in ("weak", "refused")
    ]
    return f"| {kind} | {len(found)} | {' | '.join([*shown, raw, *states])} |"


if __name__ == "__main__":
    main()
