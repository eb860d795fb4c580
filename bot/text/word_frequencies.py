"""The words of a language and their frequencies, from the lists of pyspellchecker."""

import gzip
from functools import cache, lru_cache
from math import log

RARITY_LANGUAGES = {
    "ar": 270_000_000,
    "de": 124_000_000,
    "en": 1_650_000_000,
    "es": 690_000_000,
    "fr": 354_000_000,
    "it": 445_000_000,
    "lv": 234_000_000,
    "nl": 382_000_000,
    "pt": 388_000_000,
}
"""Languages whose rarities are known, and the sum of all counts in the list of each. Lists with smaller sums tell too little."""

RAREST = 6e-8
"""Relative frequency at and below which a word has rarity 1. Lists are not reliable below it."""

COMMONEST = 0.06
"""Relative frequency of a word with rarity 0. No list has a more frequent word."""


def is_word(word: str, language: str) -> bool:
    """Whether `word` is in the language's list; false for a language without a list."""
    return bool(count(word, language))


def is_used_word(word: str, language: str) -> bool:
    """Whether `word` is in the language's list as more than one of its rarest entries, many of which are names and misspellings."""
    listed = count(word, language)
    return listed > RAREST * RARITY_LANGUAGES.get(language, 0)


def rarity(word: str, language: str) -> float:
    """Rarity of a word in one of `RARITY_LANGUAGES`, from 0 ("the") to 1 (hardly ever): logarithmic in its frequency."""
    frequency = max(count(word, language) / RARITY_LANGUAGES[language], RAREST)
    return 1 - log(frequency / RAREST) / log(COMMONEST / RAREST)


@lru_cache(maxsize=1 << 12)
def count(word: str, language: str) -> int:
    """The count of a word in the language's list; 0 if it is missing.

    The list is a JSON object with sorted keys. It is searched by bisection as text, because parsing takes long.
    """
    listed, sought = _listed(language), word.encode("utf-8", "replace")
    low, high = 0, len(listed)
    while low < high:
        start = listed.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = listed.find(b"\n", start, high)
        end = high if end < 0 else end
        found, _, times = listed[start:end].removeprefix(b'"').partition(b'": ')
        if found == sought:
            return int(times.rstrip(b"},\r\n "))
        low, high = (end + 1, high) if found < sought else (low, start)
    return 0


@cache
def _listed(language: str) -> bytes:
    """The list of a language as bytes, one word and its count per line; empty without a list."""
    from importlib.resources import files  # not needed as long as no word is rare or misspelt

    path = files("spellchecker") / "resources" / f"{language}.json.gz"
    return gzip.decompress(path.read_bytes()).strip(b"{}\r\n") if path.is_file() else b""
