"""One connection to Discord: what it hears goes to the core; whether it is alive can be seen.

Intents: servers, messages in servers, direct messages. None of them is privileged: Discord shows the text of messages that mention
the bot, reply to it or go to it directly, and nobody asks for more.
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
from adapters.discord.directory import Members
from adapters.discord.interactions import Interacting
from adapters.discord.targets import NO_PINGS, ReplyTarget
from bot.runtime.logs import describe_error
from bot.service import Service

log = getLogger("analects.discord")

LONGEST_WAIT = 30.0
"""Seconds that discord.py may wait for a rate limit by itself; longer ones are for the core to decide."""
IDENTIFY_EVERY = 5.0
"""Seconds between two new sessions."""
GUILDS_WITHIN = 1.0
"""Seconds without a new server after which all are taken to be known."""


def intents() -> discord.Intents:
    """What is subscribed to."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    return wanted


class Client(discord.AutoShardedClient):
    """Hears, and knows which of its shards are connected. Used for one connection, then thrown away."""

    identified: ClassVar[float] = -IDENTIFY_EVERY
    """When the last new session of this process was asked for, by the monotonic clock."""

    def __init__(
        self,
        service: Service,
        folder: Path,
        changed: Callable[["Client"], None] | None = None,
        shard_count: int | None = None,
        identify_every: float = IDENTIFY_EVERY,
        http_trace: aiohttp.TraceConfig | None = None,
    ) -> None:
        super().__init__(
            intents=intents(),
            allowed_mentions=NO_PINGS,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            enable_debug_events=True,  # each frame is told of, a heartbeat's answer too
            max_ratelimit_timeout=LONGEST_WAIT,
            guild_ready_timeout=GUILDS_WITHIN,
            shard_count=shard_count,
            http_trace=http_trace or aiohttp.TraceConfig(),
        )
        self._changed = changed
        self._identify_every = identify_every
        self.service = service
        self._folder = folder
        self._syncing: asyncio.Task[bool] | None = None
        self.members = Members(self, service.rules.allowlist)
        self.interacting = Interacting(service, self.members)
        self.tree = tree_of(self, self.interacting)
        self.last_frame = monotonic()
        """When something was heard last, a heartbeat's answer included."""
        self.up: set[int] = set()
        """Shards with a session."""
        self.down_since: float | None = monotonic()
        self._deaf = False
        self.served = False
        """Whether all shards were connected at once."""

    @property
    def connected(self) -> bool:
        """Whether each shard has a session."""
        return bool(self.up) and len(self.up) == (self.shard_count or 1)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Every event passes here first; frames go no further."""
        if event == "socket_raw_receive":
            self.last_frame = monotonic()
            return
        if event == "socket_raw_send":
            return
        if self._deaf:
            return
        if event in ("shard_connect", "shard_resumed"):
            self.up.add(args[0])
        elif event == "shard_disconnect":
            self.up.discard(args[0])
        if event.startswith("shard_"):
            self._note(event)
        super().dispatch(event, *args, **kwargs)

    def _note(self, event: str) -> None:
        if self.connected:
            self.down_since = None
            if not self.served:
                self.served = True
                log.info("discord connected")
            self._tell()
        elif event == "shard_disconnect" and self.down_since is None:
            self.down_since = monotonic()
            self._tell()

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord takes one new session every five seconds; discord.py would always wait for five before the second."""
        del shard_id, initial
        wait = max(0.0, Client.identified + self._identify_every - monotonic())
        Client.identified = monotonic() + wait
        if wait > 0:
            await asyncio.sleep(wait)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        self.service.rules.memberships["discord"] = self.members.in_channel
        self.service.rules.managers["discord"] = self.members.manages
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
                log.warning("server of message %(post)d not known", {"post": message.id})
                return
        arrival = await of_message(message, guild, me.id, self.members)
        self.service.hear(arrival, ReplyTarget(message, me.id))

    async def pressed(self, interaction: discord.Interaction[Any], action: Action | None) -> None:
        """A button or menu of ours (`adapters.discord.actions.Presses`)."""
        me = self.user
        try:
            await pressed(self.interacting, interaction, action, me.id if me is not None else 0)
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

    async def turn_away(self, within: float) -> None:
        """Hears no more; what was heard can still be answered."""
        self._deaf = True
        try:
            async with asyncio.timeout(within):
                await asyncio.gather(*(one.disconnect() for one in self.shards.values()))
        except (TimeoutError, aiohttp.ClientError, OSError):
            log.debug("sockets did not close")

    async def let_go(self, within: float) -> None:
        """Closes what is open, also where the other end is dead."""
        self._deaf = True
        if self._syncing is not None:
            self._syncing.cancel()
        try:
            async with asyncio.timeout(within):
                await self.close()
        except Exception as error:  # whatever state it was in
            log.debug("closed hard: %(error)s", {"error": describe_error(error)})
            await self.http.close()

    async def _guild_of(self, message: discord.Message) -> discord.Guild | None:
        """The server of a message that came before the server itself did."""
        identity = getattr(message.channel, "guild_id", None)
        try:
            async with asyncio.timeout(3 * GUILDS_WITHIN):
                await self.wait_until_ready()
        except TimeoutError:
            pass
        return self.get_guild(identity) if identity is not None else None
