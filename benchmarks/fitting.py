"""Fits how words and meaning are put together: `python -m benchmarks.fitting --vaults DIR --model M [--vectors DIR]`.

On the parts of the question set that are known: first the weight of the ranking, then the rule for "nothing fits",
as the grid's best, and what that rule is worth on questions that it was not fitted on (five folds).
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.meaning import Vectors, options, vectors
from benchmarks.questions import QUESTIONS, SAMPLE, SHOWN
from bot.answering import fusion
from bot.fitting import LEAST
from bot.index import Index
from bot.meaning.fusing import FITTED, Fused, Weights, support
from corpus.load import load

KNOWN = ("first", "second", "third", "fourth", "fifth")
"""Parts of the question set that were looked at."""

FOLDS = 5
MOST_LOST = 0.03
"""Part of the answers found that may be refused: what is fitted leaves room below the 0.05 that are allowed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what ranks it under any weights, and the numbers of the passages that answer it."""

    kind: str
    right: frozenset[int]
    ranked: Callable[[Weights], Fused]


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule makes of some questions, each a part of those that it concerns."""

    hits: float
    """Answerable ones with their passage among the first five, and not refused."""
    refused: float
    """Unanswerable ones refused."""
    lost: float
    """Those refused of the ones with their passage among the first five."""


def cases(vaults: Path, made: Vectors) -> list[Case]:
    """The questions known; those that are asked in a language unknown to the model are left to the words."""
    asked: dict[str, list[dict[str, str]]] = defaultdict(list)
    for part in KNOWN:
        for line in (QUESTIONS / f"{part}.jsonl").read_text("utf-8").splitlines():
            one = json.loads(line)
            asked[one["corpus"]].append(one)
    result = []
    for corpus, questions in asked.items():
        index = Index.build(load(SAMPLE if corpus == "sample" else vaults / corpus))
        embedding = made.of(corpus, index)
        numbers = {highlight.id: number for number, highlight in enumerate(index.library.highlights)}
        for one in questions:
            ranked = fusion(one["question"], index, SHOWN, embedding)
            if ranked is not None:
                right = frozenset(numbers[id_] for id_ in one["highlights"])
                result.append(Case(one["kind"], right, ranked))
    return result


Found = tuple[Case, Fused]


def ranking(found: Sequence[Case], weights: Weights) -> list[Found]:
    return [(one, one.ranked(weights)) for one in found]


def has_its_passage(one: Found) -> bool:
    return any(passage in one[0].right for passage in one[1].passages.tolist())


def judged(found: Sequence[Found], weights: Weights) -> Result:
    """What the rule of these weights makes of ranked questions."""
    answered = [bool(len(one.passages)) and float(support(one, weights).max()) >= LEAST for _, one in found]
    hits = [has_its_passage(one) for one in found]
    pairs = list(zip(found, answered, hits, strict=True))
    return Result(
        _part(fits and hit for (case, _), fits, hit in pairs if case.right),
        _part(not fits for (case, _), fits, _ in pairs if not case.right),
        _part(not fits for _, fits, hit in pairs if hit),
    )


def _part(values: Iterable[bool]) -> float:
    listed = list(values)
    return fmean(listed) if listed else 0.0


def fitted(found: Sequence[Found], start: Weights) -> Weights:
    """The rule that refuses most of the unanswerable and finds most of the others; the middle of those that are even."""
    grid = product(np.arange(0.6, 2.1, 0.1), np.arange(0.36, 0.54, 0.01), (2.0, 4.0, 6.0))
    rules = [
        replace(start, words=round(float(w), 2), cosine=round(float(c), 2), sharpness=s) for w, c, s in grid
    ]
    values = [(_worth(judged(found, one)), one) for one in rules]
    best = max(value for value, _ in values)
    even = sorted(
        (one for value, one in values if value > best - 1e-9),
        key=lambda one: (one.sharpness, one.words, one.cosine),
    )
    return even[len(even) // 2]


def _worth(result: Result) -> float:
    """Refusing rightly counts as much as finding; losing more than may be lost counts three times."""
    return result.hits + result.refused - 3 * max(0.0, result.lost - MOST_LOST)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fitting", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    options(parser)
    given = parser.parse_args(arguments)
    given.meaning = True
    made = vectors(given)
    assert made is not None
    all_cases = cases(given.vaults, made)
    print("| weight of meaning | hit@1 | hit@5 | paraphrase hit@5 |\n|---|---|---|---|")
    for weight in (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0):
        found = [one for one in ranking(all_cases, replace(FITTED, meaning=weight)) if one[0].right]
        first = _part(bool(len(one.passages)) and int(one.passages[0]) in case.right for case, one in found)
        others = [one for one in found if one[0].kind == "paraphrase"]
        print(
            f"| {weight} | {first:.3f} | {_part(map(has_its_passage, found)):.3f} | {_part(map(has_its_passage, others)):.3f} |"
        )
    found = ranking(all_cases, FITTED)
    print("\n| rule | hit@5, answered | refused rightly | refused wrongly |\n|---|---|---|---|")
    _print("as it stands", judged(found, FITTED))
    best = fitted(found, FITTED)
    _print(f"fitted: {best}", judged(found, best))
    unseen = []
    for fold in range(FOLDS):
        rule = fitted([one for number, one in enumerate(found) if number % FOLDS != fold], FITTED)
        unseen.append(
            (rule, judged([one for number, one in enumerate(found) if number % FOLDS == fold], rule))
        )
        _print(f"fold {fold}, unseen: {rule.words} {rule.cosine} {rule.sharpness}", unseen[-1][1])
    results = [result for _, result in unseen]
    mean = Result(
        *(
            fmean(values)
            for values in zip(*((one.hits, one.refused, one.lost) for one in results), strict=True)
        )
    )
    _print("mean of the folds, unseen", mean)


def _print(name: str, result: Result) -> None:
    print(f"| {name} | {result.hits:.3f} | {result.refused:.3f} | {result.lost:.3f} |")


if __name__ == "__main__":
    main()
