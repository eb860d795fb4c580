"""Runs the server in another process, so that a load test does not measure the server's work.

async with RemoteSlack() as slack:
    ann = (await slack.do("user", name="ann"))["id"]
    delivery = await slack.do("mention", user=ann, channel=room, text="what about sleep?")
"""

from __future__ import annotations

import asyncio
import json
import sys
from types import TracebackType

import aiohttp

from tests import ROOT
from tests.slack_server.json_types import Json


class RemoteSlack:
    """Starts the process, and controls it over /control. `settings` is the environment for the bot."""

    def __init__(self, *options: str) -> None:
        self.options = options
        self.base_url = ""
        self.settings: dict[str, str] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> RemoteSlack:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.slack_server",
            "--until-stdin-closes",
            *self.options,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        greeting = json.loads(await self._process.stdout.readline())
        self.base_url, self.settings = greeting["base_url"], greeting["settings"]
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        if self._process is not None:
            self._process.terminate()
            await self._process.communicate()

    async def do(self, action: str, **fields: object) -> Json:
        """Calls a method of `Control` and returns its answer. Raises RuntimeError with the server's error."""
        assert self._session is not None
        async with self._session.post(f"{self.base_url}/control/{action}", json=fields) as response:
            body: Json = await response.json()
        if response.status != 200:
            raise RuntimeError(f"{action}: {body['error']}")
        return body
