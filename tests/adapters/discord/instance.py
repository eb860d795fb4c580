"""A Discord bot in the process of the test, with real sockets, for tests that need shorter times or look at its parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from adapters.discord.platform import Discord, Times
from bot.access.rate_limit import Window
from bot.access.rules import Listed, Rules
from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivering
from bot.digest.chooser import Chooser
from bot.digest.publisher import DigestPublisher
from bot.digest.requests import DigestRequests
from bot.runtime.health import Health
from bot.service import Service
from bot.state.claims import Claims
from bot.state.database import address
from bot.state.fallback import Keeper, opened
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
    listed: Listed | None = None, token: str | None = None, clock: Clock | None = None,
) -> AsyncIterator[DiscordInstance]:  # fmt: skip
    """Starts the bot, and stops it at the end. With a `clock` it has digests, with their state in the folder."""
    given = server.settings
    health = Health()
    rules = Rules(listed or Listed(), Window(1000), Window(1000))
    keeper = Keeper(partial(opened, address(None, folder), clock), clock=clock) if clock is not None else None
    if keeper is not None:
        await keeper.open()
    service = Service(bot, rules, claims or keeper or MemoryClaims(), Delivering(settle=0.01))
    discord = Discord(
        token or given["DISCORD_TOKEN"], given["DISCORD_API_URL"], folder, service, health, times
    )
    if keeper is not None and clock is not None:
        chooser = Chooser(bot, keeper)
        clerk = DigestPublisher(
            chooser, service.delivering, {"discord": discord.place}, service.counts, clock=clock
        )
        service.desk = DigestRequests(chooser, clerk, rules, "Europe/Berlin", clock)
        rules.now = clock
    running = asyncio.create_task(discord.run())
    instance = DiscordInstance(service, health, running, discord)
    try:
        yield instance
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await discord.stop_listening()
        if keeper is not None:
            await instance.publisher.stop(0)
        await service.stop(1)
        await discord.close()
        if keeper is not None:
            await keeper.close()
