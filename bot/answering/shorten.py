"""Long passages shortened around what matters."""

from dataclasses import replace

from bot.model import Quote, Span
from bot.text.sanitize import visible
from bot.text.truncate import cut


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
