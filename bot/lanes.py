"""Queues of arrivals, one for each lane (a channel). Those of a lane are answered one after the other, in their order.

A lane that waits or fails delays no other. Each queue is bounded, and so is the number of lanes.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MAX_QUEUED = 60
"""Arrivals waiting in one lane."""
MAX_LANES = 2_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Handle:
    """Tracks an accepted arrival. Await it to wait until the arrival has been dealt with."""

    finished: asyncio.Future[None]
    claimed: asyncio.Future[None]
    """Done once it is safe to acknowledge: the claim is stored, or no work is left."""

    def __await__(self) -> Generator[None, None, None]:
        return asyncio.shield(self.finished).__await__()

    def finish(self) -> None:
        """Marks the arrival as dealt with."""
        for one in (self.claimed, self.finished):
            if not one.done():
                one.set_result(None)


def already_finished() -> Handle:
    """A handle for an arrival that will not be answered."""
    loop = asyncio.get_running_loop()
    handle = Handle(loop.create_future(), loop.create_future())
    handle.finish()
    return handle


@dataclass(frozen=True, slots=True)
class Queued(Generic[T]):
    """An arrival in its lane."""

    key: str
    """Of the arrival."""
    lane: str
    handle: Handle
    work: T
    """Given to `Lanes.work_on` when its turn comes."""


@dataclass(slots=True)
class Lanes(Generic[T]):
    """The arrivals that are queued or being answered."""

    work_on: Callable[[T], Awaitable[None]]
    """Works through one arrival. It must not raise."""
    _queues: dict[str, deque[Queued[T]]] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _in_hand: dict[str, Handle] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """Arrivals that are queued or being answered."""
        return len(self._in_hand)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The tasks that work through the lanes, one for each."""
        return list(self._tasks.values())

    def handle_of(self, key: str) -> Handle | None:
        """The handle of an arrival that is queued or being answered; None for others."""
        return self._in_hand.get(key)

    def is_full(self, lane: str) -> bool:
        """Whether no more arrivals fit into this lane."""
        queue = self._queues.get(lane)
        return len(self._queues) >= MAX_LANES if queue is None else len(queue) >= MAX_QUEUED

    def add(self, queued: Queued[T]) -> None:
        """Queues an arrival."""
        self._in_hand[queued.key] = queued.handle
        self._queues.setdefault(queued.lane, deque()).append(queued)
        if queued.lane not in self._tasks:
            task = asyncio.create_task(self._work_through(queued.lane), name=f"lane {queued.lane}")
            self._tasks[queued.lane] = task

    async def _work_through(self, lane: str) -> None:
        queue = self._queues[lane]
        try:
            while queue:
                queued = queue[0]
                try:
                    await self.work_on(queued.work)
                finally:
                    queue.popleft()
                    self._in_hand.pop(queued.key, None)
                    queued.handle.finish()
        finally:
            del self._queues[lane], self._tasks[lane]
