"""The action of a button or menu, encoded in its custom id, so that it works after a restart of the bot.

A custom id has at most 100 characters: `b1:` (button) or `s1:` (menu), a letter for the action, and its arguments:

    b1:m:OFFSET:LIMIT:@MESSAGE        another page; the question is read again from the message with the id MESSAGE
    b1:m:OFFSET:LIMIT:#KEY            another page of what was found before (`bot.state.found_lists`)
    b1:m:OFFSET:LIMIT:NAME:ARGUMENT   another page of a list
    b1:a:COUNT:THEME                  other random highlights of a theme ("by Ann Author"), or of all
    b1:l:ID                           highlights like the one with this id, in a message of their own
    b1:p:ID                           the highlight with this id as a picture
    b1:o:KEY                          the highlights of a source (`source_key`)
    s1:o                              the same; the key is the chosen value
    b1:r:ASKER                        remove the answer; ASKER is the user id of the asker
    b1:s                              share a private answer with the channel
    b1:f:LETTER:KEY                   feedback on the answer with this key (`Answer.key`): `h` helpful, `w` not what was meant
    b1:d:LETTER:ID:MARK               below a digest: `a` another, `k` keep this highlight, `z` not for a month, `n` never again,
                                      `u` undo that; MARK names the digest (`adapters.discord.proactive`), and is empty for one
                                      that was asked for
    s1:d:MARK                         the same for one of several highlights; the chosen value is LETTER:ID
    s1:c:NAME                         a setting of the server; its new values are those chosen

Neither the text of a message nor the words of a question are encoded. A name that is too long is encoded as its hash.
"""

import re
from dataclasses import dataclass
from typing import Any, Protocol, Self, get_args, runtime_checkable

import discord
from discord import ui

from bot.chat.digest_commands import PressAction
from bot.chat.feedback import Verdict
from bot.chat.requests import Command
from bot.chat.settings_commands import SettingName

MAX_CUSTOM_ID_UNITS = 100
"""Length of a custom id. It is counted in UTF-16 code units, the highest of all ways to count."""

_BUTTON, _MENU = "b1", "s1"
_PAGED_COMMANDS = frozenset({"by", "from", "tag", "recent", "source", "like", "sources"})
_MAX_DIGITS = 20


@dataclass(frozen=True, slots=True)
class More:
    """Shows another page: of the answer to the question in `message`, of the list of `command`, or of what was found before and is
    stored under `key`. One of the three is set."""

    offset: int
    limit: int
    message: int | None = None
    command: Command | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Another:
    """Shows other random highlights."""

    count: int = 1
    theme: str = ""
    """What they are restricted to, as `Command.argument` of "random"."""


@dataclass(frozen=True, slots=True)
class ShowSource:
    """Shows the highlights of a source to the presser alone."""

    key: str


@dataclass(frozen=True, slots=True)
class Similar:
    """Shows highlights like this one."""

    highlight: str


@dataclass(frozen=True, slots=True)
class Draw:
    """Shows this highlight as a picture."""

    highlight: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Removes the answer, for its asker and for those who may manage messages."""

    asker: int


@dataclass(frozen=True, slots=True)
class Share:
    """Posts a private answer to the channel (`adapters.discord.events.share`)."""


@dataclass(frozen=True, slots=True)
class Vote:
    """Says whether an answer was helpful."""

    verdict: Verdict
    answer: str
    """`Answer.key`."""


@dataclass(frozen=True, slots=True)
class DigestAction:
    """What to do with a highlight of a digest."""

    press: PressAction
    highlight: str
    mark: str = ""
    """The mark of the digest; empty if it was asked for."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Changes a setting of the server."""

    name: SettingName
    values: tuple[str, ...]


Action = Choose | More | Another | Similar | Draw | ShowSource | Remove | Share | Vote | DigestAction

_DIGEST_ACTIONS: dict[str, PressAction] = {
    "a": "another",
    "k": "keep",
    "z": "snooze",
    "n": "never",
    "u": "undo",
}
_DIGEST_LETTERS = {press: letter for letter, press in _DIGEST_ACTIONS.items()}
_VERDICTS: dict[str, Verdict] = {"h": "helpful", "w": "wrong"}
_VERDICT_LETTERS = {verdict: letter for letter, verdict in _VERDICTS.items()}
_HIGHLIGHT = re.compile(r"[0-9A-Za-z_-]{1,40}")
_KEY = re.compile(r"[0-9a-f]{16}")
_VOTE = re.compile(r"([hw]):([a-z]+(?::[0-9a-z]{1,20}){1,3})")
_OF_DIGEST = re.compile(r"([akznu]):([0-9A-Za-z_-]{1,40}):([0-9a-f]{16})?")


def encode(action: Action) -> str | None:
    """The custom id for an action; None if it is too long."""
    if isinstance(action, Choose):
        return setting_menu_id(action.name)
    if isinstance(action, More):
        if action.message is not None:
            return f"{_BUTTON}:m:{action.offset}:{action.limit}:@{action.message}"
        if action.key:
            return f"{_BUTTON}:m:{action.offset}:{action.limit}:#{action.key}"
        if action.command is None or action.command.name not in _PAGED_COMMANDS:
            return None
        return _valid_custom_id(
            f"{_BUTTON}:m:{action.offset}:{action.limit}:{action.command.name}:{action.command.argument}"
        )
    if isinstance(action, Another):
        return _valid_custom_id(f"{_BUTTON}:a:{action.count}{':' if action.theme else ''}{action.theme}")
    if isinstance(action, Similar):
        return _valid_custom_id(f"{_BUTTON}:l:{action.highlight}")
    if isinstance(action, Draw):
        return _valid_custom_id(f"{_BUTTON}:p:{action.highlight}")
    if isinstance(action, ShowSource):
        return f"{_BUTTON}:o:{action.key}"
    if isinstance(action, Vote):
        return _valid_custom_id(f"{_BUTTON}:f:{_VERDICT_LETTERS[action.verdict]}:{action.answer}")
    if isinstance(action, DigestAction):
        return f"{_BUTTON}:d:{_DIGEST_LETTERS[action.press]}:{action.highlight}:{action.mark}"
    return f"{_BUTTON}:r:{action.asker}" if isinstance(action, Remove) else f"{_BUTTON}:s"


def decode(custom_id: str, values: tuple[str, ...] = ()) -> Action | None:
    """The action in a custom id. None if the id is broken or comes from another version of the bot."""
    version, _, rest = custom_id.partition(":")
    letter, _, payload = rest.partition(":")
    if version == _MENU and letter == "c":
        return Choose(payload, values) if payload in get_args(SettingName) else None  # type: ignore[arg-type]
    if version == _MENU:
        return _decode_menu(letter, payload, values[0]) if values else None
    if version != _BUTTON:
        return None
    if letter == "d":
        return _decode_digest(payload)
    if letter == "m":
        return _decode_more(payload)
    if letter == "f":
        vote = _VOTE.fullmatch(payload)
        return Vote(_VERDICTS[vote[1]], vote[2]) if vote else None
    if letter == "o":
        return ShowSource(payload) if _is_key(payload) else None
    if letter == "p":
        return Draw(payload) if _HIGHLIGHT.fullmatch(payload) else None
    if letter == "l":
        return Similar(payload) if _HIGHLIGHT.fullmatch(payload) else None
    if letter == "s":
        return Share() if not payload else None
    digits, _, theme = payload.partition(":") if letter == "a" else (payload, "", "")
    number = _parse_number(digits)
    if number is None or letter not in ("a", "r"):
        return None
    return Another(number, theme) if letter == "a" else Remove(number)


def _is_key(text: str) -> bool:
    """Whether a text has the form of a key of a source or of a stored list."""
    return _KEY.fullmatch(text) is not None


def digest_menu_id(mark: str) -> str:
    """The custom id of the menu of a digest with several highlights."""
    return f"{_MENU}:d:{mark}"


def setting_menu_id(name: SettingName) -> str:
    """The custom id of the menu of a setting."""
    return f"{_MENU}:c:{name}"


def digest_option(press: PressAction, highlight: str) -> str:
    """The value of an option in that menu."""
    return f"{_DIGEST_LETTERS[press]}:{highlight}"


def has_digest_mark(message: discord.Message, mark: str) -> bool:
    """Whether a message is the digest with this mark, by the custom ids of its buttons and menus."""
    seen = ui.LayoutView.from_message(message, timeout=None)
    ids = (str(getattr(item, "custom_id", "")) for item in seen.walk_children())
    return any(one.startswith((f"{_BUTTON}:d:", f"{_MENU}:d:")) and one.endswith(f":{mark}") for one in ids)


def _decode_menu(letter: str, payload: str, value: str) -> Action | None:
    if letter == "o":
        return ShowSource(value) if _is_key(value) else None
    return _decode_digest(f"{value}:{payload}") if letter == "d" else None


def _decode_digest(payload: str) -> DigestAction | None:
    found = _OF_DIGEST.fullmatch(payload)
    return DigestAction(_DIGEST_ACTIONS[found[1]], found[2], found[3] or "") if found else None


def _decode_more(payload: str) -> More | None:
    parts = payload.split(":", 3)
    if (
        len(parts) < 3
        or (offset := _parse_number(parts[0])) is None
        or (limit := _parse_number(parts[1])) is None
    ):
        return None
    if parts[2].startswith("@"):
        message = _parse_number(parts[2][1:])
        return More(offset, limit, message=message) if message is not None and len(parts) == 3 else None
    if parts[2].startswith("#"):
        key = parts[2][1:]
        return More(offset, limit, key=key) if _is_key(key) and len(parts) == 3 else None
    if parts[2] not in _PAGED_COMMANDS or len(parts) < 4:
        return None
    return More(offset, limit, command=Command(parts[2], parts[3], offset, limit))


def _parse_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else None


def _valid_custom_id(custom_id: str) -> str | None:
    """The custom id; None if Discord would refuse it or return it changed."""
    if custom_id != custom_id.strip() or not custom_id.isprintable():
        return None
    return (
        custom_id if len(custom_id.encode("utf-16-le", "surrogatepass")) // 2 <= MAX_CUSTOM_ID_UNITS else None
    )


@runtime_checkable
class PressHandler(Protocol):
    """The client's side of buttons and menus."""

    async def pressed(self, interaction: discord.Interaction[Any], action: Action | None) -> None:
        """Answers the interaction; `action` is None for a button that this version does not know. Never raises."""


class PressedButton(ui.DynamicItem[ui.Button[Any]], template=r"b\d+:(?s:.*)"):
    """A button of one of our messages, also of messages that an earlier process posted.

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
    """A menu of one of our messages. Its template differs from that of buttons because discord.py keeps one class per template."""

    @classmethod
    async def from_custom_id(cls, _interaction: object, item: ui.Item[Any], _match: object, /) -> Self:
        if not isinstance(item, ui.Select | ui.ChannelSelect | ui.RoleSelect):
            raise TypeError("the custom id of a menu on another kind of item")
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        given: Any = interaction.data or {}  # as ids, also of channels and roles
        values = tuple(str(one) for one in given.get("values", ()))
        if isinstance(interaction.client, PressHandler):
            await interaction.client.pressed(interaction, decode(self.custom_id, values))


DYNAMIC_ITEMS = (PressedButton, ChosenOption)
"""Register with `client.add_dynamic_items(*DYNAMIC_ITEMS)` before the client connects."""

SOURCE_MENU = f"{_MENU}:o"
"""Custom id of the menu of sources; the value of each option is a source key."""
