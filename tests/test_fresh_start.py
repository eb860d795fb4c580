"""Each command starts in a new Python that has imported nothing yet.

Other tests fork their processes from a server that has imported everything, so they would not notice a broken import.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("ask sleep", 0),
        pytest.param("random", 0, marks=pytest.mark.long),
        pytest.param("chat", 0, marks=pytest.mark.long),
        pytest.param("highlights", 0, marks=pytest.mark.long),
        pytest.param("check", 0, marks=pytest.mark.long),
        pytest.param("setup slack", 0, marks=pytest.mark.long),
        pytest.param("setup discord --application 123456789012345678", 0, marks=pytest.mark.long),
        pytest.param("health", 1, marks=pytest.mark.long),  # no bot is running
        ("doctor", 1),  # no platform has tokens
        ("run", 2),
    ],
)
def test_each_command_starts_in_a_new_python(command: str, code: int, tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "bot", *command.split()],
        input="quit\n", capture_output=True, text=True, timeout=100, cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "STATE_PATH": str(tmp_path), "HTTP_PORT": "1"},
    )  # fmt: skip
    assert "Traceback" not in process.stderr
    assert process.returncode == code, process.stderr


@pytest.mark.parametrize(
    "platform",
    [
        "adapters.slack.platform",
        pytest.param("adapters.discord.platform", marks=pytest.mark.long),
        pytest.param("adapters.serve", marks=pytest.mark.long),
    ],
)
def test_each_platform_is_imported_first(platform: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {platform}"], cwd=ROOT, timeout=100, check=True)
