"""Suggestions while a person types an option of a command."""

import re
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from adapters.discord.cards.markdown import utf16_units
from adapters.discord.events.interactions import InteractionHandler
from bot.answering import listing
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

MAX_CHOICES = 25
MAX_CHOICE_CHARS = 100
"""UTF-16 code units of a choice's name, and of its value."""

_SOURCE = "source:"
_SOURCE_CHOICE = re.compile(r"source:([0-9a-f]{16})")

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]


async def complete_names(
    handler: InteractionHandler, interaction: Interaction, kind: str, typed: str
) -> Choices:
    """Names of this kind that match the typed text; none if the bot does not answer this person here."""
    if await handler.objection(interaction) is not None:
        return []
    return choices(listing.complete(kind, typed, handler.service.bot.index, MAX_CHOICES))


async def complete_titles(handler: InteractionHandler, interaction: Interaction, typed: str) -> Choices:
    """Titles that match the typed text. Each choice stands for one source, even if its title is long or several sources have it."""
    if await handler.objection(interaction) is not None:
        return []
    index = handler.service.bot.index
    found: dict[str, str] = {}
    for title in listing.complete("title", typed, index, MAX_CHOICES):
        sources = listing.titled(title, index)
        for source in sources:
            authors = ", ".join(map(one_line, source.authors)) if len(sources) > 1 else ""
            shown = " · ".join(filter(None, (one_line(source.title), authors)))
            if shown:
                found.setdefault(f"{_SOURCE}{listing.source_key(source)}", _shortened(shown, "…"))
    return [app_commands.Choice(name=shown, value=sent) for sent, shown in found.items()][:MAX_CHOICES]


def source_choice(value: str) -> str | None:
    """The key of the source that was chosen among the completed titles; None for a title that was typed."""
    found = _SOURCE_CHOICE.fullmatch(value)
    return found[1] if found else None


def choices(names: Iterable[str]) -> Choices:
    """Names as choices. If a name is too long, its beginning is the value, which is enough to find it."""
    found: dict[str, str] = {}
    for name in names:
        whole = one_line(name)
        if whole:
            found.setdefault(_shortened(whole, ""), _shortened(whole, "…"))
    return [app_commands.Choice(name=shown, value=sent) for sent, shown in found.items()][:MAX_CHOICES]


def _shortened(text: str, ellipsis: str) -> str:
    max_chars = MAX_CHOICE_CHARS
    while utf16_units(short := clipped(text, max_chars, ellipsis).strip()) > MAX_CHOICE_CHARS:
        max_chars -= 10
    return short
