"""Builds the image and runs all checks on it: `python -m tests.image [--engine …] [--base IMAGE] [--target NAME]`.

Without `--engine`, it uses Docker if `docker info` succeeds, else buildah, which needs root. Without `--base`, it uses the base
image of the Dockerfile. The build context is a copy of all files that git knows, plus a `.env` and secrets that must not get into
the image.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests import ROOT
from tests.image.checks import CHECKS
from tests.image.engines import Buildah, Docker, Engine
from tests.image.image import MARK, Image


def context(work: Path) -> Path:
    """Makes the build context in a folder and returns it."""
    folder = work / "context"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0")[:-1]:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for secret in (".env", "secrets/slack_bot_token", "bot/.env", "state/state.sqlite3", "notes/Private.md"):
        (folder / secret).parent.mkdir(exist_ok=True)
        (folder / secret).write_text(f"SLACK_BOT_TOKEN=xoxb-{MARK}\n")
    return folder


def default_base() -> str:
    """Returns the base image that the Dockerfile names."""
    found = re.search(r"^ARG BASE=(\S+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M)
    assert found is not None
    return found.group(1)


def engine(requested: str | None) -> Engine:
    """Returns the requested engine, or else one that is installed."""
    if requested is None and shutil.which("docker"):
        requested = (
            "docker"
            if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0
            else None
        )
    return Docker() if requested == "docker" else Buildah()


async def run_checks(image: Image, only: str) -> int:
    """Runs every check whose name contains `only`. Returns how many failed."""
    failed = 0
    for check in (check for check in CHECKS if only in check.__name__):
        began = time.monotonic()
        try:
            result = await check(image)
        except Exception:
            failed += 1
            result = "FAILED\n" + traceback.format_exc()
        sys.stdout.write(f"{check.__name__.replace('_', ' ')}: {result} ({time.monotonic() - began:.1f} s)\n")
        sys.stdout.flush()
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description="Builds the image and runs all checks on it.")
    parser.add_argument("--engine", choices=["docker", "buildah"])
    parser.add_argument("--base", help="image to build on; default: the Dockerfile's")
    parser.add_argument("--target", default="analects")
    parser.add_argument("--no-build", action="store_true", help="use the image of an earlier build")
    parser.add_argument("--only", default="", help="run only the checks with this in their names")
    arguments = parser.parse_args()
    tag, engine_ = f"localhost/{arguments.target}:tested", engine(arguments.engine)
    with tempfile.TemporaryDirectory(prefix="analects-image-") as name:
        work = Path(name)
        work.chmod(0o755)
        began = time.monotonic()
        if not arguments.no_build:
            engine_.build(context(work), tag, arguments.target, arguments.base)
        sys.stdout.write(f"built {tag} with {type(engine_).__name__} in {time.monotonic() - began:.0f} s\n")
        try:
            failed = asyncio.run(
                run_checks(
                    Image(engine_, tag, arguments.target, arguments.base or default_base(), work),
                    arguments.only,
                )
            )
        finally:
            engine_.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
