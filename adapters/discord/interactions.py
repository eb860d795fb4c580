"""Interactions (commands, buttons, menus) from their arrival to their answer.

Discord shows an error to the asker unless an interaction is acknowledged within 3 s: that is done before anything else. What is
promised to the asker alone stays theirs: an answer that can't be shown so is not shown.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord.arrivals import of_interaction
from adapters.discord.card import layout
from adapters.discord.directory import Members
from adapters.discord.errors import ALREADY_ACKNOWLEDGED, FAILURES, UNKNOWN_INTERACTION
from adapters.discord.render import render
from adapters.discord.targets import NO_PINGS, FollowUpTarget, InteractionTarget
from bot.access.rules import Refusal
from bot.chat.digest_commands import DigestRequest
from bot.chat.replies import Notice
from bot.chat.requests import Command, Request
from bot.delivery.target import PostError
from bot.service import Service

log = logging.getLogger("analects.discord")

ACKNOWLEDGE_WITHIN = 3.0


@dataclass(slots=True)
class Interacting:
    """Answers interactions through the core."""

    service: Service
    members: Members

    async def answer(
        self, interaction: discord.Interaction[Any], request: Request | DigestRequest, private: bool = True
    ) -> None:
        """Acknowledges and answers: to the asker alone, or in the channel."""
        if await acknowledged(interaction, private):
            await self.reply(interaction, request, private)

    async def reply(
        self, interaction: discord.Interaction[Any], request: Request | DigestRequest, private: bool
    ) -> None:
        """Answers what was acknowledged with the same `private`."""
        target = InteractionTarget(interaction, private)
        arrival = await of_interaction(interaction, request, private, self.members)
        await self.service.hear(arrival, target)
        if not target.answered:
            await self.withdraw(target)

    async def add(
        self,
        interaction: discord.Interaction[Any],
        request: Request | DigestRequest,
        question: int | None = None,
    ) -> None:
        """Answers a press that was acknowledged quietly, below the message with the button, for all to see.

        `question` is the message that the request was read from.
        """
        arrival = await of_interaction(interaction, request, False, self.members)
        await self.service.hear(arrival, FollowUpTarget(interaction, question))

    async def objection(self, interaction: discord.Interaction[Any], counted: bool) -> Refusal | None:
        """Why nothing is to be said to this person in this place; `counted` asks the limits too."""
        arrival = await of_interaction(interaction, Command("help"), True, self.members)
        rules = self.service.rules
        return await (rules.check(arrival) if counted else rules.only_where_allowed(arrival))

    async def withdraw(self, target: InteractionTarget) -> None:
        try:
            await target.withdraw()
        except PostError as error:
            log.info("not withdrawn: %(error)s", {"error": str(error)})


async def acknowledged(interaction: discord.Interaction[Any], private: bool) -> bool:
    """Promises an answer; False where it is too late or somebody else (another copy of the bot) has done it."""
    return await _in_time(interaction, interaction.response.defer(ephemeral=private, thinking=True))


async def acknowledged_quietly(interaction: discord.Interaction[Any]) -> bool:
    """The same for a press of a button after which nothing new is shown."""
    return await _in_time(interaction, interaction.response.defer())


async def told(interaction: discord.Interaction[Any], text: str) -> bool:
    """Answers at once with a sentence for the asker alone."""
    view = layout(render(Notice(text)))
    saying = interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
    return await _in_time(interaction, saying)


async def _in_time(interaction: discord.Interaction[Any], answering: Any) -> bool:
    try:
        async with asyncio.timeout(ACKNOWLEDGE_WITHIN):
            await answering
    except FAILURES as error:
        code = error.code if isinstance(error, discord.HTTPException) else 0
        late = code in (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED)
        why = "too late, or answered by another copy" if late else type(error).__name__
        log.log(
            logging.INFO if late else logging.WARNING,
            "interaction %(interaction)d not answered: %(error)s",
            {"interaction": interaction.id, "error": why},
        )
        return False
    return True
