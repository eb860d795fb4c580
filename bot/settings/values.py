"""How the values of settings are written, as types with their validators. Errors never hold the value, which may be a secret."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from bot.schedule import time_zones
from bot.settings.errors import InvalidValueError

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([smh]?)")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
_PLACE = re.compile(r"(slack|discord):[A-Za-z0-9]+")
_MAX_DAYS = 3650
_MAX_QUESTIONS_PER_MINUTE = 99_999
SAVE_TO_STATE, SAVE_TO_READWISE = "folder", "readwise"
"""Values of `SAVE_TO` that are no path."""


def _tags(value: object) -> object:
    if not isinstance(value, str):
        return value
    from corpus.privacy import entries  # most settings name no list, and `ask` starts sooner without

    if not (found := entries.tags_of(value)):
        raise ValueError("no tag can be read from it; write them apart by commas, as private, diary")
    return found


def _paths(value: object) -> object:
    from corpus.privacy import entries

    return entries.paths_of(value) if isinstance(value, str) else value


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _check_places(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_PLACE.fullmatch(one) for one in value):
        raise InvalidValueError("an entry names no platform", "write each as slack:C012 or discord:123")
    return value


def _people(value: tuple[str, ...]) -> tuple[str, ...]:
    people = tuple(one.removeprefix("discord:").strip() for one in value)
    if not all(person.isascii() and person.isdecimal() for person in people):
        raise InvalidValueError(
            "an entry is no Discord user id", "write them as 123456789012345678, separated by commas"
        )
    return people


def _limits(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(",")]
    if len(parts) != 2 or not all(
        part.isdecimal() and 0 < int(part) <= _MAX_QUESTIONS_PER_MINUTE for part in parts
    ):
        raise InvalidValueError("it is not a pair of numbers", "give two whole numbers above 0, as 10,30")
    return tuple(int(part) for part in parts)


def _seconds(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = _DURATION.fullmatch(value.lower())
    if found is None:
        raise InvalidValueError("it is not a length of time", "write it as 15m, 6h or a number of seconds")
    return float(found[1]) * _UNIT_SECONDS[found[2]]


def _days(value: object) -> object:
    if not isinstance(value, str):
        return value
    typed = value.lower().removesuffix("days").removesuffix("day").removesuffix("d").strip()
    if typed in ("off", "no", "0"):
        return None
    if not typed.isdecimal() or not 1 <= int(typed[:6]) <= _MAX_DAYS:
        raise InvalidValueError("it is not a number of days", f"write off, or 1 to {_MAX_DAYS}")
    return int(typed)


def _zone(value: object) -> object:
    found = time_zones.find(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidValueError("it is not the name of a time zone", "write one such as Europe/Berlin")
    return found


def _expand_home(value: Path) -> Path:
    try:
        return value.expanduser()
    except RuntimeError:
        raise InvalidValueError("there is no such user's home folder", "write the path in full") from None


def _check_encrypted(value: str) -> str:
    """A token is only sent over https://, or to this machine."""
    address = urlsplit(value)
    if address.scheme == "http" and not _is_loopback(address.hostname or ""):
        raise InvalidValueError(
            "over http:// the token could be read on the way", "give an address that begins with https://"
        )
    return value


def _check_repository(value: str) -> str:
    address = urlsplit(value)
    if address.password is not None:
        raise InvalidValueError("the address holds a password", "move it to CORPUS_GIT_TOKEN")
    _check_encrypted(value)
    if address.scheme not in ("http", "https") or not address.hostname or not address.path.strip("/"):
        raise InvalidValueError(
            "it is not the address of a repository", "write it as https://github.com/you/vault.git"
        )
    return value


def _save_target(value: object) -> object:
    """`folder` and `readwise` in any case; all else is a path, and has to look like one, so that no slip makes a folder."""
    if not isinstance(value, str):
        return value
    if value.strip().lower() in (SAVE_TO_STATE, SAVE_TO_READWISE):
        return value.strip().lower()
    if not value.startswith("~") and "/" not in value and "\\" not in value:
        raise InvalidValueError(
            "it is neither `folder` nor `readwise` nor a path", "write a folder as /path/to/notes or ./notes"
        )
    return value


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


SaveTarget = Annotated[str, BeforeValidator(_save_target)]
"""Where messages are saved: `folder`, `readwise`, or a path."""
Tags = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_tags)]
"""Tags, in any plausible way of writing a list."""
PathGlobs = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_paths)]
"""Paths and globs, in any plausible way of writing a list."""
People = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_people)]
"""Ids of people on Discord."""
Places = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_check_places)]
"""Channels or servers, each with its platform, separated by commas: `slack:C012,discord:123`."""
QuestionLimits = Annotated[tuple[int, int], NoDecode, BeforeValidator(_limits)]
"""Questions per minute: of a person, and in a channel."""
Seconds = Annotated[float, BeforeValidator(_seconds)]
"""Written as a number of seconds, or as `6h`, `90m`, `30s`."""
Zone = Annotated[str, BeforeValidator(_zone)]
"""The name of a time zone."""
Days = Annotated[int | None, BeforeValidator(_days)]
"""A whole number of days, or `off`."""
HomePath = Annotated[Path, AfterValidator(_expand_home)]
"""A path that may begin with `~`."""
EncryptedUrl = Annotated[str, AfterValidator(_check_encrypted)]
"""An address that a token is sent to."""
RepositoryUrl = Annotated[str, AfterValidator(_check_repository)]
LOWER_CASE = BeforeValidator(_lower)
UPPER_CASE = BeforeValidator(_upper)
