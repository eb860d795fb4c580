"""Computes the permissions of the bot in the channels of a server, from the roles and channels that REST returns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord.setup import PERMISSIONS, PICTURES, SAVING, THREADS
from bot.state.chosen import PostingChoices, ServerChoices

THREAD_TYPES = (10, 11, 12)
"""Discord's numbers for the kinds of threads."""
FORUM_TYPES = (15, 16)


@dataclass(frozen=True, slots=True)
class Parts:
    """The optional parts that the settings and the state switch on."""

    content: bool = False
    """Whether the bot reads the texts of all messages."""
    pictures: bool = False
    reactions: bool = False
    """Whether messages can be saved by a reaction."""
    threads: frozenset[str] = frozenset()
    """Ids of servers where answers have threads, and of channels where digests have threads."""

    def permissions_in(self, channel: Any, server: int) -> Iterator[tuple[str, str, str]]:
        """The permissions that are needed in a channel: each with its name, its name in Discord's settings, and the reason."""
        unneeded = "send_messages" if channel["type"] in THREAD_TYPES else ""
        yield from (permission for permission in PERMISSIONS if permission[0] != unneeded)
        holds_messages = channel["type"] not in (*THREAD_TYPES, *FORUM_TYPES)
        if holds_messages and {str(server), str(channel["id"])} & self.threads:
            yield THREADS
        if self.pictures:
            yield PICTURES
        if self.reactions and self.content:
            yield SAVING


def threads_of(chosen: Iterable[tuple[str, str, str]]) -> frozenset[str]:
    """Ids of the servers and channels on Discord for which threads were chosen.

    `chosen` has the kind, place and value of each choice in the state. A choice that cannot be read is left out.
    """
    found = set()
    for kind, place, value in chosen:
        platform, _, identity = place.partition(":")
        if platform != "discord":
            continue
        try:
            if (kind == "server" and ServerChoices.decode(value).threads) or (
                kind == "posting" and PostingChoices.decode(value).thread
            ):
                found.add(identity)
        except ValueError:
            continue
    return frozenset(found)


def server_permissions(server: discord.Guild, me: discord.Member) -> discord.Permissions:
    """The permissions of the bot in the server, before the overwrites of a channel."""
    value = 0
    for role in [server.default_role, *(role for role in me.roles if role.id != server.id)]:
        value |= role.permissions.value
    return discord.Permissions(value)


def missing(
    base: discord.Permissions, channel: Any, server: discord.Guild, me: discord.Member, parts: Parts
) -> list[str]:
    """Needed permissions that the bot lacks in a channel, by their names in Discord's settings.

    Overwrites apply in Discord's order: everyone, then the roles together, then the member.
    """
    if base.administrator:
        return []
    granted = discord.Permissions(base.value)
    overwrites = channel.get("permission_overwrites", [])
    my_roles = {role.id for role in me.roles} - {server.id}
    for group in ([server.id], my_roles, [me.id]):
        _apply(granted, [overwrite for overwrite in overwrites if int(overwrite["id"]) in group])
    return [
        label for name, label, _ in parts.permissions_in(channel, server.id) if not getattr(granted, name)
    ]


def _apply(granted: discord.Permissions, overwrites: Iterable[Any]) -> None:
    allow = deny = 0
    for overwrite in overwrites:
        allow |= int(overwrite["allow"])
        deny |= int(overwrite["deny"])
    granted.value = granted.value & ~deny | allow
