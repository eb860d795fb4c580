"""Trains the rules that refuse by words and meaning, one for each model. Without models, prints the effect of the word threshold.

    python -m benchmarks.train_refusal --vaults DIR [--models M …] [--lost SHARE] [--vectors DIR] [--write]

A rule is a logistic regression over the signals of `bot.answering.signals` and their pairwise products. It is trained on the known
parts of the question set: questions whose passage was found, questions without an answer (near misses among them), and with less
weight the search's own misses and questions about other libraries. Each vault is judged by a rule trained on the others. The final
rule is then shifted so that in a vault it was not trained on, the share `--lost` of the found answers gets no answer. The same
questions give the same weights.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path
from statistics import fmean

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from benchmarks.meaning import Vectors
from benchmarks.outcomes import NEAR_MISS
from benchmarks.questions import TUNING_PARTS, libraries
from benchmarks.refusal_cases import FOREIGN, Case, ask_libraries
from bot.answering.logistic import Logistic, Weights
from bot.answering.refusal_weights import WeightsError, load_weights, write_weights
from bot.semantic.catalog import BUILTIN, ENGLISH
from bot.semantic.model import load

INVERSE_REGULARISATION = 0.01
"""scikit-learn's C."""

LOST_ANSWERS = 0.02
"""Default of `--lost`: the share of found answers, without those in other words, that may get no answer in a new vault."""


def train(cases: Sequence[Case]) -> Logistic:
    """Trains the regression of answered questions against the others."""
    judged = [(case, case.signals) for case in cases if case.signals is not None]
    seen = np.array([signals for _, signals in judged], np.float64)
    low, high = np.quantile(seen, 0.01, axis=0), np.quantile(seen, 0.99, axis=0)
    answered = np.array([case.answered for case, _ in judged])
    weights = np.array([case.weight for case, _ in judged])
    scaler, products, scaled = StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler()
    regression = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=10_000)
    shaped = scaled.fit_transform(products.fit_transform(scaler.fit_transform(np.clip(seen, low, high))))
    regression.fit(shaped, answered, sample_weight=weights)
    return Logistic(low.round(3), high.round(3), _form(scaler, products, scaled, regression).round(4))


def _form(
    scaler: StandardScaler,
    products: PolynomialFeatures,
    scaled: StandardScaler,
    regression: LogisticRegression,
) -> Weights:
    """Returns all steps of the regression as one quadratic form over 1 and the unscaled signals."""
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


Judged = tuple[Case, float]
"""A question and the log-odds of an answer: infinite if words suffice, minus infinite if there is a doubt."""


def judged_by_others(cases: Sequence[Case], group: Callable[[Case], str]) -> list[Judged]:
    """Returns the questions of each group, judged by a rule that was trained on the other groups."""
    result: list[Judged] = []
    for name in dict.fromkeys(map(group, cases)):
        rule = train([case for case in cases if group(case) != name])
        result += [(case, _log_odds(case, rule)) for case in cases if group(case) == name]
    return result


def _log_odds(case: Case, rule: Logistic) -> float:
    if case.doubtful:
        return -math.inf
    return math.inf if case.signals is None else rule.log_odds(case.signals)


def shift(judged: Sequence[Judged], lost: float) -> float:
    """Returns the log-odds below which this share of the found answers lies, including those by words."""
    found = sorted(value for case, value in judged if case.counted)
    return found[int(lost * len(found))]


GROUPS: dict[str, Callable[[Case], bool]] = {
    "found": lambda case: case.counted,
    "in other words or languages": lambda case: case.answered and not case.counted,
    "misses": lambda case: case.answerable and not case.answered,
    "unanswerable": lambda case: not case.answerable and case.kind != FOREIGN,
    "near misses": lambda case: case.kind == NEAR_MISS,
    "foreign": lambda case: case.kind == FOREIGN,
}
"""Columns of the tables, and the questions that they count."""


def row(judged: Sequence[Judged], least: float) -> str:
    """Returns the share of each group that gets no answer below this value."""
    shares = ([value < least for case, value in judged if counts(case)] for counts in GROUPS.values())
    return " | ".join(f"{fmean(share):.3f}" if share else "–" for share in shares)


def _table(title: str, first: str) -> None:
    print(f"\n{title}\n\n| {first} | {' | '.join(GROUPS)} |\n|---{'|---' * len(GROUPS)}|")


def report_words(cases: Sequence[Case]) -> None:
    """Prints the curve of the threshold for words alone, by script."""
    for script in dict.fromkeys(case.script for case in cases):
        judged = [(case, case.score) for case in cases if case.script == script]
        _table(f"By words alone, no answer below; questions in scripts: {script}", "least score")
        for least in (0.5, 0.6, 0.7, 0.76, 0.8, 0.84, 0.86, 0.88, 0.9, 0.95, 1.0):
            print(f"| {least} | {row(judged, least)} |")


def train_and_report(name: str, cases: Sequence[Case], lost_answers: float) -> Logistic:
    """Trains the rule of a model. Prints how each vault and part is judged by the others, and the effect of thresholds."""
    by_vault = judged_by_others(cases, attrgetter("vault"))
    least = shift(by_vault, lost_answers)
    for title in ("vault", "part"):
        group = attrgetter(title)
        _table(f"{name}: no answer, each vault by training on the others, by {title}", title)
        for group_name in dict.fromkeys(map(group, cases)):
            of_group = [judged for judged in by_vault if group(judged[0]) == group_name]
            print(f"| {group_name} | {row(of_group, least)} |")
    for lost in (0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05):
        print(f"| all, {lost} of the found ones | {row(by_vault, shift(by_vault, lost))} |")
    rule = train(cases)
    form = rule.form.copy()
    form[0, 0] = round(form[0, 0] - least, 4)
    fitted = Logistic(rule.low, rule.high, form)
    _table(f"{name}: no answer by the rule that was trained on all, below a probability", "probability")
    seen = [(case, _log_odds(case, fitted)) for case in cases]
    for least in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        print(f"| {least} | {row(seen, math.log(least / (1 - least)))} |")
    return fitted


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_refusal", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    parser.add_argument(
        "--models",
        nargs="*",
        default=[ENGLISH.name, BUILTIN.name],
        help="names, or folders with models; none: only the curve by words",
    )
    parser.add_argument(
        "--lost",
        type=float,
        default=LOST_ANSWERS,
        metavar="SHARE",
        help=f"share of the found answers that gets no answer (default: {LOST_ANSWERS:g})",
    )
    parser.add_argument("--vectors", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument(
        "--write", action="store_true", help="write the weights into the program; those of other models stay"
    )
    parsed = parser.parse_args(arguments)
    found = list(libraries(parsed.vaults, TUNING_PARTS))
    if not parsed.models:
        report_words(list(ask_libraries(found, None)))
    for name in parsed.models:
        model = load(name, parsed.vectors or Path.home() / ".cache" / "analects" / "models")
        folder = parsed.vectors and parsed.vectors / Path(name).name
        rule = train_and_report(model.name, list(ask_libraries(found, Vectors(model, folder))), parsed.lost)
        if parsed.write:
            write_weights(dict(sorted({**_written_weights(), model.name: rule}.items())))


def _written_weights() -> dict[str, Logistic]:
    """Returns the weights in the program, or none if they were trained for other signals."""
    try:
        return load_weights()
    except WeightsError:
        return {}


if __name__ == "__main__":
    main()
