"""Runs commands of `analects`, each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests import ROOT, fork_server

TOKENS = ("readwise-token-of-the-tests", "git-token-of-the-tests", "zebra-token")


class Analects:
    """Runs commands of `analects` with their own state folder. `code` and `errors` are from the last command."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.settings: dict[str, str] = {"STATE_PATH": str(state), "EMBEDDING_MODEL": "off", "HTTP_PORT": ""}
        self.code = 0
        self.errors = ""

    async def __call__(self, *arguments: str) -> str:
        inherited = {
            name: value for name, value in os.environ.items() if not name.endswith(("_TOKEN", "_PATH"))
        }
        environment = {**inherited, "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **self.settings}
        forked = await fork_server.start(list(arguments), environment, ROOT)
        process = forked or await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, env=environment, cwd=ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        out, errors = await asyncio.gather(process.stdout.read(), process.stderr.read())
        output = out.decode()
        self.code, self.errors = await process.wait(), errors.decode()
        if forked is not None:
            await forked.close()
        assert not any(token in output + self.errors for token in TOKENS)
        return output

    async def json(self, *arguments: str) -> Any:
        output = await self(*arguments, "--json")
        assert self.code == 0, self.errors
        return json.loads(output)
