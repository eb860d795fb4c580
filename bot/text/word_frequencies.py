"""Words of a language and how frequent they are, as pyspellchecker ships them."""

import gzip
from functools import cache
from importlib.resources import files
from math import log

COUNTED = {
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
"""Words of the texts that a list was counted in: the sum of its counts. Lists of fewer words tell too little."""

RAREST = 6e-8
"""Part of a language's words from which down a word is as rare as can be: lists give least to all that they hardly have."""

COMMONEST = 0.06
"""The same of one that is not rare at all: no list has a more frequent one."""


def is_word(word: str, language: str) -> bool:
    """Whether `word` is in the language's dictionary; not where there is none."""
    return bool(count(word, language))


def rarity(word: str, language: str) -> float:
    """How rare a word is in a language of `COUNTED`, from 0 ("the") to 1 (in few texts or none): the logarithm of its frequency."""
    frequency = max(count(word, language) / COUNTED[language], RAREST)
    return 1 - log(frequency / RAREST) / log(COMMONEST / RAREST)


def count(word: str, language: str) -> int:
    """How often the language's texts have a word; 0 where they do not.

    The list is a JSON object in the order of its keys. It is searched as it is, by halving, as parsing takes long.
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
    """One word and its count a line."""
    path = files("spellchecker") / "resources" / f"{language}.json.gz"
    return gzip.decompress(path.read_bytes()).strip(b"{}\r\n") if path.is_file() else b""
