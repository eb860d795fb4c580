"""Simulations with a platform in memory, and with the real adapters against the loopback Slack and Discord."""

from __future__ import annotations

import random
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.chat.conversation import Bot
from bot.delivery.target import Target
from bot.schedule.plan import Plan
from tests.bot.digest.conftest import FakePlatform
from tests.bot.digest.walk.counts import Counts
from tests.bot.digest.walk.killable import Place
from tests.bot.digest.walk.plans import APIA, Days, plans_by_zone, seconds_of
from tests.bot.digest.walk.simulation import Walk
from tests.platforms import Clock


async def in_memory(bot: Bot, url: str, seed: int, days: Days, replicas: int = 1) -> Counts:
    """Runs with a platform in memory. `url` is the address of an empty state."""
    channels = {f"test:{zone}": plans for zone, plans in plans_by_zone(days).items()}
    platform = FakePlatform()

    def place(channel: str, key: str, since: float, person: str) -> Target:
        return platform.target(f"test:{channel}", key, since, person)

    places: dict[str, Place] = {"test": place}
    return await Walk(
        bot, url, Clock(), places, channels, *seconds_of(days), random.Random(seed), replicas
    ).run()


async def over_sockets(bot: Bot, url: str, seed: int, days: Days, replicas: int = 1) -> Counts:
    """Runs with the real adapters and the loopback platforms."""
    begin, end = seconds_of(days)
    clock, plans = Clock(begin), plans_by_zone(days)
    async with AsyncExitStack() as stack:
        slack, channels = await stack.enter_async_context(loopback_slack(bot, clock, plans))
        places = {"slack": slack}
        if days != APIA:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            discord, discord_channels = await stack.enter_async_context(
                loopback_discord(bot, clock, folder, plans)
            )
            places["discord"] = discord
            channels |= discord_channels
        return await Walk(bot, url, clock, places, channels, begin, end, random.Random(seed), replicas).run()


@asynccontextmanager
async def loopback_slack(
    bot: Bot, clock: Clock, plans: Mapping[str, Mapping[str, Plan]]
) -> AsyncIterator[tuple[Place, dict[str, Mapping[str, Plan]]]]:
    from pydantic import SecretStr

    from adapters.slack.credentials import credentials
    from adapters.slack.platform import Slack
    from bot.access.rules import Rules
    from bot.runtime.health import Health
    from bot.service import Service
    from bot.settings import Settings
    from bot.state.memory_claims import MemoryClaims
    from tests.slack_server import SlackServer

    async with SlackServer(clock=clock) as server:
        values = {name.lower(): value for name, value in server.settings.items()}
        secrets = {name: SecretStr(value) for name, value in values.items() if name != "slack_api_url"}
        settings = Settings.model_construct(**secrets, slack_api_url=values["slack_api_url"])  # type: ignore[arg-type]
        slack_credentials = credentials(settings)
        assert slack_credentials is not None
        slack = Slack(slack_credentials, Service(bot, Rules(), MemoryClaims()), Health())
        await slack.check()
        ann = server.user("ann")
        channels = {
            f"slack:{server.channel(zone.rsplit('/', 1)[1].lower(), [ann]).id}": plan
            for zone, plan in plans.items()
        }
        try:
            yield slack.proactive_target, channels
        finally:
            await slack.close()


@asynccontextmanager
async def loopback_discord(
    bot: Bot, clock: Clock, folder: Path, plans: Mapping[str, Mapping[str, Plan]]
) -> AsyncIterator[tuple[Place, dict[str, Mapping[str, Plan]]]]:
    from tests.adapters.discord.instance import started
    from tests.discord_server import DiscordServer

    server = DiscordServer(clock)
    async with server, started(server, bot, folder) as instance:
        await instance.ready(600.0)  # slow if the machine has other work: this runs at the lowest priority
        channels = {
            f"discord:{server.channel(zone.rsplit('/', 1)[1].lower()).id}": plan
            for zone, plan in plans.items()
        }
        yield instance.platform.proactive_target, channels
