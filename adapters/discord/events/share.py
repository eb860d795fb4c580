"""Shares a private answer with the channel exactly as it was shown: nothing is searched again, so random highlights stay the
same."""

from typing import Any

import discord
from discord import ui

from adapters.discord.cards.actions import Remove, ShowSource
from adapters.discord.cards.custom_ids import SOURCE_MENU, decode, encode
from adapters.discord.cards.items import ChosenOption, PressedButton
from adapters.discord.cards.markdown import literal_line
from bot.chat import wording
from bot.text.truncate import clipped

_MAX_LINE_CHARS = 120


def shared(message: discord.Message, asker: int, name: str, question: str | None) -> ui.LayoutView:
    """The message with a line above that has `name` and `question` (in the asker's words, if known), and with only those buttons
    that are useful to everyone.

    Send it with `AllowedMentions.none()`. It has at most 4,000 characters, because `render` leaves space for the line.
    """
    private_view = ui.LayoutView.from_message(message, timeout=None)
    heading = wording.shared(name, question)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(f"-# {literal_line(clipped(heading, _MAX_LINE_CHARS, '…'))}"))
    remove = ui.Button[Any](label=wording.REMOVE, custom_id=encode(Remove(asker)))
    for item in private_view.children:
        view.add_item(_public(item, remove) if isinstance(item, ui.Container) else item)
    return view


def _public(frame: ui.Container[Any], remove: ui.Button[Any]) -> ui.Container[Any]:
    """The frame with only those buttons that are useful to everyone."""
    kept = [item for item in frame.children if not isinstance(item, ui.ActionRow)]
    rows: list[ui.Item[Any]] = []
    buttons = []
    for row in frame.children:
        for item in row.children if isinstance(row, ui.ActionRow) else ():
            if isinstance(item, ui.Select) and item.custom_id == SOURCE_MENU:
                rows.append(ui.ActionRow(ChosenOption(item)))
            elif isinstance(item, ui.Button) and isinstance(decode(item.custom_id or ""), ShowSource):
                buttons.append(PressedButton(item))
    rows.append(ui.ActionRow(*buttons, PressedButton(remove)))
    return ui.Container(*kept, *rows, accent_colour=frame.accent_colour)
