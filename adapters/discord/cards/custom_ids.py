"""The action of a button or menu, encoded in its custom id, so that it works after a restart of the bot.

A custom id has at most 100 characters: `b1:` (button) or `s1:` (menu), a letter for the action, and its arguments:

    b1:m:OFFSET:LIMIT:@MESSAGE        another page; the question is read again from the message with the id MESSAGE
    b1:m:OFFSET:LIMIT:#KEY            another page of a stored result (`bot.state.found_lists`)
    b1:m:OFFSET:LIMIT:NAME:ARGUMENT   another page of a list
    b1:a:COUNT:THEME                  other random highlights of a theme ("by Ann Author"), or of all
    b1:l:ID                           highlights similar to the one with this id, in a new message
    b1:p:ID                           the highlight with this id as a picture
    b1:n:NAME:ARGUMENT                a step below "Nothing fits": a command, answered to the presser alone
    b1:o:KEY                          the highlights of a source (`source_key`)
    s1:o                              the same; the key is the chosen value
    b1:r:ASKER                        remove the answer; ASKER is the user id of the asker
    b1:s:NAMES                        share a private answer with the channel; NAMES are what it shows (`lookup.short_name`)
    b1:f:LETTER:KEY                   feedback on the answer with this key (`Answer.key`): `h` helpful, `w` not what was meant
    b1:d:LETTER:ID:MARK               below a digest: `a` another, `k` keep this highlight, `z` not for a month, `n` never again,
                                      `u` undo that; MARK names the digest (`adapters.discord.proactive`), and is empty for one
                                      that was asked for
    s1:d:MARK                         the same for one of several highlights; the chosen value is LETTER:ID
    s1:c:NAME                         a setting of the server; the chosen values are its new values

No text of a message and no words of a question are encoded. A name that is too long is encoded as its hash.
"""

import re
from collections.abc import Callable
from typing import get_args

import discord
from discord import ui

from adapters.discord.cards.actions import (
    Action,
    Another,
    Choose,
    DigestAction,
    Draw,
    More,
    Remove,
    Share,
    ShowSource,
    Similar,
    Step,
    Vote,
)
from bot.chat.digest_commands import PressAction
from bot.chat.feedback import Verdict
from bot.chat.requests import Command
from bot.chat.settings_commands import SettingName

MAX_CUSTOM_ID_UNITS = 100
"""Maximum length of a custom id. Discord does not say how it counts; UTF-16 code units give the highest count."""

_BUTTON, _MENU = "b1", "s1"
_PAGED_COMMANDS = frozenset({"by", "from", "tag", "recent", "source", "like", "sources"})
_STEP_COMMANDS = frozenset({"sources", "random", "by", "from"})
_MAX_DIGITS = 20
SOURCE_MENU = f"{_MENU}:o"
"""Custom id of the menu of sources; the value of each option is a source key."""

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
_SHORT_NAME = re.compile(r"[0-9a-f]{8}")
_SHORT_NAMES = re.compile(r"(?:[0-9a-f]{8})*")
_VOTE = re.compile(r"([hw]):([a-z]+(?::[0-9a-z]{1,20}){1,3})")
_OF_DIGEST = re.compile(r"([akznu]):([0-9A-Za-z_-]{1,40}):([0-9a-f]{16})?")


def encode(action: Action) -> str | None:
    """The custom id for an action; None if it is too long."""
    match action:
        case Choose():
            return setting_menu_id(action.name)
        case More():
            return _encode_more(action)
        case Another():
            arguments = f"a:{action.count}{':' if action.theme else ''}{action.theme}"
        case Similar():
            arguments = f"l:{action.highlight}"
        case Draw():
            arguments = f"p:{action.highlight}"
        case ShowSource():
            arguments = f"o:{action.key}"
        case Step():
            arguments = f"n:{action.command.name}:{action.command.argument}"
        case Vote():
            arguments = f"f:{_VERDICT_LETTERS[action.verdict]}:{action.answer}"
        case DigestAction():
            arguments = f"d:{_DIGEST_LETTERS[action.press]}:{action.highlight}:{action.mark}"
        case Remove():
            arguments = f"r:{action.asker}"
        case Share():
            arguments = f"s:{''.join(action.shown)}" if action.shown else "s"
    return _valid_custom_id(f"{_BUTTON}:{arguments}")


def _encode_more(action: More) -> str | None:
    if action.message is not None:
        found = f"@{action.message}"
    elif action.key:
        found = f"#{action.key}"
    elif action.command is not None and action.command.name in _PAGED_COMMANDS:
        found = f"{action.command.name}:{action.command.argument}"
    else:
        return None
    return _valid_custom_id(f"{_BUTTON}:m:{action.offset}:{action.limit}:{found}")


def decode(custom_id: str, values: tuple[str, ...] = ()) -> Action | None:
    """The action in a custom id. None if the id is broken or comes from another version of the bot."""
    version, _, rest = custom_id.partition(":")
    letter, _, payload = rest.partition(":")
    if version == _MENU and letter == "c":
        return Choose(payload, values) if payload in get_args(SettingName) else None  # type: ignore[arg-type]
    if version == _MENU:
        return _decode_menu(letter, payload, values[0]) if values else None
    read = _READERS.get(letter) if version == _BUTTON else None
    return read(payload) if read is not None else None


def _decode_another(payload: str) -> Another | None:
    digits, _, theme = payload.partition(":")
    number = _parse_number(digits)
    return Another(number, theme) if number is not None else None


def _decode_remove(payload: str) -> Remove | None:
    number = _parse_number(payload)
    return Remove(number) if number is not None else None


def _decode_share(payload: str) -> Share | None:
    return Share(tuple(_SHORT_NAME.findall(payload))) if _SHORT_NAMES.fullmatch(payload) else None


def _decode_step(payload: str) -> Step | None:
    name, _, argument = payload.partition(":")
    return Step(Command(name, argument)) if name in _STEP_COMMANDS else None


def _decode_vote(payload: str) -> Vote | None:
    vote = _VOTE.fullmatch(payload)
    return Vote(_VERDICTS[vote[1]], vote[2]) if vote else None


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
    """The value of an option in the menu of a digest."""
    return f"{_DIGEST_LETTERS[press]}:{highlight}"


def has_digest_mark(message: discord.Message, mark: str) -> bool:
    """Whether a message is the digest with this mark, by the custom ids of its buttons and menus."""
    view = ui.LayoutView.from_message(message, timeout=None)
    ids = (str(getattr(item, "custom_id", "")) for item in view.walk_children())
    return any(id_.startswith((f"{_BUTTON}:d:", f"{_MENU}:d:")) and id_.endswith(f":{mark}") for id_ in ids)


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


_READERS: dict[str, Callable[[str], Action | None]] = {
    "a": _decode_another,
    "d": _decode_digest,
    "f": _decode_vote,
    "l": lambda payload: Similar(payload) if _HIGHLIGHT.fullmatch(payload) else None,
    "m": _decode_more,
    "n": _decode_step,
    "o": lambda payload: ShowSource(payload) if _is_key(payload) else None,
    "p": lambda payload: Draw(payload) if _HIGHLIGHT.fullmatch(payload) else None,
    "r": _decode_remove,
    "s": _decode_share,
}
"""For each letter of an action, the function that reads what follows it."""


def _parse_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else None


def _valid_custom_id(custom_id: str) -> str | None:
    """The custom id; None if Discord would refuse it or return it changed."""
    if custom_id != custom_id.strip() or not custom_id.isprintable():
        return None
    return (
        custom_id if len(custom_id.encode("utf-16-le", "surrogatepass")) // 2 <= MAX_CUSTOM_ID_UNITS else None
    )
