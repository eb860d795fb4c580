"""The loop that fetches notes: when it runs, how it reports failures, and that no failure ends it."""

import asyncio
import logging
import random
from dataclasses import dataclass, field

import pytest

from adapters.sources.errors import BusyError, OutOfReachError, RefusedTokenError, SourceError
from adapters.sources.outcome import Outcome
from adapters.sources.schedule import STALE_AFTER_S, SyncLoop

HOUR_S = 3600.0


@dataclass
class Scripted:
    """A service whose runs end as the script says, each with an outcome or an error. The last entry is repeated."""

    script: list[Outcome | Exception]
    name: str = "readwise"
    last: float | None = None
    runs: int = 0
    ran: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, full: bool = False, force: bool = False) -> Outcome:
        self.runs += 1
        self.ran.set()
        result = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(result, Exception):
            raise result
        return result

    async def check(self) -> str:
        return "fine"

    def succeeded(self) -> float | None:
        return self.last


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def loop_of(
    source: Scripted, clock: Clock, changed: list[int] | None = None, interval_s: float = HOUR_S
) -> SyncLoop:
    async def notes_changed() -> None:
        if changed is not None:
            changed.append(source.runs)

    return SyncLoop(source, interval_s, notes_changed, clock, random.Random(1))


NEW = Outcome(1, 2, added=1)
SAME = Outcome(1, 2)
UNREACHABLE = OutOfReachError("Readwise cannot be reached: no connection")


async def test_notes_are_read_again_after_a_change_and_after_the_first_run() -> None:
    changed: list[int] = []
    source = Scripted([SAME, SAME, NEW])
    loop = loop_of(source, Clock(), changed)
    for _ in range(3):
        await loop.once()
    assert changed == [1, 3]


@pytest.mark.parametrize(
    "error",
    [
        UNREACHABLE,
        RefusedTokenError("READWISE_TOKEN", "refused", "make a new one"),
        ValueError("a passage: zebra"),
        MemoryError(),
    ],
)
async def test_no_failure_ends_the_loop_and_each_is_logged_once(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    source = Scripted([NEW, error, error, SAME])
    clock = Clock()
    loop = loop_of(source, clock)
    with caplog.at_level(logging.INFO, "analects.sources"):
        for _ in range(4):
            await loop.once()
            clock.now += 60
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warned) == 1
    assert "zebra" not in caplog.text
    assert "can be reached again" in caplog.text
    state = loop.state()
    assert (state.problem, state.failures, state.synced) == (None, 2, clock.now - 60)


async def test_the_log_warns_once_a_day_about_a_service_that_is_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    source = Scripted([UNREACHABLE], last=clock.now)
    loop = loop_of(source, clock)
    hours = 49
    with caplog.at_level(logging.WARNING, "analects.sources"):
        for _ in range(hours):
            await loop.once()
            clock.now += HOUR_S
    warnings = [
        record.getMessage() for record in caplog.records if "has not been reached for" in record.getMessage()
    ]
    assert [line.split(" hours")[0].split()[-1] for line in warnings] == ["24", "48"]
    assert STALE_AFTER_S == 24 * HOUR_S


async def test_a_fetch_by_another_process_is_not_a_failure() -> None:
    clock = Clock()
    source = Scripted([BusyError("another process is fetching")], last=clock.now)
    loop = loop_of(source, clock)
    await loop.once()
    assert loop.state().problem is None


async def test_a_nudge_starts_the_next_run_at_once() -> None:
    source = Scripted([SAME])
    loop = loop_of(source, Clock(), interval_s=HOUR_S)
    loop.min_gap_s = 0.0
    running = asyncio.create_task(loop.run())
    try:
        async with asyncio.timeout(30):
            await source.ran.wait()
            source.ran.clear()
            loop.nudge()
            await source.ran.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_replicas_do_not_ask_at_the_same_time() -> None:

    loops = [SyncLoop(Scripted([SAME]), HOUR_S, _nothing, Clock(), random.Random(seed)) for seed in range(20)]
    waits = {round(loop._until_next()) for loop in loops}
    assert len(waits) > 15
    assert all(0.9 * HOUR_S <= wait <= 1.1 * HOUR_S for wait in waits)


async def test_retries_come_sooner_if_nothing_was_ever_fetched() -> None:
    loop = loop_of(Scripted([UNREACHABLE]), Clock())
    waits = []
    for _ in range(12):
        await loop.once()
        waits.append(loop._until_next())
    assert waits[0] < 60
    assert waits == sorted(waits)
    assert waits[-1] == HOUR_S


async def _nothing() -> None:
    pass


def test_every_error_of_the_tree_is_a_source_error() -> None:
    assert all(issubclass(error, SourceError) for error in (BusyError, OutOfReachError, RefusedTokenError))
