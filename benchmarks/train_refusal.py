"""Trains the rules that refuse, by words and meaning, one for each model; without any, prints the curve of the threshold by words.

    python -m benchmarks.train_refusal --vaults DIR [--models M …] [--lost SHARE] [--vectors DIR] [--write]

A logistic regression over the signals of `bot.answering.signals` and their products of two. It is trained on the known parts of
the question set: on those whose passage was found, on those without an answer (near misses among them), and with less weight on
the library's own misses and on questions about other libraries. Each vault is judged after training on the others, and the rule is
shifted by that: so that of a vault that it was not trained on the share `--lost` gets no answer. The same questions give the same
weights.
"""

import argparse
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from statistics import fmean

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from benchmarks.meaning import Vectors
from benchmarks.questions import FIRST_PASSAGES, NEAR_MISS, PARAPHRASE, TUNING_PARTS, libraries
from bot.answering.breakdown import WordsReason
from bot.answering.evidence import answer_score
from bot.answering.find import MAX_QUOTES, rank
from bot.answering.logistic import Logistic, Weights
from bot.answering.ranked import RankedPassages
from bot.answering.refusal_weights import WeightsError, load_weights, write_weights
from bot.answering.signals import refusal_signals
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.search.query import parse
from bot.semantic.catalog import BUILTIN, ENGLISH
from bot.semantic.embedding import Embedding
from bot.semantic.model import load
from bot.text.analysis import is_unspaced
from bot.text.language_detection import detect_short
from bot.text.stemming import ENGLISH as ENGLISH_LANGUAGE
from bot.understanding.intent import Intent, understand

FOREIGN = "foreign"
"""Kind of a question about another library."""

INVERSE_REGULARISATION = 0.03
"""scikit-learn's C."""

MISS_WEIGHT, FOREIGN_WEIGHT = 0.1, 0.3
"""Weight of an answerable question whose passage was not found, and of one about another library."""

UNANSWERABLE_WEIGHT = 1.5
"""Weight of an unanswerable question: there are four answerable ones to one."""

PARAPHRASE_WEIGHT = 3.0
"""Weight of a found answer in other words than its passage: there are ten others to one, whose words tell them."""

LOST_ANSWERS = 0.02
"""Share of the found answers, without those in other words, that gets no answer in a vault that was not trained on, unless
`--lost` says another."""

FOREIGN_STEP = 36
"""Of the questions about other libraries every so-manieth is asked."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question that was asked."""

    part: str
    """Of the question set."""
    vault: str
    """The library that was asked."""
    kind: str
    """As in the question set, but "near miss" for such a one, and "foreign" for a question about another library."""
    script: str
    """"without blanks", "English" or "others"."""
    answerable: bool
    answered: bool
    """Whether a right passage is among the first five."""
    score: float
    """The answer score by words."""
    signals: Floats | None
    """None if the rule for words decides."""

    @property
    def counted(self) -> bool:
        """Whether it counts among the found answers of which `LOST_ANSWERS` may get no answer."""
        return self.answered and self.kind != PARAPHRASE

    @property
    def weight(self) -> float:
        if self.answered:
            return PARAPHRASE_WEIGHT if self.kind == PARAPHRASE else 1.0
        if self.answerable:
            return MISS_WEIGHT
        return FOREIGN_WEIGHT if self.kind == FOREIGN else UNANSWERABLE_WEIGHT


Libraries = Sequence[tuple[str, Index, list[dict[str, str]]]]
"""Names of vaults, their indexes, and the questions about them."""


def own(found: Libraries, made: Vectors | None) -> Iterator[Case]:
    """The known questions of the set, each asked of its own library, and some of every other. Without those that the model cannot
    read; None: by words alone."""
    for corpus, index, questions in found:
        embedding = None if made is None else made.of(corpus, index)
        numbers = _numbers(index)
        asked = [(one, frozenset(numbers[id_] for id_ in one["highlights"])) for one in questions]
        for other, _, foreign in found:
            asked += [
                ({**one, "kind": FOREIGN}, frozenset()) for one in foreign[::FOREIGN_STEP] if other != corpus
            ]
        for one, right in asked:
            made_of = _case(corpus, one, right, index, embedding)
            if made_of is not None:
                yield made_of


def _case(
    vault: str, one: dict[str, str], right: Collection[int], index: Index, embedding: Embedding | None
) -> Case | None:
    text = one["question"]
    intent = understand(parse(text), index)
    if not intent.terms or intent.only_names:
        return None
    similarities = None if embedding is None else embedding.similarities(intent.text or text, index)
    if embedding is not None and similarities is None:
        return None
    ranked = rank(intent, index, MAX_QUOTES, None, similarities)
    return Case(
        one["part"],
        vault,
        NEAR_MISS if one.get("near") and not right and one["kind"] != FOREIGN else one["kind"],
        _script(text),
        bool(right),
        any(passage in right for passage in ranked.found.passages[:FIRST_PASSAGES].tolist()),
        answer_score(ranked, intent).total,
        _signals(ranked, intent, index),
    )


def _signals(ranked: RankedPassages, intent: Intent, index: Index) -> Floats | None:
    """The signals; None if words decide."""
    if ranked.closeness is None:
        return None
    signals = refusal_signals(ranked, intent, index)
    return None if isinstance(signals, WordsReason) else signals.values


def _script(text: str) -> str:
    if any(map(is_unspaced, text)):
        return "without blanks"
    return "English" if detect_short(text) in (None, ENGLISH_LANGUAGE) else "others"


def _numbers(index: Index) -> dict[str, int]:
    return {highlight.id: number for number, highlight in enumerate(index.library.highlights)}


def train(cases: Sequence[Case]) -> Logistic:
    """The regression of answered questions against the others."""
    judged = [(one, one.signals) for one in cases if one.signals is not None]
    seen = np.array([signals for _, signals in judged], np.float64)
    low, high = np.quantile(seen, 0.01, axis=0), np.quantile(seen, 0.99, axis=0)
    answered = np.array([one.answered for one, _ in judged])
    weights = np.array([one.weight for one, _ in judged])
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


Judged = tuple[Case, float]
"""A question and the log-odds of an answer; infinite where words suffice."""


def judged_by_others(cases: Sequence[Case], group: Callable[[Case], str]) -> list[Judged]:
    """The questions of each group by a rule that was trained on the other groups."""
    result: list[Judged] = []
    for name in dict.fromkeys(map(group, cases)):
        rule = train([one for one in cases if group(one) != name])
        result += [(one, _log_odds(one, rule)) for one in cases if group(one) == name]
    return result


def _log_odds(one: Case, rule: Logistic) -> float:
    return math.inf if one.signals is None else rule.log_odds(one.signals)


def shift(judged: Sequence[Judged], lost: float) -> float:
    """The log-odds below which this share of the found answers lies, those by words among them."""
    found = sorted(value for one, value in judged if one.counted)
    return found[int(lost * len(found))]


GROUPS: dict[str, Callable[[Case], bool]] = {
    "found": lambda one: one.counted,
    "in other words": lambda one: one.answered and not one.counted,
    "misses": lambda one: one.answerable and not one.answered,
    "unanswerable": lambda one: not one.answerable and one.kind != FOREIGN,
    "near misses": lambda one: one.kind == NEAR_MISS,
    "foreign": lambda one: one.kind == FOREIGN,
}
"""Columns of the tables: which questions they count."""


def row(judged: Sequence[Judged], least: float) -> str:
    """What gets no answer below this value, by group."""
    shares = ([value < least for one, value in judged if chosen(one)] for chosen in GROUPS.values())
    return " | ".join(f"{fmean(one):.3f}" if one else "–" for one in shares)


def _table(title: str, first: str) -> None:
    print(f"\n{title}\n\n| {first} | {' | '.join(GROUPS)} |\n|---{'|---' * len(GROUPS)}|")


def report_words(cases: Sequence[Case]) -> None:
    """Prints the curve of the threshold for words alone, by script."""
    for script in dict.fromkeys(one.script for one in cases):
        judged = [(one, one.score) for one in cases if one.script == script]
        _table(f"By words alone, no answer below; questions in scripts: {script}", "least score")
        for least in (0.5, 0.6, 0.7, 0.76, 0.8, 0.84, 0.86, 0.88, 0.9, 0.95, 1.0):
            print(f"| {least} | {row(judged, least)} |")


def train_and_report(name: str, cases: Sequence[Case], lost_answers: float) -> Logistic:
    """The rule of a model. Prints how each vault and each part is judged by the others, and the curve of it."""
    by_vault = judged_by_others(cases, attrgetter("vault"))
    least = shift(by_vault, lost_answers)
    for title in ("vault", "part"):
        group = attrgetter(title)
        _table(f"{name}: no answer, each vault by training on the others, by {title}", title)
        for one in dict.fromkeys(map(group, cases)):
            print(f"| {one} | {row([value for value in by_vault if group(value[0]) == one], least)} |")
    for lost in (0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05):
        print(f"| all, {lost} of the found ones | {row(by_vault, shift(by_vault, lost))} |")
    rule = train(cases)
    form = rule.form.copy()
    form[0, 0] = round(form[0, 0] - least, 4)
    fitted = Logistic(rule.low, rule.high, form)
    _table(f"{name}: no answer by the rule that was trained on all, below a probability", "probability")
    seen = [(one, _log_odds(one, fitted)) for one in cases]
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
    parser.add_argument("--vectors", type=Path, help="folder in which vectors are kept for the next time")
    parser.add_argument(
        "--write", action="store_true", help="write the weights into the program; those of other models stay"
    )
    given = parser.parse_args(arguments)
    found = list(libraries(given.vaults, TUNING_PARTS))
    if not given.models:
        report_words(list(own(found, None)))
    for name in given.models:
        model = load(name, given.vectors or Path.home() / ".cache" / "analects" / "models")
        folder = given.vectors and given.vectors / Path(name).name
        rule = train_and_report(model.name, list(own(found, Vectors(model, folder))), given.lost)
        if given.write:
            write_weights({**_written_weights(), model.name: rule})


def _written_weights() -> dict[str, Logistic]:
    """The weights that the program has; none if they were made for other signals."""
    try:
        return load_weights()
    except WeightsError:
        return {}


if __name__ == "__main__":
    main()
