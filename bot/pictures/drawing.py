"""Draws the card of a quote as a PNG. The extra `pictures` (resvg-py and Pillow) is imported when the first picture is drawn."""

import unicodedata
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from typing import Literal
from xml.sax.saxutils import escape

from bot.model import Quote
from bot.pictures import card
from corpus.errors import AnalectsError

Theme = Literal["light", "dark"]
_SAMPLE_SIZE = 14
"""Font size in pixels of the sample line that measures how wide the fonts are."""
_UNASSIGNED = "\U0003fffd"
"""A character that no font has: it is drawn as the sign for a missing one."""
_PACKAGES = {
    "CJK": "fonts-noto-cjk",
    "HIRAGANA": "fonts-noto-cjk",
    "KATAKANA": "fonts-noto-cjk",
    "HANGUL": "fonts-noto-cjk",
}
_OTHER_PACKAGE = "fonts-noto-core"
"""Names of the packages of fonts on Debian and Ubuntu, by the script that they draw."""


class PictureError(AnalectsError):
    """No picture can be drawn; the reason, without the words of the quote."""


class MissingFontsError(PictureError):
    """No installed font can draw a script."""

    def __init__(self, script: str, package: str) -> None:
        super().__init__(
            f"no font for {script.lower()} text is installed; install one, for example {package}"
        )
        self.package = package


def installed() -> bool:
    """Whether the extra `pictures` is installed."""
    return all(find_spec(name) is not None for name in ("resvg_py", "PIL"))


def png(quote: Quote, theme: Theme = "light") -> bytes:
    """The picture of a quote. Raises PictureError."""
    if not installed():
        raise PictureError("pictures need the extra `pictures`: pip install 'analects[pictures]'")
    for script, sample in _scripts(quote.text + quote.highlight.source.title).items():
        if not _can_draw(sample):
            raise MissingFontsError(script, _PACKAGES.get(script, _OTHER_PACKAGE))
    sample, estimate = card.sample(card.passage_of(quote), _SAMPLE_SIZE)
    stretch = min(1.4, max(0.6, ink_width(_rendered(sample)) / estimate))
    return _rendered(card.svg(quote, card.DARK if theme == "dark" else card.LIGHT, stretch))


def ink_width(picture: bytes) -> int:
    """Columns of a PNG up to the last one that is not transparent."""
    from PIL import Image

    with Image.open(BytesIO(picture)) as image:
        box = image.getchannel("A").getbbox()
    return box[2] if box else 0


def _scripts(text: str) -> dict[str, str]:
    """The scripts of a text with a letter of each: {"LATIN": "a", "CYRILLIC": "я"}."""
    found: dict[str, str] = {}
    for one in text:
        if one.isalpha() and unicodedata.category(one) in ("Ll", "Lu", "Lo"):
            found.setdefault(unicodedata.name(one, "").split(" ")[0], one)
    return found


@cache
def _can_draw(character: str) -> bool:
    return _sample(character) not in (_sample(_UNASSIGNED), _sample(" "))


def _sample(character: str) -> bytes:
    fonts = card.families(character)
    return _rendered(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4" y="30" font-size="24" '
        f'font-family="{fonts}">{escape(character)}</text></svg>'
    )


def _rendered(svg: str) -> bytes:
    import resvg_py  # it loads the fonts of the system at each call

    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg))
    except (ValueError, RuntimeError, TypeError) as error:
        raise PictureError(f"it could not be drawn: {type(error).__name__}") from None
