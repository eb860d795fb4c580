"""What happens on Discord as arrivals of the core. Facts only; `bot.access.rules` decides what is answered.

Heard are messages that people write, where they mention the bot (a reply to it that pings it is a mention), ping everyone or a
role, or write to it directly. All else (talk, joins, pins, copies that begin a thread, edits) never gets that far: Discord sends
an edit as another event, which nobody listens to.
"""

from dataclasses import dataclass, replace
from logging import getLogger
from typing import Any

import discord

from adapters.discord.directory import Members
from adapters.discord.plain_text import question
from bot.chat.arrival import Arrival
from bot.chat.digest_commands import DigestRequest
from bot.chat.requests import Request

log = getLogger("analects.discord")

PLATFORM = "discord"
_SAID = (discord.MessageType.default, discord.MessageType.reply)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happens."""

    server: str
    channel: str
    parent: str | None
    home: bool
    direct: bool


def addressed(message: discord.Message, me: int) -> bool:
    """Whether a message may be meant for the bot."""
    if message.type not in _SAID:
        return False
    if message.guild is None and isinstance(message.channel, discord.DMChannel):
        return message.author.id != me
    return _mentioned(message, me) or message.mention_everyone or bool(message.raw_role_mentions)


async def of_message(
    message: discord.Message, guild: discord.Guild | None, me: int, members: Members
) -> Arrival:
    """What a message (see `addressed`) says; `guild` is None for a direct one."""
    place = _place(await members.channel_of(message, guild), guild, members)
    arrival = Arrival(
        key=f"{PLATFORM}:{message.channel.id}:{message.id}",
        platform=PLATFORM,
        server=place.server,
        channel=place.channel,
        person=str(message.author.id),
        sent_at=message.created_at.timestamp(),
        text=question(message, me),
        parent=place.parent,
        home=place.home,
        direct=place.direct,
        bot=message.author.bot or message.webhook_id is not None,
        edited=message.edited_at is not None,
        broadcast=not place.direct and not _mentioned(message, me),
    )
    return await _with_server(arrival, members) if place.direct and not arrival.bot else arrival


async def of_interaction(
    interaction: discord.Interaction[Any], request: Request | DigestRequest, private: bool, members: Members
) -> Arrival:
    """A command or a press of a button."""
    place = _place(interaction.channel, interaction.guild, members)
    if (
        interaction.guild is None and interaction.guild_id is not None
    ):  # installed without being a member there
        place = replace(place, server=str(interaction.guild_id), direct=False, home=False)
    arrival = Arrival(
        key=f"{PLATFORM}:i:{interaction.id}",
        platform=PLATFORM,
        server=place.server,
        channel=str(interaction.channel_id or ""),
        person=str(interaction.user.id),
        sent_at=interaction.created_at.timestamp(),
        request=request,
        parent=place.parent,
        home=place.home,
        direct=place.direct,
        private=private,
        manages=interaction.permissions.manage_channels,
    )
    return await _with_server(arrival, members) if place.direct else arrival


async def of_channel(channel: object, key: str, person: str, since: float, members: Members) -> Arrival:
    """A place in which nobody said anything, for the rules to tell whether something may be posted there."""
    guild = getattr(channel, "guild", None)
    place = _place(channel, guild, members)
    recipient = getattr(channel, "recipient", None)
    arrival = Arrival(
        key=key,
        platform=PLATFORM,
        server=place.server,
        channel=place.channel,
        person=str(recipient.id) if recipient is not None else person,
        sent_at=since,
        parent=place.parent,
        home=place.home,
        direct=place.direct,
    )
    return await _with_server(arrival, members) if place.direct and arrival.person.isdecimal() else arrival


def _mentioned(message: discord.Message, me: int) -> bool:
    return any(one.id == me for one in message.mentions)


def _place(channel: object, guild: discord.Guild | None, members: Members) -> Place:
    identity = str(getattr(channel, "id", ""))
    if guild is None:
        return Place("", identity, None, False, True)
    parent = str(channel.parent_id) if isinstance(channel, discord.Thread) else None
    return Place(str(guild.id), identity, parent, members.is_home(guild), False)


async def _with_server(arrival: Arrival, members: Members) -> Arrival:
    """A direct message comes from nowhere: the server that makes the person known, where there is one."""
    server, home = await members.server_of(int(arrival.person))
    return replace(arrival, person_server=server, home=home, stranger=not server and not home)
