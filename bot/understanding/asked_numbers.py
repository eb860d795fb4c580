"""Questions that ask for a number or a date ("how many", "what year"), and whether a passage gives one.

A passage on the right subject answers no such question if it has no number at all. The words are data, in `asked_numbers.toml`.
benchmarks/README.md, "Questions for a number", has what this is worth.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.text.analysis import is_unspaced

MAX_CHARS = 1_000
"""Code points of a question that are looked at."""

ANY_WORDS = "…"
"""Stands for any words of a question in `asked_numbers.toml`."""

_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")


@dataclass(frozen=True, slots=True)
class _Patterns:
    """For texts in small letters: to ignore the case takes ten times as long."""

    asks: re.Pattern[str]
    """In languages with blanks between words."""
    numbers: re.Pattern[str]
    asks_unspaced: re.Pattern[str]
    """In the others, which no text of ASCII characters alone is in."""
    numbers_unspaced: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    listed = tomllib.loads(
        files("bot.understanding").joinpath("asked_numbers.toml").read_text("utf-8").lower()
    )
    asks = [phrase for lists in listed.values() for phrase in _phrases(lists["asks"])]
    begins = [phrase for lists in listed.values() for phrase in _phrases(lists["begins"])]
    numbers = [word for lists in listed.values() for word in lists["numbers"].split()]
    spaced, unspaced = _any_of(asks)
    spaced_numbers, unspaced_numbers = _any_of(numbers)
    begins_spaced, _ = _any_of(begins)
    return _Patterns(
        re.compile(rf"{spaced}|^\W*{begins_spaced}"),
        re.compile(spaced_numbers),
        re.compile(unspaced),
        re.compile(unspaced_numbers),
    )


def _phrases(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip()]


def _any_of(phrases: Iterable[str]) -> tuple[str, str]:
    """Regular expressions for these phrases in languages with blanks between words, and in those without. The first has the phrases
    as one group, so that only the beginnings of words are compared with them."""
    spaced: list[str] = []
    unspaced: list[str] = []
    for phrase in phrases:
        pattern = r"\s+".join(
            r"\S.*?" if word == ANY_WORDS else re.escape(word.replace("-", " ")).replace(r"\ ", r"[\s-]+")
            for word in phrase.split()
        )
        (unspaced if is_unspaced(phrase[0]) else spaced).append(pattern)
    return rf"\b(?:{'|'.join(spaced)})\b", "|".join(unspaced)


def asks_for_number(question: str) -> bool:
    """Whether a question asks for a number or a date, in any of the claimed languages."""
    text, patterns = question[:MAX_CHARS].lower(), _patterns()
    return _finds(patterns.asks, patterns.asks_unspaced, text)


def digits(text: str) -> frozenset[str]:
    """The numbers in a question that are written in digits: "2.1", "1984"."""
    return frozenset(_DIGITS.findall(text[:MAX_CHARS]))


def gives_number(passage: str, asked: Collection[str]) -> bool:
    """Whether a passage has a number or a date, in digits or words, other than those `asked` with."""
    if any(found not in asked for found in _DIGITS.findall(passage)):
        return True
    patterns = _patterns()
    return _finds(patterns.numbers, patterns.numbers_unspaced, passage.lower())


def _finds(spaced: re.Pattern[str], unspaced: re.Pattern[str], text: str) -> bool:
    return spaced.search(text) is not None or (not text.isascii() and unspaced.search(text) is not None)
