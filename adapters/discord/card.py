"""A message as it will look, described by frozen values, and the view of Components V2 that it becomes.

Discord's limits: 40 components (nested ones count), 4,000 characters over all text displays, 25 options of 100 characters.
"""

from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from adapters.discord.actions import SOURCE_MENU, Chosen, PressedButton
from adapters.discord.markdown import units
from bot.text.truncate import clipped

MOST_TEXT = 3700
MOST_COMPONENTS = 39
"""Less than Discord's: a card may be shared below a line that says by whom (`adapters.discord.share`)."""
MOST_OPTION = 100
ACCENT = 0xE3B341
"""The colour of the bar beside a card: a highlighter's."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A cover, beside a block."""

    url: str
    description: str


@dataclass(frozen=True, slots=True)
class Block:
    """Texts one below the other, at most three where there is a picture."""

    texts: tuple[str, ...]
    picture: Picture | None = None
    button: "Button | None" = None
    """Below it, about it alone."""


@dataclass(frozen=True, slots=True)
class Button:
    """Below a block."""

    label: str
    custom_id: str
    main: bool = False
    """The one most likely wanted."""


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a menu."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """Something to choose from."""

    label: str
    options: tuple[Option, ...]
    custom_id: str = SOURCE_MENU


@dataclass(frozen=True, slots=True)
class Card:
    """One message. `framed` ones stand in a box with a coloured bar, with lines between the blocks and above what is below."""

    blocks: tuple[Block, ...]
    head: str | None = None
    foot: str | None = None
    menu: Menu | None = None
    buttons: tuple[Button, ...] = ()
    framed: bool = True

    @property
    def texts(self) -> tuple[str, ...]:
        """All Markdown of the card, in order."""
        inner = [text for block in self.blocks for text in block.texts]
        return tuple(text for text in (self.head, *inner, self.foot) if text)

    @property
    def length(self) -> int:
        """What counts against `MOST_TEXT`."""
        return sum(map(units, self.texts))

    @property
    def components(self) -> int:
        """What counts against `MOST_COMPONENTS`."""
        blocks = sum(
            len(block.texts) + 2 * (block.picture is not None) + 2 * (block.button is not None)
            for block in self.blocks
        )
        below = bool(self.foot or self.menu or self.buttons)
        lines = len(self.blocks) - 1 + below if self.framed else 0
        rows = 2 * (self.menu is not None) + (1 + len(self.buttons) if self.buttons else 0)
        return self.framed + blocks + lines + rows + (self.head is not None) + (self.foot is not None)

    @property
    def fits(self) -> bool:
        return self.length <= MOST_TEXT and self.components <= MOST_COMPONENTS


def clipped_units(text: str) -> str:
    """At most what an option holds, in UTF-16 code units."""
    most = MOST_OPTION
    while units(short := clipped(text, most, "…")) > MOST_OPTION:
        most -= 10
    return short


def layout(card: Card) -> ui.LayoutView:
    """The card as a view to send. It never times out: its buttons are dynamic, nothing of it stays in memory."""
    view = ui.LayoutView(timeout=None)
    items: list[ui.Item[Any]] = [ui.TextDisplay(card.head)] if card.head else []
    for number, block in enumerate(card.blocks):
        if number and card.framed:
            items.append(ui.Separator(spacing=discord.SeparatorSpacing.large))
        items += _block(block)
    below = [*([ui.TextDisplay[Any](card.foot)] if card.foot else []), *_rows(card)]
    if below and card.framed:
        items.append(ui.Separator())
    items += below
    if card.framed:
        return view.add_item(ui.Container(*items, accent_colour=ACCENT))
    for item in items:
        view.add_item(item)
    return view


def _block(block: Block) -> list[ui.Item[Any]]:
    texts = [ui.TextDisplay[Any](text) for text in block.texts]
    items: list[ui.Item[Any]] = list(texts)
    if block.picture is not None:
        cover = ui.Thumbnail[Any](block.picture.url, description=block.picture.description)
        items = [ui.Section(*texts, accessory=cover)]
    if block.button is not None:
        items.append(ui.ActionRow(PressedButton(_button(block.button))))
    return items


def _rows(card: Card) -> list[ui.Item[Any]]:
    rows: list[ui.Item[Any]] = []
    if card.menu is not None:
        options = [
            discord.SelectOption(label=one.label, value=one.value, description=one.description or None)
            for one in card.menu.options
        ]
        select = ui.Select[Any](custom_id=card.menu.custom_id, placeholder=card.menu.label, options=options)
        rows.append(ui.ActionRow(Chosen(select)))
    if card.buttons:
        rows.append(ui.ActionRow(*(PressedButton(_button(one)) for one in card.buttons)))
    return rows


def _button(button: Button) -> ui.Button[Any]:
    style = discord.ButtonStyle.primary if button.main else discord.ButtonStyle.secondary
    return ui.Button(label=button.label, custom_id=button.custom_id, style=style)
