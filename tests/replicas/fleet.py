"""Processes that share a database and two platforms."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

from tests.adapters.discord.test_running import WARNINGS
from tests.discord_server import DiscordServer
from tests.processes import Process, analects
from tests.slack_server import SlackServer


class Replica:
    """A process of `analects run` with its own state folder. It is started again after each kill."""

    def __init__(self, folder: Path, settings: dict[str, str], before: str) -> None:
        self.folder = folder
        self._before = before
        self.folder.mkdir()
        self._settings = settings
        self._stack = AsyncExitStack()
        self.process: Process | None = None
        self.logs: list[str] = []

    async def start(self) -> None:
        self.process = await self._stack.enter_async_context(
            analects(self.folder, self._settings, before=self._before)
        )
        await self.process.says("analects: ready", timeout=60)

    async def kill(self, killed: Callable[[], None]) -> float:
        """Sends SIGKILL. Returns the time of the kill by the monotonic clock."""
        assert self.process is not None
        self.process.process.kill()
        killed()
        killed_at = time.monotonic()
        await self._ended()
        return killed_at

    async def stop(self) -> int:
        assert self.process is not None
        code = await self.process.terminate()
        await self._ended()
        return code

    async def _ended(self) -> None:
        assert self.process is not None
        await self.process.ends()
        self.logs += self.process.lines
        self.process = None

    async def close(self) -> None:
        await self._stack.aclose()

    @property
    def lines(self) -> list[str]:
        """The log lines since its first start."""
        return self.logs + (self.process.lines if self.process is not None else [])


class Fleet:
    """Two or more replicas. `lease` is in seconds; None keeps the program's own value."""

    def __init__(
        self, folder: Path, database_url: str, slack: SlackServer, discord: DiscordServer, count: int = 2,
        lease: float | None = None,
    ) -> None:  # fmt: skip
        self.database_url = database_url
        before = "import bot.digest.publisher; bot.digest.publisher.TICK_S = 1.0"
        if lease is not None:  # must be set before a module uses it as a default
            before = f"import bot.state.claims; bot.state.claims.LEASE_S = {lease}; {before}"
        settings = {
            **slack.settings, **discord.settings, "DATABASE_URL": database_url, "PYTHONWARNINGS": WARNINGS,
            "QUESTIONS_PER_MINUTE": "10000,10000",
        }  # fmt: skip
        self.replicas = [Replica(folder / f"replica{number}", settings, before) for number in range(count)]
        self.kills: list[float] = []

    async def __aenter__(self) -> Fleet:
        """Starts all replicas at once, so that only one of them may create the tables."""
        try:
            await asyncio.gather(*(replica.start() for replica in self.replicas))
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await asyncio.gather(*(replica.close() for replica in self.replicas))

    async def kill_and_restart(self, number: int, killed: Callable[[], None]) -> None:
        """Kills a replica and starts it again. `killed` is called at the moment of the kill."""
        replica = self.replicas[number]
        self.kills.append(await replica.kill(killed))
        await replica.start()

    async def stop(self) -> list[int]:
        """Stops all replicas and returns their exit codes."""
        return list(
            await asyncio.gather(
                *(replica.stop() for replica in self.replicas if replica.process is not None)
            )
        )

    @property
    def log(self) -> list[str]:
        """The log lines of all replicas."""
        return [line for replica in self.replicas for line in replica.lines]
