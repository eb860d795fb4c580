"""Sends messages on Discord, opens threads, and translates the errors."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from logging import getLogger
from typing import Any

import discord

from adapters.discord.cards.card import layout
from adapters.discord.cards.render import render
from adapters.discord.errors import REQUEST_ERRORS, THREAD_EXISTS, is_invalid_form, translate
from bot.chat.replies import Notice
from bot.delivery.target import LookupFailedError, PostError, UnsentError

log = getLogger("analects.discord")

REQUEST_TIMEOUT_S = 40.0
"""The longest time for one request, with the pauses and retries of discord.py."""
NO_PINGS = discord.AllowedMentions.none()


async def send_with_fallback(
    build: Callable[[bool], discord.ui.LayoutView],
    send: Callable[[discord.ui.LayoutView], Awaitable[discord.Message]],
    missing: Callable[[], str] = lambda: "",
) -> str:
    """Sends a view with covers; without them if Discord refuses an address. Returns the id of the message. Raises PostError.

    `build` makes the view. Its argument is True for a view with covers.
    """
    view = build(True)
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            try:
                sent = await send(view)
            except discord.HTTPException as error:
                if not is_invalid_form(error):
                    raise
                sent = await send(build(False))
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
        raise LookupFailedError(str(error), may_retry=isinstance(error, UnsentError)) from None
    except REQUEST_ERRORS as error:
        raise LookupFailedError(type(error).__name__, may_retry=True) from None


async def open_thread(message: discord.Message, name: str) -> discord.Thread | None:
    """The thread of a message, which is opened if there is none; None if the bot lacks the permission, or if the place has no
    threads. Raises the errors of discord.py for any other failure."""
    if message.guild is None:
        return None
    if message.thread is not None:
        return message.thread
    try:
        return await message.create_thread(name=name)
    except discord.HTTPException as error:
        if error.code == THREAD_EXISTS:
            return await message.fetch_thread()
        if error.status == 429 or error.status >= 500:
            raise
        log.warning(
            "no thread was opened in %(channel)d: %(error)s. Grant Create Public Threads there",
            {"channel": message.channel.id, "error": f"{error.status}/{error.code}"},
        )
        return None


async def tell_presser(interaction: discord.Interaction[Any], notice: Notice) -> None:
    """Shows a notice to the person who pressed a button of a public message, and to nobody else. Raises PostError."""
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            await interaction.followup.send(
                view=layout(render(notice)), ephemeral=True, allowed_mentions=NO_PINGS
            )
    except REQUEST_ERRORS as error:
        raise translate(error) from None
