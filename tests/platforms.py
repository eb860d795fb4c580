"""Fakes for tests: a target that records posts and fails on demand, and a clock that tests set."""

import time
from collections import deque
from dataclasses import dataclass, field

from bot.chat.arrival import Arrival
from bot.chat.replies import Notice, Reply
from bot.delivery.target import LookupFailedError


@dataclass
class Clock:
    """A clock in seconds since 1970, which `sleep` moves forward."""

    now: float = 1_700_000_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class FakeTarget:
    """A `Target` that records what is posted, and fails with the errors in `failures`."""

    lane: str = "test:C1"
    failures: deque[Exception] = field(default_factory=deque)
    posted: list[Reply] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    tries: int = 0
    found: str | None = None
    """What `find` returns: the id of a message that is already posted."""
    lookup: LookupFailedError | None = None

    async def post(self, reply: Reply) -> str:
        self.tries += 1
        if self.failures:
            raise self.failures.popleft()
        self.posted.append(reply)
        return f"m{len(self.posted)}"

    async def find(self) -> str | None:
        if self.lookup is not None:
            raise self.lookup
        return self.found

    async def tell(self, notice: Notice) -> None:
        self.notices.append(notice)


def make_arrival(text: str = "what about sleep?", number: int = 1, **facts: object) -> Arrival:
    """A question that has just arrived in an allowed channel."""
    defaults: dict[str, object] = {
        "key": f"test:{facts.get('channel', 'C1')}:{number}", "platform": "test", "server": "T1", "channel": "C1",
        "person": "U1", "sent_at": time.time(), "home": True,
    }  # fmt: skip
    return Arrival(text=text, **{**defaults, **facts})  # type: ignore[arg-type]
