"""Questions that a killed process claimed and never answered are taken up once their leases expire (fault 52)."""

from dataclasses import dataclass, field

import pytest

from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.delivery.platform import Platforms
from bot.recovery import MAX_TRIES, Recovery
from bot.runtime.health import Health
from bot.service import Service
from bot.state.claims import LEASE_S
from bot.state.memory_claims import MemoryClaims
from tests.platforms import Clock


@dataclass(frozen=True)
class ReadablePlatforms(Platforms):
    """Platforms that can read messages again if `readable`. They record the keys."""

    readable: bool = True
    read: list[str] = field(default_factory=list)

    async def hear_again(self, key: str) -> bool:
        self.read.append(key)
        return self.readable


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_recovery(
    bot: Bot, clock: Clock, readable: bool = True
) -> tuple[Recovery, MemoryClaims, ReadablePlatforms]:
    claims, platforms = MemoryClaims(clock), ReadablePlatforms(Health(), readable=readable)
    return Recovery(Service(bot, Rules(), claims), platforms), claims, platforms


async def test_only_abandoned_questions_are_taken_up(bot: Bot, clock: Clock) -> None:
    recovery_, claims, platforms = make_recovery(bot, clock)
    await claims.claim("slack:C1:1.0")
    await claims.claim("slack:C1:2.0")
    await claims.complete("slack:C1:2.0", "answered")
    assert await recovery_.look() == 0, "its lease still holds"
    clock.now += LEASE_S + 1
    await claims.claim("slack:C1:3.0")
    assert await recovery_.look() == 1
    assert platforms.read == ["slack:C1:1.0"]


async def test_questions_that_are_too_old_are_not_taken_up(bot: Bot, clock: Clock) -> None:
    recovery_, claims, platforms = make_recovery(bot, clock)
    await claims.claim("slack:C1:1.0")
    clock.now += 601
    assert await recovery_.look() == 0
    assert platforms.read == []


async def test_a_message_that_cannot_be_read_is_tried_a_limited_number_of_times(
    bot: Bot, clock: Clock
) -> None:
    recovery_, claims, platforms = make_recovery(bot, clock, readable=False)
    await claims.claim("slack:press:C1:1.0:abc")
    clock.now += LEASE_S + 1
    for _ in range(MAX_TRIES + 3):
        assert await recovery_.look() == 0
    assert len(platforms.read) == MAX_TRIES
