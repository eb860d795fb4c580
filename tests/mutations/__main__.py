"""Runs the named tests once for each mutation, in copies of the project. Exit code 1 if a mutation survives.

python -m tests.mutations                    # all, as many at once as there are processors: about a quarter of a minute each
python -m tests.mutations http_limits clock  # those whose file or guard contains one of these words
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from compileall import compile_dir
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue

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
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        copies = SimpleQueue[Path]()
        for number in range(workers):
            copies.put(copied(Path(folder) / str(number)))
        results = pool.map(lambda mutation: is_killed(mutation, copies), chosen)
        for number, (mutation, killed) in enumerate(zip(chosen, results, strict=True), 1):
            print(f"{number}/{len(chosen)} {'killed  ' if killed else 'SURVIVED'} {mutation}", flush=True)
            if not killed:
                survived.append(mutation)
    print(f"{len(chosen) - len(survived)} of {len(chosen)} mutations are killed")
    return 1 if survived or not chosen else 0


def copied(folder: Path) -> Path:
    """A copy of the project in this folder, compiled. Python compares a hash of each source with that of its compiled file: by
    their times a file would look unchanged if it changed within the same second."""
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    compile_dir(folder, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return folder


def is_killed(mutation: Mutation, copies: SimpleQueue[Path]) -> bool:
    """Whether one of the named tests fails without the guard, in a copy that nothing else uses meanwhile."""
    copy = copies.get()
    try:
        return fails(mutation, copy)
    finally:
        copies.put(copy)


def fails(mutation: Mutation, copy: Path) -> bool:
    """Whether one of the named tests fails, or does not end, in this copy without the guard. The guard is put back."""
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
