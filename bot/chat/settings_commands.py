"""Parses `/highlight settings …`, and the types of what it asks for.

    settings
    settings channels all | here | CHANNEL …
    settings roles all | ROLE …
    settings threads on | off
    settings buttons everyone | asker
    settings digest-buttons everyone | managers
    settings reset

Channels and roles are ids, or mentions that hold an id (`<#C012|books>`, `<@&123>`).
"""

import re
from dataclasses import dataclass
from typing import Literal, get_args

SettingName = Literal["show", "channels", "roles", "threads", "buttons", "digest-buttons", "reset"]
MAX_VALUES = 100
_ID = re.compile(r"<[#@!&]*(\w{1,40})(?:\|[^<>]*)?>|(\w{1,40})")


@dataclass(frozen=True, slots=True)
class SettingsCommand:
    """Shows the settings of a server, or changes one of them."""

    name: SettingName = "show"
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvalidSettingsCommand:
    """A command about settings that cannot be understood."""


@dataclass(frozen=True, slots=True)
class PostingCommand:
    """Changes how the digests of a channel are posted. None leaves a choice as it is."""

    thread: bool | None = None
    ping: str | None = None
    """Id of a role; "" for none."""
    publish: bool | None = None


SettingsRequest = SettingsCommand | InvalidSettingsCommand | PostingCommand


def parse(text: str) -> SettingsCommand | InvalidSettingsCommand:
    """Parses what follows `/highlight settings`."""
    words = text.split()
    if not words:
        return SettingsCommand()
    name, values = words[0].lower(), words[1 : MAX_VALUES + 1]
    if name in ("channels", "roles") and values:
        ids = [_id(value) for value in values]
        return SettingsCommand(name, tuple(filter(None, ids))) if all(ids) else InvalidSettingsCommand()  # type: ignore[arg-type]
    if name in get_args(SettingName) and len(values) == (name not in ("show", "reset")):
        return SettingsCommand(name, tuple(value.lower() for value in values))  # type: ignore[arg-type]
    return InvalidSettingsCommand()


def _id(word: str) -> str | None:
    found = _ID.fullmatch(word.rstrip(","))
    return (found[1] or found[2]) if found else None
