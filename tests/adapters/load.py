"""The common parts of the load tests on Slack and Discord: limits, memory, verdict, command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from tests.processes import Process

PEOPLE = 50
"""The number of people, and of channels: each person asks in a channel of their own."""
MAX_P99_S, MAX_WAIT_S = 3.0, 30.0
"""Limits in seconds: for the 99th percentile of the answers that no fault delayed, and for every answer."""
MAX_WAIT_AFTER_KILLS_S = 450.0
"""Slack sends an unacknowledged event for the last time after five minutes; the lease of a killed process ends after one."""
MAX_MEMORY_GROWTH = 1.1
"""Limit for the resident memory at the end, divided by that after the first fifth of the questions."""

START_TIMEOUT_S = 600.0
"""How long the process may take to start, even on a busy machine."""

Result = dict[str, Any]


def resident_kib(process: Process) -> int:
    """Resident memory of a process in KiB; 0 if Linux does not report it."""
    for line in Path(f"/proc/{process.process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def kill_points(questions: int, kills: int) -> set[int]:
    """The numbers of the questions after which the process is killed, spread evenly."""
    return {round(questions * (kill + 1) / (kills + 1)) for kill in range(kills)}


async def settled(questions: int, kills: int, count_answers: Callable[[], Awaitable[int]]) -> None:
    """Waits until all questions are answered, or until it is too late for more answers."""
    deadline = time.monotonic() + (MAX_WAIT_AFTER_KILLS_S if kills else MAX_WAIT_S)
    answered = -1
    while time.monotonic() < deadline and answered < questions:
        await asyncio.sleep(1)
        answered = await count_answers()
    await asyncio.sleep(1)  # a second answer to a question, which must not come, would come now


def broken_promises(result: Mapping[str, Any]) -> list[str]:
    """The promises that a run did not keep."""
    killed = bool(result["kills"])
    broken = {
        "answered twice": result["twice"] or result["elsewhere"],
        "unanswered": result["unanswered"],
        "slow": result["p99_unhit_s"] > MAX_P99_S and not killed,
        "very slow": result["slowest_s"] > MAX_WAIT_S and not killed,
        "memory grows": result["growth"] > MAX_MEMORY_GROWTH and not killed,
        "did not stop": result["exit"] != 0,
        "silent on Slack": result.get("slack_answered") is False,
    }
    return [promise for promise, is_broken in broken.items() if is_broken]


def options(description: str) -> argparse.ArgumentParser:
    """The options of a load test."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kills", type=int, default=0)
    return parser


def report(run: Coroutine[Any, Any, Result]) -> None:
    """Runs a load test, prints its result as a line of JSON, and exits with 1 if a promise was broken."""
    result = asyncio.run(run)
    broken = broken_promises(result)
    sys.stdout.write(json.dumps({**result, "broken": broken}) + "\n")
    sys.exit(1 if broken else 0)
