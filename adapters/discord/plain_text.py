"""Converts Discord messages to plain text: without mentions of the bot, ids and markup.

Discord writes people, channels, emoji and times as `<…>` (API reference, "Message Formatting").
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import discord

_REFERENCE = re.compile(
    r"<(?:@!?(?P<person>\d{1,20})|@&(?P<role>\d{1,20})|#(?P<channel>\d{1,20})|/(?P<command>[^:<>\n]{1,100}):\d{1,20}"
    r"|(?P<emoji>a?:\w{1,32}:\d{1,20})|(?P<time>t:-?\d{1,17}(?::[A-Za-z])?)|(?P<link>https?://[^\s<>]+))>"
)
_MASKED = re.compile(r"\[([^\[\]\n]{1,1000})\]\(<?https?://[^\s()<>]{1,2000}>?\)")
_PAIRED = re.compile(r"(\*\*|__|~~|\|\|)(?=\S)(.{1,2000}?)(?<=\S)\1", re.S)
_CODE = re.compile(r"`{1,3}(?:[a-z]{1,20}\n)?")
_LINE_MARKUP = re.compile(r"^(?:>>> |> |#{1,3} |-# )", re.M)
_ESCAPE = re.compile(r"\\([^\w\s])")


@dataclass(frozen=True, slots=True)
class Names:
    """Names for the ids in a text."""

    people: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)


def plain(text: str, names: Names, omit: Iterable[int] = ()) -> str:
    """The text as people read it. People and roles in `omit` (the bot itself) are left out, and so are emoji and times."""
    omitted = frozenset(omit)

    def replace(found: re.Match[str]) -> str:
        if person := found["person"]:
            return "" if int(person) in omitted else names.people.get(int(person), "")
        if role := found["role"]:
            return "" if int(role) in omitted else names.roles.get(int(role), "")
        if channel := found["channel"]:
            return names.channels.get(int(channel), "")
        if command := found["command"]:
            return f"/{command}"
        return found["link"] or ""

    text_read = _LINE_MARKUP.sub("", _REFERENCE.sub(replace, _MASKED.sub(r"\1", text)))
    while (bare := _PAIRED.sub(r"\2", text_read)) != text_read:
        text_read = bare
    return _ESCAPE.sub(r"\1", _CODE.sub("", text_read)).strip()


def names_in(message: discord.Message) -> Names:
    """Names for the ids in a message, as far as the message has them."""
    return Names(
        {one.id: one.display_name for one in message.mentions},
        {one.id: one.name for one in message.role_mentions},
        {one.id: one.name for one in message.channel_mentions},
    )


def question(message: discord.Message, me: int) -> str:
    """The question in a message. For the first message of a forum post, the title is part of it."""
    omit = {me, *(role.id for role in message.role_mentions if _of_bot(role, me))}
    text = plain(message.content, names_in(message), omit)
    channel = message.channel
    if (
        isinstance(channel, discord.Thread) and channel.id == message.id
    ):  # the message that started the thread
        return f"{channel.name}\n{text}".strip()
    return text


def _of_bot(role: discord.Role, me: int) -> bool:
    return role.tags is not None and role.tags.bot_id == me
