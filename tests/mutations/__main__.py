"""Runs the named tests once for each mutation, in a copy of the project. Exit code 1 if a mutation survives.

python -m tests.mutations                    # all: about a quarter of a minute each
python -m tests.mutations http_limits clock  # those whose file or guard contains one of these words
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import ROOT
from tests.mutations.table import Mutation, mutations

TIMEOUT_S = 300.0
"""A test that does not end within this time counts as failed, so its mutation counts as found."""
COPIED = (
    "adapters",
    "bot",
    "corpus",
    "tests",
    "benchmarks",
    "docs",
    "examples",
    "pyproject.toml",
    "README.md",
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Do the tests fail if a guard is removed?")
    parser.add_argument("words", nargs="*", help="only mutations whose file or guard contains one of these")
    words = parser.parse_args().words
    chosen = [
        mutation for mutation in mutations() if not words or any(word in str(mutation) for word in words)
    ]
    survived = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        for number, mutation in enumerate(chosen, 1):
            killed = is_killed(mutation, copy)
            print(f"{number}/{len(chosen)} {'killed  ' if killed else 'SURVIVED'} {mutation}", flush=True)
            if not killed:
                survived.append(mutation)
    print(f"{len(chosen) - len(survived)} of {len(chosen)} mutations are killed")
    return 1 if survived or not chosen else 0


def is_killed(mutation: Mutation, copy: Path) -> bool:
    """Whether one of the named tests fails without the guard."""
    file = copy / mutation.file
    source = file.read_text(encoding="utf-8")
    file.write_text(mutation.applied(source), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "0",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "",
        *mutation.tests,
    ]
    # A compiled file looks valid if its source changed within the same second.
    variables = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        process = subprocess.run(
            command, cwd=copy, env=variables, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        file.write_text(source, encoding="utf-8")
    if process.returncode not in (
        0,
        1,
    ):  # the program or the tests could not be imported, which proves nothing
        print(process.stdout.decode()[-500:], process.stderr.decode()[-500:], sep="\n")
    return process.returncode == 1


if __name__ == "__main__":
    sys.exit(main())
