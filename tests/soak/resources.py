"""What a running bot holds: memory, open files, sockets, threads and tasks. Needs /proc."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

COUNT_TASKS = """
import asyncio, collections, json, os, signal
def write_tasks(*_):
    names = (getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks())
    with open({path!r} + ".new", "w") as file:
        json.dump(collections.Counter(names), file)
    os.replace({path!r} + ".new", {path!r})
signal.signal(signal.SIGUSR1, write_tasks)
"""
"""Code for the bot's process: SIGUSR1 makes it write to a file how many tasks it has of each coroutine."""


@dataclass(frozen=True)
class Resources:
    """What a process holds at one moment."""

    memory_kib: int
    files: int
    sockets: int
    threads: int
    tasks: int

    @classmethod
    def lowest(cls, samples: list[Resources]) -> Resources:
        """Returns the lowest figure of each kind."""
        return cls(*(min(getattr(sample, name) for sample in samples) for name in cls.__annotations__))

    def __str__(self) -> str:
        counts = (
            f"{self.files:3} files  {self.sockets:3} sockets  {self.threads:2} threads  {self.tasks:3} tasks"
        )
        return f"{self.memory_kib / 1024:6.1f} MB  {counts}"


class Watch:
    """Measures one process, which runs with `before` as its first code."""

    def __init__(self, folder: Path) -> None:
        self.tasks = Counter[str]()
        """How many tasks of each coroutine the last measurement found."""
        self._tasks = folder / "tasks"
        self.before = COUNT_TASKS.format(path=str(self._tasks))
        self._one_at_a_time = asyncio.Lock()

    async def resources_of(self, process: int) -> Resources:
        return _resources_of(process, await self._tasks_of(process))

    async def _tasks_of(self, process: int) -> int:
        async with self._one_at_a_time, asyncio.timeout(60):
            os.kill(process, signal.SIGUSR1)
            while not self._tasks.exists():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            self.tasks = Counter(json.loads(self._tasks.read_text(encoding="ascii")))
            self._tasks.unlink()
            return self.tasks.total()


def _resources_of(process: int, tasks: int) -> Resources:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    links = []
    for path in Path(f"/proc/{process}/fd").iterdir():
        try:
            links.append(os.readlink(path))  # noqa: PTH115
        except OSError:  # closed meanwhile
            continue
    return Resources(
        memory_kib=int(status.split("VmRSS:")[1].split()[0]),
        files=len(links),
        sockets=sum(link.startswith("socket:") for link in links),
        threads=int(status.split("Threads:")[1].split()[0]),
        tasks=tasks,
    )
