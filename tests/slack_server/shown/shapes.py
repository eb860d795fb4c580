"""Small checks. The strict checks of blocks and views are composed of them.

A check gets a value and its JSON pointer, and adds a sentence to `found` for each mistake that Slack would
refuse. The sentences are Slack's, from `response_metadata.messages` of real refusals ("must be less than
3001 characters [json-pointer:/blocks/0/text/text]", "no more than 50 items allowed [json-pointer:/blocks]",
"unsupported type: …", "missing required field: …", "invalid additional property: …", seen in public issue
threads and logs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Found: TypeAlias = list[str]
Check: TypeAlias = Callable[[object, str, Found], None]

_URL = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>|]+", re.IGNORECASE)


def say(found: Found, sentence: str, at: str) -> None:
    found.append(f"{sentence} [json-pointer:{at}]")


def string(maximum: int, minimum: int = 1) -> Check:
    """A string of `minimum` to `maximum` characters (code points)."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, str):
            say(found, "must provide a string", at)
        elif len(value) < minimum:
            say(found, f"must be more than {minimum - 1} characters", at)
        elif len(value) > maximum:
            say(found, f"must be less than {maximum + 1} characters", at)

    return check


def url(maximum: int = 3000) -> Check:
    """A URL with a scheme and without spaces."""
    length = string(maximum)

    def check(value: object, at: str, found: Found) -> None:
        before = len(found)
        length(value, at, found)
        if len(found) == before and not _URL.fullmatch(str(value)):
            say(found, "must be a valid URI", at)

    return check


def boolean(value: object, at: str, found: Found) -> None:
    if not isinstance(value, bool):
        say(found, "must provide a boolean", at)


def anything(value: object, at: str, found: Found) -> None:
    """Accepts every value, for fields that are not modelled."""


def integer(minimum: int, maximum: int) -> Check:
    def check(value: object, at: str, found: Found) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            say(found, "must provide an integer", at)
        elif not minimum <= value <= maximum:
            say(found, f"must be between {minimum} and {maximum}", at)

    return check


def one_of(*allowed: object) -> Check:
    def check(value: object, at: str, found: Found) -> None:
        if value not in allowed or isinstance(value, bool):
            say(found, f"must be one of {', '.join(map(str, allowed))}", at)

    return check


def array(item: Check, maximum: int | None = None, minimum: int = 1) -> Check:
    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, list):
            say(found, "must provide an array", at)
            return
        if len(value) < minimum:
            say(found, f"no fewer than {minimum} items allowed", at)
        if maximum is not None and len(value) > maximum:
            say(found, f"no more than {maximum} items allowed", at)
        for number, element in enumerate(value):
            item(element, f"{at}/{number}", found)

    return check


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with all the `required` fields, any of the `optional` ones, and no others."""
    known = {**(optional or {}), **required}

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            say(found, "must provide an object", at)
            return
        for name in required:
            if name not in value:
                say(found, f"missing required field: {name}", at)
        for name, field in value.items():
            if name in known:
                known[name](field, f"{at}/{name}", found)
            else:
                say(found, f"invalid additional property: {name}", at)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` selects the check. The checks need not list the field `type` themselves."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            say(found, "must provide an object", at)
            return
        kind = value.get("type")
        if kind is None:
            say(found, "missing required field: type", at)
        elif not isinstance(kind, str) or kind not in kinds:
            say(found, f"unsupported type: {kind}", f"{at}/type")
        else:
            kinds[kind]({name: field for name, field in value.items() if name != "type"}, at, found)

    return check
