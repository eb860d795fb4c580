"""A text or quote made shorter for a platform with limits: cut between words, never inside a visible character."""

from dataclasses import replace

import regex

from bot.model import Quote, Span
from bot.visible import visible

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


def shortened(quote: Quote, most: int) -> Quote:
    """The quote with at most that many code points shown; itself when it is short enough.

    The promise holds: its spans are ranges of the highlight's `plain`, the marks lie inside of them.
    """
    spans: list[Span] = []
    room = most
    for start, end in quote.spans:
        part = quote.highlight.plain[start:end]
        place = cut(part, room)
        if place < len(part):
            kept = len(part[:place].rstrip())
            spans += [(start, start + kept)] if kept else []
            break
        spans.append((start, end))
        room -= len(visible(part))
    if tuple(spans) == quote.spans:
        return quote
    marks = [mark for mark in quote.marks if any(s <= mark[0] and mark[1] <= e for s, e in spans)]
    return replace(quote, spans=tuple(spans), marks=tuple(marks))


def clipped(text: str, most: int, sign: str) -> str:
    """The text within `most` code points, with `sign` at its end where it was cut."""
    place = cut(text, most)
    if place == len(text):
        return text
    return text[: cut(text, max(1, most - len(sign)))].rstrip() + sign
