"""Vectors survive a killed process, a full disk and a half-fetched model."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from bot.semantic.catalog import ENGLISH
from bot.semantic.embedding import Embedding
from bot.semantic.vector_store import MAX_FILES, VectorStore
from tests import ROOT
from tests.libraries import highlight, library_of

pytestmark = pytest.mark.long  # processes are started and killed

DIMENSION, ROWS = 512, 4_000
"""Writing such a file of 2 MB takes some milliseconds, in which the process can be killed."""

WRITER = f"""
import sys
from pathlib import Path
import numpy as np
from bot.semantic.vector_store import VectorStore
store = VectorStore(Path(sys.argv[1]), {DIMENSION})
for number in range(int(sys.argv[2]), 99):
    rows = np.random.default_rng(number).standard_normal(({ROWS}, {DIMENSION})).astype(np.float32)
    store.add([number.to_bytes(16, "big")], [rows])
    print(number, flush=True)
"""

FULL_DISK = """
import json, resource, sys
from pathlib import Path
from bot.answering.answer import answer
from bot.model import Question
from bot.semantic.backfill import fill
from tests.bot.semantic.models import Thesaurus, make_embedding
from tests.bot.semantic.test_faults import INDEX
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
made = make_embedding(Thesaurus(), Path(sys.argv[1]))
filled = fill(made, INDEX, lambda: False)
found = answer(Question("is a nap any good?"), INDEX, made).found
print(json.dumps([filled, found, made.problem]))
"""


def run(script: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )


@pytest.mark.slow
@pytest.mark.parametrize("writes", [1, 3, MAX_FILES + 1])
def test_a_process_killed_while_writing_loses_no_finished_vectors(writes: int, tmp_path: Path) -> None:
    """With the last number of writes, all files are merged into one."""
    first = 0
    for _ in range(2):  # killed, resumed and killed again
        with run(WRITER, str(tmp_path), str(first)) as process:
            assert process.stdout is not None
            for expected in range(first, first + writes):
                assert int(process.stdout.readline()) == expected
            process.kill()
        assert process.returncode < 0
        store = VectorStore(tmp_path, DIMENSION)
        kept = {int.from_bytes(key, "big"): file for file in store.files for key in file.keys}
        assert set(kept) >= set(range(first + writes))
        assert all(len(file.rows) == ROWS * len(file.keys) for file in store.files)
        first = max(kept) + 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_on_a_full_disk_vectors_stay_in_memory_and_the_problem_is_reported(tmp_path: Path) -> None:
    with run(FULL_DISK, str(tmp_path / "vectors")) as process:
        output, _ = process.communicate(timeout=60)
    filled, found, problem = json.loads(output)
    assert (filled, found) == (True, True)
    assert problem.startswith("EMBEDDING_MODEL: vectors cannot be written (File too large); make sure that")
    assert list((tmp_path / "vectors").rglob("*")) == [tmp_path / "vectors" / "thesaurus"], (
        "no half-written file may be left"
    )


@pytest.mark.extras
def test_with_a_half_fetched_model_words_answer_and_the_log_says_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if not (find_spec("onnxruntime") and find_spec("tokenizers")):
        pytest.skip("needs the extra onnx")
    folder = tmp_path / ENGLISH.name
    folder.mkdir()
    (folder / "model.onnx.part").write_bytes(bytes(1_000))
    index = Index.build(library_of([highlight("sea", "The sea is older than any of its maps.")]))
    embedding = Embedding.of(ENGLISH.name, tmp_path, None)
    assert not embedding.open()
    assert not embedding.open()
    assert answer(Question("maps of the sea"), index, embedding).found
    assert [record.getMessage() for record in caplog.records] == [
        "answering by words alone: EMBEDDING_MODEL: model.onnx of english is missing; run `analects model fetch english`"
    ]
    (folder / "model.onnx").write_bytes(bytes(1_000))
    assert not embedding.open()
    assert "damaged or another version (wrong SHA-256)" in (embedding.problem or "")
