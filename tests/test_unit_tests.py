"""What the unit tests may not do: `pytest -m unit` stays quick only if nothing else is counted among them."""

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import ROOT
from tests.conftest import only_allowed_of_a_unit_test
from tests.unit import lies_among_unit_tests, may_hold_unit_tests


def open_a_socket() -> None:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))


def start_a_process() -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


def open_a_database() -> None:
    sqlite3.connect(":memory:").close()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (open_a_socket, "opens a socket"),
        (start_a_process, "starts a process"),
        (open_a_database, "opens a database"),
    ],
)
def test_a_unit_test_fails_if_it_is_none(
    request: pytest.FixtureRequest, act: Callable[[], None], said: str
) -> None:
    request.node.add_marker("unit")
    with pytest.raises(pytest.fail.Exception, match=said), only_allowed_of_a_unit_test(request.node):
        act()


def test_other_tests_may_do_all_of_it(request: pytest.FixtureRequest) -> None:
    with only_allowed_of_a_unit_test(request.node):
        open_a_socket()
        open_a_database()


@pytest.mark.parametrize(
    ("imports", "may"),
    [
        ("import re\nfrom corpus.load import load\n", True),
        ("from adapters.terminal.render import render\n", True),
        ("# import discord\n", True),
        ("import discord\n", False),
        ("from slack_sdk.models import blocks\n", False),
        ("from adapters.slack.cards.render import message\n", False),
        ("from tests.slack_server import SlackServer\n", False),
        ("from tests.slack_server.shown import reading\n", False),
        ("from tests.processes import Process, analects\n", False),
    ],
)
def test_a_modules_imports_say_whether_it_may_hold_unit_tests(
    tmp_path: Path, imports: str, may: bool
) -> None:
    module = tmp_path / "test_module.py"
    module.write_text(imports, "utf-8")
    assert may_hold_unit_tests(module) is may


def test_a_folder_whose_fixtures_start_a_platform_holds_no_unit_tests() -> None:
    assert lies_among_unit_tests(ROOT / "tests" / "corpus" / "test_left_out.py")
    assert not may_hold_unit_tests(ROOT / "tests" / "adapters" / "slack")
    assert not lies_among_unit_tests(ROOT / "tests" / "adapters" / "slack" / "cards" / "test_actions.py")


@pytest.mark.long
def test_a_run_of_the_unit_tests_imports_no_platform() -> None:
    """tests/conftest.py ends such a run with an error if a library of a platform was imported."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-m", "unit", "--collect-only", "-q"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
    assert run.returncode == 0, run.stdout[-500:]
