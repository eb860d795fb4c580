"""Names and values of buttons. A value carries the request itself, so that a button works after a restart.

A value is `1:` and JSON, or `1z:` and the same deflated where that would be too long, all of it plain ASCII: Slack gives
back at most 2,000 characters, and `&`, `<`, `>` not always as they were.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.digest_commands import DigestPress
from bot.chat.requests import Command, Request
from bot.model import Question

MORE = "more"
"""The next part of an answer or a list; the value is a request."""
ANOTHER = "another"
"""Other highlights at random; the value is a request."""
SOURCE = "source"
"""The highlights of a quote's source, to the asker only; the value is a request. A message may have several: their ids
are `source`, `source:1` and so on (`is_source`)."""
ALIKE = "alike"
"""Highlights like the one above the button; the value is a request."""
REMOVE = "remove"
"""Takes an answer away; the value carries the asker's id."""
SHARE = "share"
"""A private answer for the whole channel; the value is a request or the ids of the highlights."""
DIGEST = "digest"
"""Below a digest: another, keep, never this one again; the value is the press. The ids are `digest:keep` and so on."""
FIND_HIGHLIGHTS = "find_highlights"
"""Callback id of the message shortcut."""

MOST_VALUE = 2000
_MOST_INFLATED = 100_000
_LONGEST = 12_000
_MOST_LIMIT, _MOST_OFFSET = 100, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Shown:
    """Highlights by their ids: what chance picked is shared as it was, not picked again."""

    ids: tuple[str, ...]


def source_id(number: int) -> str:
    """The action id of the button for the source of this number, from 0."""
    return f"{SOURCE}:{number}" if number else SOURCE


def is_source(action_id: str) -> bool:
    """Whether the button shows a source."""
    return action_id == SOURCE or action_id.startswith(f"{SOURCE}:")


def of_request(request: Request) -> str | None:
    """A request as a button's value; None when it is too long for one."""
    if isinstance(request, Question):
        return _packed(["q", request.text, request.limit, request.offset])
    return _packed(["c", request.name, request.argument, request.limit, request.offset])


def of_shown(ids: Sequence[str]) -> str | None:
    """The highlights with these ids as a button's value; None when they are too many for one."""
    return _packed(["s", *ids])


def of_asker(user: str) -> str | None:
    """The asker's id as a button's value."""
    return _packed(["a", user])


def of_press(press: DigestPress) -> str | None:
    """A press of a button below a digest as that button's value."""
    return _packed(["d", press.action, press.highlight])


def press(value: object) -> DigestPress | None:
    """The press in a button's value; None where it holds none."""
    match _unpacked(value):
        case ["d", ("another" | "keep" | "never") as action, str(highlight)] if highlight:
            return DigestPress(action, highlight)
    return None


def request(value: object) -> Request | None:
    """The request in a button's value; None where it is foreign, older or broken."""
    match _unpacked(value):
        case ["q", str(text), int(limit), int(offset)] if _sound(text, limit, offset):
            return Question(text, limit, offset)
        case ["c", str(name), str(argument), None, int(offset)] if _sound(argument, 1, offset):
            return Command(name, argument, offset)
        case ["c", str(name), str(argument), int(limit), int(offset)] if _sound(argument, limit, offset):
            return Command(name, argument, offset, limit)
    return None


def shown(value: object) -> Shown | None:
    """The highlights in a button's value; None where it holds none."""
    match _unpacked(value):
        case ["s", *ids] if ids and all(isinstance(one, str) for one in ids):
            return Shown(tuple(str(one) for one in ids))
    return None


def asker(value: object) -> str | None:
    """The asker's id in a button's value; None where it holds none."""
    match _unpacked(value):
        case ["a", str(user)] if user:
            return user
    return None


def _sound(text: str, limit: int, offset: int) -> bool:
    """Whether it can have come from here (`true` is no number)."""
    numbers = not isinstance(limit, bool) and not isinstance(offset, bool)
    return numbers and 1 <= limit <= _MOST_LIMIT and 0 <= offset <= _MOST_OFFSET and len(text) <= _LONGEST


def _packed(parts: list[object]) -> str | None:
    text = json.dumps(parts, separators=(",", ":"))
    for sign in "&<>":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    if len(text) + 2 > MOST_VALUE:
        raw = json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        text = "z:" + urlsafe_b64encode(zlib.compress(raw, 9)).decode()
        return f"1{text}" if len(text) < MOST_VALUE and len(raw) <= _MOST_INFLATED else None
    return f"1:{text}"


def _unpacked(value: object) -> list[object]:
    """The parts of a value; none where it is foreign, older or broken."""
    if not isinstance(value, str) or len(value) > MOST_VALUE:
        return []
    version, _, rest = value.partition(":")
    try:
        if version == "1z":
            inflater = zlib.decompressobj()
            raw = inflater.decompress(urlsafe_b64decode(rest), _MOST_INFLATED)
            parts = json.loads(raw.decode("utf-8", "surrogatepass")) if inflater.eof else None
        else:
            parts = json.loads(rest) if version == "1" else None
    except (ValueError, zlib.error, RecursionError):
        return []
    return parts if isinstance(parts, list) else []
