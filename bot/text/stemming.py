"""Stems of words, by language (Snowball)."""

from collections.abc import Sequence
from functools import cache

import Stemmer

from bot.text.analysis import fold, folded

ENGLISH = "en"

SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian",
    "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Code of a language, to the name of its Snowball stemmer."""


def stems(language: str, normalised: Sequence[str]) -> list[str]:
    """The folded stem of each normalised word; in a language without stemmer, the folded word."""
    if language not in SNOWBALL:
        return folded(normalised)
    return folded(_stemmer(language).stemWords(list(normalised)))


def stem(language: str, normalised: str) -> str:
    """The folded stem of one word; see `stems`."""
    return fold(_stemmer(language).stemWord(normalised) if language in SNOWBALL else normalised)


@cache
def _stemmer(language: str) -> "Stemmer.Stemmer":
    return Stemmer.Stemmer(SNOWBALL[language])
