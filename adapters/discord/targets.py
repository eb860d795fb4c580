"""The targets of replies on Discord: a message that is answered, a button that was pressed, an interaction.

A reply carries the id of its question as an enforced nonce: for some minutes Discord answers a second post with the same nonce with
the first message, so the retries of discord.py after a server error post nothing twice. Later the channel's history is searched.
Every call here allows no mentions, so nothing pings.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import discord

from adapters.discord.card import layout
from adapters.discord.errors import REQUEST_ERRORS, is_invalid_form, permissions_to_grant, translate
from adapters.discord.render import Origin, render
from bot.chat.replies import Notice, Reply
from bot.delivery.target import LookupFailedError, PostError, UndeliverableError, UnsentError

REQUEST_TIMEOUT_S = 40.0
"""For one request, with the pauses and retries of discord.py."""
MAX_MESSAGES_SEARCHED = 100
"""Messages after a question that are searched for its answer."""
NO_PINGS = discord.AllowedMentions.none()


class ReplyTarget:
    """Replies to a message of a person."""

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

        return await send_with_fallback(
            send, lambda: permissions_to_grant(self._message.channel, self._message.guild)
        )

    async def find(self) -> str | None:
        searched = 0
        question = discord.Object(self._message.id - 1)
        with lookup_errors():
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                history = self._message.channel.history(
                    after=question, oldest_first=True, limit=MAX_MESSAGES_SEARCHED
                )
                async for one in history:
                    searched += 1
                    if searched == 1 and one.id != self._message.id:
                        raise LookupFailedError("the question is gone")
                    answered = one.reference.message_id if one.reference else None
                    if one.author.id == self._me and answered == self._message.id:
                        return str(one.id)
        if not 1 <= searched < MAX_MESSAGES_SEARCHED:
            raise LookupFailedError("too many messages since" if searched else "the question is gone")
        return None

    async def tell(self, notice: Notice) -> None:
        """Tells it in direct messages alone: in a server, a message cannot be answered privately."""
        if self._message.guild is not None:
            return
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await self._message.channel.send(view=layout(render(notice)), allowed_mentions=NO_PINGS)
        except REQUEST_ERRORS as error:
            raise translate(error) from None


class FollowUpTarget:
    """Posts a public message below the one whose button was pressed."""

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

        return await send_with_fallback(send, lambda: permissions_to_grant(channel, self._interaction.guild))

    async def find(self) -> str | None:
        raise LookupFailedError("a button may have several answers")

    async def tell(self, notice: Notice) -> None:
        await tell_presser(self._interaction, notice)


async def tell_presser(interaction: discord.Interaction[Any], notice: Notice) -> None:
    """Tells something to the person who pressed a button of a public message, and to nobody else. Raises PostError."""
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            await interaction.followup.send(
                view=layout(render(notice)), ephemeral=True, allowed_mentions=NO_PINGS
            )
    except REQUEST_ERRORS as error:
        raise translate(error) from None


class InteractionTarget:
    """Answers a deferred interaction by editing the promised message, which only those see to whom it was promised.

    Editing twice does no harm, and needs no permission in the channel.
    """

    def __init__(self, interaction: discord.Interaction[Any], private: bool) -> None:
        self._interaction = interaction
        self._private = private
        self._origin = Origin(None, interaction.user.id, private)
        self.answered = False

    @property
    def lane(self) -> str:
        """One lane per person: an interaction does not wait for posts to the channel."""
        return f"discord:i:{self._interaction.user.id}"

    async def post(self, reply: Reply) -> str:
        return await send_with_fallback(
            lambda pictures: self.show(layout(render(reply, self._origin, pictures)))
        )

    async def show(self, view: discord.ui.LayoutView) -> discord.InteractionMessage:
        """Edits the promised message into `view`. Raises the errors of discord.py."""
        sent = await self._interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS)
        self.answered = True
        return sent

    async def find(self) -> str | None:
        """None: posting again does no harm."""
        return None

    async def tell(self, notice: Notice) -> None:
        """Tells the asker alone, also where the answer would have been public."""
        if self._private:
            await self.post(notice)
            return
        await self.withdraw()
        await tell_presser(self._interaction, notice)

    async def withdraw(self) -> None:
        """Deletes the promised message where it was not answered. Raises PostError."""
        if self.answered:
            return
        self.answered = True
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await self._interaction.delete_original_response()
        except REQUEST_ERRORS as error:
            raise translate(error) from None


async def send_with_fallback(
    send: Callable[[bool], Awaitable[discord.Message]], missing: Callable[[], str] = lambda: ""
) -> str:
    """Sends with covers, or without them where Discord refuses an address. Returns the id of the message. Raises PostError."""
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            try:
                sent = await send(True)
            except discord.HTTPException as error:
                if not is_invalid_form(error):
                    raise
                sent = await send(False)
    except REQUEST_ERRORS as error:
        raise translate(error, missing) from None
    return str(sent.id)


@contextmanager
def lookup_errors() -> Iterator[None]:
    """Turns errors of a search in a channel's history into LookupFailedError."""
    try:
        yield
    except discord.Forbidden:
        raise LookupFailedError("Read Message History is not granted") from None
    except discord.NotFound:
        raise LookupFailedError("the channel is gone") from None
    except PostError as error:
        raise LookupFailedError(str(error), again=isinstance(error, UnsentError)) from None
    except REQUEST_ERRORS as error:
        raise LookupFailedError(type(error).__name__, again=True) from None
