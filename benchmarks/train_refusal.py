"""Trains the rule that refuses by words and meaning.

    python -m benchmarks.train_refusal --vaults DIR --collections DIR --model M [--write]

A logistic regression over the signals of `bot.answering.signals` and their products of two. It is trained on the known parts of
the question set and on public collections, whose questions are also asked of each other. Prints how well each part or collection
is judged after training on the others, and how the weight of the cosine changes the ranking.
"""

import argparse
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from benchmarks.collections import collections
from benchmarks.meaning import Vectors, options, vectors
from benchmarks.quality import library
from benchmarks.questions import FIRST_PASSAGES, TUNING_PARTS, libraries
from benchmarks.refusing import some
from bot.answering.find import MAX_QUOTES, rank
from bot.answering.logistic import Logistic, Weights
from bot.answering.parameters import MEANING
from bot.answering.ranked import RankedPassages
from bot.answering.refusal_weights import write_weights
from bot.answering.signals import refusal_signals
from bot.search.arrays import Floats, Longs
from bot.search.index import Index
from bot.search.query import parse
from bot.semantic.embedding import Embedding, Similarities
from bot.understanding.intent import Intent, understand

INVERSE_REGULARISATION = 1.0
"""scikit-learn's C: the inverse of the regularisation strength."""

COLLECTIONS_WEIGHT = 0.25
"""Total weight of the collections' questions; those of the question set have 1. The collections are easier."""

REFUSED_ANSWERS = 0.045
"""Share of the found answers of the question set that is refused; leaves room below the 0.05 that are allowed."""

MAX_FOREIGN_QUESTIONS = 40
"""Questions of each other collection that a collection is asked."""

COSINE_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Case:
    """One question, with the numbers of the passages that answer it; none where no passage does."""

    part: str
    """Of the question set, or the name of the collection."""
    kind: str
    right: frozenset[int]
    ranked: Callable[[float], RankedPassages]
    """The ranking with this weight of the cosine."""
    signals: Floats
    answered: bool
    """Whether a right passage is among the first five."""

    @property
    def useful(self) -> bool:
        """Whether it should clearly be answered or refused; if the passage was not found, it matters little."""
        return self.answered or not self.right


def case(
    part: str, kind: str, text: str, right: frozenset[int], index: Index, embedding: Embedding
) -> Case | None:
    """A question that was asked; None where the rule for words decides."""
    intent = understand(parse(text), index)
    similarities = embedding.similarities(intent.text or text, index)
    if similarities is None:
        return None
    ranked = partial(_ranked, intent, index, similarities)
    usual = ranked(MEANING.cosine_weight)
    signals = refusal_signals(usual, intent, index)
    if signals is None:
        return None
    return Case(part, kind, right, ranked, signals, _hit(usual.found.passages, right))


def _ranked(intent: Intent, index: Index, similarities: Similarities, cosine_weight: float) -> RankedPassages:
    parameters = replace(MEANING, cosine_weight=cosine_weight)
    return rank(intent, index, MAX_QUOTES, None, similarities, parameters)


def _hit(passages: Longs, right: Collection[int], limit: int = FIRST_PASSAGES) -> bool:
    """Whether one of the first `limit` passages is right."""
    return any(passage in right for passage in passages[:limit].tolist())


def own(vaults: Path, made: Vectors) -> Iterator[Case | None]:
    """The known questions of the set."""
    for corpus, index, questions in libraries(vaults, TUNING_PARTS):
        embedding = made.of(corpus, index)
        numbers = _numbers(index)
        for one in questions:
            right = frozenset(numbers[id_] for id_ in one["highlights"])
            yield case(one["part"], one["kind"], one["question"], right, index, embedding)


def public(folder: Path, made: Vectors) -> Iterator[Case | None]:
    """Questions of the collections, each asked of its own collection, and some of every other."""
    found = list(collections(folder))
    for collection in found:
        index = Index.build(library(collection.passages))
        embedding = made.of(collection.name, index)
        numbers = _numbers(index)
        for other in found:
            for name in some(other) if other is collection else some(other, MAX_FOREIGN_QUESTIONS):
                grades = collection.relevant[name] if other is collection else {}
                right = frozenset(numbers[id_] for id_, grade in grades.items() if grade > 0)
                if right or other is not collection:
                    yield case(collection.name, "", other.questions[name], right, index, embedding)


def _numbers(index: Index) -> dict[str, int]:
    return {highlight.id: number for number, highlight in enumerate(index.library.highlights)}


def train(cases: Sequence[Case], softness: float = INVERSE_REGULARISATION) -> Logistic:
    """The regression of answered questions against those to refuse, shifted so that `REFUSED_ANSWERS` are refused."""
    useful = [one for one in cases if one.useful]
    seen = np.array([one.signals for one in useful], np.float64)
    low, high = np.quantile(seen, 0.01, axis=0), np.quantile(seen, 0.99, axis=0)
    answered = np.array([one.answered for one in useful])
    of_set = np.array([one.part in TUNING_PARTS for one in useful])
    weights = np.ones(len(useful))
    for group, share in ((of_set, 1.0), (~of_set, COLLECTIONS_WEIGHT)):
        for side in (group & answered, group & ~answered):
            weights[side] = share * of_set.sum() / 2 / max(side.sum(), 1)
    scaler, products, scaled = StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler()
    regression = LogisticRegression(C=softness, max_iter=10_000)
    shaped = scaled.fit_transform(products.fit_transform(scaler.fit_transform(np.clip(seen, low, high))))
    regression.fit(shaped, answered, sample_weight=weights)
    form = _form(scaler, products, scaled, regression)
    rule = Logistic(low, high, form)
    found = [rule.log_odds(one) for one in seen[answered & of_set]]
    form[0, 0] -= np.quantile(found, REFUSED_ANSWERS)
    return Logistic(low.round(3), high.round(3), form.round(3))


def _form(
    scaler: StandardScaler,
    products: PolynomialFeatures,
    scaled: StandardScaler,
    regression: LogisticRegression,
) -> Weights:
    """All steps of the regression as one quadratic form over 1 and the unscaled signals."""
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


def _rounded(values: Weights) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _part(values: Iterable[bool]) -> float:
    listed = list(values)
    return fmean(listed) if listed else 0.0


def judge(cases: Sequence[Case], probabilities: Iterable[float]) -> str:
    """A row: shares of the answerable answered rightly, of the unanswerable refused, of the found refused."""
    pairs = [(one, value >= MEANING.min_probability) for one, value in zip(cases, probabilities, strict=True)]
    return _row(
        _part(fits and one.answered for one, fits in pairs if one.right),
        _part(not fits for one, fits in pairs if not one.right),
        _part(not fits for one, fits in pairs if one.answered),
    )


def _row(*values: float) -> str:
    return " | ".join(f"{value:.3f}" for value in values) + " |"


def train_and_report(cases: Sequence[Case], softness: float) -> Logistic:
    """Trains, and prints how well each part or collection is judged after training on the others."""
    print(
        "\n| part | questions | hit@5, answered | refused rightly | refused wrongly |\n|---|---|---|---|---|"
    )
    of_set: list[Case] = []
    unseen: list[float] = []
    for part in dict.fromkeys(one.part for one in cases):
        rule = train([one for one in cases if one.part != part], softness)
        others = [one for one in cases if one.part == part]
        likely = [rule.probability(one.signals) for one in others]
        print(f"| {part}, by the others | {len(others)} | {judge(others, likely)}")
        if part in TUNING_PARTS:
            of_set += others
            unseen += likely
    print(f"| the set, by the others | {len(of_set)} | {judge(of_set, unseen)}")
    rule = train(cases, softness)
    print(
        f"| the set, by all | {len(of_set)} | {judge(of_set, [rule.probability(one.signals) for one in of_set])}"
    )
    return rule


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_refusal", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    parser.add_argument(
        "--collections", type=Path, required=True, help="folder of the collections, in BEIR's layout"
    )
    parser.add_argument("--softness", type=float, default=INVERSE_REGULARISATION, help="scikit-learn's C")
    parser.add_argument("--write", action="store_true", help="write the weights into the program")
    options(parser)
    given = parser.parse_args(arguments)
    given.meaning = True
    made = vectors(given)
    assert made is not None
    of_set = [one for one in own(given.vaults, made) if one is not None]
    _ranking(of_set)
    rule = train_and_report(
        of_set + [one for one in public(given.collections, made) if one is not None], given.softness
    )
    if given.write:
        write_weights(made.model.name, rule)


def _ranking(cases: Sequence[Case]) -> None:
    print("| weight of meaning | hit@1 | hit@5 | paraphrase hit@5 |\n|---|---|---|---|")
    for weight in COSINE_WEIGHTS:
        found = [(one, one.ranked(weight).found.passages) for one in cases if one.right]
        first = _part(_hit(passages, one.right, 1) for one, passages in found)
        others = _part(_hit(passages, one.right) for one, passages in found if one.kind == "paraphrase")
        print(
            f"| {weight} | {_row(first, _part(_hit(passages, one.right) for one, passages in found), others)}"
        )


if __name__ == "__main__":
    main()
