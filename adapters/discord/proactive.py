"""What goes to a channel of Discord unasked: the digest. Whether it may still go there is asked at each post.

Its key, as 16 hexadecimal digits, is the enforced nonce of the post: for some minutes Discord answers a second post of the same
with the first message. It also stands in the custom ids of its buttons, which nobody sees: by that it is found in the channel's
history later. (A message that is read again has no nonce.)
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord

from adapters.discord.actions import is_marked
from adapters.discord.arrivals import PLATFORM, of_channel
from adapters.discord.card import layout
from adapters.discord.client import Client
from adapters.discord.errors import FAILURES, missing_grants, translated
from adapters.discord.render import Origin, render
from adapters.discord.targets import NO_PINGS, PATIENCE, shown
from bot.chat.replies import Notice, Reply
from bot.delivery.target import LookupFailedError, PostError, RefusedError, UnsentError

MOST_LOOKED_AT = 2_000
"""Messages among which one is looked for."""
_SKEW = timedelta(minutes=5)
"""By which the clocks of Discord and of the bot may differ."""


def mark_of(key: str) -> str:
    """The key as it goes to Discord."""
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class ProactiveTarget:
    """For all in a channel, or to the one `person` whose direct messages it is. `client` is asked for anew each time."""

    client: Callable[[], Client | None]
    channel: str
    key: str
    since: float
    person: str = ""

    @property
    def lane(self) -> str:
        return f"{PLATFORM}:{self.channel}"

    async def post(self, reply: Reply) -> str:
        client, channel = await self._reached()
        guild = getattr(channel, "guild", None)
        place = await of_channel(channel, self.key, self.person, self.since, client.members)
        await client.service.rules.check_place(place)
        mark = mark_of(self.key)

        async def send(pictures: bool) -> discord.Message:
            view = layout(render(reply, Origin(mark=mark), pictures))
            sent: discord.Message = await channel.send(view=view, nonce=mark, allowed_mentions=NO_PINGS)
            return sent

        return await shown(send, lambda: missing_grants(channel, guild))

    async def find(self) -> str | None:
        mark, looked_at = mark_of(self.key), 0
        try:
            client, channel = await self._reached()
            me = client.user.id if client.user is not None else 0
            since = datetime.fromtimestamp(max(0.0, self.since), UTC) - _SKEW
            async with asyncio.timeout(PATIENCE):
                async for one in channel.history(after=since, oldest_first=True, limit=MOST_LOOKED_AT):
                    looked_at += 1
                    if one.author.id == me and is_marked(one, mark):
                        return str(one.id)
        except discord.Forbidden:
            raise LookupFailedError("Read Message History is not granted") from None
        except discord.NotFound:
            raise LookupFailedError("the channel is gone") from None
        except PostError as error:
            raise LookupFailedError(str(error), again=isinstance(error, UnsentError)) from None
        except FAILURES as error:
            raise LookupFailedError(type(error).__name__, again=True) from None
        if looked_at >= MOST_LOOKED_AT:
            raise LookupFailedError("too much was said since")
        return None

    async def tell(self, notice: Notice) -> None:
        """Nobody asked, nobody is told."""
        del notice

    async def _reached(self) -> tuple[Client, Any]:
        """The client and the channel, which is asked for where it is not known. Raises PostError."""
        client = self.client()
        if client is None or client.user is None:
            raise UnsentError("not connected yet")
        try:
            async with asyncio.timeout(PATIENCE):
                await client.wait_until_ready()  # before, whose server it is would not be known
        except TimeoutError:
            raise UnsentError("no servers were told of yet") from None
        channel: object = client.get_channel(int(self.channel))
        if channel is None:
            try:
                async with asyncio.timeout(PATIENCE):
                    channel = await client.fetch_channel(int(self.channel))
            except FAILURES as error:
                raise _gone(error) from None
            except discord.InvalidData:
                raise RefusedError("unknown kind of channel", "Set the digest in another channel") from None
        guild = getattr(channel, "guild", None)
        if guild is not None and guild.unavailable:
            raise UnsentError("its server is away")
        if not isinstance(channel, discord.abc.Messageable):
            raise RefusedError("not a channel of messages", "Set the digest in another channel")
        return client, channel


def _gone(error: Exception) -> PostError:
    """A channel that can't be seen: most often the bot was removed from its server."""
    if isinstance(error, discord.Forbidden | discord.NotFound):
        mend = "The channel is gone, or the bot was removed: invite it again, and let it view the channel"
        return RefusedError(f"{error.status}/{error.code}", mend)
    return translated(error)
