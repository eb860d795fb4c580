"""What a person typed on Discord as plain text: no mention of the bot, no ids, no markup.

Discord writes people, channels, emoji and times as `<…>`; the API reference calls it message formatting.
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
_LINE_SIGN = re.compile(r"^(?:>>> |> |#{1,3} |-# )", re.M)
_ESCAPE = re.compile(r"\\([^\w\s])")


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in a text stand for."""

    people: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)


def plain(text: str, names: Names, leave_out: Iterable[int] = ()) -> str:
    """The text as it reads; people and roles in `leave_out` (the bot itself) are not named, nor are emoji and times."""
    silent = frozenset(leave_out)

    def read(found: re.Match[str]) -> str:
        if person := found["person"]:
            return "" if int(person) in silent else names.people.get(int(person), "")
        if role := found["role"]:
            return "" if int(role) in silent else names.roles.get(int(role), "")
        if channel := found["channel"]:
            return names.channels.get(int(channel), "")
        if command := found["command"]:
            return f"/{command}"
        return found["link"] or ""

    read_out = _LINE_SIGN.sub("", _REFERENCE.sub(read, _MASKED.sub(r"\1", text)))
    while (bare := _PAIRED.sub(r"\2", read_out)) != read_out:
        read_out = bare
    return _ESCAPE.sub(r"\1", _CODE.sub("", read_out)).strip()


def names_in(message: discord.Message) -> Names:
    """What the ids in a message stand for, as far as the message says."""
    return Names(
        {one.id: one.display_name for one in message.mentions},
        {one.id: one.name for one in message.role_mentions},
        {one.id: one.name for one in message.channel_mentions},
    )


def question(message: discord.Message, me: int) -> str:
    """What a message asks; the first message of a forum post asks with its title too."""
    leave_out = {me, *(role.id for role in message.role_mentions if _of_bot(role, me))}
    text = plain(message.content, names_in(message), leave_out)
    channel = message.channel
    if isinstance(channel, discord.Thread) and channel.id == message.id:  # the thread's own beginning
        return f"{channel.name}\n{text}".strip()
    return text


def _of_bot(role: discord.Role, me: int) -> bool:
    return role.tags is not None and role.tags.bot_id == me
