"""Runs commands of `analects`, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests import ROOT, fork_server


def run(*arguments: str, stdin: str | bytes = b"", **variables: str) -> subprocess.CompletedProcess[str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **variables}
    result = fork_server.run(arguments, environment, Path.cwd(), data) or subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=data, capture_output=True, timeout=120, env=environment, check=False,
    )  # fmt: skip
    return subprocess.CompletedProcess(
        result.args, result.returncode, result.stdout.decode(), result.stderr.decode()
    )
