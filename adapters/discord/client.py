"""One connection to Discord. It hands messages and interactions to the service, and knows whether it still works.

The bot requests three intents: servers, messages in servers, and direct messages. None of them is privileged. Without the
privileged message content intent, Discord shows the bot only the text of messages that mention it, reply to it or are sent to it
directly; usually it needs no other texts. That intent is requested only if `ASK_CHANNELS` names a channel of Discord or
`DISCORD_MESSAGE_CONTENT` is on. If messages can be saved, reactions are requested too.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from logging import getLogger
from time import monotonic
from typing import Any, ClassVar

import aiohttp
import discord

from adapters.discord.arrivals import PLATFORM, addressed, of_message
from adapters.discord.cards import save_form
from adapters.discord.cards.actions import Action
from adapters.discord.cards.items import DYNAMIC_ITEMS, is_unknown
from adapters.discord.command_sync import CommandRegistration
from adapters.discord.credentials import ask_channel_ids
from adapters.discord.directory import Directory
from adapters.discord.events.commands import tree_of
from adapters.discord.events.components import next_page_of, pressed
from adapters.discord.events.interactions import InteractionHandler, tell
from adapters.discord.events.saving import MessageSaver
from adapters.discord.posting import NO_PINGS
from adapters.discord.targets import ReplyTarget
from bot.chat import wording
from bot.chat.small_talk import asks_for_more
from bot.runtime.logs import describe_error
from bot.service import Service

log = getLogger("analects.discord")

MAX_RATE_LIMIT_WAIT_S = 30.0
"""How long discord.py may wait by itself when it is rate-limited. For a longer wait it raises an error, and `bot.delivery`
decides."""
IDENTIFY_INTERVAL_S = 5.0
"""Discord accepts one new session every five seconds."""
GUILDS_TIMEOUT_S = 1.0
"""If Discord announces no further server for this long, all servers are known."""


def intents(message_content: bool = False, reactions: bool = False) -> discord.Intents:
    """The events to which the bot subscribes; with `message_content` also the texts of messages that do not mention it, with
    `reactions` (for `SAVE_TO`) also reactions to messages."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = message_content
    wanted.guild_reactions = wanted.dm_reactions = reactions
    return wanted


class Client(discord.AutoShardedClient):
    """Receives events, and knows which of its shards are connected. When its connection ends, a new client replaces it."""

    last_identify: ClassVar[dict[int, float]] = {}
    """When this process last asked for a new session, by the monotonic clock, for each group of shards that may connect at the
    same time (`max_concurrency`)."""

    def __init__(
        self,
        service: Service,
        on_change: Callable[["Client"], None] | None = None,
        on_commands: Callable[[str | None], None] | None = None,
        shard_count: int | None = None,
        identify_interval: float = IDENTIFY_INTERVAL_S,
        http_trace: aiohttp.TraceConfig | None = None,
        message_content: bool = False,
    ) -> None:
        super().__init__(
            intents=intents(message_content, service.saver is not None and service.saver.on),
            allowed_mentions=NO_PINGS,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            enable_debug_events=True,  # dispatches every frame, also the answers to heartbeats
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT_S,
            guild_ready_timeout=GUILDS_TIMEOUT_S,
            shard_count=shard_count,
            http_trace=http_trace or aiohttp.TraceConfig(),
        )
        self._on_change = on_change
        self._identify_interval = identify_interval
        self.service = service
        self._ask_channels = ask_channel_ids(service.rules.ask_channels)
        self._on_commands = on_commands
        self._registering: asyncio.Task[None] | None = None
        self._background_tasks: set[asyncio.Task[None]] = set()
        self.max_concurrency = 1
        """How many shards may ask for a session at the same time, according to `/gateway/bot`."""
        self.directory = Directory(self, service.rules.allowlist)
        self.handler = InteractionHandler(service, self.directory)
        saves = service.saver is not None and service.saver.on
        self.saving = MessageSaver(self.handler) if saves else None
        self.tree = tree_of(self, self.handler, self.saving)
        self.last_frame = monotonic()
        """When the last frame arrived, answers to heartbeats included."""
        self.connected_shards: set[int] = set()
        """Ids of the shards that have a session."""
        self.down_since: float | None = monotonic()
        self._stopped_listening = False
        self.served = False
        """Whether all shards have been connected at the same time."""

    @property
    def connected(self) -> bool:
        """Whether each shard has a session."""
        return bool(self.connected_shards) and len(self.connected_shards) == (self.shard_count or 1)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """discord.py calls this for every event. A frame only updates `last_frame`."""
        if event == "socket_raw_receive":
            self.last_frame = monotonic()
            return
        if event == "socket_raw_send":
            return
        if self._stopped_listening:
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
        """Waits until Discord accepts another session. In five seconds it accepts one of each group of shards; the group is the
        shard id modulo `max_concurrency`.

        discord.py would wait before every shard, also before the first one.
        """
        del initial
        group = (shard_id or 0) % self.max_concurrency
        last = Client.last_identify.get(group, -self._identify_interval)
        wait = max(0.0, last + self._identify_interval - monotonic())
        Client.last_identify[group] = monotonic() + wait
        if wait > 0:
            await asyncio.sleep(wait)

    async def setup_hook(self) -> None:
        if self.saving is not None and self.user is not None:
            self.saving.me = self.user.id
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        if self.application_id is not None:
            registration = CommandRegistration(
                self.tree, self.application_id, self._report_commands, self.handler.remember_commands
            )
            self._registering = asyncio.create_task(registration.keep())

    def _report_commands(self, problem: str | None) -> None:
        if self._on_commands is not None:
            self._on_commands(problem)

    async def on_message(self, message: discord.Message) -> None:
        me = self.user
        if me is None:
            return
        own_thread = await self.directory.is_answer_thread(message.channel, me.id)
        if not addressed(message, me.id, own_thread or self._in_ask_channel(message)):
            return
        guild = message.guild
        if guild is None and not isinstance(message.channel, discord.DMChannel):
            guild = await self._guild_of(message)
            if guild is None:
                log.warning("the server of message %(post)d is not known", {"post": message.id})
                return
        wording.read_in(str(guild.preferred_locale) if guild else self.handler.locales.get(message.author.id))
        in_ask_channel = self._in_ask_channel(message)
        arrival = await of_message(message, guild, me.id, self.directory, in_ask_channel, own_thread)
        original = message.reference.resolved if message.reference is not None else None
        if (
            isinstance(original, discord.Message)
            and original.author.id == me.id
            and asks_for_more(arrival.text)
        ):
            next_page = await next_page_of(message, me.id, original)
            if next_page is not None:
                arrival = replace(arrival, request=next_page, deduplicate=True)
        in_thread = await self.service.rules.answers_in_thread(arrival)
        if in_thread:  # the thread will have the same id as the message
            arrival = replace(arrival, conversation=f"{PLATFORM}:{message.id}")
        self.service.hear(arrival, ReplyTarget(message, me.id, self.handler.mentions, in_thread))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answers what discord.py does not know: forms that another process opened, and buttons of another version."""
        message = save_form.message_of(interaction)
        if message is not None and self.saving is not None:
            await self.saving.sent(interaction, message)
        elif is_unknown(interaction):
            self.handler.use_language_of_asker(interaction)
            await tell(interaction, wording.OLD_BUTTON)

    async def on_raw_reaction_add(self, reaction: discord.RawReactionActionEvent) -> None:
        if self.saving is not None:
            await self.saving.reacted(self, reaction)

    async def hear_again(self, key: str) -> bool:
        """Reads the message with this key again. False if the key is not of a message, or if the message is gone or cannot be
        read."""
        match key.split(":"):
            case [_, channel, message] if channel.isdecimal() and message.isdecimal():
                try:
                    place = self.get_channel(int(channel)) or await self.fetch_channel(int(channel))
                    if not isinstance(place, discord.abc.Messageable):
                        return False
                    await self.on_message(await place.fetch_message(int(message)))
                except (discord.HTTPException, discord.InvalidData, aiohttp.ClientError, OSError) as error:
                    log.info(
                        "not read again: %(key)s: %(error)s", {"key": key, "error": describe_error(error)}
                    )
                    return False
                return True
        return False

    def _in_ask_channel(self, message: discord.Message) -> bool:
        """Whether the channel of a message, or the parent of its thread, is one of `ASK_CHANNELS`."""
        parent = message.channel.parent_id if isinstance(message.channel, discord.Thread) else None
        return bool({message.channel.id, parent} & self._ask_channels)

    async def pressed(self, interaction: discord.Interaction[Any], action: Action | None) -> None:
        """Answers one of our buttons or menus (see `adapters.discord.cards.items.PressHandler`)."""
        me = self.user
        self.handler.use_language_of_asker(interaction)
        try:
            await pressed(self.handler, interaction, action, me.id if me is not None else 0)
        except Exception as error:
            log.error(
                "button of interaction %(interaction)d failed: %(error)s",
                {"interaction": interaction.id, "error": describe_error(error)},
            )

    async def on_guild_channel_update(self, _before: object, channel: discord.abc.GuildChannel) -> None:
        self._end_pauses(channel.guild, channel.id)

    async def on_guild_role_update(self, _before: object, role: discord.Role) -> None:
        self._end_pauses(role.guild)

    async def on_member_update(self, _before: object, member: discord.Member) -> None:
        if self.user is not None and member.id == self.user.id:
            self._end_pauses(member.guild)

    async def on_thread_update(self, _before: object, thread: discord.Thread) -> None:
        self._end_pauses(thread.guild, thread.id)

    def _end_pauses(self, guild: discord.Guild, channel: int | None = None) -> None:
        """Lets the bot try again in channels where Discord refused its posts: in `channel`, in a category with its channels, and
        in their threads; without `channel`, in the whole server. A change there may have granted what was missing."""
        for place in (*guild.channels, *guild.threads):
            if channel is None or channel in (
                place.id,
                getattr(place, "parent_id", None),
                getattr(place, "category_id", None),
            ):
                self.service.delivery.lift(f"discord:{place.id}")

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        log.error(
            "%(listener)s failed: %(error)s",
            {
                "listener": event_method,
                "error": describe_error(error) if (error := sys.exception()) else "unknown",
            },
        )

    def run_in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs a task that nobody waits for. It ends with this client."""
        task = asyncio.create_task(work)
        self._background_tasks.add(task)
        task.add_done_callback(self._background_tasks.discard)

    async def stop_listening(self, timeout_s: float) -> None:
        """Closes the sockets. Messages that arrived before that can still be answered."""
        self._stopped_listening = True
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.gather(*(shard.disconnect() for shard in self.shards.values()))
        except (TimeoutError, aiohttp.ClientError, OSError):
            log.debug("sockets did not close")

    async def close_now(self, timeout_s: float) -> None:
        """Closes everything, even if the other end does not answer."""
        self._stopped_listening = True
        for task in (
            *self._background_tasks,
            *([self._registering] if self._registering is not None else []),
        ):
            task.cancel()
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
