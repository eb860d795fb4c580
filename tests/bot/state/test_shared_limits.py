"""Replicas that share a PostgreSQL also share the limits on questions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.access.rate_limit import RateLimit
from bot.access.rules import Rules
from bot.state.fallback import StateWithFallback
from bot.state.opening import open_state, opener
from tests.platforms import Clock, make_arrival
from tests.postgres import PostgresServer


class Replicas:
    """The states and rules of two processes that share a database."""

    def __init__(self, states: list[StateWithFallback], person: int, channel: int) -> None:
        self.states = states
        self.rules = [
            Rules(person=RateLimit(person), channel=RateLimit(channel), shared=state) for state in states
        ]

    async def answered(self, replica: int, number: int, **facts: object) -> bool:
        refusal = await self.rules[replica].check(make_arrival(number=number, **facts))  # type: ignore[arg-type]
        return refusal is None


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def states(postgres: PostgresServer, clock: Clock) -> AsyncIterator[list[StateWithFallback]]:
    url = await postgres.fresh()
    async with AsyncExitStack() as stack:
        both = []
        for _ in range(2):
            state = StateWithFallback(lambda: open_state(url, clock))
            await state.open()
            stack.push_async_callback(state.close)
            async with asyncio.timeout(60):
                while state.problem is not None:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            both.append(state)
        yield both


async def test_the_limit_of_a_person_counts_over_both_replicas(
    states: list[StateWithFallback], clock: Clock
) -> None:
    replicas = Replicas(states, person=4, channel=100)
    results = [await replicas.answered(number % 2, number) for number in range(8)]
    assert results == [True] * 4 + [False] * 4
    assert await replicas.answered(0, 20, person="U2")
    clock.now += 61
    replicas = Replicas(states, person=4, channel=100)
    assert await replicas.answered(1, 21)


async def test_the_limit_of_a_channel_counts_over_both_replicas(states: list[StateWithFallback]) -> None:
    replicas = Replicas(states, person=100, channel=3)
    results = [await replicas.answered(number % 2, number, person=f"U{number}") for number in range(6)]
    assert results == [True] * 3 + [False] * 3


async def test_a_message_heard_by_both_replicas_counts_once(states: list[StateWithFallback]) -> None:
    """Discord sends each message to every replica."""
    replicas = Replicas(states, person=4, channel=100)
    for number in range(4):
        heard = await asyncio.gather(replicas.answered(0, number), replicas.answered(1, number))
        assert list(heard) == [True, True]
    assert not await replicas.answered(0, 5)


async def test_simultaneous_questions_do_not_exceed_the_limit(states: list[StateWithFallback]) -> None:
    replicas = Replicas(states, person=5, channel=100)
    results = await asyncio.gather(*(replicas.answered(number % 2, number) for number in range(10)))
    assert sum(results) == 5


async def test_without_the_database_each_replica_counts_by_itself(states: list[StateWithFallback]) -> None:
    replicas = Replicas(states, person=2, channel=100)
    for state in states:
        await state.close()
    assert [await replicas.answered(0, number) for number in range(3)] == [True, True, False]
    assert await replicas.answered(1, 9)


async def test_limits_with_a_state_file_are_counted_in_memory(tmp_path: Path) -> None:
    """SQLite belongs to a single process, which counts in memory."""
    state = StateWithFallback(opener(None, tmp_path))
    await state.open()
    assert state.problem is None
    assert state._database is not None
    assert state._database.asked is None
    await state.close()
