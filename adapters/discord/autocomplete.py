"""What Discord offers while one types an option of a command."""

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from adapters.discord.interactions import Interacting
from adapters.discord.markdown import units
from bot.answering import listing
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

MOST_CHOICES = 25
MOST_CHOICE = 100
"""Characters of what is offered while one types, and of what is sent when it is taken."""

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]


async def completed(interacting: Interacting, interaction: Interaction, kind: str, typed: str) -> Choices:
    """Names that begin like that; nothing in places and to people that are not answered."""
    if await interacting.objection(interaction, counted=False) is not None:
        return []
    return choices(listing.complete(kind, typed, interacting.service.bot.index, MOST_CHOICES))


def choices(names: Iterable[str]) -> Choices:
    """Names as Discord takes them; one that is too long is sent without its end, which finds it all the same."""
    found: dict[str, str] = {}
    for name in names:
        whole = one_line(name)
        if whole:
            found.setdefault(_within(whole, ""), _within(whole, "…"))
    return [app_commands.Choice(name=shown, value=sent) for sent, shown in found.items()][:MOST_CHOICES]


def _within(text: str, sign: str) -> str:
    most = MOST_CHOICE
    while units(short := clipped(text, most, sign).strip()) > MOST_CHOICE:
        most -= 10
    return short
