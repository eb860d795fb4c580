"""A message as frozen values, and its conversion to a view of Components V2.

Discord's limits: 40 components (nested ones count), 4,000 characters over all text displays, 25 options of 100 characters.
"""

from dataclasses import dataclass
from typing import Any, Literal

import discord
from discord import ui

from adapters.discord.cards.custom_ids import SOURCE_MENU
from adapters.discord.cards.items import ChosenOption, PressedButton
from adapters.discord.cards.markdown import utf16_units
from bot.text.truncate import clipped

MAX_TEXT_UNITS = 3700
"""UTF-16 code units of all texts of a card together, less than Discord's limit of 4,000."""
MAX_COMPONENTS = 39
"""One less than Discord allows: a shared card gets a line that says who shared it (`adapters.discord.events.share`)."""
MAX_OPTION_UNITS = 100
"""UTF-16 code units of an option's label, and of its description."""
MAX_OPTIONS = 25
"""Values that a person may choose in a menu of channels or roles. Discord allows no more."""
_CHANNELS_TO_ASK_IN = (
    discord.ChannelType.category,
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
    discord.ChannelType.media,
)
ACCENT = 0xE3B341
"""The colour of the bar beside a card: the yellow of a highlighter."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A cover, shown beside a block."""

    url: str
    description: str


@dataclass(frozen=True, slots=True)
class Block:
    """Texts below one another; at most three if there is a picture."""

    texts: tuple[str, ...]
    picture: Picture | None = None
    button: "Button | None" = None
    """A button below the block, for this block alone."""
    second_button: "Button | None" = None
    """Another button beside it."""

    @property
    def buttons(self) -> "tuple[Button, ...]":
        return tuple(button for button in (self.button, self.second_button) if button is not None)


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a card."""

    label: str
    custom_id: str
    primary: bool = False
    """Whether the button is highlighted as the most likely choice."""


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a menu."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of options."""

    label: str
    options: tuple[Option, ...]
    custom_id: str = SOURCE_MENU


@dataclass(frozen=True, slots=True)
class Picker:
    """A menu with a label above it, in which some values may be chosen already. It offers channels and categories, roles, or
    `options`."""

    label: str
    custom_id: str
    kind: Literal["channels", "roles", "options"]
    placeholder: str = ""
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()
    """Ids of channels or roles, or values of options."""


@dataclass(frozen=True, slots=True)
class Card:
    """One message. A `framed` card stands in a box with a coloured bar, and has lines between its parts."""

    blocks: tuple[Block, ...]
    header: str | None = None
    footer: str | None = None
    menu: Menu | None = None
    buttons: tuple[Button, ...] = ()
    votes: tuple[Button, ...] = ()
    """The buttons for feedback, in a row of their own."""
    framed: bool = True
    pickers: tuple[Picker, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All Markdown texts of the card, in order."""
        inner = [text for block in self.blocks for text in block.texts]
        labels = (picker.label for picker in self.pickers)
        return tuple(text for text in (self.header, *inner, *labels, self.footer) if text)

    @property
    def length(self) -> int:
        """The length of all texts in UTF-16 code units, to compare with `MAX_TEXT_UNITS`."""
        return sum(map(utf16_units, self.texts))

    @property
    def components(self) -> int:
        """The number of components, nested ones included, to compare with `MAX_COMPONENTS`."""
        blocks = sum(
            len(block.texts) + 2 * (block.picture is not None) + bool(block.buttons) + len(block.buttons)
            for block in self.blocks
        )
        below = bool(self.footer or self.menu or self.buttons or self.votes)
        lines = len(self.blocks) - 1 + below if self.framed else 0
        rows = (
            3 * len(self.pickers)
            + 2 * (self.menu is not None)
            + sum(1 + len(row) for row in (self.buttons, self.votes) if row)
        )
        return self.framed + blocks + lines + rows + (self.header is not None) + (self.footer is not None)

    @property
    def fits(self) -> bool:
        return self.length <= MAX_TEXT_UNITS and self.components <= MAX_COMPONENTS


def clip_option(text: str) -> str:
    """The text, shortened to fit into an option."""
    max_chars = MAX_OPTION_UNITS
    while utf16_units(short := clipped(text, max_chars, "…")) > MAX_OPTION_UNITS:
        max_chars -= 10
    return short


def layout(card: Card) -> ui.LayoutView:
    """The card as a view that can be sent. The view has no timeout. It does not stay in memory, because its buttons are dynamic
    items."""
    view = ui.LayoutView(timeout=None)
    items: list[ui.Item[Any]] = [ui.TextDisplay(card.header)] if card.header else []
    for number, block in enumerate(card.blocks):
        if number and card.framed:
            items.append(ui.Separator(spacing=discord.SeparatorSpacing.large))
        items += _block(block)
    below = [*([ui.TextDisplay[Any](card.footer)] if card.footer else []), *_rows(card)]
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
    if block.buttons:
        items.append(ui.ActionRow(*(PressedButton(_button(button)) for button in block.buttons)))
    return items


def _picker(picker: Picker) -> ui.Select[Any] | ui.ChannelSelect[Any] | ui.RoleSelect[Any]:
    if picker.kind == "options":
        options = [
            discord.SelectOption(
                label=option.label, value=option.value, default=option.value in picker.chosen
            )
            for option in picker.options
        ]
        return ui.Select(custom_id=picker.custom_id, options=options)
    kind = (
        discord.SelectDefaultValueType.role
        if picker.kind == "roles"
        else discord.SelectDefaultValueType.channel
    )
    preset = [discord.SelectDefaultValue(id=int(id_), type=kind) for id_ in picker.chosen if id_.isdecimal()]
    if picker.kind == "roles":
        return ui.RoleSelect(
            custom_id=picker.custom_id,
            placeholder=picker.placeholder,
            min_values=0,
            max_values=MAX_OPTIONS,
            default_values=preset,
        )
    return ui.ChannelSelect(
        custom_id=picker.custom_id, placeholder=picker.placeholder, min_values=0, max_values=MAX_OPTIONS, default_values=preset,
        channel_types=list(_CHANNELS_TO_ASK_IN),
    )  # fmt: skip


def _rows(card: Card) -> list[ui.Item[Any]]:
    rows: list[ui.Item[Any]] = []
    for picker in card.pickers:
        rows += [ui.TextDisplay(picker.label), ui.ActionRow(ChosenOption(_picker(picker)))]
    if card.menu is not None:
        options = [
            discord.SelectOption(
                label=option.label, value=option.value, description=option.description or None
            )
            for option in card.menu.options
        ]
        select = ui.Select[Any](custom_id=card.menu.custom_id, placeholder=card.menu.label, options=options)
        rows.append(ui.ActionRow(ChosenOption(select)))
    rows += [
        ui.ActionRow(*(PressedButton(_button(button)) for button in row))
        for row in (card.buttons, card.votes)
        if row
    ]
    return rows


def _button(button: Button) -> ui.Button[Any]:
    style = discord.ButtonStyle.primary if button.primary else discord.ButtonStyle.secondary
    return ui.Button(label=button.label, custom_id=button.custom_id, style=style)
