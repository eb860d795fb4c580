"""The figures that the question set is judged by, one line each, beside what they should be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.outcomes import PARAPHRASE, Languages, Outcome, by_kind

RESAMPLES = 2_000
"""Bootstrap samples for each interval."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of a group of questions."""

    name: str
    counts: Callable[[Outcome], bool]
    """The questions that it is a share of."""
    holds: Callable[[Outcome], bool]
    """The questions among them that make up the share."""
    least: Mapping[str, float]
    """The share that should be reached, by the name of the model ("words" for words alone)."""
    most: float | None = None
    """The share that should not be exceeded."""


def _hit(outcome: Outcome) -> bool:
    return outcome.rank is not None


def _not_answered(outcome: Outcome) -> bool:
    return not outcome.answered


FIGURES = (
    Figure(
        "sharing words, hit@5",
        lambda outcome: outcome.shares_words,
        _hit,
        {"words": 0.96, "builtin": 0.96, "english": 0.97, "quality": 0.97, "multilingual": 0.96},
    ),
    Figure(
        "in other words, hit@5",
        lambda outcome: outcome.kind == PARAPHRASE,
        _hit,
        {"builtin": 0.35, "english": 0.55, "quality": 0.7, "multilingual": 0.45},
    ),
    Figure(
        "other languages (question and passage in the same one, not English), hit@5",
        lambda outcome: outcome.shares_words and outcome.languages is Languages.SAME,
        _hit,
        {"builtin": 0.88, "multilingual": 0.92},
    ),
    Figure(
        "across languages (question in another one than the passage), hit@5",
        lambda outcome: outcome.answerable and outcome.across,
        _hit,
        {},
    ),
    Figure(
        "good ones refused (of all whose passage is among the first five before refusing)",
        lambda outcome: outcome.good,
        lambda outcome: outcome.refused,
        {},
        0.03,
    ),
    Figure(
        "good ones with a weak reply", lambda outcome: outcome.good, lambda outcome: outcome.weak, {}, 0.05
    ),
    Figure(
        "good ones sharing words refused",
        lambda outcome: outcome.good and outcome.shares_words,
        lambda outcome: outcome.refused,
        {},
        0.03,
    ),
    Figure(
        "good ones sharing words with a weak reply",
        lambda outcome: outcome.good and outcome.shares_words,
        lambda outcome: outcome.weak,
        {},
        0.05,
    ),
    Figure(
        "unanswerable, not answered",
        lambda outcome: not outcome.answerable,
        _not_answered,
        {"words": 0.85, "builtin": 0.87, "english": 0.92, "quality": 0.92, "multilingual": 0.9},
    ),
    Figure(
        "near misses, not answered",
        lambda outcome: outcome.near,
        _not_answered,
        {"words": 0.6, "english": 0.75, "quality": 0.75},
    ),
)
"""What the question set is judged by. The shares to reach were set before the parts were written that they are measured on."""


def print_figures(model: str, found: Sequence[Outcome]) -> None:
    """Prints a line for each figure. `model` is "words" or a name of `bot.semantic.catalog`."""
    print("\n| figure | questions | share | asked |\n|---|---|---|---|")
    for figure in FIGURES:
        group = [outcome for outcome in found if figure.counts(outcome)]
        if group:
            share = interval(np.array([figure.holds(outcome) for outcome in group], np.float64))
            print(f"| {figure.name} | {len(group)} | {share} | {_asked(figure, model)} |")


def _asked(figure: Figure, model: str) -> str:
    if figure.most is not None:
        return f"≤ {figure.most:g}"
    return f"≥ {figure.least[model]:g}" if model in figure.least else ""


def print_kinds_below(words: Sequence[Outcome], found: Sequence[Outcome]) -> None:
    """Prints the kinds of question in which a model finds less than words alone, by more than the interval of the difference.

    Both must be outcomes of the same questions.
    """
    of_words = {outcome.id: outcome for outcome in words}
    below = []
    for name, group in by_kind([outcome for outcome in found if outcome.answerable]).items():
        differences = np.array([_hit(outcome) - float(_hit(of_words[outcome.id])) for outcome in group])
        if _bounds(differences)[1] < 0:
            below.append(f"{name} ({differences.mean():+.3f})")
    print(f"\nKinds below words alone by more than the interval: {', '.join(below) or 'none'}")


def interval(values: Numbers) -> str:
    """The mean, and the interval that contains 95 % of its bootstrap samples."""
    low, high = _bounds(values)
    return f"{values.mean():.3f} ({low:.2f}–{high:.2f})"


def _bounds(values: Numbers) -> tuple[float, float]:
    drawn = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)
