"""Quotes shortened to what a platform can show."""

from dataclasses import replace

from bot.model import Quote, Span
from bot.text.sanitize import visible
from bot.text.truncate import cut_position


def shortened(quote: Quote, max_chars: int) -> Quote:
    """The quote with at most `max_chars` code points shown; the same object if it is short enough.

    As in every quote, spans are ranges of the highlight's `plain`, and marks lie inside spans.
    """
    spans: list[Span] = []
    room = max_chars
    for start, end in quote.spans:
        part = quote.highlight.plain[start:end]
        place = cut_position(part, room)
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
