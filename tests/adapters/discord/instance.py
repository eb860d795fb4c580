"""Runs the bot on Discord, over real sockets, in the test's own process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from adapters.discord.connection import Times
from adapters.discord.credentials import Credentials, credentials
from adapters.discord.platform import Discord
from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivery
from tests.adapters.instance import Instance, make_settings, running_bot
from tests.discord_server import DiscordServer
from tests.platforms import Clock

MAX_SILENCE_S = 20.0
"""The socket may be silent for this long. Only few tests are about silence, and on a busy machine nothing may arrive for a
second."""
SHORT_TIMES = Times(
    settings_pause=0.05,
    check_interval=0.05,
    login_timeout=5.0,
    close_timeout=0.5,
    first_pause=0.02,
    max_pause=0.1,
    stable_after=0.2,
    give_up_after=1.0,
    identify_interval=0.0,
)

DiscordInstance: TypeAlias = Instance[Discord]


@asynccontextmanager
async def started(
    server: DiscordServer,
    bot: Bot,
    folder: Path,
    clock: Clock | None = None,
    max_silence: float = MAX_SILENCE_S,
    reload: Callable[[], Credentials | None] | None = None,
    **variables: str,
) -> AsyncIterator[DiscordInstance]:
    """Runs the bot on this Discord with its state in `folder`; `variables` are further settings.

    `max_silence` is the longest time without a frame, in seconds. `reload` reads the token again.
    """
    times = replace(SHORT_TIMES, max_silence=max_silence)
    defaults = {"QUESTIONS_PER_MINUTE": "1000,1000", "DIGEST_ZONE": "Europe/Berlin"}
    settings = make_settings({**server.settings, **defaults, **variables}, folder)
    discord_credentials = credentials(settings)
    assert discord_credentials is not None
    async with running_bot(
        settings,
        bot,
        lambda service, health: Discord(
            discord_credentials.token,
            discord_credentials.api_url,
            service,
            health,
            times,
            discord_credentials.message_content,
            reload,
        ),
        Delivery(settle_s=0.01),
        clock,
    ) as instance:
        yield instance
