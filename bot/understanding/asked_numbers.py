"""Questions that ask for a number or a date ("how many", "what year"), and whether a passage gives one.

A passage on the right subject answers no such question if it has no number at all. The words are data, in `asked_numbers.toml`.
benchmarks/README.md, "Questions for a number", has what this is worth.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path

from bot.text.analysis import is_unspaced

MAX_CHARS = 1_000
"""Code points of a question that are looked at."""

ANY_WORDS = "…"
"""Stands for any words of a question in `asked_numbers.toml`."""

_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")


@cache
def _lists() -> list[dict[str, str]]:
    """The lists of each language, in small letters: to ignore the case takes ten times as long."""
    text = Path(__file__).with_name("asked_numbers.toml").read_text("utf-8")
    return list(tomllib.loads(text.lower()).values())


@cache
def _asks() -> re.Pattern[str]:
    """What asks for a number in languages with blanks between words."""
    spaced, _ = _any_of(phrase for lists in _lists() for phrase in _phrases(lists["asks"]))
    begins, _ = _any_of(phrase for lists in _lists() for phrase in _phrases(lists["begins"]))
    return re.compile(rf"{spaced}|^\W*{begins}")


@cache
def _asks_unspaced() -> re.Pattern[str]:
    """The same in the other languages, which no text of ASCII characters alone is in."""
    _, unspaced = _any_of(phrase for lists in _lists() for phrase in _phrases(lists["asks"]))
    return re.compile(unspaced)


@cache
def _numbers() -> re.Pattern[str]:
    """What gives a number in languages with blanks between words."""
    spaced, _ = _any_of(_words_for_numbers())
    return re.compile(spaced)


@cache
def _numbers_unspaced() -> re.Pattern[str]:
    """The same in the other languages."""
    _, unspaced = _any_of(_words_for_numbers())
    return re.compile(unspaced)


def _words_for_numbers() -> Iterator[str]:
    """The words that give a number, and each word for "one" with each unit."""
    for lists in _lists():
        yield from lists["numbers"].split()
        for one, unit in product(_phrases(lists["ones"]), lists["units"].split()):
            yield one + unit if is_unspaced(one) else f"{one} {unit}"


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
    return _finds(_asks, _asks_unspaced, question[:MAX_CHARS].lower())


def digits(text: str) -> frozenset[str]:
    """The numbers in a question that are written in digits: "2.1", "1984"."""
    return frozenset(_DIGITS.findall(text[:MAX_CHARS]))


def gives_number(passage: str, asked: Collection[str]) -> bool:
    """Whether a passage has a number or a date, in digits or words, other than those `asked` with."""
    if any(found not in asked for found in _DIGITS.findall(passage)):
        return True
    return _finds(_numbers, _numbers_unspaced, passage.lower())


def _finds(spaced: Callable[[], re.Pattern[str]], unspaced: Callable[[], re.Pattern[str]], text: str) -> bool:
    return spaced().search(text) is not None or (not text.isascii() and unspaced().search(text) is not None)
