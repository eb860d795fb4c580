"""What a person restricts highlights to in a command: "tag favorite", "by Seneca since May", "favourites", "last month".

theme = read("by Seneca since May", index, date(2026, 11, 29))     # a Theme, or the words that were not understood
fitting(theme, index, date(2026, 11, 29))                          # which passages fit
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.answering import listing
from bot.model import WordFilter
from bot.schedule.plan import FILTER_FACETS, Filter, FilterKind, Theme
from bot.search.arrays import Mask
from bot.search.facets import key
from bot.search.favourites import FAVOURITE, is_favourite
from bot.search.index import Index
from bot.understanding import times

LOOK_BACK_DAYS = 7
"""Days of "added this week"."""
ANNIVERSARY_DAYS = 3
"""How far from the day itself "a year ago today" may lie where that day has nothing."""
MAX_SUGGESTIONS = 3


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
    """The theme in the words of a command."""
    kind, _, value = text.strip().partition(" ")
    named = kind.lower().rstrip(":")
    if named in FILTER_FACETS and value.strip():
        name, said = without_time(FILTER_FACETS[named], listing.unquoted(value), index, today)
        return Theme((Filter(named, name),), said.after, said.before)
    found = times.read(text, today)
    left = found.text if found.says else text
    filters = (Filter("tag", FAVOURITE),) if found.favourites or is_favourite(left) else ()
    if left.strip(" ,.!?") and not is_favourite(left):
        return LeftOver(left.strip())
    return Theme(filters, found.after, found.before)


def without_time(facet: str, typed: str, index: Index, today: date) -> tuple[str, WordFilter]:
    """A typed name without words about time behind it, unless they are part of a name: "Seneca", of "Seneca since May"."""
    found = times.read(typed, today)
    rest = " ".join(typed.replace(found.words, " ").split()) if found.words else typed
    sought = f" {key(typed)} "
    if (
        rest == typed
        or not key(rest)
        or any(sought in f" {name} " for name in index.facets.names(facet).keys)
    ):
        return typed, WordFilter()
    return rest, WordFilter(found.after, found.before)


def unmatched(theme: Theme, index: Index) -> Unmatched | None:
    """The first name in a theme that nothing in the library has; None if all are there."""
    for one in theme.filters:
        facet = FILTER_FACETS.get(one.kind)
        if facet is not None and not index.facets.passages(facet, one.value).any():
            near = listing.complete(facet, one.value, index, MAX_SUGGESTIONS)
            return Unmatched(facet, one.value, tuple(near))
    return None


def guessed(name: str, index: Index) -> Filter | None:
    """The author, title or tag that a bare name means; None if nothing is named so."""
    if is_favourite(name):
        return Filter("tag", FAVOURITE)
    kinds: tuple[FilterKind, ...] = ("by", "from", "tag")
    for kind in kinds:
        if f" {key(name)} " in "".join(f" {one} " for one in index.facets.names(FILTER_FACETS[kind]).keys):
            return Filter(kind, name)
    return next((Filter(kind, name) for kind in kinds if index.facets.find(FILTER_FACETS[kind], name)), None)


def fitting(theme: Theme, index: Index, today: date) -> Mask:
    """The passages that fit a theme. Shape (passages,)."""
    masks = [np.ones(len(index), np.bool_)]
    for one in theme.filters:
        if one.kind in FILTER_FACETS:
            masks.append(index.facets.passages(FILTER_FACETS[one.kind], one.value))
        elif one.kind == "added":
            masks.append(_looked_back(one.value, index, today))
    masks.append(added(index, theme.after, theme.before))
    if theme.never:
        masks.append(~among(theme.never, index))
    fitting: Mask = np.logical_and.reduce(masks)
    return fitting


def added(index: Index, after: date | None, before: date | None) -> Mask:
    """The passages of these days; undated ones only without limits. Shape (passages,)."""
    first, last = index.facets.days()
    mask = np.ones(len(index), np.bool_)
    if after is not None:
        mask &= first >= after.toordinal()
    if before is not None:
        mask &= (last < before.toordinal()) & (last > 0)
    return mask


def among(names: tuple[str, ...], index: Index) -> Mask:
    """The passages of sources with one of these categories or titles. Shape (passages,)."""
    wanted = np.zeros(len(index.sources), np.bool_)
    for name in names:
        category = _singular(key(name))
        by_category = [_singular(key(one.category or "")) == category for one in index.sources]
        wanted |= np.array(by_category, np.bool_) if any(by_category) else _titled(name, index)
    return wanted[index.source_of] if len(index) else np.zeros(0, np.bool_)


def is_known(name: str, index: Index) -> bool:
    """Whether some source has this category or title."""
    return bool(among((name,), index).any())


def _titled(name: str, index: Index) -> Mask:
    wanted = np.zeros(len(index.sources), np.bool_)
    for number in index.facets.find("title", name):
        wanted[index.facets.names("title").members[number]] = True
    return wanted


def _singular(word: str) -> str:
    """ "tweet" of "tweets": categories are typed in either way."""
    return word.removesuffix("s")


def _looked_back(what: str, index: Index, today: date) -> Mask:
    """The highlights of the last seven days, or of this day a year ago; where that has none, of the days around it."""
    if what == "week":
        return added(index, today - timedelta(days=LOOK_BACK_DAYS - 1), today + timedelta(days=1))
    day = times.moments.back("year", 1, today)
    mask = added(index, day, day + timedelta(days=1))
    if mask.any():
        return mask
    return added(index, day - timedelta(days=ANNIVERSARY_DAYS), day + timedelta(days=ANNIVERSARY_DAYS + 1))
