"""Counts about a library: highlights by month, what was read most, the first and the last, languages."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.search.index import Index
from corpus.model import Highlight

MONTHS_SHOWN = 12
MAX_RANKED = 5
"""Length of each list of the most frequent: authors, titles, languages."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"\d{4}")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts about all highlights, or about those of one year. Days and months are ISO prefixes."""

    highlights: int
    sources: int
    undated: int
    """Highlights of which not even the year is known."""
    first: str | None
    last: str | None
    """The earliest and the latest date, as exact as the notes have them."""
    months: tuple[tuple[str, int], ...]
    """("2026-03", highlights) for twelve months in a row: those of the year, or those up to the newest highlight."""
    authors: tuple[tuple[str, int], ...]
    """Those with the most highlights, each with their number."""
    titles: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    """Codes of languages with their numbers of highlights, the most frequent first."""


def statistics(index: Index, year: int | None = None) -> Statistics:
    """The statistics of a library, or of what is dated in one year."""
    dates: list[str] = []
    counts: Counter[int] = Counter()
    languages: Counter[str] = Counter()
    sources = index.source_of.tolist()
    for number, highlight in enumerate(
        index.library.highlights
    ):  # unpacked one by one: all at once take hundreds of MB
        day = date_of(highlight)
        if year is not None and day[:4] != f"{year:04}":
            continue
        dates.append(day)
        counts[sources[number]] += 1
        languages[language_of(highlight, index.languages[sources[number]])] += 1
    total = len(dates)
    dates = sorted(filter(None, dates))
    by_source = {index.sources[number]: count for number, count in counts.items()}
    by_author: Counter[str] = Counter()
    for source, count in by_source.items():
        by_author.update(dict.fromkeys(source.authors, count))
    titles = Counter({source.title: count for source, count in by_source.items()})
    return Statistics(
        total,
        len(by_source),
        total - len(dates),
        dates[0] if dates else None,
        max(dates, key=lambda day: (day[:10], len(day))) if dates else None,
        _months(dates, year),
        _ranked(by_author.items()),
        _ranked(titles.items()),
        tuple(languages.most_common(MAX_RANKED)),
    )


def date_of(highlight: Highlight) -> str:
    """When it was highlighted, else the date of its source: a day, month or year; "" if not even the year is known."""
    for moment in (highlight.added, highlight.source.date):
        if moment and _YEAR.match(moment):
            return moment[:10]
    return ""


def language_of(highlight: Highlight, of_source: str) -> str:
    """The language of a passage: Japanese, Korean and Chinese by their characters, else the language of its source."""
    text = highlight.plain
    if text.isascii():
        return of_source
    if _KANA.search(text) is not None:
        return "ja"
    if _HANGUL.search(text) is not None:
        return "ko"
    return "zh" if len(_HAN.findall(text)) * 2 > len(text) else of_source


def _months(dates: Iterable[str], year: int | None) -> tuple[tuple[str, int], ...]:
    counts = Counter(match.group() for date_ in dates if (match := _MONTH.match(date_)) is not None)
    if not counts:
        return ()
    last_year, last_month = (int(part) for part in max(counts).split("-"))
    last = last_year * 12 + last_month - 1 if year is None else year * 12 + 11
    shown = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(last - MONTHS_SHOWN + 1, last + 1)]
    return tuple((month, counts[month]) for month in shown)


def _ranked(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(
        sorted(((name, count) for name, count in counts if name), key=lambda pair: (-pair[1], pair[0]))[
            :MAX_RANKED
        ]
    )
