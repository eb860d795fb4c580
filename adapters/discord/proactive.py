"""Posts digests to Discord channels. Before each post, the rules decide whether the channel still allows it.

The key of the post, as 16 hexadecimal digits, is the enforced nonce: if a second post with the same nonce follows within some
minutes, Discord returns the first message instead of posting again. A message that is fetched later has no nonce. So the key also
stands in the custom ids of the digest's buttons, which nobody sees; by them the digest is found in the channel's history.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import discord

from adapters.discord.arrivals import PLATFORM, of_channel
from adapters.discord.cards.card import layout
from adapters.discord.cards.custom_ids import has_digest_mark
from adapters.discord.cards.render import Origin, render
from adapters.discord.client import Client
from adapters.discord.digest_extras import add_extras, pings
from adapters.discord.errors import REQUEST_ERRORS, permissions_to_grant, translate
from adapters.discord.posting import REQUEST_TIMEOUT_S, lookup_errors, send_with_fallback
from adapters.proactive import ProactiveBase
from bot.chat import wording
from bot.chat.replies import Reply
from bot.delivery.target import LookupFailedError, PostError, RefusedError, UnsentError
from bot.state.chosen import PostingChoices

MAX_MESSAGES_SEARCHED = 2_000
"""Messages of a channel that are searched for a digest."""

_IS_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def mark_of(key: str) -> str:
    """The key of a post as 16 hexadecimal digits."""
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class ProactiveTarget(ProactiveBase):
    """A `Target` for digests."""

    platform: ClassVar[str] = PLATFORM

    _: KW_ONLY
    client: Callable[[], Client | None]
    """Returns the current client, which changes when the bot reconnects."""

    async def post(self, reply: Reply) -> str:
        client, channel = await self._client_and_channel()
        guild = getattr(channel, "guild", None)
        place = await of_channel(channel, self.key, self.person, self.since, client.directory)
        await client.service.rules.check_place(place)
        mark = mark_of(self.key)
        posting = await client.service.rules.choices.of_posting(f"{PLATFORM}:{self.channel}")

        async def send(view: discord.ui.LayoutView) -> discord.Message:
            sent: discord.Message = await channel.send(view=view, nonce=mark, allowed_mentions=pings(posting))
            self._add_extras(client, sent, posting)
            return sent

        return await send_with_fallback(
            lambda pictures: layout(render(reply, Origin(mark=mark, ping=posting.ping), pictures)),
            send,
            lambda: permissions_to_grant(channel, guild),
        )

    async def find(self) -> str | None:
        mark, searched = mark_of(self.key), 0
        with lookup_errors():
            client, channel = await self._client_and_channel()
            me = client.user.id if client.user is not None else 0
            since = datetime.fromtimestamp(self.oldest, UTC)
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                async for message in channel.history(
                    after=since, oldest_first=True, limit=MAX_MESSAGES_SEARCHED
                ):
                    searched += 1
                    if message.author.id == me and has_digest_mark(message, mark):
                        posting = await client.service.rules.choices.of_posting(f"{PLATFORM}:{self.channel}")
                        # the process that posted it may have stopped before it added them
                        self._add_extras(client, message, posting)
                        return str(message.id)
        if searched >= MAX_MESSAGES_SEARCHED:
            raise LookupFailedError("too many messages since")
        return None

    def _add_extras(self, client: Client, message: discord.Message, posting: PostingChoices) -> None:
        day = self.key.rpartition(":")[2]
        name = wording.digest_thread_name(day if _IS_DAY.fullmatch(day) else f"{message.created_at:%Y-%m-%d}")
        client.run_in_background(add_extras(message, posting, name))

    async def _client_and_channel(self) -> tuple[Client, Any]:
        """The client, and the channel, which is fetched if it is not cached. Raises PostError."""
        client = self.client()
        if client is None or client.user is None:
            raise UnsentError("not connected yet")
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await client.wait_until_ready()  # before that, the server of a channel is not known
        except TimeoutError:
            raise UnsentError("the servers are not known yet") from None
        channel: object = client.get_channel(int(self.channel))
        if channel is None:
            try:
                async with asyncio.timeout(REQUEST_TIMEOUT_S):
                    channel = await client.fetch_channel(int(self.channel))
            except REQUEST_ERRORS as error:
                raise _channel_error(error) from None
            except discord.InvalidData:
                raise RefusedError("unknown kind of channel", "Set the digest in another channel") from None
        guild = getattr(channel, "guild", None)
        if guild is not None and guild.unavailable:
            raise UnsentError("the server is unavailable")
        if not isinstance(channel, discord.abc.Messageable):
            raise RefusedError("a channel without messages", "Set the digest in another channel")
        return client, channel


def _channel_error(error: Exception) -> PostError:
    """The error for a channel that the bot cannot see, usually because it was removed from the server."""
    if isinstance(error, discord.Forbidden | discord.NotFound):
        fix = "The channel is gone, or the bot was removed: invite it again, and let it view the channel"
        return RefusedError(f"{error.status}/{error.code}", fix)
    return translate(error)
