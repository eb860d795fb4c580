"""What a killed process claimed and never answered is taken up once its lease is over (fault 52)."""

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
class Reading(Platforms):
    """Platforms that can, or cannot, read messages again."""

    readable: bool = True
    read: list[str] = field(default_factory=list)

    async def hear_again(self, key: str) -> bool:
        self.read.append(key)
        return self.readable


@pytest.fixture
def clock() -> Clock:
    return Clock()


def recovery(bot: Bot, clock: Clock, readable: bool = True) -> tuple[Recovery, MemoryClaims, Reading]:
    claims, platforms = MemoryClaims(clock), Reading(Health(), readable=readable)
    return Recovery(Service(bot, Rules(), claims), platforms), claims, platforms


async def test_only_what_nobody_works_on_any_more(bot: Bot, clock: Clock) -> None:
    looking, claims, platforms = recovery(bot, clock)
    await claims.claim("slack:C1:1.0")
    await claims.claim("slack:C1:2.0")
    await claims.complete("slack:C1:2.0", "answered")
    assert await looking.look() == 0, "somebody may be at it"
    clock.now += LEASE_S + 1
    await claims.claim("slack:C1:3.0")
    assert await looking.look() == 1
    assert platforms.read == ["slack:C1:1.0"]


async def test_what_is_too_old_is_left(bot: Bot, clock: Clock) -> None:
    looking, claims, platforms = recovery(bot, clock)
    await claims.claim("slack:C1:1.0")
    clock.now += 601
    assert await looking.look() == 0
    assert platforms.read == []


async def test_what_cannot_be_read_is_not_tried_for_ever(bot: Bot, clock: Clock) -> None:
    looking, claims, platforms = recovery(bot, clock, readable=False)
    await claims.claim("slack:press:C1:1.0:abc")
    clock.now += LEASE_S + 1
    for _ in range(MAX_TRIES + 3):
        assert await looking.look() == 0
    assert len(platforms.read) == MAX_TRIES
