"""`.ci/*`: every test, file and module that the scripts name exists. pytest says nothing if a name in `--deselect` is wrong."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from tests import ROOT

SCRIPTS = sorted(path for path in (ROOT / ".ci").iterdir() if path.is_file())
PATH = r"\btests/[\w/.]*\w"


def names_in(file: str) -> set[str]:
    """Names of the tests in a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


def missing(script: str) -> list[str]:
    """What a script names that does not exist: files, `file::test`, `-k words` after a file, and `-m modules`."""
    lacking = [path for path in re.findall(PATH, script) if not (ROOT / path).exists()]
    lacking += [
        f"{file}::{name}"
        for file, name in re.findall(rf"({PATH})::(\w+)", script)
        if file not in lacking and name not in names_in(file)
    ]
    lacking += [
        f"{file} -k {words}"
        for file, words in re.findall(rf"({PATH}) -k (\w+)", script)
        if file not in lacking and not any(words in name for name in names_in(file))
    ]
    modules = re.findall(r"-m ((?:tests|benchmarks)[\w.]*)", script)
    return lacking + [module for module in modules if importlib.util.find_spec(module) is None]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_names_exists(path: Path) -> None:
    assert missing(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("script", "gone"),
    [
        ("pytest --ignore=tests/test_gone.py", "tests/test_gone.py"),
        ("pytest --deselect=tests/test_ci_scripts.py::test_gone", "tests/test_ci_scripts.py::test_gone"),
        ("pytest tests/test_ci_scripts.py -k gone_again", "tests/test_ci_scripts.py -k gone_again"),
        ("python -m tests.gone --quick", "tests.gone"),
    ],
)
def test_a_name_that_is_gone_is_found(script: str, gone: str) -> None:
    assert missing(script) == [gone]


def test_names_that_exist_are_not_missing() -> None:
    file = "tests/test_ci_scripts.py"
    assert (
        missing(
            f"--ignore={file} --deselect={file}::test_a_name_that_is_gone_is_found \\\n {file} -k is_gone"
        )
        == []
    )
    assert any("::" in path.read_text(encoding="utf-8") for path in SCRIPTS)
