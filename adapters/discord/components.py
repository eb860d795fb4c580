"""Answers buttons and menus. They work after a restart: all they need is in the custom id or on Discord."""

import asyncio
from logging import getLogger
from typing import Any

import discord

from adapters.discord.actions import (
    Action,
    Another,
    DigestAction,
    More,
    Remove,
    Share,
    ShowSource,
    find_source,
    with_offset,
)
from adapters.discord.errors import REQUEST_ERRORS, translate
from adapters.discord.interactions import InteractionHandler, acknowledge, acknowledge_quietly, tell
from adapters.discord.plain_text import question
from adapters.discord.share import shared
from adapters.discord.targets import REQUEST_TIMEOUT_S, InteractionTarget, tell_presser
from bot.access.rules import may_remove
from bot.chat import wording
from bot.chat.conversation import interpret
from bot.chat.digest_commands import DigestPress
from bot.chat.replies import Notice
from bot.chat.requests import MAX_RANDOM_HIGHLIGHTS, Command, Request
from bot.delivery.target import PostError
from bot.model import Question

log = getLogger("analects.discord")


async def pressed(
    handler: InteractionHandler, interaction: discord.Interaction[Any], action: Action | None, me: int
) -> None:
    """Does what the button says. Below a public message the answer is public, below a private one it is private."""
    private = interaction.message is None or interaction.message.flags.ephemeral
    if action is None:
        await tell(interaction, wording.OLD_BUTTON)
    elif isinstance(action, Remove):
        await _remove(interaction, action)
    elif isinstance(action, Share):
        await _share(handler, interaction)
    elif isinstance(action, ShowSource):
        sources = handler.service.bot.index.library.sources
        source = await asyncio.to_thread(find_source, action.key, sources)
        if source is None:
            await tell(interaction, wording.OLD_BUTTON)
        else:
            await handler.answer(interaction, Command("from", source.title))
    elif isinstance(action, DigestAction):
        await _of_digest(handler, interaction, DigestPress(action.press, action.highlight))
    elif private:
        request = action.command if isinstance(action, More) else _another(action)
        await (handler.answer(interaction, request) if request else tell(interaction, wording.OLD_BUTTON))
    elif await acknowledge_quietly(interaction):
        await _further(handler, interaction, action, me)


async def _of_digest(
    handler: InteractionHandler, interaction: discord.Interaction[Any], press: DigestPress
) -> None:
    """Another highlight is posted below the digest for everyone; all else is answered to the presser alone."""
    if press.action != "another":
        await handler.answer(interaction, press)
    elif await acknowledge_quietly(interaction):
        await handler.add(interaction, press)


async def _further(
    handler: InteractionHandler, interaction: discord.Interaction[Any], action: More | Another, me: int
) -> None:
    """Posts the next part of a public reply. A question is read again from its message."""
    question: int | None = None
    request: Request | None = _another(action) if isinstance(action, Another) else action.command
    if isinstance(action, More) and request is None:
        question = action.message
        request = await _asked_in(interaction, action, me, handler.service.bot.quotes)
    if request is not None:
        await handler.add(interaction, request, question)
        return
    try:
        await tell_presser(interaction, Notice(wording.MESSAGE_GONE))
    except PostError as error:
        log.info("a notice was not delivered: %(error)s", {"error": str(error)})


def _another(action: Another) -> Command:
    return Command("random", limit=max(1, min(action.count, MAX_RANDOM_HIGHLIGHTS)))


async def _asked_in(
    interaction: discord.Interaction[Any], action: More, me: int, quotes: int
) -> Request | None:
    """The request in the message; None if it is gone or cannot be read."""
    channel = interaction.channel
    if action.message is None or not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            message = await channel.fetch_message(action.message)
    except REQUEST_ERRORS as error:
        log.info(
            "question %(post)d was not read: %(error)s",
            {"post": action.message, "error": str(translate(error))},
        )
        return None
    said = interpret(question(message, me), quotes, Notice(""))
    if isinstance(said, Notice):
        return None
    if isinstance(said, Command):
        return with_offset(action, said)
    if not isinstance(said, Question):
        return None
    return Question(said.text, max(1, min(action.limit, 20)), action.offset)


async def _remove(interaction: discord.Interaction[Any], action: Remove) -> None:
    keeps_order = interaction.guild_id is not None and interaction.permissions.manage_messages
    if interaction.message is None or not may_remove(
        str(interaction.user.id), str(action.asker), keeps_order
    ):
        await tell(interaction, wording.NOT_REMOVED)
    elif await acknowledge_quietly(interaction):
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await interaction.message.delete()
        except REQUEST_ERRORS as error:
            log.info(
                "answer %(post)d was not removed: %(error)s",
                {"post": interaction.message.id, "error": str(translate(error))},
            )


async def _share(handler: InteractionHandler, interaction: discord.Interaction[Any]) -> None:
    message = interaction.message
    objection = await handler.objection(interaction, counted=True)
    if message is None or objection is not None:
        says = objection.message if objection is not None else wording.OLD_BUTTON
        await (tell(interaction, says) if says else acknowledge_quietly(interaction))
    elif await acknowledge(interaction, private=False):
        target = InteractionTarget(interaction, private=False)
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await target.show(shared(message, interaction.user.id, interaction.user.display_name))
        except REQUEST_ERRORS as error:
            log.info(
                "answer %(post)d was not shared: %(error)s",
                {"post": message.id, "error": str(translate(error))},
            )
            await handler.withdraw(target)
