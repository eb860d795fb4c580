"""Runs `analects` as a process and reads its log."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests import ROOT, fork_server
from tests.fork_server import ForkedProcess


class Process:
    """A running `analects` with its log so far."""

    def __init__(self, process: asyncio.subprocess.Process | ForkedProcess) -> None:
        self.process = process
        self.lines: list[str] = []
        self._changed = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode().rstrip())
            self._changed.set()
            self._changed = asyncio.Event()
        self._changed.set()

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    async def says(self, words: str, times: int = 1, timeout: float = 60.0) -> str:  # noqa: ASYNC109
        """Waits until `times` log lines contain these words, and returns the last one."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    changed = self._changed
                    found = [line for line in self.lines if words in line]
                    if len(found) >= times:
                        return found[-1]
                    if self._reading.done():
                        raise AssertionError(f"the process ended without {words!r}:\n{self.log}")
                    await changed.wait()
        except TimeoutError:
            raise AssertionError(f"no {words!r} in:\n{self.log}") from None

    async def ready(self, timeout: float = 60.0) -> None:  # noqa: ASYNC109
        await self.says("analects: ready", timeout=timeout)

    async def get(self, path: str) -> tuple[int, dict[str, object]]:
        """Sends a GET request to the HTTP server of the process. Returns the status and the JSON body."""
        url = (await self.says("listening on")).rsplit(" ", 1)[1]
        async with aiohttp.ClientSession() as session, session.get(url + path) as response:
            return response.status, await response.json()

    async def ends(self, timeout: float = 60.0) -> int:  # noqa: ASYNC109
        """Waits until the process has ended by itself, and returns the exit code."""
        async with asyncio.timeout(timeout):
            code = await self.process.wait()
            await self._reading
        return code

    async def terminate(self, timeout: float = 60.0) -> int:  # noqa: ASYNC109
        """Stops the process with SIGTERM, as Docker does, and returns the exit code."""
        self.process.terminate()
        return await self.ends(timeout)

    async def kill(self) -> None:
        self.process.kill()
        await self.ends()


def environment(variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Returns the environment for `analects`: without proxies of the host, and with its own state in `folder`."""
    inherited = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return {
        **inherited, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "STATE_PATH": str(folder / "state"),
        "HTTP_PORT": "0", "LOG_FORMAT": "text", **variables,
    }  # fmt: skip


@asynccontextmanager
async def analects(
    folder: Path,
    variables: Mapping[str, str],
    command: str = "run",
    *options: str,
    before: str = "",
    fresh: bool = False,
) -> AsyncIterator[Process]:
    """Starts `analects`, and kills it at the end.

    `before` is Python code that runs first, for example to make something slow or fail. `fresh` starts a new Python instead of
    a fork, which takes two seconds longer.
    """
    process_environment = environment(variables, folder)
    process: asyncio.subprocess.Process | ForkedProcess | None = None
    if not fresh:
        process = await fork_server.start([command, *options], process_environment, folder, before)
    if process is None:
        program = (
            ["-c", f"{before}\nfrom adapters.terminal.main import main; main()"] if before else ["-m", "bot"]
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable, *program, command, *options, cwd=folder, env=process_environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
    running = Process(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await running.ends()
        if isinstance(process, ForkedProcess):
            await process.close()
