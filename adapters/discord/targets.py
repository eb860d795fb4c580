"""Where replies go on Discord: below the message that asked, or to the person who gave a command (`bot.delivery.target.Target`).

A reply carries the id of its question as an enforced nonce: for some minutes Discord answers a second post of the same with the
first message, so discord.py's own tries after a server error double nothing. Later the channel's history tells.
No path of this module lets a mention ping: `AllowedMentions.none()` stands at each.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from adapters.discord.card import layout
from adapters.discord.errors import FAILURES, is_invalid_form, missing_grants, translated
from adapters.discord.render import Origin, render
from bot.chat.replies import Notice, Reply
from bot.delivery.target import LookupFailedError, UndeliverableError

PATIENCE = 40.0
"""Seconds for one post, with the times that discord.py waits and tries again by itself."""
MOST_LOOKED_AT = 100
"""Messages after the question among which a reply is looked for."""
NO_PINGS = discord.AllowedMentions.none()


class ReplyTarget:
    """Replies to a message."""

    def __init__(self, message: discord.Message, me: int) -> None:
        self._message = message
        self._me = me

    @property
    def lane(self) -> str:
        return f"discord:{self._message.channel.id}"

    async def post(self, reply: Reply) -> str:
        origin = Origin(self._message.id, self._message.author.id)

        async def send(pictures: bool) -> discord.Message:
            return await self._message.channel.send(
                view=layout(render(reply, origin, pictures)),
                reference=self._message.to_reference(fail_if_not_exists=True),
                mention_author=False,
                nonce=str(self._message.id),
                allowed_mentions=NO_PINGS,
            )

        return await shown(send, lambda: missing_grants(self._message.channel, self._message.guild))

    async def find(self) -> str | None:
        looked_at = 0
        question = discord.Object(self._message.id - 1)
        try:
            async with asyncio.timeout(PATIENCE):
                history = self._message.channel.history(
                    after=question, oldest_first=True, limit=MOST_LOOKED_AT
                )
                async for one in history:
                    looked_at += 1
                    if looked_at == 1 and one.id != self._message.id:
                        raise LookupFailedError("the question is gone")
                    answered = one.reference.message_id if one.reference else None
                    if one.author.id == self._me and answered == self._message.id:
                        return str(one.id)
        except discord.Forbidden:
            raise LookupFailedError("Read Message History is not granted") from None
        except discord.NotFound:
            raise LookupFailedError("the channel is gone") from None
        except FAILURES as error:
            raise LookupFailedError(type(error).__name__, again=True) from None
        if not 1 <= looked_at < MOST_LOOKED_AT:
            raise LookupFailedError("too much was said since" if looked_at else "the question is gone")
        return None

    async def tell(self, notice: Notice) -> None:
        """In a server a message can't be answered to one person alone: there nobody is told."""
        if self._message.guild is not None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._message.channel.send(view=layout(render(notice)), allowed_mentions=NO_PINGS)
        except FAILURES as error:
            raise translated(error) from None


class FollowUpTarget:
    """Adds a message below the one whose button was pressed, for all to see."""

    def __init__(self, interaction: discord.Interaction[Any], question: int | None) -> None:
        self._interaction = interaction
        self._origin = Origin(question, interaction.user.id)

    @property
    def lane(self) -> str:
        return f"discord:{self._interaction.channel_id}"

    async def post(self, reply: Reply) -> str:
        channel, pressed = self._interaction.channel, self._interaction.message
        if pressed is None or not isinstance(channel, discord.abc.Messageable):
            raise UndeliverableError("the channel is not known")

        async def send(pictures: bool) -> discord.Message:
            return await channel.send(
                view=layout(render(reply, self._origin, pictures)),
                reference=pressed.to_reference(fail_if_not_exists=False),
                mention_author=False,
                nonce=str(self._interaction.id),
                allowed_mentions=NO_PINGS,
            )

        return await shown(send, lambda: missing_grants(channel, self._interaction.guild))

    async def find(self) -> str | None:
        raise LookupFailedError("several messages may answer a button")

    async def tell(self, notice: Notice) -> None:
        await whisper(self._interaction, notice)


async def whisper(interaction: discord.Interaction[Any], notice: Notice) -> None:
    """Tells something to who pressed a button, below what all see. Raises PostError."""
    try:
        async with asyncio.timeout(PATIENCE):
            await interaction.followup.send(
                view=layout(render(notice)), ephemeral=True, allowed_mentions=NO_PINGS
            )
    except FAILURES as error:
        raise translated(error) from None


class InteractionTarget:
    """Answers an interaction that was deferred: only ever the message that was promised, seen by whom it was promised to.

    It is edited into place, which does no harm when done twice, and needs no permission in the channel.
    """

    def __init__(self, interaction: discord.Interaction[Any], private: bool) -> None:
        self._interaction = interaction
        self._private = private
        self._origin = Origin(None, interaction.user.id, private)
        self.answered = False

    @property
    def lane(self) -> str:
        """Of the person: what an interaction answers waits for no channel."""
        return f"discord:i:{self._interaction.user.id}"

    async def post(self, reply: Reply) -> str:
        return await shown(lambda pictures: self.show(layout(render(reply, self._origin, pictures))))

    async def show(self, view: discord.ui.LayoutView) -> discord.InteractionMessage:
        """Puts a view where the answer was promised. Raises what discord.py raises."""
        sent = await self._interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS)
        self.answered = True
        return sent

    async def find(self) -> str | None:
        """Showing it again is the same as having shown it."""
        return None

    async def tell(self, notice: Notice) -> None:
        """To the asker alone, also where the answer would have been for all."""
        if self._private:
            await self.post(notice)
            return
        await self.withdraw()
        await whisper(self._interaction, notice)

    async def withdraw(self) -> None:
        """Takes the promise back where nothing came of it."""
        if self.answered:
            return
        self.answered = True
        try:
            async with asyncio.timeout(PATIENCE):
                await self._interaction.delete_original_response()
        except FAILURES as error:
            raise translated(error) from None


async def shown(
    send: Callable[[bool], Awaitable[discord.Message]], missing: Callable[[], str] = lambda: ""
) -> str:
    """The id of what is shown: with covers, or without where Discord takes exception at an address. Raises PostError."""
    try:
        async with asyncio.timeout(PATIENCE):
            try:
                sent = await send(True)
            except discord.HTTPException as error:
                if not is_invalid_form(error):
                    raise
                sent = await send(False)
    except FAILURES as error:
        raise translated(error, missing) from None
    return str(sent.id)
