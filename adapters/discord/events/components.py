"""Answers buttons and menus. They work after a restart, because everything they need is in the custom id, in the state or on
Discord."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from logging import getLogger

import discord

from adapters.discord.cards.actions import (
    Action,
    Another,
    Choose,
    DigestAction,
    Draw,
    More,
    Remove,
    Share,
    ShowSource,
    Similar,
    Step,
    Vote,
)
from adapters.discord.cards.custom_ids import decode
from adapters.discord.cards.render import Origin
from adapters.discord.errors import REQUEST_ERRORS, translate
from adapters.discord.events.interactions import Interaction, InteractionHandler, may_write, tell
from adapters.discord.events.share import shared
from adapters.discord.plain_text import own_question, question
from adapters.discord.posting import NO_PINGS, REQUEST_TIMEOUT_S
from adapters.discord.targets import PageTarget
from bot.access.rules import may_remove
from bot.answering.lookup import all_there
from bot.chat import wording
from bot.chat.arrival import FoundPage
from bot.chat.conversation import interpret
from bot.chat.digest_commands import DigestPress
from bot.chat.feedback import Feedback
from bot.chat.replies import Notice
from bot.chat.requests import MAX_RANDOM_HIGHLIGHTS, Command, Request
from bot.chat.settings_commands import SettingsCommand
from bot.model import Question

log = getLogger("analects.discord")

MAX_PER_PAGE = 20


async def pressed(
    handler: InteractionHandler, interaction: Interaction, action: Action | None, me: int
) -> None:
    """Does what the button says. A page is turned on the same card. Below a public message, everyone sees other replies if the
    person may write there; below a private one, only the person does."""
    private = interaction.message is None or interaction.message.flags.ephemeral
    if action is None:
        await tell(interaction, wording.OLD_BUTTON)
    elif isinstance(action, Remove):
        await _remove(handler, interaction, action)
    elif isinstance(action, Share):
        await _share(handler, interaction, action)
    elif isinstance(action, ShowSource):
        await handler.answer(interaction, Command("source", action.key), pressed=True)
    elif isinstance(action, Step):
        await handler.answer(interaction, _limited(action.command), pressed=True)
    elif isinstance(action, Vote):
        await _vote(handler, interaction, action, me)
    elif isinstance(action, More):
        await _turn(handler, interaction, action, me, private)
    elif isinstance(action, Choose):
        if await handler.acknowledge_quietly(interaction):
            target = PageTarget(interaction, Origin(private=True))
            await handler.turn(interaction, SettingsCommand(action.name, action.values or ("all",)), target)
    else:
        request = _request(action)
        lasting = isinstance(request, DigestPress) and request.action != "another"
        if private or lasting or not may_write(interaction):
            await handler.answer(interaction, request, pressed=True)
        elif await handler.acknowledge_quietly(interaction):
            await handler.add(interaction, request, asked_by=_asker(interaction))


def _request(action: Another | Draw | Similar | DigestAction) -> Command | DigestPress:
    if isinstance(action, Another):
        return Command("random", action.theme, limit=max(1, min(action.count, MAX_RANDOM_HIGHLIGHTS)))
    if isinstance(action, Draw):
        return Command("picture", action.highlight)
    if isinstance(action, Similar):
        return Command("like", action.highlight)
    return DigestPress(action.press, action.highlight)


def _limited(command: Command) -> Command:
    """The command of a step; a random step shows one highlight."""
    return replace(command, limit=1) if command.name == "random" else command


async def _turn(
    handler: InteractionHandler, interaction: Interaction, action: More, me: int, private: bool
) -> None:
    """Shows another page on the same card. The question is read again from its message, or the stored result is loaded."""
    asker = _asker(interaction)
    if not private and asker != interaction.user.id and not may_write(interaction):
        await tell(interaction, wording.MAY_NOT_WRITE)
        return
    if not await handler.acknowledge_quietly(interaction):
        return
    limit = max(1, min(action.limit, MAX_PER_PAGE))
    request: Request | FoundPage | None
    if action.key:
        request = FoundPage(action.key, action.offset, limit)
    elif action.command is not None:
        request = replace(action.command, offset=action.offset, limit=limit)
    else:
        request = await _request_in_message(interaction.channel, action, me, limit)
    if request is None:
        await handler.tell_presser(interaction, wording.MESSAGE_GONE)
        return
    origin = Origin(
        action.message, asker, private, action.key, _answer_key(interaction), commands=handler.mentions
    )
    await handler.turn(interaction, request, PageTarget(interaction, origin), None if private else asker)


async def next_page_of(
    message: discord.Message, me: int, answer: discord.Message
) -> Request | FoundPage | None:
    """The page after `answer`, the bot's message to which `message` replies; None if there is no further page."""
    for item in discord.ui.LayoutView.from_message(answer, timeout=None).walk_children():
        if not isinstance(item, discord.ui.Button):
            continue
        action = decode(str(item.custom_id or ""))
        if not isinstance(action, More) or item.style is not discord.ButtonStyle.primary:
            continue  # only the button for the next page is primary
        limit = max(1, min(action.limit, MAX_PER_PAGE))
        if action.key:
            return FoundPage(action.key, action.offset, limit)
        if action.command is not None:
            return replace(action.command, offset=action.offset, limit=limit)
        return await _request_in_message(message.channel, action, me, limit)
    return None


async def _vote(handler: InteractionHandler, interaction: Interaction, action: Vote, me: int) -> None:
    """Records feedback on an answer. If the settings say that questions are stored, the question is read again from its message."""
    if not await handler.acknowledge(interaction, private=True):
        return
    feedback = Feedback(action.verdict, action.answer)
    requests = handler.service.feedback
    if action.verdict == "wrong" and requests is not None and requests.keep_days is not None:
        question_message = await _question_of(interaction.channel, action.answer)
        feedback = replace(
            feedback, question=own_question(question_message, me) if question_message is not None else ""
        )
    await handler.reply(interaction, feedback, private=True, pressed=True)


def _actions_on(interaction: Interaction) -> Iterator[Action]:
    """The actions of all buttons of the card whose button was pressed."""
    if interaction.message is None:
        return
    for item in discord.ui.LayoutView.from_message(interaction.message, timeout=None).walk_children():
        action = decode(str(getattr(item, "custom_id", "") or ""))
        if action is not None:
            yield action


def _asker(interaction: Interaction) -> int | None:
    """The person who asked for the card, and who may remove it."""
    return next((action.asker for action in _actions_on(interaction) if isinstance(action, Remove)), None)


def _answer_key(interaction: Interaction) -> str:
    """The key of the answer that feedback on the card refers to."""
    return next((action.answer for action in _actions_on(interaction) if isinstance(action, Vote)), "")


async def _request_in_message(channel: object, action: More, me: int, limit: int) -> Request | None:
    """The request in the message with the question; None if it is gone or cannot be read."""
    message = await _message(channel, action.message) if action.message is not None else None
    if message is None:
        return None
    request = interpret(question(message, me), limit, Notice(""))
    if isinstance(request, Command | Question):
        return replace(request, offset=action.offset, limit=limit)
    return None


async def _question_of(channel: object, answer: str) -> discord.Message | None:
    """The message with the question of the answer with this key; None if the answer is to a command."""
    match answer.split(":"):
        case [_, place, message] if place.isdecimal() and message.isdecimal():
            return await _message(channel, int(message))
    return None


async def _message(channel: object, message: int) -> discord.Message | None:
    """The question with this id; None if it is gone or cannot be read."""
    if not isinstance(channel, discord.abc.Messageable):
        return None
    if (
        isinstance(channel, discord.Thread)
        and channel.id == message
        and isinstance(channel.parent, discord.abc.Messageable)
    ):
        channel = channel.parent  # a thread that was opened for a question: the question stands in the parent
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            return await channel.fetch_message(message)
    except REQUEST_ERRORS as error:
        log.info(
            "question %(post)d was not read: %(error)s", {"post": message, "error": str(translate(error))}
        )
        return None


async def _remove(handler: InteractionHandler, interaction: Interaction, action: Remove) -> None:
    may_delete_others = interaction.guild_id is not None and interaction.permissions.manage_messages
    if interaction.message is None or not may_remove(
        str(interaction.user.id), str(action.asker), may_delete_others
    ):
        await tell(interaction, wording.NOT_REMOVED)
    elif await handler.acknowledge_quietly(interaction):
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await interaction.message.delete()
        except REQUEST_ERRORS as error:
            log.info(
                "answer %(post)d was not removed: %(error)s",
                {"post": interaction.message.id, "error": str(translate(error))},
            )


async def _share(handler: InteractionHandler, interaction: Interaction, action: Share) -> None:
    """Posts a private answer to the channel. The press is acknowledged before anything is looked up.

    It is not posted once any of it has left the library: a note may have become private since it was shown.
    """
    message = interaction.message
    if message is None or not action.shown:
        await tell(interaction, wording.OLD_BUTTON)
    elif not may_write(interaction):
        await tell(interaction, wording.MAY_NOT_WRITE)
    elif await handler.acknowledge_quietly(interaction):
        objection = await handler.objection(interaction)
        if objection is not None:
            await handler.tell_presser(interaction, objection.message or wording.NOT_SHARED)
            return
        if not await asyncio.to_thread(all_there, action.shown, handler.service.bot.index):
            await handler.tell_presser(interaction, wording.NO_LONGER_THERE)
            return
        asked_question = handler.questions.get(message.id)
        # in the language of the server, because everyone there reads it
        with wording.in_language(str(interaction.guild_locale or interaction.locale)):
            view = shared(message, interaction.user.id, interaction.user.display_name, asked_question)
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await interaction.followup.send(view=view, ephemeral=False, allowed_mentions=NO_PINGS)
        except REQUEST_ERRORS as error:
            log.info(
                "answer %(post)d was not shared: %(error)s",
                {"post": message.id, "error": str(translate(error))},
            )
            await handler.tell_presser(interaction, wording.NOT_SHARED)
