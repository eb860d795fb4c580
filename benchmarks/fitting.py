"""Fits when words and meaning together answer: `python -m benchmarks.fitting --vaults DIR --collections DIR --model M [--write]`.

A logistic regression over the signals of `bot.answering.fusion` and their products, on the parts of the question set that are known
and on public collections, whose questions are asked of each other too. Prints what it is worth on a part or collection that
it was not fitted on, and what the weight of meaning does to the ranking.
"""

import argparse
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from benchmarks.collections import collections
from benchmarks.meaning import Vectors, options, vectors
from benchmarks.quality import library
from benchmarks.questions import KNOWN, ROOT, SHOWN, libraries
from benchmarks.refusing import some
from bot.answering.answer import MOST_QUOTES, fusion
from bot.answering.fusion import Fused, signals
from bot.answering.logistic import Logistic
from bot.search.arrays import Floats, Longs
from bot.search.index import Index
from bot.search.query import parse
from bot.semantic.embedding import Embedding
from bot.understanding.intent import understood

FITTED = ROOT / "bot" / "answering" / "fitted.py"

SOFTNESS = 1.0
"""scikit-learn's C: the inverse of how much large weights cost."""

SHARE = 0.25
"""What the questions of the collections count together, those of the set counting 1: they are easier to tell."""

LOST = 0.045
"""Part of the answers found that is refused, of the set that is fitted on: leaves room below the 0.05 that are allowed."""

OTHERS = 40
"""Questions of each other collection that a collection is asked."""

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)

Signals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question, with the numbers of the passages that answer it: none where nothing does."""

    part: str
    """Of the question set, or the name of the collection."""
    kind: str
    right: frozenset[int]
    ranked: Callable[[float | None], Fused]
    """By any weight of meaning."""
    signals: Floats
    answered: bool
    """Whether a right passage is among the first five."""

    @property
    def useful(self) -> bool:
        """Whether it is better answered or better refused; where the passage was not found it matters little."""
        return self.answered or not self.right


def case(
    part: str, kind: str, text: str, right: frozenset[int], index: Index, embedding: Embedding
) -> Case | None:
    """A question that was asked; None where it is left to the words."""
    meaning = understood(parse(text), index)
    near = embedding.near(meaning.asked or text, index)
    if near is None:
        return None
    ranked = partial(fusion, meaning, near, MOST_QUOTES, None, index)
    found = ranked(None)
    told = signals(found, meaning, near.language, index)
    return None if told is None else Case(part, kind, right, ranked, told, _hit(found.passages, right))


def _hit(passages: Longs, right: Collection[int], most: int = SHOWN) -> bool:
    return any(passage in right for passage in passages[:most].tolist())


def own(vaults: Path, made: Vectors) -> Iterator[Case | None]:
    """The known questions of the set."""
    for corpus, index, questions in libraries(vaults, KNOWN):
        embedding = made.of(corpus, index)
        numbers = _numbers(index)
        for one in questions:
            right = frozenset(numbers[id_] for id_ in one["highlights"])
            yield case(one["part"], one["kind"], one["question"], right, index, embedding)


def public(folder: Path, made: Vectors) -> Iterator[Case | None]:
    """Questions of the collections, each asked of its own and some of every other."""
    found = list(collections(folder))
    for collection in found:
        index = Index.build(library(collection.passages))
        embedding = made.of(collection.name, index)
        numbers = _numbers(index)
        for other in found:
            for name in some(other) if other is collection else some(other, OTHERS):
                grades = collection.relevant[name] if other is collection else {}
                right = frozenset(numbers[id_] for id_, grade in grades.items() if grade > 0)
                if right or other is not collection:
                    yield case(collection.name, "", other.questions[name], right, index, embedding)


def _numbers(index: Index) -> dict[str, int]:
    return {highlight.id: number for number, highlight in enumerate(index.library.highlights)}


def fitted(cases: Sequence[Case], softness: float = SOFTNESS) -> Logistic:
    """The regression of what is answered and what is not to be; `LOST` of what is answered in the set is refused."""
    useful = [one for one in cases if one.useful]
    seen = np.array([one.signals for one in useful], np.float64)
    low, high = np.quantile(seen, 0.01, axis=0), np.quantile(seen, 0.99, axis=0)
    answered = np.array([one.answered for one in useful])
    of_set = np.array([one.part in KNOWN for one in useful])
    weights = np.ones(len(useful))
    for group, share in ((of_set, 1.0), (~of_set, SHARE)):
        for side in (group & answered, group & ~answered):
            weights[side] = share * of_set.sum() / 2 / max(side.sum(), 1)
    scaler, products, scaled = StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler()
    regression = LogisticRegression(C=softness, max_iter=10_000)
    shaped = scaled.fit_transform(products.fit_transform(scaler.fit_transform(np.clip(seen, low, high))))
    regression.fit(shaped, answered, sample_weight=weights)
    form = _form(scaler, products, scaled, regression)
    rule = Logistic(low.tolist(), high.tolist(), form.tolist())
    found = [rule.log_odds(one) for one in seen[answered & of_set]]
    form[0, 0] -= np.quantile(found, LOST)
    return Logistic(_rounded(low), _rounded(high), tuple(_rounded(row) for row in form))


def _form(
    scaler: StandardScaler,
    products: PolynomialFeatures,
    scaled: StandardScaler,
    regression: LogisticRegression,
) -> Signals:
    """The steps of the regression as one quadratic form over 1 and the signals as they are."""
    weights = regression.coef_[0] / scaled.scale_
    count = len(scaler.mean_)
    inner = np.zeros((count + 1, count + 1))
    inner[0, 0] = regression.intercept_[0] - weights @ scaled.mean_
    for weight, powers in zip(weights, products.powers_, strict=True):
        places = [0] * (2 - powers.sum()) + [
            place + 1 for place in range(count) for _ in range(powers[place])
        ]
        inner[places[0], places[1]] += weight
    shift = np.zeros((count + 1, count + 1))
    shift[0, 0] = 1
    shift[1:, 0] = -scaler.mean_ / scaler.scale_
    shift[1:, 1:] = np.diag(1 / scaler.scale_)
    whole = shift.T @ inner @ shift
    return np.triu(whole) + np.tril(whole, -1).T


def _rounded(values: Signals) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _part(values: Iterable[bool]) -> float:
    listed = list(values)
    return fmean(listed) if listed else 0.0


def judged(cases: Sequence[Case], likely: Iterable[float]) -> str:
    """Answered and found of the answerable; refused of the unanswerable; refused of those with their passage; a row."""
    pairs = [(one, value >= 0.5) for one, value in zip(cases, likely, strict=True)]
    return _row(
        _part(fits and one.answered for one, fits in pairs if one.right),
        _part(not fits for one, fits in pairs if not one.right),
        _part(not fits for one, fits in pairs if one.answered),
    )


def _row(*values: float) -> str:
    return " | ".join(f"{value:.3f}" for value in values) + " |"


def told(cases: Sequence[Case], softness: float) -> Logistic:
    """Fits, and prints what that is worth on each part or collection by a fit on the others."""
    print(
        "\n| part | questions | hit@5, answered | refused rightly | refused wrongly |\n|---|---|---|---|---|"
    )
    of_set: list[Case] = []
    unseen: list[float] = []
    for part in dict.fromkeys(one.part for one in cases):
        rule = fitted([one for one in cases if one.part != part], softness)
        others = [one for one in cases if one.part == part]
        likely = [rule(one.signals) for one in others]
        print(f"| {part}, by the others | {len(others)} | {judged(others, likely)}")
        if part in KNOWN:
            of_set += others
            unseen += likely
    print(f"| the set, by the others | {len(of_set)} | {judged(of_set, unseen)}")
    rule = fitted(cases, softness)
    print(f"| the set, by all | {len(of_set)} | {judged(of_set, [rule(one.signals) for one in of_set])}")
    return rule


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fitting", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    parser.add_argument(
        "--collections", type=Path, required=True, help="folder of the collections, in BEIR's layout"
    )
    parser.add_argument("--softness", type=float, default=SOFTNESS, help="scikit-learn's C")
    parser.add_argument("--write", action="store_true", help="write what is fitted into the program")
    options(parser)
    given = parser.parse_args(arguments)
    given.meaning = True
    made = vectors(given)
    assert made is not None
    of_set = [one for one in own(given.vaults, made) if one is not None]
    _ranking(of_set)
    rule = told(of_set + [one for one in public(given.collections, made) if one is not None], given.softness)
    if given.write:
        FITTED.write_text(_module(rule), "utf-8")


def _ranking(cases: Sequence[Case]) -> None:
    print("| weight of meaning | hit@1 | hit@5 | paraphrase hit@5 |\n|---|---|---|---|")
    for weight in WEIGHTS:
        found = [(one, one.ranked(weight).passages) for one in cases if one.right]
        first = _part(_hit(passages, one.right, 1) for one, passages in found)
        others = _part(_hit(passages, one.right) for one, passages in found if one.kind == "paraphrase")
        print(
            f"| {weight} | {_row(first, _part(_hit(passages, one.right) for one, passages in found), others)}"
        )


def _module(rule: Logistic) -> str:
    lines = [
        '"""How likely it is that passages answer, by the signals of `bot.answering.fusion`.',
        "",
        "Written by `python -m benchmarks.fitting --write`, not by hand.",
        '"""',
        "",
        "from bot.answering.logistic import Logistic",
        "",
        "ANSWERS = Logistic(",
        f"    {rule.low},",
        f"    {rule.high},",
        "    (",
        *(f"        {row}," for row in rule.form),
        "    ),",
        ")  # fmt: skip",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
