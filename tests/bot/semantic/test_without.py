"""Without the setting nothing of it is imported, and without the extra the setting is a sentence."""

import json
import subprocess
import sys

import pytest

from bot.semantic import model
from bot.semantic.model import INSTALL, MeaningError
from tests import ROOT

LOADED = """
import sys, json
from adapters.terminal.main import main
sys.argv = ["analects", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(json.dumps([name for name in sys.modules if name.split(".")[0] in
    ("fastembed", "onnxruntime", "tokenizers", "huggingface_hub", "loguru", "usearch") or name.startswith("bot.semantic")]))
"""


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "pomodoro timer"],
        pytest.param(["chat"], marks=pytest.mark.long),
        pytest.param(["check"], marks=pytest.mark.long),
        ["run"],
    ],
)
def test_no_module_of_it_is_imported(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *command],
        cwd=ROOT,
        input="",
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_a_model_is_set_but_the_extra_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(model, "find_spec", lambda name: None)
    with pytest.raises(MeaningError, match=r"pip install '\.\[meaning\]'"):
        model.load("english", tmp_path)  # type: ignore[arg-type]
    assert INSTALL.startswith("EMBEDDING_MODEL")
