"""Answers interactions: commands, buttons and menus.

Discord shows the asker an error if an interaction is not acknowledged within 3 s, so this comes first. An answer that only the
asker should see is never shown to others: if it cannot be private, it is not shown.
"""

import asyncio
import hashlib
import logging
from dataclasses import dataclass, field
from typing import Any

import discord
from cachetools import LRUCache

from adapters.discord.arrivals import of_interaction
from adapters.discord.cards.card import layout
from adapters.discord.cards.mentions import CommandMentions
from adapters.discord.cards.render import render
from adapters.discord.directory import Directory
from adapters.discord.errors import ALREADY_ACKNOWLEDGED, REQUEST_ERRORS, UNKNOWN_INTERACTION, translate
from adapters.discord.posting import NO_PINGS, tell_presser
from adapters.discord.targets import FollowUpTarget, InteractionTarget, PageTarget
from bot.access.refusal import Refusal
from bot.chat import wording
from bot.chat.arrival import Asked, FoundPage
from bot.chat.digest_commands import DigestRequest
from bot.chat.paging import find_all
from bot.chat.replies import Notice
from bot.chat.requests import LIST_FACETS, Command, Request
from bot.chat.settings_commands import SettingsRequest
from bot.delivery.target import PostError, UncertainError
from bot.model import Answer
from bot.service import Service
from bot.state.claims import Claim

log = logging.getLogger("analects.discord")

ACKNOWLEDGE_TIMEOUT_S = 3.0
MAX_REMEMBERED_QUESTIONS = 2_000
MAX_REMEMBERED_LOCALES = 10_000

Interaction = discord.Interaction[Any]


@dataclass(slots=True)
class InteractionHandler:
    """Acknowledges interactions and hands them to the service."""

    service: Service
    directory: Directory
    mentions: CommandMentions = field(default_factory=CommandMentions)
    """How commands are mentioned; their ids are known after registration."""
    questions: LRUCache[int, str] = field(default_factory=lambda: LRUCache(MAX_REMEMBERED_QUESTIONS))
    """What the asker typed after `/highlight search`, by the id of the private answer, for "Share"."""

    locales: LRUCache[int, str] = field(default_factory=lambda: LRUCache(MAX_REMEMBERED_LOCALES))
    """The locales of people who used a command or a button, by user id: a direct message does not say its author's locale."""

    def use_language_of_asker(self, interaction: Interaction) -> None:
        """Writes all further texts of this task in the language of the asker."""
        self.locales[interaction.user.id] = str(interaction.locale)
        wording.read_in(str(interaction.locale))

    def remember_commands(self, registered: list[dict[str, Any]]) -> None:
        """Remembers the ids of the registered commands, to mention them."""
        self.mentions.learn(registered)

    async def answer(
        self,
        interaction: Interaction,
        request: Request | DigestRequest | SettingsRequest,
        private: bool = True,
        pressed: bool = False,
    ) -> None:
        """Acknowledges an interaction and answers it, for the asker only or for the channel. `pressed` is set for buttons."""
        if not private and not may_write(interaction):
            await tell(interaction, wording.MAY_NOT_WRITE)
        elif await self.acknowledge(interaction, private):
            await self.reply(interaction, request, private, pressed)

    async def reply(
        self,
        interaction: Interaction,
        request: Asked,
        private: bool,
        pressed: bool = False,
    ) -> None:
        """Answers an interaction. It must have been acknowledged with the same `private`."""
        if isinstance(request, Command) and request.name in LIST_FACETS and request.limit is None:
            request = Command(request.name, request.argument, request.offset, self.service.bot.quotes)
        target = InteractionTarget(interaction, private, self._store, self.mentions)
        use_language_of_readers(interaction, private)
        arrival = await of_interaction(interaction, request, private, self.directory, pressed)
        await self.service.hear(arrival, target)
        if not target.answered:
            await self.withdraw(target)
        elif isinstance(request, Command) and request.name == "search" and target.message:
            self.questions[target.message] = request.argument

    async def add(
        self,
        interaction: Interaction,
        request: Request | DigestRequest,
        question: int | None = None,
        asked_by: int | None = None,
    ) -> None:
        """Answers a press with a public message below the one with the button. The press must have been acknowledged quietly.

        `question` is the id of the message with the request, `asked_by` the person who asked for the card.
        """
        use_language_of_readers(interaction, private=False)
        arrival = await of_interaction(
            interaction, request, False, self.directory, pressed=True, asked_by=asked_by
        )
        await self.service.hear(arrival, FollowUpTarget(interaction, question))

    async def turn(
        self,
        interaction: Interaction,
        request: Request | FoundPage | SettingsRequest,
        target: PageTarget,
        asked_by: int | None = None,
    ) -> None:
        """Answers a press with another page on the same card, for which `asked_by` asked. The press must have been acknowledged
        quietly."""
        use_language_of_readers(interaction, target.private)
        arrival = await of_interaction(
            interaction, request, target.private, self.directory, pressed=True, asked_by=asked_by
        )
        await self.service.hear(arrival, target)

    async def objection(self, interaction: Interaction) -> Refusal | None:
        """Why the bot does not answer this person in this channel; None if it does."""
        arrival = await of_interaction(interaction, Command("help"), True, self.directory, pressed=True)
        return await self.service.rules.only_where_allowed(arrival)

    async def tell_presser(self, interaction: Interaction, text: str) -> None:
        """Shows a notice to the person who pressed a button that was acknowledged quietly. A failure is logged."""
        try:
            await tell_presser(interaction, Notice(text))
        except PostError as error:
            log.info("a notice was not delivered: %(error)s", {"error": str(error)})

    async def withdraw(self, target: InteractionTarget) -> None:
        """Deletes the "thinking…" message of an interaction that gets no answer. A failure is logged."""
        try:
            await target.withdraw()
        except PostError as error:
            log.info("could not delete the “thinking…” message: %(error)s", {"error": str(error)})

    async def acknowledge(self, interaction: Interaction, private: bool) -> bool:
        """Acknowledges an interaction: Discord shows "thinking…". False if it is too late, or if another copy of the bot
        answers."""
        return await self._acknowledge_and_claim(
            interaction, interaction.response.defer(ephemeral=private, thinking=True)
        )

    async def acknowledge_quietly(self, interaction: Interaction) -> bool:
        """Acknowledges a press without "thinking…"."""
        return await self._acknowledge_and_claim(interaction, interaction.response.defer())

    async def _acknowledge_and_claim(self, interaction: Interaction, acknowledging: Any) -> bool:
        """Acknowledges an interaction and claims it. True if this copy of the bot has to answer it.

        If Discord's response was lost or came late, Discord has most likely accepted the acknowledgement. After a second try it
        says "already acknowledged", just as if another copy was faster. So the copy that claims the interaction answers it.
        """
        error = await _attempt(acknowledging)
        if isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED:
            error = None
        if error is not None and not isinstance(translate(error), UncertainError):
            _log_unanswered(interaction, error)
            return False
        return await self.service.claims.claim(f"discord:ack:{interaction.id}") is Claim.MINE

    async def _store(self, interaction: Interaction, reply: Answer) -> str:
        """Stores the result for further pages, and returns its key."""
        key = hashlib.blake2b(f"{interaction.id}".encode(), digest_size=8).hexdigest()
        found = await asyncio.to_thread(find_all, reply, self.service.bot)
        await self.service.found_lists.save_found(key, found)
        return key


def use_language_of_readers(interaction: Interaction, private: bool) -> None:
    """Writes all further texts of this task in the language of the people who see the answer: the asker, or everyone in the
    server."""
    if not private and interaction.guild_locale is not None:
        wording.read_in(str(interaction.guild_locale))


def may_write(interaction: Interaction) -> bool:
    """Whether the person may write in the channel of the interaction, so that the bot may write there for them."""
    if interaction.guild_id is None:
        return True
    if isinstance(interaction.channel, discord.Thread):
        if interaction.channel.locked and not interaction.permissions.manage_threads:
            return False
        return interaction.permissions.send_messages_in_threads
    return interaction.permissions.send_messages


async def tell(interaction: Interaction, text: str) -> bool:
    """Answers at once with a text that only the asker sees. Returns whether that worked."""
    view = layout(render(Notice(text)))
    sending = interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
    error = await _attempt(sending)
    if error is not None:
        _log_unanswered(interaction, error)
    return error is None


async def open_form(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Opens a form; a failure is logged."""
    error = await _attempt(interaction.response.send_modal(form))
    if error is not None:
        _log_unanswered(interaction, error)


async def _attempt(answering: Any) -> Exception | None:
    try:
        async with asyncio.timeout(ACKNOWLEDGE_TIMEOUT_S):
            await answering
    except REQUEST_ERRORS as error:
        return error
    return None


def _log_unanswered(interaction: Interaction, error: Exception) -> None:
    code = error.code if isinstance(error, discord.HTTPException) else 0
    late = code in (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED)
    reason = "too late, or answered by another copy" if late else type(error).__name__
    log.log(
        logging.INFO if late else logging.WARNING,
        "interaction %(interaction)d was not answered: %(error)s",
        {"interaction": interaction.id, "error": reason},
    )
