"""Quotes shortened to what a platform can show."""

from collections.abc import Sequence
from dataclasses import replace

from bot.model import Quote, Span
from bot.text.sanitize import visible
from bot.text.sentences import split_sentences
from bot.text.truncate import cut_position

LEAD_DIVISOR = 3
"""At most a third of a shortened quote stands before the first matched word."""


def shortened(quote: Quote, max_chars: int) -> Quote:
    """The quote with at most `max_chars` code points shown; the same object if it is short enough.

    The answer is kept: if most of the matched words stand further on, the beginning is left out. As in every quote, spans are
    ranges of the highlight's `plain`, and marks lie inside spans.
    """
    if sum(len(visible(quote.highlight.plain[start:end])) for start, end in quote.spans) <= max_chars:
        return quote
    spans: list[Span] = []
    room = max_chars
    for start, end in _from(quote, _begin(quote, max_chars)):
        part = quote.highlight.plain[start:end]
        place = cut_position(part, room)
        if place < len(part):
            kept = len(part[:place].rstrip())
            spans += [(start, start + kept)] if kept else []
            break
        spans.append((start, end))
        room -= len(visible(part))
    marks = [mark for mark in quote.marks if any(s <= mark[0] and mark[1] <= e for s, e in spans)]
    return replace(quote, spans=tuple(spans), marks=tuple(marks))


def _begin(quote: Quote, max_chars: int) -> int:
    """Where the shortened quote begins, as a place in `plain`: the earliest one from which the most emphasised words fit."""
    first = quote.spans[0][0]
    starts = [first, *(_lead(quote, mark, max_chars // LEAD_DIVISOR) for mark, _ in quote.emphasised)]
    return max(starts, key=lambda start: (_marks_within(quote, start, max_chars), -start))


def _lead(quote: Quote, mark: int, max_lead: int) -> int:
    """The beginning of the mark's sentence if it is at most `max_lead` code points away, else that of a word before the mark."""
    start, end = next((span for span in quote.spans if span[0] <= mark < span[1]), (mark, mark))
    sentences: Sequence[Span] = split_sentences(quote.highlight.plain[start:end])
    begin = start + next((first for first, last in reversed(sentences) if start + first <= mark), 0)
    if mark - begin <= max_lead:
        return begin
    blank = quote.highlight.plain.find(" ", max(start, mark - max_lead), mark)
    return mark if blank < 0 else blank + 1


def _marks_within(quote: Quote, start: int, max_chars: int) -> int:
    """The number of different emphasised words in `max_chars` code points of the quote from `start` on."""
    words: set[str] = set()
    room = max_chars
    for begin, end in _from(quote, start):
        stop = min(end, begin + room)
        words |= {
            quote.highlight.plain[first:last].casefold()
            for first, last in quote.emphasised
            if begin <= first and last <= stop
        }
        room -= stop - begin
        if room <= 0:
            break
    return len(words)


def _from(quote: Quote, start: int) -> list[Span]:
    """The quote's parts from `start` on."""
    return [(max(begin, start), end) for begin, end in quote.spans if end > start]
