"""Reads the catalogues of texts, one file of TOML for each language, each when it is first needed.

TOML with the types of `messages` rather than gettext or Fluent: a text is found by a name that the type checker knows, tables and
lists of texts are checked as they are read, and plural forms are one line, since of the six languages none needs more than two.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from bot.chat.wording.commands import from_catalogue
from bot.chat.wording.reader import ENGLISH, language


class Plural(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The forms of a text with a number, as `{ one = "{number} note", other = "{number} notes" }`.

    Languages without a plural have only `other`.
    """

    other: str
    one: str | None = None

    def of(self, number: int) -> str:
        """The text for a number, with the number in it as the reader's language writes it."""
        text = self.one if self.one is not None and is_one(number) else self.other
        return text.format(number=digits(number))


class Grouping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How large numbers are written: what stands between thousands, and from which number on."""

    separator: str
    first: int


def is_one(number: int) -> bool:
    """Whether a number takes the form `one` in the reader's language: 1, and in French 0 as well (Unicode CLDR, plural rules)."""
    return number == 1 or (number == 0 and language() == "fr")


def digits(number: int) -> str:
    """A number as the reader's language writes it: "1,200", "1.200"."""
    grouping = read(language())["GROUPING"]
    assert isinstance(grouping, dict)
    separator = str(grouping["separator"]) if number >= int(grouping["first"]) else ""
    return f"{number:,}".replace(",", separator)


def own_texts(name: str) -> Mapping[str, object]:
    """The texts of a language as they stand in its file, by name."""
    return tomllib.loads((Path(__file__).parent / "languages" / f"{name}.toml").read_text("utf-8"))


@cache
def read(name: str) -> Mapping[str, object]:
    """The texts of a language, with their commands marked (`bot.chat.wording.commands`); those that it lacks are English."""
    given = {text: _with_commands(value) for text, value in own_texts(name).items()}
    return given if name == ENGLISH else _filled_up(given, read(ENGLISH))


def _with_commands(value: object) -> object:
    if isinstance(value, str):
        return from_catalogue(value)
    if isinstance(value, list):
        return [_with_commands(part) for part in value]
    return {key: _with_commands(part) for key, part in value.items()} if isinstance(value, dict) else value


def _filled_up(given: Mapping[str, object], fallback: Mapping[str, object]) -> dict[str, object]:
    """`given`, plus what only `fallback` has, in tables too. Plural forms stay as they are given."""
    filled = {**fallback, **given}
    for name, value in given.items():
        other = fallback.get(name)
        if isinstance(value, dict) and isinstance(other, dict) and "other" not in other:
            filled[name] = _filled_up(value, other)
    return filled


def typed(name: str, hints: Mapping[str, object]) -> Mapping[str, object]:
    """The texts of a language, each of the type that `hints` names. Raises msgspec.ValidationError."""
    texts = read(name)
    unknown = texts.keys() - hints.keys()
    if unknown:
        raise msgspec.ValidationError(f"{name}.toml: no such text: {', '.join(sorted(unknown))}")
    found: dict[str, object] = {}
    for text, hint in hints.items():
        try:
            found[text] = msgspec.convert(texts.get(text, msgspec.UNSET), hint)
        except msgspec.ValidationError as error:
            raise msgspec.ValidationError(f"{name}.toml: {text}: {error}") from None
    return found
