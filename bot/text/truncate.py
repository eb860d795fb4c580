"""Text cut to a length without breaking a character."""

from bot.text.characters import characters
from bot.text.sanitize import visible


def cut_position(text: str, max_chars: int) -> int:
    """Where to cut the text so that at most `max_chars` code points are visible; its length if it fits whole.

    The place lies between two words if there is one in the second half of what fits, else between two characters (UAX #29).
    Characters that `visible` removes do not count. 0 if not even the first character fits.
    """
    if len(text) <= max_chars or len(visible(text)) <= max_chars:
        return len(text)
    seen, place, between = 0, 0, 0
    for start, end in characters(text):
        blank = text[start:end].isspace()
        if blank and seen >= max_chars // 2:
            between = start
        seen += len(visible(text[start:end]))
        if seen > max_chars:
            return start if blank else between or start
        place = end
    return place


def clipped(text: str, max_chars: int, sign: str) -> str:
    """The text within `max_chars` code points, with `sign` at its end if it was cut."""
    place = cut_position(text, max_chars)
    if place == len(text):
        return text
    return text[: cut_position(text, max(1, max_chars - len(sign)))].rstrip() + sign
