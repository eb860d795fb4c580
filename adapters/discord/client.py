"""One connection to Discord. It hands messages and interactions to the service, and knows whether it is alive.

Intents: servers, messages in servers, direct messages. None of them is privileged: without the privileged one, Discord shows the
text of messages that mention the bot, reply to it or go to it directly, and the bot needs no other texts.
"""

import asyncio
import sys
from collections.abc import Callable
from logging import getLogger
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

import aiohttp
import discord

from adapters.discord.actions import DYNAMIC_ITEMS, Action
from adapters.discord.arrivals import addressed, of_message
from adapters.discord.command_sync import sync
from adapters.discord.commands import tree_of
from adapters.discord.components import pressed
from adapters.discord.directory import Directory
from adapters.discord.interactions import InteractionHandler
from adapters.discord.targets import NO_PINGS, ReplyTarget
from bot.runtime.logs import describe_error
from bot.service import Service

log = getLogger("analects.discord")

MAX_RATE_LIMIT_WAIT_S = 30.0
"""How long discord.py may wait for a rate limit by itself. For longer ones it raises, and `bot.delivery` decides."""
IDENTIFY_INTERVAL_S = 5.0
"""Discord accepts one new session every five seconds."""
GUILDS_TIMEOUT_S = 1.0
"""When no further server was announced for this long, all are known."""


def intents() -> discord.Intents:
    """The events that the bot subscribes to."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    return wanted


class Client(discord.AutoShardedClient):
    """Receives events and knows which of its shards are connected. It serves one connection; then a new client replaces it."""

    last_identify: ClassVar[float] = -IDENTIFY_INTERVAL_S
    """When this process last asked for a new session, by the monotonic clock."""

    def __init__(
        self,
        service: Service,
        folder: Path,
        on_change: Callable[["Client"], None] | None = None,
        shard_count: int | None = None,
        identify_interval: float = IDENTIFY_INTERVAL_S,
        http_trace: aiohttp.TraceConfig | None = None,
    ) -> None:
        super().__init__(
            intents=intents(),
            allowed_mentions=NO_PINGS,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            enable_debug_events=True,  # dispatches every frame, answers to heartbeats too
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT_S,
            guild_ready_timeout=GUILDS_TIMEOUT_S,
            shard_count=shard_count,
            http_trace=http_trace or aiohttp.TraceConfig(),
        )
        self._on_change = on_change
        self._identify_interval = identify_interval
        self.service = service
        self._folder = folder
        self._syncing: asyncio.Task[bool] | None = None
        self.directory = Directory(self, service.rules.allowlist)
        self.handler = InteractionHandler(service, self.directory)
        self.tree = tree_of(self, self.handler)
        self.last_frame = monotonic()
        """When the last frame arrived, answers to heartbeats included."""
        self.connected_shards: set[int] = set()
        """Ids of the shards that have a session."""
        self.down_since: float | None = monotonic()
        self._stopped_hearing = False
        self.served = False
        """Whether all shards were ever connected at the same time."""

    @property
    def connected(self) -> bool:
        """Whether each shard has a session."""
        return bool(self.connected_shards) and len(self.connected_shards) == (self.shard_count or 1)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """discord.py calls this for every event. Frames only update `last_frame`."""
        if event == "socket_raw_receive":
            self.last_frame = monotonic()
            return
        if event == "socket_raw_send":
            return
        if self._stopped_hearing:
            return
        if event in ("shard_connect", "shard_resumed"):
            self.connected_shards.add(args[0])
        elif event == "shard_disconnect":
            self.connected_shards.discard(args[0])
        if event.startswith("shard_"):
            self._update_connection(event)
        super().dispatch(event, *args, **kwargs)

    def _update_connection(self, event: str) -> None:
        if self.connected:
            self.down_since = None
            if not self.served:
                self.served = True
                log.info("discord connected")
            self._report_change()
        elif event == "shard_disconnect" and self.down_since is None:
            self.down_since = monotonic()
            self._report_change()

    def _report_change(self) -> None:
        if self._on_change is not None:
            self._on_change(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Waits until Discord accepts another session. discord.py would wait before each shard, also where nothing came before."""
        del shard_id, initial
        wait = max(0.0, Client.last_identify + self._identify_interval - monotonic())
        Client.last_identify = monotonic() + wait
        if wait > 0:
            await asyncio.sleep(wait)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        if self.application_id is not None:
            self._syncing = asyncio.create_task(sync(self.tree, self.application_id, self._folder))

    async def on_message(self, message: discord.Message) -> None:
        me = self.user
        if me is None or not addressed(message, me.id):
            return
        guild = message.guild
        if guild is None and not isinstance(message.channel, discord.DMChannel):
            guild = await self._guild_of(message)
            if guild is None:
                log.warning("the server of message %(post)d is not known", {"post": message.id})
                return
        arrival = await of_message(message, guild, me.id, self.directory)
        self.service.hear(arrival, ReplyTarget(message, me.id))

    async def pressed(self, interaction: discord.Interaction[Any], action: Action | None) -> None:
        """Answers one of our buttons or menus (see `adapters.discord.actions.PressHandler`)."""
        me = self.user
        try:
            await pressed(self.handler, interaction, action, me.id if me is not None else 0)
        except Exception as error:
            log.error(
                "button of interaction %(interaction)d failed: %(error)s",
                {"interaction": interaction.id, "error": describe_error(error)},
            )

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        log.error(
            "%(listener)s failed: %(error)s",
            {
                "listener": event_method,
                "error": describe_error(error) if (error := sys.exception()) else "unknown",
            },
        )

    async def stop_hearing(self, timeout_s: float) -> None:
        """Closes the sockets. Messages that arrived before can still be answered."""
        self._stopped_hearing = True
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.gather(*(one.disconnect() for one in self.shards.values()))
        except (TimeoutError, aiohttp.ClientError, OSError):
            log.debug("sockets did not close")

    async def close_now(self, timeout_s: float) -> None:
        """Closes everything, even where the other end does not answer."""
        self._stopped_hearing = True
        if self._syncing is not None:
            self._syncing.cancel()
        try:
            async with asyncio.timeout(timeout_s):
                await self.close()
        except Exception as error:  # close() can fail in any state of the connection
            log.debug("close failed: %(error)s", {"error": describe_error(error)})
            await self.http.close()

    async def _guild_of(self, message: discord.Message) -> discord.Guild | None:
        """The server of a message that arrived before Discord announced the server."""
        identity = getattr(message.channel, "guild_id", None)
        try:
            async with asyncio.timeout(3 * GUILDS_TIMEOUT_S):
                await self.wait_until_ready()
        except TimeoutError:
            pass
        return self.get_guild(identity) if identity is not None else None
