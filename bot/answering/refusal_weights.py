"""The learned weights of the rule that decides by words and meaning whether to answer: one set for each trained embedding model.

The rule gives the probability that the question has an answer: a high value means answer, a low one means refuse. For a model
without a set of its own, all sets are used and the lowest probability counts: it answers only if the rule of every trained model
would. If the weights cannot be read, the rule for words decides (`bot.answering.decision`), which is logged once.

The weights stand in `refusal_weights.json`, written by `python -m benchmarks.train_refusal --write`:

    {"signals": ["…", …], "models": {"…": {"low": […], "high": […], "form": [[…], …]}, …}}

WeightsError   the file is missing, damaged, or made for other signals
"""

import json
from collections.abc import Mapping
from functools import cache
from logging import getLogger
from pathlib import Path

import numpy as np

from bot.answering.breakdown import AnswerProbability, SignalShare
from bot.answering.logistic import Logistic, probability
from bot.answering.signals import SIGNALS, Signals
from corpus.errors import AnalectsError

log = getLogger("analects.answering")

WEIGHTS_FILE = Path(__file__).with_name("refusal_weights.json")

_RETRAIN = "train it with benchmarks.train_refusal"


class WeightsError(AnalectsError):
    """The learned weights cannot be used; the message says what is wrong and how to fix it."""


def load_weights(file: Path | None = None) -> dict[str, Logistic]:
    """The weights of each fitted model, by its public name. Raises WeightsError."""
    file = file or WEIGHTS_FILE
    try:
        stored = json.loads(file.read_text("utf-8"))
        signals = tuple(stored["signals"])
        models = {
            str(name): [np.array(weights[part], np.float64) for part in ("low", "high", "form")]
            for name, weights in stored["models"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(
            f"{file.name} cannot be read ({type(error).__name__}); install the program again"
        ) from None
    if signals != SIGNALS:
        different = next(
            (
                f"{theirs!r} where {ours!r} is needed"
                for theirs, ours in zip(signals, SIGNALS, strict=False)
                if theirs != ours
            ),
            f"{len(signals)} where {len(SIGNALS)} are needed",
        )
        raise WeightsError(f"{file.name} has other signals ({different}); {_RETRAIN}")
    if not models:
        raise WeightsError(f"{file.name} has no model; {_RETRAIN}")
    count = len(SIGNALS)
    for name, (low, high, form) in models.items():
        if (low.shape, high.shape, form.shape) != ((count,), (count,), (count + 1, count + 1)):
            raise WeightsError(f"{file.name} has weights of the wrong shape for {name}; {_RETRAIN}")
        if not all(np.isfinite(array).all() for array in (low, high, form)) or (low > high).any():
            raise WeightsError(f"{file.name} has impossible weights for {name}; {_RETRAIN}")
    return {name: Logistic(low, high, form) for name, (low, high, form) in models.items()}


def write_weights(models: Mapping[str, Logistic], file: Path = WEIGHTS_FILE) -> None:
    """Writes the weights of all fitted models."""
    file.write_text(
        "{\n"
        f'  "signals": {json.dumps(SIGNALS)},\n'
        '  "models": {\n'
        + ",\n".join(_written(name, weights) for name, weights in models.items())
        + "\n  }\n}\n",
        "utf-8",
    )


def _written(name: str, weights: Logistic) -> str:
    rows = ",\n".join(f"        {json.dumps(row)}" for row in weights.form.tolist())
    return (
        f"    {json.dumps(name)}: {{\n"
        f'      "low": {json.dumps(weights.low.tolist())},\n'
        f'      "high": {json.dumps(weights.high.tolist())},\n'
        f'      "form": [\n{rows}\n      ]\n'
        "    }"
    )


def probability_of_answer(model: str, signals: Signals) -> AnswerProbability | None:
    """How probable it is that the question has an answer, by the weights of this model, with what each signal adds; None if no
    weights can be used."""
    models = _usable_weights()
    if models is None:
        return None
    candidates = [model] if model in models else list(models)
    shares = {name: models[name].shares(signals.values) for name in candidates}
    lowest = min(candidates, key=lambda name: float(shares[name].sum()))
    constant, *by_signal = shares[lowest].tolist()
    return AnswerProbability(
        probability=probability(float(shares[lowest].sum())),
        passage=signals.passage,
        holds=signals.holds,
        weights=lowest,
        constant=constant,
        signals=tuple(
            SignalShare(name, value, share)
            for name, value, share in zip(SIGNALS, signals.values.tolist(), by_signal, strict=True)
        ),
    )


@cache
def _usable_weights() -> dict[str, Logistic] | None:
    """The weights; None if they cannot be used, which is logged the first time."""
    try:
        return load_weights()
    except WeightsError as error:
        log.error("words alone decide what is refused: %(reason)s", {"reason": str(error)})
        return None


def has_own_weights(model: str) -> bool:
    """Whether weights were fitted to the model of this name."""
    return model in (_usable_weights() or {})
