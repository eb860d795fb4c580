"""Saves messages as highlights: with a form, by the command in a message's menu, or without a form, by the reaction 🔖.

The reaction needs the message content intent: it names only the message's id, so the bot has to read the message. A reaction cannot
be answered privately, so a saved message gets the reaction ✅; if it was not saved, nothing happens.
"""

import asyncio
from dataclasses import dataclass, field
from logging import getLogger

import discord
from cachetools import LRUCache
from discord import app_commands

from adapters.discord.arrivals import of_interaction, of_reaction
from adapters.discord.cards import save_form
from adapters.discord.errors import REQUEST_ERRORS, translate
from adapters.discord.events.interactions import Interaction, InteractionHandler, open_form, tell
from adapters.discord.plain_text import is_withheld, words
from adapters.discord.posting import REQUEST_TIMEOUT_S
from bot.chat import wording
from bot.chat.replies import Notice, Reply, Saved
from bot.chat.save_request import ChatMessage, SaveMessage
from bot.delivery.target import LookupFailedError

log = getLogger("analects.discord")

BOOKMARK, DONE = "🔖", "✅"
MAX_OPEN_FORMS = 2_000
"""Messages that are remembered until their forms are submitted. Discord does not send them with the form."""


@dataclass(slots=True)
class MessageSaver:
    """Handles the command, the form and the reaction."""

    handler: InteractionHandler
    me: int = 0
    """The bot's user id."""
    _messages: LRUCache[int, ChatMessage] = field(default_factory=lambda: LRUCache(MAX_OPEN_FORMS))

    async def chosen(self, interaction: Interaction, message: discord.Message) -> None:
        """Opens the form after the command was chosen, or says at once why not."""
        facts = chat_message(message, self.me)
        request = SaveMessage(facts)
        arrival = await of_interaction(interaction, request, True, self.handler.directory)
        rules, saver = self.handler.service.rules, self.handler.service.saver
        refused = await rules.only_where_allowed(arrival)
        if refused is None:
            objection = wording.SAVING_OFF if saver is None else await saver.objection(arrival, facts)
        else:
            objection = refused.message or wording.NOT_HERE
        if objection is None and (limited := await rules.check(arrival)) is not None:
            objection = limited.message or wording.TOO_MANY
        if objection is not None:
            await tell(interaction, objection)
            return
        self._messages[message.id] = facts
        await open_form(interaction, save_form.modal(message.id))

    async def sent(self, interaction: Interaction, message: int) -> None:
        """Saves the message of a submitted form."""
        facts = self._messages.get(message)
        if facts is None:
            await tell(interaction, wording.SAVE_FORM_GONE)
        elif await self.handler.acknowledge(interaction, private=True):
            tags, remark = save_form.typed(interaction)
            await self.handler.reply(interaction, SaveMessage(facts, tags, remark), True, pressed=True)

    async def reacted(self, client: discord.Client, reaction: discord.RawReactionActionEvent) -> None:
        """Saves the message that got the reaction 🔖."""
        saver = self.handler.service.saver
        if reaction.emoji.name != BOOKMARK or saver is None or not saver.on or reaction.user_id == self.me:
            return
        if reaction.member is not None and reaction.member.bot:
            return
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                channel = client.get_channel(reaction.channel_id) or await client.fetch_channel(
                    reaction.channel_id
                )
                if not isinstance(channel, discord.abc.Messageable):
                    return
                message = await channel.fetch_message(reaction.message_id)
        except (*REQUEST_ERRORS, discord.InvalidData) as error:
            log.info("a message was not read for its reaction: %(error)s", {"error": type(error).__name__})
            return
        if is_withheld(message):
            log.info("saving by reaction is off: no message content intent")
            return
        request = SaveMessage(chat_message(message, self.me))
        arrival = await of_reaction(reaction, channel, request, self.handler.directory)
        self.handler.service.hear(arrival, ReactionTarget(message))


@dataclass(frozen=True, slots=True)
class ReactionTarget:
    """Answers a reaction with a reaction."""

    message: discord.Message

    @property
    def lane(self) -> str:
        return f"discord:reaction:{self.message.channel.id}"

    async def post(self, reply: Reply) -> str:
        if isinstance(reply, Saved):
            try:
                async with asyncio.timeout(REQUEST_TIMEOUT_S):
                    await self.message.add_reaction(DONE)
            except REQUEST_ERRORS as error:  # the message is saved nevertheless
                log.info("could not add the ✅ reaction: %(error)s", {"error": str(translate(error))})
        return ""

    async def find(self) -> str | None:
        raise LookupFailedError("a reaction is not looked up")

    async def tell(self, notice: Notice) -> None:
        """Does nothing, because everyone would see a notice."""


def save_command(saving: MessageSaver) -> app_commands.ContextMenu:
    """The command in the menu of a message."""

    async def save(interaction: Interaction, message: discord.Message) -> None:
        await saving.chosen(interaction, message)

    return app_commands.ContextMenu(
        name=wording.SAVE_AS_HIGHLIGHT,
        callback=save,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )


def chat_message(message: discord.Message, me: int) -> ChatMessage:
    """The facts about a message that saving needs."""
    name = getattr(message.channel, "name", None)
    direct = message.guild is None and isinstance(message.channel, discord.DMChannel | discord.GroupChannel)
    return ChatMessage(
        key=f"discord:{message.channel.id}:{message.id}",
        text=words(message),
        place=wording.DIRECT_MESSAGES if direct else f"#{name}" if name else "",
        author=message.author.display_name,
        link=message.jump_url,
        sent_at=message.created_at.timestamp(),
        own=message.author.id == me,
    )
