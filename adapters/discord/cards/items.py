"""The buttons and menus of cards as dynamic items of discord.py: they work after a restart, and do not stay in memory."""

from typing import Any, Protocol, Self, runtime_checkable

import discord
from discord import ui

from adapters.discord.cards.actions import Action
from adapters.discord.cards.custom_ids import decode


@runtime_checkable
class PressHandler(Protocol):
    """The client, which answers presses of buttons and menus."""

    async def pressed(self, interaction: discord.Interaction[Any], action: Action | None) -> None:
        """Answers the interaction; `action` is None for a button that this version does not know. Never raises."""


class PressedButton(ui.DynamicItem[ui.Button[Any]], template=r"b\d+:(?s:.*)"):
    """A button of one of our messages, also of a message that an earlier process posted.

    `PressHandler.pressed` must not raise: discord.py would log the custom id, which may hold a question.
    """

    @classmethod
    async def from_custom_id(cls, _interaction: object, item: ui.Item[Any], _match: object, /) -> Self:
        if not isinstance(item, ui.Button):
            raise TypeError("the custom id of a button on another kind of item")
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if isinstance(interaction.client, PressHandler):
            await interaction.client.pressed(interaction, decode(self.custom_id))


class ChosenOption(ui.DynamicItem[Any], template=r"s\d+:(?s:.*)"):
    """A menu of one of our messages. Buttons have another template, because discord.py keeps one class per template."""

    @classmethod
    async def from_custom_id(cls, _interaction: object, item: ui.Item[Any], _match: object, /) -> Self:
        if not isinstance(item, ui.Select | ui.ChannelSelect | ui.RoleSelect):
            raise TypeError("the custom id of a menu on another kind of item")
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        data: Any = interaction.data or {}  # channels and roles come as ids
        values = tuple(str(value) for value in data.get("values", ()))
        if isinstance(interaction.client, PressHandler):
            await interaction.client.pressed(interaction, decode(self.custom_id, values))


DYNAMIC_ITEMS = (PressedButton, ChosenOption)
"""Register with `client.add_dynamic_items(*DYNAMIC_ITEMS)` before the client connects."""


def is_unknown(interaction: discord.Interaction[Any]) -> bool:
    """Whether an interaction is a press of a button or menu that no item here answers, because it is of another version or not
    ours."""
    if interaction.type is not discord.InteractionType.component:
        return False
    data: Any = interaction.data or {}
    custom_id = str(data.get("custom_id", ""))
    return not any(item.__discord_ui_compiled_template__.fullmatch(custom_id) for item in DYNAMIC_ITEMS)
