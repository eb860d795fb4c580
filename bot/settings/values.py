"""How the values of settings are written: a function for each kind. It raises InvalidValueError, which never holds the value: that
may be a secret."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.schedule import time_zones
from bot.settings.errors import InvalidValueError

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([smh]?)")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
_PLACE = re.compile(r"(slack|discord):[A-Za-z0-9]+")
_SLASH_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_MAX_DAYS = 3650
_MAX_QUESTIONS_PER_MINUTE = 99_999
SAVE_TO_STATE, SAVE_TO_READWISE = "folder", "readwise"
"""Values of `SAVE_TO` that are no path."""

ChoiceT = TypeVar("ChoiceT", bound=str | None)
"""With None where that is the default."""


def one_of(*choices: ChoiceT) -> Callable[[str], ChoiceT]:
    """One of these values, in any case."""
    by_folded = {str(one).casefold(): one for one in choices}

    def parse(written: str) -> ChoiceT:
        found = by_folded.get(written.casefold())
        if found is None:
            named = ", ".join(f"`{one}`" for one in choices)
            raise InvalidValueError(
                "it is none of the values that this setting takes", f"give one of {named}"
            )
        return found

    return parse


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A whole number between these."""

    def parse(written: str) -> int:
        try:
            number = int(written)
        except ValueError:
            raise InvalidValueError("it is not a whole number", "give a whole number") from None
        _check_range(number, least, most)
        return number

    return parse


def seconds(least: float, most: float) -> Callable[[str], float]:
    """A time between these, in seconds: written as a number of seconds, or as `6h`, `90m`, `30s`."""

    def parse(written: str) -> float:
        found = _DURATION.fullmatch(written.lower())
        if found is None:
            raise InvalidValueError(
                "it is not a length of time", "write it as 15m, 6h or a number of seconds"
            )
        number = float(found[1]) * _UNIT_SECONDS[found[2]]
        _check_range(number, least, most)
        return number

    return parse


def _check_range(number: float, least: float, most: float) -> None:
    if number < least:
        raise InvalidValueError("the number is out of range", f"give at least {least:g}")
    if number > most:
        raise InvalidValueError("the number is out of range", f"give at most {most:g}")


def url(form: str, ending: str) -> Callable[[str], str]:
    """An address that has this form (a regular expression), which ends as `ending` says, with an example."""

    def parse(written: str) -> str:
        if re.fullmatch(form, written) is None:
            raise InvalidValueError("it is not a URL of the expected form", f"give one that ends in {ending}")
        return written

    return parse


def token_url(form: str, ending: str) -> Callable[[str], str]:
    """The same of an address that a token is sent to: only over https://, or to this machine."""
    of_form = url(form, ending)

    def parse(written: str) -> str:
        _check_encrypted(of_form(written))
        return written

    return parse


def repository_url(written: str) -> str:
    """The address of a git repository."""
    from urllib.parse import urlsplit

    try:
        address = urlsplit(written)
    except ValueError:  # as of brackets that hold no address
        address = urlsplit("")
    if address.password is not None:
        raise InvalidValueError("the address holds a password", "move it to CORPUS_GIT_TOKEN")
    _check_encrypted(written)
    if address.scheme not in ("http", "https") or not address.hostname or not address.path.strip("/"):
        raise InvalidValueError(
            "it is not the address of a repository", "write it as https://github.com/you/vault.git"
        )
    return written


def _check_encrypted(written: str) -> None:
    from urllib.parse import urlsplit

    try:
        address = urlsplit(written)
    except ValueError:
        raise InvalidValueError("it is not an address", "write it as https://example.org/") from None
    if address.scheme == "http" and not _is_loopback(address.hostname or ""):
        raise InvalidValueError(
            "over http:// the token could be read on the way", "give an address that begins with https://"
        )


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def slash_command(written: str) -> str:
    """The name of a slash command, with its slash."""
    if _SLASH_COMMAND.fullmatch(written) is None:
        raise InvalidValueError(
            "it is not a slash command", "give a slash and up to 31 small letters or digits, as /library"
        )
    return written


def tags(written: str) -> tuple[str, ...]:
    """Tags, in any plausible way of writing a list."""
    from corpus.privacy import entries  # most settings name no list, and `ask` then starts sooner

    if not (found := entries.tags_of(written)):
        raise InvalidValueError("no tag can be read from it", "write them apart by commas, as private, diary")
    return found


def path_globs(written: str) -> tuple[str, ...]:
    """Paths and globs, in any plausible way of writing a list."""
    from corpus.privacy import entries

    return entries.paths_of(written)


def places(written: str) -> tuple[str, ...]:
    """Channels or servers, each with its platform, separated by commas: `slack:C012,discord:123`."""
    found = _split(written)
    if not all(_PLACE.fullmatch(one) for one in found):
        raise InvalidValueError("an entry names no platform", "write each as slack:C012 or discord:123")
    return found


def discord_people(written: str) -> tuple[str, ...]:
    """Ids of people on Discord, separated by commas."""
    people = tuple(one.removeprefix("discord:").strip() for one in _split(written))
    if not all(one.isascii() and one.isdecimal() for one in people):
        raise InvalidValueError(
            "an entry is no Discord user id", "write them as 123456789012345678, separated by commas"
        )
    return people


def _split(written: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in written.split(",") if part.strip())


def question_limits(written: str) -> tuple[int, int]:
    """Questions per minute: of a person, and in a channel."""
    parts = [part.strip() for part in written.split(",")]
    if len(parts) != 2 or not all(
        part.isdecimal() and 0 < int(part) <= _MAX_QUESTIONS_PER_MINUTE for part in parts
    ):
        raise InvalidValueError("it is not a pair of numbers", "give two whole numbers above 0, as 10,30")
    return int(parts[0]), int(parts[1])


def days(written: str) -> int | None:
    """A whole number of days, or `off`."""
    typed = written.lower().removesuffix("days").removesuffix("day").removesuffix("d").strip()
    if typed in ("off", "no", "0"):
        return None
    if not typed.isdecimal() or not 1 <= int(typed[:6]) <= _MAX_DAYS:
        raise InvalidValueError("it is not a number of days", f"write off, or 1 to {_MAX_DAYS}")
    return int(typed)


def zone(written: str) -> str:
    """The name of a time zone."""
    found = time_zones.find(written)
    if found is None:
        raise InvalidValueError("it is not the name of a time zone", "write one such as Europe/Berlin")
    return found


def home_path(written: str) -> Path:
    """A path that may begin with `~`."""
    try:
        return Path(written).expanduser()
    except RuntimeError:
        raise InvalidValueError("there is no such user's home folder", "write the path in full") from None


def save_target(written: str) -> str:
    """Where messages are saved: `folder` and `readwise` in any case; all else is a path, and has to look like one, so that no slip
    makes a folder."""
    if written.lower() in (SAVE_TO_STATE, SAVE_TO_READWISE):
        return written.lower()
    if not written.startswith("~") and "/" not in written and "\\" not in written:
        raise InvalidValueError(
            "it is neither `folder` nor `readwise` nor a path", "write a folder as /path/to/notes or ./notes"
        )
    return written
