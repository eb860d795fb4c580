"""Ordinary words in a question as filters: "what did I highlight last month", "latest highlights by Seneca", "my favourites".

`bot.understanding.times` reads the words; this module checks them against the library.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from time import localtime

import numpy as np

from bot.model import WordFilter
from bot.search.favourites import FAVOURITE
from bot.search.index import Index
from bot.search.names import key
from bot.search.query import Query
from bot.understanding import times
from bot.understanding.times import Reading

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def local_today() -> date:
    """Today by this machine's clock."""
    return date(*localtime()[:3])


@dataclass(frozen=True, slots=True)
class TimeWords:
    """How a question's words about time and favourites were understood."""

    word_filter: WordFilter
    words: str
    """The words about time, as typed."""
    unambiguous: bool
    """Whether they can hardly mean anything but a time."""


def with_word_filters(query: Query, index: Index, today: date) -> tuple[Query, TimeWords | None]:
    """The query with its words about time and favourites turned into filters, and what was understood, or None."""
    reading = times.read(query.text, today)
    if not reading.says or _is_title(reading, query.text, index):
        return query, None
    if not reading.sure and not _is_known(reading, index):
        return query, None
    after = max(filter(None, (query.after, reading.after)), default=None)
    before = min(filter(None, (query.before, reading.before)), default=None)
    found = replace(
        query,
        text=reading.text,
        after=after,
        before=before,
        newest=query.newest or reading.newest,
        tags=(*query.tags, FAVOURITE) if reading.favourites else query.tags,
    )
    word_filter = WordFilter(reading.after, reading.before, reading.newest, reading.favourites)
    return found, TimeWords(word_filter, reading.words, reading.sure)


def occurs_in(words: str, passages: Iterable[int], index: Index) -> bool:
    """Whether one of these passages, its title or its chapter contains the words in a row: "in May" in "Seven Days in May"."""
    whole = key(words)
    without_preposition = whole.partition(" ")[2]
    sought = [phrase for phrase in (whole, without_preposition) if " " in phrase or phrase == whole]
    for passage in passages if whole else ():
        highlight = index.library.highlights[passage]
        texts = [
            f" {key(text)} " for text in (highlight.plain, highlight.source.title, highlight.chapter or "")
        ]
        if any(f" {phrase} " in text for phrase in sought for text in texts):
            return True
        if not whole.isascii() and any(whole in text for text in texts):
            return True
    return False


def _is_title(reading: Reading, question: str, index: Index) -> bool:
    """Whether the words about time are part of a title that the question names whole: "1984", "The World of Yesterday"."""
    words = key(reading.words)
    if not words:
        return False
    asked, years = f" {key(question)} ", set(_YEAR.findall(words))
    for title in index.facets.names("title").keys:
        if f" {title} " in asked and (
            title in words.split() if title in years else f" {words} " in f" {title} "
        ):
            return True
    return False


def _is_known(reading: Reading, index: Index) -> bool:
    """Whether the library has highlights of that time, and no passage contains the year as a word."""
    first, last = index.facets.days()
    inside = last > 0
    if reading.after is not None:
        inside = inside & (first >= reading.after.toordinal())
    if reading.before is not None:
        inside = inside & (last < reading.before.toordinal())
    if not np.any(inside):
        return False
    return not any(index.has_word(year) for year in _YEAR.findall(reading.words))
