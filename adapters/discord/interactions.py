"""Answers interactions: commands, buttons and menus.

Discord shows the asker an error unless an interaction is acknowledged within 3 s, so that comes first. An answer that was promised
to the asker alone is never shown to others: where it cannot be private, it is not shown.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord.arrivals import of_interaction
from adapters.discord.card import layout
from adapters.discord.directory import Directory
from adapters.discord.errors import ALREADY_ACKNOWLEDGED, REQUEST_ERRORS, UNKNOWN_INTERACTION
from adapters.discord.render import render
from adapters.discord.targets import NO_PINGS, FollowUpTarget, InteractionTarget
from bot.access.rules import Refusal
from bot.chat.digest_commands import DigestRequest
from bot.chat.replies import Notice
from bot.chat.requests import Command, Request
from bot.delivery.target import PostError
from bot.service import Service

log = logging.getLogger("analects.discord")

ACKNOWLEDGE_TIMEOUT_S = 3.0


@dataclass(slots=True)
class InteractionHandler:
    """Acknowledges interactions and has the service answer them."""

    service: Service
    directory: Directory

    async def answer(
        self, interaction: discord.Interaction[Any], request: Request | DigestRequest, private: bool = True
    ) -> None:
        """Acknowledges and answers an interaction, to the asker alone or to the channel."""
        if await acknowledge(interaction, private):
            await self.reply(interaction, request, private)

    async def reply(
        self, interaction: discord.Interaction[Any], request: Request | DigestRequest, private: bool
    ) -> None:
        """Answers an interaction that was acknowledged with the same `private`."""
        target = InteractionTarget(interaction, private)
        arrival = await of_interaction(interaction, request, private, self.directory)
        await self.service.hear(arrival, target)
        if not target.answered:
            await self.withdraw(target)

    async def add(
        self,
        interaction: discord.Interaction[Any],
        request: Request | DigestRequest,
        question: int | None = None,
    ) -> None:
        """Answers a press that was acknowledged quietly with a public message below the one with the button.

        `question` is the id of the message that the request was read from.
        """
        arrival = await of_interaction(interaction, request, False, self.directory)
        await self.service.hear(arrival, FollowUpTarget(interaction, question))

    async def objection(self, interaction: discord.Interaction[Any], counted: bool) -> Refusal | None:
        """Why this person is not answered in this channel, or None. `counted`: whether the rate limits apply, too."""
        arrival = await of_interaction(interaction, Command("help"), True, self.directory)
        rules = self.service.rules
        return await (rules.check(arrival) if counted else rules.only_where_allowed(arrival))

    async def withdraw(self, target: InteractionTarget) -> None:
        """Takes back a promised answer; a failure is logged."""
        try:
            await target.withdraw()
        except PostError as error:
            log.info("the promise of an answer was not withdrawn: %(error)s", {"error": str(error)})


async def acknowledge(interaction: discord.Interaction[Any], private: bool) -> bool:
    """Promises an answer. False where it is too late, or another copy of the bot has done it."""
    return await _in_time(interaction, interaction.response.defer(ephemeral=private, thinking=True))


async def acknowledge_quietly(interaction: discord.Interaction[Any]) -> bool:
    """Acknowledges a press without promising an answer."""
    return await _in_time(interaction, interaction.response.defer())


async def tell(interaction: discord.Interaction[Any], text: str) -> bool:
    """Answers at once with a text for the asker alone."""
    view = layout(render(Notice(text)))
    saying = interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
    return await _in_time(interaction, saying)


async def _in_time(interaction: discord.Interaction[Any], answering: Any) -> bool:
    try:
        async with asyncio.timeout(ACKNOWLEDGE_TIMEOUT_S):
            await answering
    except REQUEST_ERRORS as error:
        code = error.code if isinstance(error, discord.HTTPException) else 0
        late = code in (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED)
        why = "too late, or answered by another copy" if late else type(error).__name__
        log.log(
            logging.INFO if late else logging.WARNING,
            "interaction %(interaction)d was not answered: %(error)s",
            {"interaction": interaction.id, "error": why},
        )
        return False
    return True
