"""What a person restricts highlights to in a command: "tag favorite by Seneca", "by Seneca since May", "favourites", "last month".

theme = read("by Seneca since May", index, date(2026, 11, 29))     # a Theme, or the words that were not understood
fitting(theme, index, date(2026, 11, 29))                          # which passages fit
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise

import numpy as np

from bot.answering import listing
from bot.model import WordFilter
from bot.schedule.plan import FILTER_FACETS, THEME_FACETS, Filter, FilterKind, Theme
from bot.search.arrays import Mask
from bot.search.favourites import FAVOURITE, is_favourite
from bot.search.index import Index
from bot.search.names import key
from bot.understanding import times

LOOK_BACK_DAYS = 7
"""Days that "added this week" looks back, today included."""
ANNIVERSARY_DAYS = 3
"""If the day itself has nothing, "a year ago today" means up to this many days before or after it."""
MAX_SUGGESTIONS = 3
"""Names that come close and are suggested for one that nothing fits."""
MAX_NAMES = 6
"""Names of authors, titles and tags that are recognised in one command."""
_KINDS: dict[str, FilterKind] = {
    **{kind: kind for kind in THEME_FACETS},
    "author": "by",
    "title": "from",
    "colour": "color",
}
"""Words before a name. Only `FILTER_FACETS` may stand without a colon."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Words of a command that were not understood."""

    words: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A filter that nothing fits, and names that come close."""

    facet: str
    name: str
    suggestions: tuple[str, ...]


def read(text: str, index: Index, today: date) -> Theme | LeftOver:
    """The theme in the words of a command: names after `tag`, `by` and `from`, all of which must fit, and words about time.

    A title may contain such a word too ("from Stand by Me"). So of all ways to split the text into names that the library has, the
    one with the fewest names is taken. If there is none, the first `tag`, the first `by` and the first `from` each begin a name.
    """
    words = [part for word in text.split() for part in _split_at_colon(word)]
    starts = [place for place, word in enumerate(words[:-1]) if _kind(word) is not None][:MAX_NAMES]
    if not starts:
        return _without_names(text, today)
    before = _without_names(" ".join(words[: starts[0]]).removesuffix(","), today)
    if isinstance(before, LeftOver):
        return before

    def split(at: Sequence[int]) -> Theme:
        return _of_names([words[first:end] for first, end in pairwise((*at, len(words)))], index, today)

    ways = ((starts[0], *more) for count in range(len(starts)) for more in combinations(starts[1:], count))
    for way in ways:
        if all(second - first > 1 for first, second in pairwise(way)):
            theme = split(way)
            if all(
                _is_written(THEME_FACETS[filter_.kind], filter_.value, index) for filter_ in theme.filters
            ):
                return _joined(before, theme)
    firsts = {_kind(words[place]): place for place in reversed(starts)}
    return _joined(before, split(sorted(firsts.values())))


def _split_at_colon(word: str) -> Iterable[str]:
    """ "color:", "yellow" of "color:yellow"."""
    kind, colon, value = word.partition(":")
    return (kind + colon, value) if value and _kind(kind + colon) is not None else (word,)


def _kind(word: str) -> FilterKind | None:
    """The kind of name that a word begins: "by", "by:", "author:"."""
    kind = word.lower().rstrip(":")
    return _KINDS.get(kind) if word.endswith(":") or kind in FILTER_FACETS else None


def _is_written(facet: str, name: str, index: Index) -> bool:
    """Whether a name in the library contains these words in a row."""
    if facet == "tag" and is_favourite(name):
        return True
    sought = f" {key(name)} "
    return any(sought in f" {written} " for written in index.facets.names(facet).keys)


def _without_names(text: str, today: date) -> Theme | LeftOver:
    """The theme in words that name no author, title or tag."""
    found = times.read(text, today)
    left = found.text if found.says else text
    filters = (Filter("tag", FAVOURITE),) if found.favourites or is_favourite(left) else ()
    if left.strip(" ,.!?") and not is_favourite(left):
        return LeftOver(left.strip())
    return Theme(filters, found.after, found.before)


def _of_names(parts: Iterable[Sequence[str]], index: Index, today: date) -> Theme:
    """The theme of several names. Each begins with its kind; words about time may follow the name."""
    theme = Theme()
    for word, *name in parts:
        kind = _kind(word)
        assert kind is not None
        if len(name) > 1 and name[-1].lower() == "and":
            del name[-1]
        typed = listing.unquoted(" ".join(name).rstrip(","))
        value, word_filter = without_time(THEME_FACETS[kind], typed, index, today)
        filters = (Filter(kind, value),) if value else ()
        theme = _joined(theme, Theme(filters, word_filter.after, word_filter.before))
    return theme


def _joined(first: Theme, other: Theme) -> Theme:
    """The theme of highlights that fit both themes."""
    return Theme(
        tuple(dict.fromkeys(first.filters + other.filters)),
        max(filter(None, (first.after, other.after)), default=None),
        min(filter(None, (first.before, other.before)), default=None),
    )


def without_time(facet: str, typed: str, index: Index, today: date) -> tuple[str, WordFilter]:
    """A typed name without the words about time after it, and these as a filter: "Seneca" for "Seneca since May". Words that are
    part of a name stay. The name is "" if only a time was typed, as in "from last week"."""
    found = times.read(typed, today)
    rest = " ".join(typed.replace(found.words, " ").split()) if found.words else typed
    if rest == typed and facet == "title":  # "from May", "from 2024"
        found = times.read(f"in {typed}", today)
        rest = "" if found.words == f"in {typed}" else typed
    elif not rest and facet != "title":
        rest = typed
    if rest == typed or _is_written(facet, typed, index):
        return typed, WordFilter()
    return rest, WordFilter(found.after, found.before)


def unmatched(theme: Theme, index: Index) -> Unmatched | None:
    """The first name in a theme that nothing in the library has; None if all are there."""
    for filter_ in theme.filters:
        facet = THEME_FACETS.get(filter_.kind)
        if facet is not None and not index.facets.passages(facet, filter_.value).any():
            near = listing.complete(facet, filter_.value, index, MAX_SUGGESTIONS)
            return Unmatched(facet, filter_.value, tuple(near))
    return None


def guessed(name: str, index: Index) -> Filter | None:
    """The author, title or tag that a bare name means; None if nothing has that name."""
    if is_favourite(name):
        return Filter("tag", FAVOURITE)
    kinds: tuple[FilterKind, ...] = ("by", "from", "tag")
    for kind in kinds:
        if _is_written(FILTER_FACETS[kind], name, index):
            return Filter(kind, name)
    return next((Filter(kind, name) for kind in kinds if index.facets.find(FILTER_FACETS[kind], name)), None)


def fitting(theme: Theme, index: Index, today: date) -> Mask:
    """The passages that fit a theme. Shape (passages,)."""
    masks = [np.ones(len(index), np.bool_)]
    for filter_ in theme.filters:
        if filter_.kind in THEME_FACETS:
            masks.append(index.facets.passages(THEME_FACETS[filter_.kind], filter_.value))
        elif filter_.kind == "added":
            masks.append(_looked_back(filter_.value, index, today))
        elif filter_.kind == "time":
            masks.append(added(index, *days_of(filter_, today)))
    masks.append(added(index, theme.after, theme.before))
    if theme.never:
        masks.append(~of_categories_or_titles(theme.never, index))
    fitting: Mask = np.logical_and.reduce(masks)
    return fitting


def time_filter(words: str, today: date) -> Filter | None:
    """The filter for words about time; None if there are other words. "Since May" is stored as days, since these stay the same;
    "last month" is stored as words, since it will mean another month."""
    said = times.read(words, today)
    if (said.after is None and said.before is None) or said.text.strip():
        return None
    if said.fixed:
        return Filter("time", f"{said.after or ''}..{said.before or ''}")
    return Filter("time", said.words)


def days_of(filter_: Filter, today: date) -> tuple[date | None, date | None]:
    """The days of a filter of the kind "time": from the first one on, and before the second; None for no limit."""
    first, dots, last = filter_.value.partition("..")
    if dots:
        return (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)
    reading = times.read(filter_.value, today)
    return reading.after, reading.before


def added(index: Index, after: date | None, before: date | None) -> Mask:
    """The passages added from `after` on and before `before`; undated ones only if there is no limit. Shape (passages,)."""
    first, last = index.facets.days()
    mask = np.ones(len(index), np.bool_)
    if after is not None:
        mask &= first >= after.toordinal()
    if before is not None:
        mask &= (last < before.toordinal()) & (last > 0)
    return mask


def of_categories_or_titles(names: tuple[str, ...], index: Index) -> Mask:
    """The passages of sources with one of these categories or titles. Shape (passages,)."""
    wanted = np.zeros(len(index.sources), np.bool_)
    for name in names:
        category = _singular(key(name))
        by_category = [_singular(key(source.category or "")) == category for source in index.sources]
        wanted |= np.array(by_category, np.bool_) if any(by_category) else _titled(name, index)
    return wanted[index.source_of] if len(index) else np.zeros(0, np.bool_)


def is_known(name: str, index: Index) -> bool:
    """Whether some source has this category or title."""
    return bool(of_categories_or_titles((name,), index).any())


def _titled(name: str, index: Index) -> Mask:
    wanted = np.zeros(len(index.sources), np.bool_)
    for number in index.facets.find("title", name):
        wanted[index.facets.names("title").members[number]] = True
    return wanted


def _singular(word: str) -> str:
    """ "tweet" for "tweets": people type categories in either form."""
    return word.removesuffix("s")


def _looked_back(what: str, index: Index, today: date) -> Mask:
    """The highlights of the last seven days (`what` is "week"), or of this day a year ago; if that day has none, of the days around
    it."""
    if what == "week":
        return added(index, today - timedelta(days=LOOK_BACK_DAYS - 1), today + timedelta(days=1))
    day = times.moments.back("year", 1, today)
    mask = added(index, day, day + timedelta(days=1))
    if mask.any():
        return mask
    return added(index, day - timedelta(days=ANNIVERSARY_DAYS), day + timedelta(days=ANNIVERSARY_DAYS + 1))
