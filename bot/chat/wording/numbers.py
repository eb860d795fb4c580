"""Statistics in words, with a small chart of bars."""

from bot.answering.statistics import Statistics
from bot.chat import wording
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

BAR_CHARS = 7
"""Length of the longest bar: with a month before it and four digits behind it, it fits a phone of 375 pixels."""
MAX_NAME_CHARS = 60


def statistics(found: Statistics, year: int | None) -> tuple[tuple[str, str], ...]:
    """The statistics of a library, or of a year: headings, and the lines below each."""
    heading = wording.STATS_YEAR_HEADING.format(year=year) if year is not None else wording.STATS_HEADING
    parts = [(heading, _summary(found, year))]
    if found.months:
        parts.append((wording.STATS_MONTHS, _chart(found.months)))
    for name, ranked in ((wording.STATS_AUTHORS, found.authors), (wording.STATS_SOURCES, found.titles)):
        if ranked:
            rows = (
                f"{place}. {clipped(one_line(name), MAX_NAME_CHARS, '…')} · {count:,}"
                for place, (name, count) in enumerate(ranked, start=1)
            )
            parts.append((name, "\n".join(rows)))
    if found.languages:
        shares = (
            f"{wording.LANGUAGE_NAMES.get(code, code)} {_percent(count, found.highlights)}"
            for code, count in found.languages
        )
        parts.append((wording.STATS_LANGUAGES, " · ".join(shares)))
    return tuple(parts)


def as_text(parts: tuple[tuple[str, str], ...]) -> str:
    """The same as plain text."""
    return "\n\n".join(f"{heading}\n{lines}" for heading, lines in parts)


def _summary(found: Statistics, year: int | None) -> str:
    highlights, sources = (
        wording.count(found.highlights, "highlights"),
        wording.count(found.sources, "sources"),
    )
    known = wording.known(found.highlights, found.sources)
    sentences = [known if year is None else f"{highlights} · {sources}."]
    if found.first is not None and found.last is not None:
        sentences.append(
            wording.STATS_SPAN.format(first=wording.day(found.first), last=wording.day(found.last))
        )
    if found.undated:
        undated = wording.count(found.undated, "highlights")
        sentences.append(wording.STATS_UNDATED.format(highlights=undated))
    return " ".join(sentences)


def _chart(months: tuple[tuple[str, int], ...]) -> str:
    """A bar for each month from the first with highlights to the last; even a short bar is shown."""
    while months and not months[0][1]:
        months = months[1:]
    while months and not months[-1][1]:
        months = months[:-1]
    most = max(1, *(count for _, count in months))
    rows = []
    for month, count in months:
        bar = "▇" * max(1, round(count * BAR_CHARS / most)) if count else "·"
        rows.append(f"{month}  {bar} {count:,}" if count else f"{month}  {bar}")
    return "\n".join(rows)


def _percent(part: int, whole: int) -> str:
    share = part * 100 / whole
    return f"{share:.0f} %" if share >= 1 else "< 1 %"
