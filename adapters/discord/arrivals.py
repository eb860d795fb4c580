"""Converts messages and interactions of Discord to arrivals. These hold facts; `bot.access.rules` decides what is answered.

A person's message becomes an arrival if it mentions the bot, pings everyone or a role, is a direct message, or stands in one of
`ASK_CHANNELS`. A reply that pings the bot is a mention, and so is a mention of the role that Discord made for the bot. All other
messages are ignored: other talk, joins, pins, and the copies that start a thread. Edits are a different event, to which the bot
does not listen.
"""

import time
from dataclasses import dataclass, replace
from logging import getLogger
from typing import Any

import discord

from adapters.discord.directory import Directory
from adapters.discord.plain_text import around_mention, is_withheld, own_ids, question, words_asked_about
from bot.chat.arrival import Arrival, Asked
from bot.chat.save_request import SaveMessage
from bot.chat.small_talk import is_question

log = getLogger("analects.discord")

PLATFORM = "discord"
_PERSON_TYPES = (discord.MessageType.default, discord.MessageType.reply)


@dataclass(frozen=True, slots=True)
class Place:
    """The channel and server of an arrival."""

    server: str
    channel: str
    parent: str | None
    home: bool
    direct: bool
    category: str = ""


def addressed(message: discord.Message, me: int, in_ask_channel: bool = False) -> bool:
    """Whether a message may be meant for the bot, whose user id is `me`; `in_ask_channel` says whether it stands in one of
    `ASK_CHANNELS`."""
    if message.type not in _PERSON_TYPES or message.author.id == me:
        return False
    if message.guild is None and isinstance(message.channel, discord.DMChannel):
        return True
    return in_ask_channel or _mentioned(message, me) or _pings_others(message)


async def of_message(
    message: discord.Message,
    guild: discord.Guild | None,
    me: int,
    directory: Directory,
    in_ask_channel: bool = False,
    own_thread: bool = False,
) -> Arrival:
    """The arrival for a message that is `addressed`; `guild` is None for a direct message. `in_ask_channel` says whether the
    message stands in one of `ASK_CHANNELS`, `own_thread` whether in a thread that the bot opened for an answer."""
    channel = await directory.channel_of(message, guild)
    place = await _place(channel, guild, directory)
    mentioned = place.direct or _mentioned(message, me)
    text = question(message, me)
    withheld = not text and (is_withheld(message) or _replies_to_withheld(message, me))
    follows = (in_ask_channel and _starts_forum_post(message, channel)) or (
        own_thread and (withheld or is_question(text))
    )
    arrival = Arrival(
        key=f"{PLATFORM}:{message.channel.id}:{message.id}",
        platform=PLATFORM,
        server=place.server,
        channel=place.channel,
        person=str(message.author.id),
        sent_at=message.created_at.timestamp(),
        text=text,
        context=text if words_asked_about(message, me) else "",
        around=around_mention(message, me),
        parent=place.parent,
        category=place.category,
        roles=_roles(message.author),
        home=place.home,
        direct=place.direct,
        bot=message.author.bot or message.webhook_id is not None,
        edited=message.edited_at is not None,
        broadcast=not mentioned and (not (in_ask_channel or own_thread) or _pings_others(message)),
        unaddressed=not mentioned,
        follows=follows,
        withheld=withheld,
    )
    return await _with_server(arrival, directory) if place.direct and not arrival.bot else arrival


def _pings_others(message: discord.Message) -> bool:
    return message.mention_everyone or bool(message.raw_role_mentions) or bool(message.role_mentions)


def _starts_forum_post(message: discord.Message, channel: object) -> bool:
    """Whether a message starts a forum post. The bot answers all of these, also those that are no question."""
    return (
        isinstance(channel, discord.Thread)
        and channel.id == message.id
        and isinstance(channel.parent, discord.ForumChannel)
    )


def _replies_to_withheld(message: discord.Message, me: int) -> bool:
    original = message.reference.resolved if message.reference is not None else None
    return isinstance(original, discord.Message) and original.author.id != me and is_withheld(original)


async def of_interaction(
    interaction: discord.Interaction[Any],
    request: Asked,
    private: bool,
    directory: Directory,
    pressed: bool = False,
    asked_by: int | None = None,
) -> Arrival:
    """The arrival for a command, a button or a menu. `pressed` says that it does not count as a question. `asked_by` is the
    person who asked for the public card that it changes, or below which it posts."""
    guild = directory.guild(interaction.guild_id)
    place = await _place(interaction.channel, guild, directory)
    if guild is None and interaction.guild_id is not None:  # a server that the bot is not a member of
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
        category=place.category,
        roles=_roles(interaction.user),
        home=place.home,
        direct=place.direct,
        private=private,
        pressed=pressed,
        asked_by=str(asked_by or ""),
        owner=interaction.user.id in directory.owners(),
        manages=interaction.permissions.manage_channels,
        administers=interaction.permissions.manage_guild,
        may_delete_others=interaction.permissions.manage_messages,
    )
    return await _with_server(arrival, directory) if place.direct else arrival


async def of_reaction(
    reaction: discord.RawReactionActionEvent, channel: object, request: SaveMessage, directory: Directory
) -> Arrival:
    """The arrival for a reaction."""
    guild = directory.guild(reaction.guild_id)
    place = await _place(channel, guild, directory)
    if guild is None and reaction.guild_id is not None:
        place = replace(place, server=str(reaction.guild_id), direct=False)
    arrival = Arrival(
        key=f"{PLATFORM}:save:{reaction.message_id}:{reaction.user_id}",
        platform=PLATFORM,
        server=place.server,
        channel=place.channel,
        person=str(reaction.user_id),
        sent_at=time.time(),
        request=request,
        parent=place.parent,
        home=place.home,
        direct=place.direct,
    )
    return await _with_server(arrival, directory) if place.direct else arrival


async def of_channel(channel: object, key: str, person: str, since: float, directory: Directory) -> Arrival:
    """A channel as an arrival, so that the rules can decide whether a digest may be posted there."""
    guild = getattr(channel, "guild", None)
    place = await _place(channel, guild, directory)
    recipient = getattr(channel, "recipient", None)
    arrival = Arrival(
        key=key,
        platform=PLATFORM,
        server=place.server,
        channel=place.channel,
        person=str(recipient.id) if recipient is not None else person,
        sent_at=since,
        parent=place.parent,
        category=place.category,
        home=place.home,
        direct=place.direct,
    )
    return await _with_server(arrival, directory) if place.direct and arrival.person.isdecimal() else arrival


def _mentioned(message: discord.Message, me: int) -> bool:
    """Whether a message mentions the bot or the role that Discord made for it, or replies to the bot with a ping."""
    return any(mention.id == me for mention in message.mentions) or len(own_ids(message, me)) > 1


async def _place(channel: object, guild: discord.Guild | None, directory: Directory) -> Place:
    channel_id = str(getattr(channel, "id", ""))
    if guild is None:
        return Place("", channel_id, None, False, True)
    parent = str(channel.parent_id) if isinstance(channel, discord.Thread) else None
    home = await directory.is_home(guild)
    return Place(str(guild.id), channel_id, parent, home, False, _category(channel, guild))


def _category(channel: object, guild: discord.Guild) -> str:
    """The id of the category of a channel, or of the parent of a thread; "" if it has none."""
    if isinstance(channel, discord.Thread):
        channel = guild.get_channel(channel.parent_id)
    return str(getattr(channel, "category_id", None) or "")


def _roles(person: discord.User | discord.Member) -> frozenset[str]:
    """The ids of the roles of a member."""
    return (
        frozenset(str(role.id) for role in person.roles)
        if isinstance(person, discord.Member)
        else frozenset()
    )


async def _with_server(arrival: Arrival, directory: Directory) -> Arrival:
    """A direct message, with an allowed server of which the person is a member, if there is one."""
    server, home = await directory.server_of(int(arrival.person))
    return replace(arrival, person_server=server, home=home, stranger=not server and not home)
