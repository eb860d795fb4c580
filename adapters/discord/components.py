"""What a press of a button does. Buttons work after a restart: all they need stands in their custom id and on Discord."""

import asyncio
from logging import getLogger
from typing import Any

import discord

from adapters.discord.actions import Action, Another, More, OfDigest, Remove, Share, ShowSource, next_part
from adapters.discord.errors import FAILURES, translated
from adapters.discord.interactions import Interacting, acknowledged, acknowledged_quietly, told
from adapters.discord.plain_text import question
from adapters.discord.share import shared
from adapters.discord.source_keys import find_source
from adapters.discord.targets import PATIENCE, InteractionTarget, whisper
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
    interacting: Interacting, interaction: discord.Interaction[Any], action: Action | None, me: int
) -> None:
    """Does what the button says: publicly below what all see, to the presser alone below what only they see."""
    private = interaction.message is None or interaction.message.flags.ephemeral
    if action is None:
        await told(interaction, wording.STALE)
    elif isinstance(action, Remove):
        await _remove(interaction, action)
    elif isinstance(action, Share):
        await _share(interacting, interaction)
    elif isinstance(action, ShowSource):
        sources = interacting.service.bot.index.library.sources
        source = await asyncio.to_thread(find_source, action.key, sources)
        if source is None:
            await told(interaction, wording.STALE)
        else:
            await interacting.answer(interaction, Command("from", source.title))
    elif isinstance(action, OfDigest):
        await _of_digest(interacting, interaction, DigestPress(action.wish, action.highlight))
    elif private:
        request = action.command if isinstance(action, More) else _another(action)
        await (interacting.answer(interaction, request) if request else told(interaction, wording.STALE))
    elif await acknowledged_quietly(interaction):
        await _further(interacting, interaction, action, me)


async def _of_digest(
    interacting: Interacting, interaction: discord.Interaction[Any], press: DigestPress
) -> None:
    """Another goes below the digest for all to see; the rest is told to the presser alone."""
    if press.action != "another":
        await interacting.answer(interaction, press)
    elif await acknowledged_quietly(interaction):
        await interacting.add(interaction, press)


async def _further(
    interacting: Interacting, interaction: discord.Interaction[Any], action: More | Another, me: int
) -> None:
    """The next part of what all see. A question is read again from its message."""
    question: int | None = None
    request: Request | None = _another(action) if isinstance(action, Another) else action.command
    if isinstance(action, More) and request is None:
        question = action.message
        request = await _asked_in(interaction, action, me, interacting.service.bot.quotes)
    if request is not None:
        await interacting.add(interaction, request, question)
        return
    try:
        await whisper(interaction, Notice(wording.GONE))
    except PostError as error:
        log.info("notice not delivered: %(error)s", {"error": str(error)})


def _another(action: Another) -> Command:
    return Command("random", limit=max(1, min(action.count, MAX_RANDOM_HIGHLIGHTS)))


async def _asked_in(
    interaction: discord.Interaction[Any], action: More, me: int, quotes: int
) -> Request | None:
    """What the message asked for; None where it is gone or can't be read."""
    channel = interaction.channel
    if action.message is None or not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            message = await channel.fetch_message(action.message)
    except FAILURES as error:
        log.info(
            "question %(post)d not read: %(error)s",
            {"post": action.message, "error": str(translated(error))},
        )
        return None
    said = interpret(question(message, me), quotes, Notice(""))
    if isinstance(said, Notice):
        return None
    if isinstance(said, Command):
        return next_part(action, said)
    if not isinstance(said, Question):
        return None
    return Question(said.text, max(1, min(action.limit, 20)), action.offset)


async def _remove(interaction: discord.Interaction[Any], action: Remove) -> None:
    keeps_order = interaction.guild_id is not None and interaction.permissions.manage_messages
    if interaction.message is None or not may_remove(
        str(interaction.user.id), str(action.asker), keeps_order
    ):
        await told(interaction, wording.NOT_REMOVED)
    elif await acknowledged_quietly(interaction):
        try:
            async with asyncio.timeout(PATIENCE):
                await interaction.message.delete()
        except FAILURES as error:
            log.info(
                "answer %(post)d not removed: %(error)s",
                {"post": interaction.message.id, "error": str(translated(error))},
            )


async def _share(interacting: Interacting, interaction: discord.Interaction[Any]) -> None:
    message = interaction.message
    objection = await interacting.objection(interaction, counted=True)
    if message is None or objection is not None:
        says = objection.message if objection is not None else wording.STALE
        await (told(interaction, says) if says else acknowledged_quietly(interaction))
    elif await acknowledged(interaction, private=False):
        target = InteractionTarget(interaction, private=False)
        try:
            async with asyncio.timeout(PATIENCE):
                await target.show(shared(message, interaction.user.id, interaction.user.display_name))
        except FAILURES as error:
            log.info(
                "answer %(post)d not shared: %(error)s",
                {"post": message.id, "error": str(translated(error))},
            )
            await interacting.withdraw(target)
