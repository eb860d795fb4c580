"""What a button or menu does, written into its custom id, so that it works after a restart of the bot.

A custom id holds at most 100 characters. It is `b1:` (button) or `s1:` (menu), a letter, and what the letter needs:

    b1:m:OFFSET:LIMIT:@MESSAGE        more, of the question that stands in MESSAGE (it is read again from there)
    b1:m:OFFSET:LIMIT:NAME:ARGUMENT   more, of a slash command, which left no message: the command itself stands here
    b1:a:COUNT                        another highlight at random
    b1:o:KEY                          the highlights of a source (`adapters.discord.source_keys`)
    s1:o                              the same, the key is the value chosen
    b1:r:ASKER                        remove the answer; ASKER is whose question it was
    b1:s                              share with the channel what only the asker sees
    b1:d:LETTER:ID:MARK               below a digest: `a` another, `k` keep this highlight, `n` never this one again; MARK says
                                      which digest it is (`adapters.discord.proactive`), "" for one that was asked for
    s1:d:MARK                         the same for one of several highlights, the value chosen is LETTER:ID

A command too long for 100 characters gets no button. A message's text is never put here: what a message context command is asked
about may be read once only (without the privileged intent, other people's messages are empty when read again).
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, runtime_checkable

import discord
from discord import ui

from adapters.discord.source_keys import is_key
from bot.chat.digest_commands import PressAction
from bot.chat.requests import Command

MOST = 100
"""Characters of a custom id, counted in UTF-16 code units to be on the safe side."""

_BUTTON, _MENU = "b1", "s1"
_NAMES = frozenset({"search", "by", "from", "tag", "like", "sources"})
_MOST_DIGITS = 20


@dataclass(frozen=True, slots=True)
class More:
    """The next part of an answer or list: of the question in `message`, else of `command` (one of the two is set)."""

    offset: int
    limit: int
    message: int | None = None
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class Another:
    """Other highlights at random."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class ShowSource:
    """The highlights of a source, to the asker only."""

    key: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Takes the answer away: for its asker and for those who may manage messages."""

    asker: int


@dataclass(frozen=True, slots=True)
class Share:
    """Posts to the channel what only the asker sees (`adapters.discord.share`)."""


@dataclass(frozen=True, slots=True)
class OfDigest:
    """What is to become of a highlight that a digest brought up."""

    wish: PressAction
    highlight: str
    mark: str = ""
    """Of the digest."""


Action = More | Another | ShowSource | Remove | Share | OfDigest

_WISHES: dict[str, PressAction] = {"a": "another", "k": "keep", "n": "never"}
_LETTERS = {wish: letter for letter, wish in _WISHES.items()}
_OF_DIGEST = re.compile(r"([akn]):([0-9A-Za-z_-]{1,40}):([0-9a-f]{16})?")


def encode(action: Action) -> str | None:
    """The custom id of a button; None where the action does not fit into one."""
    if isinstance(action, More):
        if action.message is not None:
            return f"{_BUTTON}:m:{action.offset}:{action.limit}:@{action.message}"
        if action.command is None or action.command.name not in _NAMES:
            return None
        return _fitting(
            f"{_BUTTON}:m:{action.offset}:{action.limit}:{action.command.name}:{action.command.argument}"
        )
    if isinstance(action, Another):
        return f"{_BUTTON}:a:{action.count}"
    if isinstance(action, ShowSource):
        return f"{_BUTTON}:o:{action.key}"
    if isinstance(action, OfDigest):
        return f"{_BUTTON}:d:{_LETTERS[action.wish]}:{action.highlight}:{action.mark}"
    return f"{_BUTTON}:r:{action.asker}" if isinstance(action, Remove) else f"{_BUTTON}:s"


def decode(custom_id: str, values: tuple[str, ...] = ()) -> Action | None:
    """The action of a custom id; None for one of an older or newer version of the bot, or of nobody's making."""
    version, _, rest = custom_id.partition(":")
    letter, _, payload = rest.partition(":")
    if version == _MENU:
        return _chosen(letter, payload, values[0]) if values else None
    if version != _BUTTON:
        return None
    if letter == "d":
        return _of_digest(payload)
    if letter == "m":
        return _more(payload)
    if letter == "o":
        return ShowSource(payload) if is_key(payload) else None
    if letter == "s":
        return Share() if not payload else None
    number = _number(payload)
    if number is None or letter not in ("a", "r"):
        return None
    return Another(number) if letter == "a" else Remove(number)


def menu_of(mark: str) -> str:
    """The custom id of the menu of a digest's highlights."""
    return f"{_MENU}:d:{mark}"


def option_of(wish: PressAction, highlight: str) -> str:
    """What is chosen there."""
    return f"{_LETTERS[wish]}:{highlight}"


def is_marked(message: discord.Message, mark: str) -> bool:
    """Whether a message is the digest of this mark, by the custom ids of its buttons and menus."""
    seen = ui.LayoutView.from_message(message, timeout=None)
    ids = (str(getattr(item, "custom_id", "")) for item in seen.walk_children())
    return any(one.startswith((f"{_BUTTON}:d:", f"{_MENU}:d:")) and one.endswith(f":{mark}") for one in ids)


def _chosen(letter: str, payload: str, value: str) -> Action | None:
    if letter == "o":
        return ShowSource(value) if is_key(value) else None
    return _of_digest(f"{value}:{payload}") if letter == "d" else None


def _of_digest(payload: str) -> OfDigest | None:
    found = _OF_DIGEST.fullmatch(payload)
    return OfDigest(_WISHES[found[1]], found[2], found[3] or "") if found else None


def _more(payload: str) -> More | None:
    parts = payload.split(":", 3)
    if len(parts) < 3 or (offset := _number(parts[0])) is None or (limit := _number(parts[1])) is None:
        return None
    if parts[2].startswith("@"):
        message = _number(parts[2][1:])
        return More(offset, limit, message=message) if message is not None and len(parts) == 3 else None
    if parts[2] not in _NAMES or len(parts) < 4:
        return None
    return More(offset, limit, command=Command(parts[2], parts[3], offset, limit))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _fitting(custom_id: str) -> str | None:
    """The custom id, where Discord takes it and gives it back as it is."""
    if custom_id != custom_id.strip() or not custom_id.isprintable():
        return None
    return custom_id if len(custom_id.encode("utf-16-le", "surrogatepass")) // 2 <= MOST else None


def next_part(action: More, request: Command) -> Command:
    """The part of a list or answer that the button stands for."""
    return replace(request, offset=action.offset, limit=action.limit)


@runtime_checkable
class Presses(Protocol):
    """What the client does when a button is pressed or something is chosen from a menu."""

    async def pressed(self, interaction: discord.Interaction[Any], action: Action | None) -> None:
        """Answers the interaction; None stands for a button that this version does not know. Never raises."""


class PressedButton(ui.DynamicItem[ui.Button[Any]], template=r"b\d+:(?s:.*)"):
    """A button of any message of ours, also of those posted by an earlier process.

    discord.py logs the custom id of an item that raises, and with it what was asked: `Presses.pressed` must not.
    """

    @classmethod
    async def from_custom_id(cls, _interaction: object, item: ui.Item[Any], _match: object, /) -> Self:
        if not isinstance(item, ui.Button):
            raise TypeError("a custom id of a button at something else")
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if isinstance(interaction.client, Presses):
            await interaction.client.pressed(interaction, decode(self.custom_id))


class Chosen(ui.DynamicItem[ui.Select[Any]], template=r"s\d+:(?s:.*)"):
    """A menu of any message of ours. Its template is another one than a button's: discord.py keeps one class a template."""

    @classmethod
    async def from_custom_id(cls, _interaction: object, item: ui.Item[Any], _match: object, /) -> Self:
        if not isinstance(item, ui.Select):
            raise TypeError("a custom id of a menu at something else")
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if isinstance(interaction.client, Presses):
            await interaction.client.pressed(interaction, decode(self.custom_id, tuple(self.item.values)))


DYNAMIC_ITEMS = (PressedButton, Chosen)
"""For `client.add_dynamic_items(*DYNAMIC_ITEMS)`, before it connects."""

SOURCE_MENU = f"{_MENU}:o"
"""Custom id of the menu of sources; each value is a source's key."""
