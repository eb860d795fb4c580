"""A Discord bot in the process of the test, with real sockets, for tests that need shorter times or look at its parts."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from adapters.discord.platform import Discord, Times
from bot.access.rate_limit import RateLimit
from bot.access.rules import Allowlist, Rules
from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivery
from bot.delivery.platform import Platforms
from bot.digest.chooser import Chooser
from bot.digest.publisher import DigestPublisher
from bot.digest.requests import DigestRequests
from bot.runtime.health import Health
from bot.service import Service
from bot.state.claims import Claims
from bot.state.database import address
from bot.state.fallback import StateWithFallback, open_state
from bot.state.memory_claims import MemoryClaims
from tests.adapters.instance import Instance
from tests.discord_server import DiscordServer
from tests.platforms import Clock

QUICK = Times(
    max_silence=0.6,
    check_interval=0.05,
    login_timeout=5.0,
    close_timeout=0.5,
    first_pause=0.02,
    max_pause=0.1,
    stable_after=0.2,
    give_up_after=1.0,
    identify_interval=0.0,
)


@dataclass(repr=False)
class DiscordInstance(Instance):
    """A bot that runs on Discord."""

    discord: Discord


@asynccontextmanager
async def started(
    server: DiscordServer, bot: Bot, folder: Path, times: Times = QUICK, claims: Claims | None = None,
    listed: Allowlist | None = None, token: str | None = None, clock: Clock | None = None,
) -> AsyncIterator[DiscordInstance]:  # fmt: skip
    """Starts the bot, and stops it at the end. With a `clock` it has digests, with their state in the folder."""
    given = server.settings
    health = Health()
    rules = Rules(listed or Allowlist(), RateLimit(1000), RateLimit(1000), now=clock or time.time)
    delivery, counts, platforms = Delivery(settle_s=0.01), Counter[str](), Platforms(health)
    state: StateWithFallback | None = None
    requests: DigestRequests | None = None
    if clock is not None:
        state = StateWithFallback(partial(open_state, address(None, folder), clock), clock=clock)
        await state.open()
        chooser = Chooser(bot, state.digests)
        publisher = DigestPublisher(chooser, state.digests, delivery, platforms, counts, clock=clock)
        requests = DigestRequests(chooser, state.digests, publisher, rules, "Europe/Berlin", clock)
    service = Service(bot, rules, claims or state or MemoryClaims(), delivery, requests, counts=counts)
    discord = Discord(
        token or given["DISCORD_TOKEN"], given["DISCORD_API_URL"], folder, service, health, times
    )
    platforms.add(discord)
    running = asyncio.create_task(discord.run())
    instance = DiscordInstance(service, health, running, discord)
    try:
        yield instance
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await discord.stop_listening()
        if state is not None:
            await instance.publisher.stop(0)
        await service.stop(1)
        await discord.close()
        if state is not None:
            await state.close()
