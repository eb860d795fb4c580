"""The targets of replies on Discord: a message, a pressed button, an interaction.

A reply carries the id of its question as an enforced nonce. If a second post with the same nonce follows within some minutes,
Discord returns the first message instead of posting again, so the retries of discord.py after a server error post nothing twice.
After that time, the channel's history is searched. No call here allows mentions, so nothing pings.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import discord

from adapters.discord.cards import picture
from adapters.discord.cards.card import layout
from adapters.discord.cards.mentions import CommandMentions
from adapters.discord.cards.render import Origin, render
from adapters.discord.errors import REQUEST_ERRORS, permissions_to_grant, translate
from adapters.discord.plain_text import question
from adapters.discord.posting import (
    NO_PINGS,
    REQUEST_TIMEOUT_S,
    lookup_errors,
    open_thread,
    send_with_fallback,
    tell_presser,
)
from bot.chat import wording
from bot.chat.commands import next_page
from bot.chat.replies import Notice, Picture, Reply, ServerSettings
from bot.delivery.target import LookupFailedError, UndeliverableError
from bot.model import Answer
from bot.text.sanitize import has_words, one_line
from bot.text.truncate import clipped

MAX_MESSAGES_SEARCHED = 100
"""Messages after a question that are searched for its answer."""
MAX_THREAD_NAME_CHARS = 90


class ReplyTarget:
    """Replies to a message of a person: below it, or in a new thread if one can be opened."""

    def __init__(
        self,
        message: discord.Message,
        me: int,
        commands: CommandMentions | None = None,
        in_thread: bool = False,
    ) -> None:
        self._message = message
        self._me = me
        self._commands = commands or CommandMentions()
        self._in_thread = in_thread

    @property
    def lane(self) -> str:
        return f"discord:{self._message.channel.id}"

    async def post(self, reply: Reply) -> str:
        origin = Origin(self._message.id, asker=self._message.author.id, commands=self._commands)

        async def send(view: discord.ui.LayoutView) -> discord.Message:
            thread = await open_thread(self._message, self._thread_name()) if self._in_thread else None
            if thread is not None:
                return await thread.send(view=view, nonce=str(self._message.id), allowed_mentions=NO_PINGS)
            return await self._message.channel.send(
                view=view,
                reference=self._message.to_reference(fail_if_not_exists=True),
                mention_author=False,
                nonce=str(self._message.id),
                allowed_mentions=NO_PINGS,
            )

        return await send_with_fallback(
            lambda pictures: layout(render(reply, origin, pictures)),
            send,
            lambda: permissions_to_grant(self._message.channel, self._message.guild),
        )

    def _thread_name(self) -> str:
        name = clipped(one_line(question(self._message, self._me)), MAX_THREAD_NAME_CHARS, "…")
        return name if has_words(name) else wording.THREAD_NAME

    async def _find_in_thread(self) -> str | None:
        with lookup_errors():
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                try:
                    thread = self._message.thread or await self._message.fetch_thread()
                except (discord.NotFound, ValueError):
                    return None
                async for message in thread.history(oldest_first=True, limit=MAX_MESSAGES_SEARCHED):
                    if message.author.id == self._me and message.type is discord.MessageType.default:
                        return str(message.id)
        return None

    async def find(self) -> str | None:
        if self._in_thread and (found := await self._find_in_thread()) is not None:
            return found
        searched = 0
        question = discord.Object(self._message.id - 1)
        with lookup_errors():
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                history = self._message.channel.history(
                    after=question, oldest_first=True, limit=MAX_MESSAGES_SEARCHED
                )
                async for message in history:
                    searched += 1
                    if searched == 1 and message.id != self._message.id:
                        raise LookupFailedError("the question is gone")
                    answered = message.reference.message_id if message.reference else None
                    # Discord's own notice that a thread was opened also refers to the question
                    is_reply = message.type is discord.MessageType.reply
                    if is_reply and message.author.id == self._me and answered == self._message.id:
                        return str(message.id)
        if not 1 <= searched < MAX_MESSAGES_SEARCHED:
            raise LookupFailedError("too many messages since" if searched else "the question is gone")
        return None

    async def tell(self, notice: Notice) -> None:
        """Sends the notice in direct messages only, because a message in a server cannot be answered privately."""
        if self._message.guild is not None:
            return
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                view = layout(render(notice, Origin(commands=self._commands)))
                await self._message.channel.send(view=view, allowed_mentions=NO_PINGS)
        except REQUEST_ERRORS as error:
            raise translate(error) from None


class FollowUpTarget:
    """Posts a public message below the message whose button was pressed."""

    def __init__(self, interaction: discord.Interaction[Any], question: int | None) -> None:
        self._interaction = interaction
        self._origin = Origin(question, asker=interaction.user.id)

    @property
    def lane(self) -> str:
        return f"discord:{self._interaction.channel_id}"

    async def post(self, reply: Reply) -> str:
        channel, pressed = self._interaction.channel, self._interaction.message
        if pressed is None or not isinstance(channel, discord.abc.Messageable):
            raise UndeliverableError("the channel is not known")
        drawn_picture = reply if isinstance(reply, Picture) else None

        async def send(view: discord.ui.LayoutView) -> discord.Message:
            return await channel.send(
                view=view,
                reference=pressed.to_reference(fail_if_not_exists=False),
                mention_author=False,
                nonce=str(self._interaction.id),
                allowed_mentions=NO_PINGS,
                files=[picture.file(drawn_picture)] if drawn_picture else [],
            )

        return await send_with_fallback(
            lambda pictures: (
                picture.layout(drawn_picture, self._origin.asker)
                if drawn_picture
                else layout(render(reply, self._origin, pictures))
            ),
            send,
            lambda: permissions_to_grant(channel, self._interaction.guild),
        )

    async def find(self) -> str | None:
        raise LookupFailedError("a button may have several answers")

    async def tell(self, notice: Notice) -> None:
        await tell_presser(self._interaction, notice)


StoreFound = Callable[[discord.Interaction[Any], Answer], Awaitable[str]]
"""Stores the result for an interaction, and returns its key."""


class InteractionTarget:
    """Answers a deferred interaction by editing its "thinking…" message, which only the intended people see.

    Editing it twice does no harm, and needs no permission in the channel.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        private: bool,
        store: StoreFound | None = None,
        commands: CommandMentions | None = None,
    ) -> None:
        self._interaction = interaction
        self._private = private
        self._store = store
        self._origin = Origin(
            asker=interaction.user.id, private=private, commands=commands or CommandMentions()
        )
        self.answered = False
        self.message: int | None = None
        """Id of the answer, when it was posted."""

    @property
    def lane(self) -> str:
        """One lane per person: an interaction does not wait for posts to the channel."""
        return f"discord:i:{self._interaction.user.id}"

    async def post(self, reply: Reply) -> str:
        origin = self._origin
        if self._store is not None and isinstance(reply, Answer) and next_page(reply) is not None:
            origin = replace(origin, key=await self._store(self._interaction, reply))
        if isinstance(reply, Picture):
            drawn_picture, remover = reply, None if self._private else self._origin.asker
            return await send_with_fallback(
                lambda _: picture.layout(drawn_picture, remover),
                lambda view: self.show(view, [picture.file(drawn_picture)]),
            )
        return await send_with_fallback(lambda pictures: layout(render(reply, origin, pictures)), self.show)

    async def show(
        self, view: discord.ui.LayoutView, files: Sequence[discord.File] = ()
    ) -> discord.InteractionMessage:
        """Replaces the "thinking…" message with `view`. Raises the errors of discord.py."""
        sent = await self._interaction.edit_original_response(
            view=view, allowed_mentions=NO_PINGS, attachments=list(files)
        )
        self.answered, self.message = True, sent.id
        return sent

    async def find(self) -> str | None:
        """Returns None: posting again does no harm."""
        return None

    async def tell(self, notice: Notice) -> None:
        """Shows the notice only to the asker, even if the answer would have been public."""
        if self._private:
            await self.post(notice)
            return
        await self.withdraw()
        await tell_presser(self._interaction, notice)

    async def withdraw(self) -> None:
        """Deletes the "thinking…" message if it was not replaced with an answer. Raises PostError."""
        if self.answered:
            return
        self.answered = True
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await self._interaction.delete_original_response()
        except REQUEST_ERRORS as error:
            raise translate(error) from None


class PageTarget:
    """Turns the page of a card: edits the message whose button was pressed."""

    def __init__(self, interaction: discord.Interaction[Any], origin: Origin) -> None:
        self._interaction = interaction
        self._origin = origin

    @property
    def private(self) -> bool:
        """Whether only the presser sees the card."""
        return self._origin.private

    @property
    def lane(self) -> str:
        """One lane per card, so that its pages appear in the order of the presses."""
        message = self._interaction.message
        return f"discord:page:{message.id if message is not None else self._interaction.id}"

    async def post(self, reply: Reply) -> str:
        if isinstance(reply, Notice) and not isinstance(reply, ServerSettings):  # the card stays as it is
            await self.tell(reply)
            return ""
        return await send_with_fallback(
            lambda pictures: layout(render(reply, self._origin, pictures)),
            lambda view: self._interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS),
        )

    async def find(self) -> str | None:
        """Returns None: turning to the same page again does no harm."""
        return None

    async def tell(self, notice: Notice) -> None:
        await tell_presser(self._interaction, notice)
