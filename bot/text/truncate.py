"""Text cut to a length without breaking a character."""

import regex

from bot.text.sanitize import visible

_CHARACTER = regex.compile(r"\X")


def cut(text: str, most: int) -> int:
    """Where to end the text so that at most that many code points of it are seen; its length when all may stay.

    The place lies between two words where the second half of what fits has such a place, else between two characters
    (UAX #29). What `visible` removes does not count. 0 when not even the first character fits.
    """
    if len(text) <= most or len(visible(text)) <= most:
        return len(text)
    seen, place, between = 0, 0, 0
    for found in _CHARACTER.finditer(text):
        blank = found[0].isspace()
        if blank and seen >= most // 2:
            between = found.start()
        seen += len(visible(found[0]))
        if seen > most:
            return found.start() if blank else between or found.start()
        place = found.end()
    return place


def clipped(text: str, most: int, sign: str) -> str:
    """The text within `most` code points, with `sign` at its end where it was cut."""
    place = cut(text, most)
    if place == len(text):
        return text
    return text[: cut(text, max(1, most - len(sign)))].rstrip() + sign
