"""Who belongs where: servers that are the bot's home, servers that a person is in, channels that a person sees.

Asked one by one over REST, as the privileged intent that would tell of all members is not wanted; remembered for minutes.
"""

import asyncio
from collections import OrderedDict
from logging import getLogger
from time import monotonic

import aiohttp
import discord

from bot.access.rules import Allowlist, Membership

log = getLogger("analects.discord")

REMEMBERED = 300.0
"""Seconds for which it is known that a person is a member."""
REMEMBERED_OUTSIDE = 60.0
MOST = 10_000
REQUEST_TIMEOUT_S = 10.0
"""Seconds to wait for an answer."""

Known = tuple[float, discord.Member | None]


class Directory:
    """Knows through one client."""

    def __init__(self, client: discord.Client, listed: Allowlist) -> None:
        self._client = client
        self._servers = sorted(one.partition(":")[2] for one in listed.of("discord").servers)
        self._nothing_listed = not listed.of("discord")
        self._known: OrderedDict[tuple[int, int], Known] = OrderedDict()
        self._channels: OrderedDict[int, discord.Thread] = OrderedDict()

    def is_home(self, guild: discord.Guild) -> bool:
        """Whether a server belongs to the owner of the application or to one of its team."""
        application = self._client.application
        if application is None:
            return False
        owners = {application.owner.id}
        if application.team is not None:
            owners |= {member.id for member in application.team.members}
        return guild.owner_id in owners

    async def server_of(self, person: int) -> tuple[str, bool]:
        """The listed server that a person is in, or where nothing is listed the home server; whether it is the home."""
        guilds = self._client.guilds
        if self._nothing_listed:
            guilds = [one for one in guilds if self.is_home(one)]
        else:
            guilds = [one for one in guilds if str(one.id) in self._servers]
        for guild in sorted(guilds, key=lambda one: one.id):
            if await self._member(guild, person) is not None:
                return str(guild.id), self._nothing_listed
        return "", False

    async def in_channel(self, person: str, channel: str) -> Membership:
        """Whether a person sees a channel (`bot.access.rules.Asks`)."""
        found = self._client.get_channel(int(channel)) if channel.isdecimal() else None
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread) or not person.isdecimal():
            return Membership.UNKNOWN
        try:
            member = await self._asked(found.guild, int(person))
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
            return Membership.UNKNOWN
        if member is None or not found.permissions_for(member).view_channel:
            return Membership.OUTSIDE
        return Membership.MEMBER

    async def manages(self, person: str, channel: str) -> bool:
        """Whether a person may manage a channel (`bot.access.rules.Manages`); a thread follows its parent. No where that
        can't be told."""
        found = self._client.get_channel(int(channel)) if channel.isdecimal() else None
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread) or not person.isdecimal():
            return False
        member = await self._member(found.guild, int(person))
        return member is not None and found.permissions_for(member).manage_channels

    async def channel_of(self, message: discord.Message, guild: discord.Guild | None) -> object:
        """The channel of a message; a thread that is not known yet (it was archived) is asked for."""
        channel = message.channel
        if guild is None or not isinstance(channel, discord.PartialMessageable):
            return channel
        if (now_known := guild.get_channel_or_thread(channel.id)) is not None:
            return now_known
        if (known := self._channels.get(channel.id)) is not None:
            return known
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                found = await guild.fetch_channel(channel.id)
        except (discord.HTTPException, discord.InvalidData, aiohttp.ClientError, OSError, TimeoutError):
            return channel
        if isinstance(found, discord.Thread):
            self._channels[channel.id] = found
            if len(self._channels) > MOST:
                self._channels.popitem(last=False)
        return found

    async def _member(self, guild: discord.Guild, person: int) -> discord.Member | None:
        try:
            return await self._asked(guild, person)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info(
                "not known whether somebody is a member of %(server)d: %(error)s",
                {"server": guild.id, "error": type(error).__name__},
            )
            return None

    async def _asked(self, guild: discord.Guild, person: int) -> discord.Member | None:
        key = (guild.id, person)
        until, member = self._known.get(key, (0.0, None))
        if monotonic() < until:
            return member
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                member = await guild.fetch_member(person)
        except discord.NotFound:
            member = None
        self._known[key] = (monotonic() + (REMEMBERED if member else REMEMBERED_OUTSIDE), member)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return member
