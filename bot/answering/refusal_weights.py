"""The learned weights of the rule that refuses by words and meaning, and the embedding model that they were trained with.

They are used with every model: cosines come on the library's own scale (`bot.semantic.scale`), on which models are alike. Where the
weights cannot be read, the rule for words decides (`bot.answering.decision`), which is logged once.

The weights stand in `refusal_weights.json`, written by `python -m benchmarks.train_refusal --write`:

    {"model": "…", "signals": ["…", …], "low": […], "high": […], "form": [[…], …]}

WeightsError   the file is missing, damaged, or made for other signals
"""

import json
from functools import cache
from logging import getLogger
from pathlib import Path

import numpy as np

from bot.answering.logistic import Logistic
from bot.answering.signals import SIGNALS
from corpus.errors import AnalectsError

log = getLogger("analects.answering")

WEIGHTS_FILE = Path(__file__).with_name("refusal_weights.json")


class WeightsError(AnalectsError):
    """The learned weights cannot be used; the message says what is wrong and how to fix it."""


def load_weights(file: Path | None = None) -> tuple[str, Logistic]:
    """The name of the model, and its weights. Raises WeightsError."""
    file = file or WEIGHTS_FILE
    try:
        stored = json.loads(file.read_text("utf-8"))
        model, signals = str(stored["model"]), tuple(stored["signals"])
        low, high, form = (np.array(stored[name], np.float64) for name in ("low", "high", "form"))
    except (OSError, ValueError, KeyError, TypeError) as error:
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
        raise WeightsError(
            f"{file.name} has other signals ({different}); train it with benchmarks.train_refusal"
        )
    count = len(SIGNALS)
    if (low.shape, high.shape, form.shape) != ((count,), (count,), (count + 1, count + 1)):
        raise WeightsError(
            f"{file.name} has weights of the wrong shape; train it with benchmarks.train_refusal"
        )
    if not all(np.isfinite(one).all() for one in (low, high, form)) or (low > high).any():
        raise WeightsError(f"{file.name} has impossible weights; train it with benchmarks.train_refusal")
    return model, Logistic(low, high, form)


def write_weights(model: str, weights: Logistic, file: Path = WEIGHTS_FILE) -> None:
    """Writes weights that were trained with this model."""
    rows = ",\n".join(f"    {json.dumps(row)}" for row in weights.form.tolist())
    file.write_text(
        "{\n"
        f'  "model": {json.dumps(model)},\n'
        f'  "signals": {json.dumps(SIGNALS)},\n'
        f'  "low": {json.dumps(weights.low.tolist())},\n'
        f'  "high": {json.dumps(weights.high.tolist())},\n'
        f'  "form": [\n{rows}\n  ]\n'
        "}\n",
        "utf-8",
    )


@cache
def usable_weights() -> Logistic | None:
    """The weights; None where they cannot be used, which is logged the first time."""
    try:
        return load_weights()[1]
    except WeightsError as error:
        log.error("words alone decide what is refused: %(reason)s", {"reason": str(error)})
        return None


@cache
def trained_with(model: str) -> bool:
    """Whether the weights were trained with the model of this name, not with another one."""
    try:
        return load_weights()[0] == model
    except WeightsError:
        return False
