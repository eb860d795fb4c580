"""Trains the rule that refuses by words and meaning.

    python -m benchmarks.train_refusal --vaults DIR --model M [--collections DIR] [--write]

A logistic regression over the signals of `bot.answering.signals` and their products of two. It is trained on the known parts of
the question set: on those whose passage was found, on those without an answer (near misses among them), and with less weight on
the library's own misses and on questions about other libraries. Public collections may be added, whose questions are also asked of
each other. Prints how well each part is judged after training on the others.
"""

import argparse
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from benchmarks.collections import collections
from benchmarks.meaning import Vectors, options, vectors
from benchmarks.quality import library
from benchmarks.questions import FIRST_PASSAGES, PARAPHRASE, TUNING_PARTS, libraries
from benchmarks.refusing import some
from bot.answering.find import MAX_QUOTES, rank
from bot.answering.logistic import Logistic, Weights
from bot.answering.parameters import MEANING
from bot.answering.refusal_weights import write_weights
from bot.answering.signals import refusal_signals
from bot.search.arrays import Floats, Longs
from bot.search.index import Index
from bot.search.query import parse
from bot.semantic.embedding import Embedding
from bot.understanding.intent import understand

INVERSE_REGULARISATION = 0.3
"""scikit-learn's C."""

MISS_WEIGHT, FOREIGN_WEIGHT = 0.1, 0.1
"""Weight of an answerable question whose passage was not found, and of one about another library; all others have 1."""

UNANSWERABLE_WEIGHT = 1.5
"""Weight of an unanswerable question: there are four answerable ones to one."""

LOST_ANSWERS = 0.02
"""Share of the found answers of the set, without those in other words, that gets no answer: by a fit on other parts 0.03."""

FOREIGN_STEP = 12
"""Of the questions about other libraries every so-manieth is asked."""

MAX_FOREIGN_QUESTIONS = 40
"""Questions of each other collection that a collection is asked."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question that was asked."""

    part: str
    """Of the question set, or the name of the collection."""
    kind: str
    """As in the question set; "foreign" for a question about another library."""
    answerable: bool
    answered: bool
    """Whether a right passage is among the first five."""
    signals: Floats | None
    """None where the rule for words decides."""

    @property
    def counted(self) -> bool:
        """Whether it counts among the found answers of which `LOST_ANSWERS` may get no answer."""
        return self.answered and self.kind != PARAPHRASE

    @property
    def weight(self) -> float:
        if self.answered:
            return 1.0
        if self.answerable:
            return MISS_WEIGHT
        return FOREIGN_WEIGHT if self.kind == "foreign" else UNANSWERABLE_WEIGHT


def case(
    part: str, kind: str, text: str, right: Collection[int], index: Index, embedding: Embedding
) -> Case | None:
    """A question that was asked; None where the model cannot read it."""
    intent = understand(parse(text), index)
    similarities = embedding.similarities(intent.text or text, index) if intent.terms else None
    if similarities is None or intent.only_names:
        return None
    ranked = rank(intent, index, MAX_QUOTES, None, similarities)
    answered = _hit(ranked.found.passages, right)
    return Case(part, kind, bool(right), answered, refusal_signals(ranked, intent, index))


def _hit(passages: Longs, right: Collection[int], limit: int = FIRST_PASSAGES) -> bool:
    """Whether one of the first `limit` passages is right."""
    return any(passage in right for passage in passages[:limit].tolist())


def own(vaults: Path, made: Vectors) -> Iterator[Case | None]:
    """The known questions of the set, each asked of its own library, and some of every other."""
    found = list(libraries(vaults, TUNING_PARTS))
    for corpus, index, questions in found:
        embedding = made.of(corpus, index)
        numbers = _numbers(index)
        for one in questions:
            right = frozenset(numbers[id_] for id_ in one["highlights"])
            yield case(one["part"], one["kind"], one["question"], right, index, embedding)
        for other, _, foreign in found:
            for one in foreign[::FOREIGN_STEP] if other != corpus else ():
                yield case(one["part"], "foreign", one["question"], (), index, embedding)


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
                    kind = "" if right else "foreign"
                    yield case(collection.name, kind, other.questions[name], right, index, embedding)


def _numbers(index: Index) -> dict[str, int]:
    return {highlight.id: number for number, highlight in enumerate(index.library.highlights)}


def train(cases: Sequence[Case], softness: float = INVERSE_REGULARISATION) -> Logistic:
    """The regression of answered questions against the others, shifted so that `LOST_ANSWERS` get no answer at 0.5."""
    judged = [(one, one.signals) for one in cases if one.signals is not None]
    seen = np.array([signals for _, signals in judged], np.float64)
    low, high = np.quantile(seen, 0.01, axis=0), np.quantile(seen, 0.99, axis=0)
    answered = np.array([one.answered for one, _ in judged])
    weights = np.array([one.weight for one, _ in judged])
    scaler, products, scaled = StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler()
    regression = LogisticRegression(C=softness, max_iter=10_000)
    shaped = scaled.fit_transform(products.fit_transform(scaler.fit_transform(np.clip(seen, low, high))))
    regression.fit(shaped, answered, sample_weight=weights)
    form = _form(scaler, products, scaled, regression)
    rule = Logistic(low, high, form)
    found = sorted(rule.log_odds(signals) for one, signals in judged if one.counted)
    form[0, 0] -= found[int(LOST_ANSWERS * sum(one.counted for one in cases))]
    return Logistic(low.round(3), high.round(3), form.round(4))


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


def _part(values: Iterable[bool]) -> float:
    listed = list(values)
    return fmean(listed) if listed else 0.0


Judged = tuple[Case, float]
"""A question and the probability of an answer; 1 where words suffice."""


def judge(judged: Sequence[Judged], least: float = MEANING.min_probability) -> str:
    """A row of what gets no answer below this probability: of found answers, of those in other words, of misses, of unanswerable
    questions, of foreign ones."""
    shares: dict[str, list[bool]] = {
        "found": [],
        "in other words": [],
        "missed": [],
        "none": [],
        "foreign": [],
    }
    for one, value in judged:
        group = "foreign" if one.kind == "foreign" else "none"
        if one.answerable:
            group = "missed" if not one.answered else "found" if one.counted else "in other words"
        shares[group].append(value < least)
    return " | ".join(f"{_part(values):.3f}" for values in shares.values()) + " |"


def probabilities(cases: Sequence[Case], rule: Logistic) -> list[Judged]:
    return [(one, 1.0 if one.signals is None else rule.probability(one.signals)) for one in cases]


def train_and_report(cases: Sequence[Case], softness: float) -> Logistic:
    """Trains, and prints how well each part is judged after training on the others, and the curve of all that."""
    print("\nWithout an answer at 0.5, each part by training on the others:")
    print(
        "\n| part | questions | found | in other words | misses | unanswerable | foreign |\n|---|---|---|---|---|---|---|"
    )
    unseen: list[Judged] = []
    for part in dict.fromkeys(one.part for one in cases):
        rule = train([one for one in cases if one.part != part], softness)
        judged = probabilities([one for one in cases if one.part == part], rule)
        print(f"| {part} | {len(judged)} | {judge(judged)}")
        unseen += judged
    rule = train(cases, softness)
    for least in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        print(f"| all, below {least} | {len(unseen)} | {judge(unseen, least)}")
    print(f"| all, by a training on all | {len(cases)} | {judge(probabilities(cases, rule))}")
    return rule


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_refusal", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    parser.add_argument("--collections", type=Path, help="folder of the collections, in BEIR's layout")
    parser.add_argument("--softness", type=float, default=INVERSE_REGULARISATION, help="scikit-learn's C")
    parser.add_argument("--write", action="store_true", help="write the weights into the program")
    options(parser)
    given = parser.parse_args(arguments)
    given.meaning = True
    made = vectors(given)
    assert made is not None
    cases = [one for one in own(given.vaults, made) if one is not None]
    if given.collections is not None:
        cases += [one for one in public(given.collections, made) if one is not None]
    rule = train_and_report(cases, given.softness)
    if given.write:
        write_weights(made.model.name, rule)


if __name__ == "__main__":
    main()
