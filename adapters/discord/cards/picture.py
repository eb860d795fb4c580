"""A quote as a picture: the attachment, and the view that shows it."""

from io import BytesIO
from typing import Any

import discord
from discord import ui

from adapters.discord.cards.actions import Remove
from adapters.discord.cards.custom_ids import encode
from adapters.discord.cards.items import PressedButton
from bot.chat import wording
from bot.chat.replies import Picture
from bot.text.truncate import clipped

FILE_NAME = "quote.png"
MAX_DESCRIPTION_CHARS = 1_000
"""Maximum length of alt text. Discord allows 1,024 characters."""


def file(picture: Picture) -> discord.File:
    """The attachment. Each attempt to send it needs a new one."""
    return discord.File(
        BytesIO(picture.png), FILE_NAME, description=clipped(picture.text, MAX_DESCRIPTION_CHARS, "…")
    )


def layout(picture: Picture, remover: int | None) -> ui.LayoutView:
    """The picture. If `remover` is set, a button lets the person with this id remove it."""
    view = ui.LayoutView(timeout=None)
    description = clipped(picture.text, 250, "…")
    view.add_item(
        ui.MediaGallery[Any](discord.MediaGalleryItem(f"attachment://{FILE_NAME}", description=description))
    )
    if remover is not None:
        button = ui.Button[Any](label=wording.REMOVE, custom_id=encode(Remove(remover)))
        view.add_item(ui.ActionRow[Any](PressedButton(button)))
    return view
