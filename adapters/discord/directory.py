"""Who belongs where: the servers of the bot's owner, the server of a person, the channels that a person sees.

Each member is fetched over REST and cached, because the bot does not use the privileged intent that announces all members.
"""

import asyncio
from logging import getLogger
from time import monotonic

import aiohttp
import discord
from cachetools import LRUCache, TLRUCache

from bot.access.places import HOME, Allowlist
from bot.delivery.platform import Membership

log = getLogger("analects.discord")

MEMBER_TTL_S = 300.0
"""How long the bot remembers that a person is a member of a server, in seconds."""
NON_MEMBER_TTL_S = 60.0
"""How long the bot remembers that a person is not a member."""
MAX_CACHED = 10_000
REQUEST_TIMEOUT_S = 10.0


def owners_of(application: discord.AppInfo) -> frozenset[int]:
    """User ids of the owner of an application, or of the members of its team who have accepted the invitation."""
    if application.team is None:
        return frozenset({application.owner.id})
    accepted = discord.TeamMembershipState.accepted
    return frozenset(member.id for member in application.team.members if member.membership_state is accepted)


class Directory:
    """Asks Discord through one client, and caches the answers."""

    def __init__(self, client: discord.Client, allowlist: Allowlist) -> None:
        self._client = client
        self._servers = sorted(server.partition(":")[2] for server in allowlist.of("discord").servers)
        self._allows_home_servers = not allowlist.of("discord") or HOME in self._servers
        # each value is a tuple of one, because `get` returns None for a key that is not cached
        self._members: TLRUCache[tuple[int, int], tuple[discord.Member | None]] = TLRUCache(
            MAX_CACHED, _expiry, monotonic
        )
        self._threads: LRUCache[int, discord.Thread] = LRUCache(MAX_CACHED)
        self._answer_threads: LRUCache[int, bool] = LRUCache(MAX_CACHED)

    def owners(self) -> frozenset[int]:
        """User ids of the owner of the application, or of the members of its team who have accepted."""
        application = self._client.application
        return owners_of(application) if application is not None else frozenset()

    def guild(self, identity: int | None) -> discord.Guild | None:
        """The server with this id, if the bot is a member of it."""
        return self._client.get_guild(identity) if identity is not None else None

    async def is_home(self, guild: discord.Guild) -> bool:
        """Whether an owner of the bot owns a server, or may manage it."""
        owners = self.owners()
        if guild.owner_id in owners:
            return True
        for owner in sorted(owners):
            member = await self._member(guild, owner)
            if member is not None and member.guild_permissions.manage_guild:
                return True
        return False

    async def server_of(self, person: int) -> tuple[str, bool]:
        """The id of an allowed server of which a person is a member, and whether it is the owner's; "" if there is none.

        If the settings list nothing, or "discord:home", the owner's servers are allowed.
        """
        for guild in sorted(self._client.guilds, key=lambda guild: guild.id):
            is_listed = str(guild.id) in self._servers
            home = not is_listed and self._allows_home_servers and await self.is_home(guild)
            if (is_listed or home) and await self._member(guild, person) is not None:
                return str(guild.id), home
        return "", False

    async def membership(self, person: str, channel: str) -> Membership:
        """Whether a person sees a channel."""
        found = self._client.get_channel(int(channel)) if channel.isdecimal() else None
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread) or not person.isdecimal():
            return Membership.UNKNOWN
        try:
            member = await self._fetch_member(found.guild, int(person))
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
            return Membership.UNKNOWN
        if member is None or not found.permissions_for(member).view_channel:
            return Membership.OUTSIDE
        return Membership.MEMBER

    def is_public(self, channel: str) -> bool:
        """Whether everyone in the server can read a channel. A thread is as public as its parent."""
        found = self._client.get_channel(int(channel)) if channel.isdecimal() else None
        if isinstance(found, discord.Thread):
            found = None if found.is_private() else found.parent
        if not isinstance(found, discord.abc.GuildChannel):
            return False
        return found.permissions_for(found.guild.default_role).view_channel

    async def manages(self, person: str, channel: str) -> bool:
        """Whether a person may manage a channel, or the parent of a thread; False if that is not known."""
        found = self._client.get_channel(int(channel)) if channel.isdecimal() else None
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread) or not person.isdecimal():
            return False
        member = await self._member(found.guild, int(person))
        return member is not None and found.permissions_for(member).manage_channels

    async def administers(self, person: str, server: str) -> bool:
        """Whether a person may manage a server; False if that is not known."""
        found = self.guild(int(server)) if server.isdecimal() else None
        if found is None or not person.isdecimal():
            return False
        member = await self._member(found, int(person))
        return member is not None and member.guild_permissions.manage_guild

    async def is_answer_thread(self, channel: object, me: int) -> bool:
        """Whether a channel is a thread that the bot opened below a person's question, not below a post of its own."""
        if not isinstance(channel, discord.Thread) or channel.owner_id != me:
            return False
        if (below_question := self._answer_threads.get(channel.id)) is not None:
            return below_question
        if not isinstance(channel.parent, discord.abc.Messageable):
            return False
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                author = (await channel.parent.fetch_message(channel.id)).author.id
        except discord.NotFound:  # the question was deleted, but the thread is still there
            author = 0
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
            return False
        self._answer_threads[channel.id] = author != me
        return author != me

    async def channel_of(self, message: discord.Message, guild: discord.Guild | None) -> object:
        """The channel of a message. A thread that is not cached, because it was archived, is fetched."""
        channel = message.channel
        if guild is None or not isinstance(channel, discord.PartialMessageable):
            return channel
        if (cached := guild.get_channel_or_thread(channel.id)) is not None:
            return cached
        if (thread := self._threads.get(channel.id)) is not None:
            return thread
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                found = await guild.fetch_channel(channel.id)
        except (discord.HTTPException, discord.InvalidData, aiohttp.ClientError, OSError, TimeoutError):
            return channel
        if isinstance(found, discord.Thread):
            self._threads[channel.id] = found
        return found

    async def _member(self, guild: discord.Guild, person: int) -> discord.Member | None:
        try:
            return await self._fetch_member(guild, person)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info(
                "it is not known whether someone is a member of %(server)d: %(error)s",
                {"server": guild.id, "error": type(error).__name__},
            )
            return None

    async def _fetch_member(self, guild: discord.Guild, person: int) -> discord.Member | None:
        key = (guild.id, person)
        if (cached := self._members.get(key)) is not None:
            return cached[0]
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                member = await guild.fetch_member(person)
        except discord.NotFound:
            member = None
        self._members[key] = (member,)
        return member


def _expiry(_: tuple[int, int], entry: tuple[discord.Member | None], now: float) -> float:
    return now + (MEMBER_TTL_S if entry[0] is not None else NON_MEMBER_TTL_S)
