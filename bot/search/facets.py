"""Authors, titles, tags, colors and dates of a library, for filters, lists and completion.

Each is computed when it is first needed: a plain question needs none of them.
"""

from collections.abc import Iterable
from datetime import date

import numpy as np

from bot.search.arrays import Ints, Longs, Mask
from bot.search.favourites import FAVOURITE, is_favourite
from bot.search.names import Names, NameWords, SourceNames
from bot.search.query import Query
from corpus.model import Library, Source
from corpus.passages import Head, heads

PASSAGE_KINDS = ("tag", "color")
"""Kinds of names that belong to single passages, not to sources."""


class Facets:
    """Names and dates of the passages of a library, each computed when first needed."""

    def __init__(self, library: Library, sources: SourceNames, source_of: Ints) -> None:
        self._highlights = library.highlights
        self._sources = sources
        self._source_of = source_of
        self._names: dict[str, Names] = {}
        self._days: tuple[Longs, Longs] | None = None
        self._newest: Longs | None = None

    def names(self, kind: str) -> Names:
        """The names of a kind: "author", "title", "tag" or "color". Members are passages for tags and colors, otherwise
        sources."""
        if kind not in PASSAGE_KINDS:
            return self._sources.names(kind)
        if kind not in self._names:
            self._names[kind] = Names.of(self._pairs(kind))
        return self._names[kind]

    def prepare(self) -> None:
        """Computes in advance what is needed to recognise names in a question."""
        self._sources.prepare()

    def words(self, kind: str) -> NameWords:
        """The words of the names of authors or titles."""
        return self._sources.words(kind)

    def unspaced(self, kind: str) -> dict[str, list[int]]:
        """See `SourceNames.unspaced`."""
        return self._sources.unspaced(kind)

    def _pairs(self, kind: str) -> Iterable[tuple[str, int]]:
        if kind == "color":
            return (
                (head.color, number) for number, (head, _) in enumerate(heads(self._highlights)) if head.color
            )
        return (
            (tag, number)
            for number, (one, source) in enumerate(heads(self._highlights))
            for tag in _tags(one, source)
        )

    def find(self, kind: str, value: str) -> list[int]:
        """Numbers of the names of a kind that `value` may mean. If a tag has exactly this name, only that tag is meant.

        Every word for favourites means all of their tags.
        """
        names = self.names(kind)
        if kind == "tag" and is_favourite(value):
            return [number for number, name in enumerate(names.names) if is_favourite(name)]
        return names.find(value, prefer_exact=kind in PASSAGE_KINDS)

    def find_listed(self, kind: str, value: str) -> list[int]:
        """The same for lists. There, a name of any kind that is typed exactly means only that name."""
        if kind == "tag":
            return self.find(kind, value)
        return self.names(kind).find(value, prefer_exact=True)

    def passages(self, kind: str, value: str) -> Mask:
        """The passages whose author, title or tag (`kind`) may be meant by `value`. Shape (passages,)."""
        return self.passages_of(kind, self.find(kind, value))

    def passages_of(self, kind: str, numbers: Iterable[int]) -> Mask:
        """The passages with any of these names of a kind. Shape (passages,)."""
        members = [self.names(kind).members[number] for number in numbers]
        chosen = np.concatenate(members) if members else np.zeros(0, np.int64)
        mask = np.zeros(len(self._highlights), np.bool_)
        if kind in PASSAGE_KINDS:
            mask[chosen] = True
            return mask
        wanted = np.zeros(len(self._sources), np.bool_)
        wanted[chosen] = True
        return wanted[self._source_of] if len(self._source_of) else mask

    def newest_first(self) -> Longs:
        """Numbers of all passages, the latest first, undated ones last; equally old ones in the library's order."""
        if self._newest is None:
            dates = np.array([when(one, source) for one, source in heads(self._highlights)], "U19")
            _, ranks = np.unique(dates, return_inverse=True)
            self._newest = np.argsort(-ranks, kind="stable")
        return self._newest

    def days(self) -> tuple[Longs, Longs]:
        """The first and the last possible day of each passage, as `date.toordinal` counts; 0 if undated. Shape (passages,)."""
        if self._days is None:
            known: dict[str, tuple[int, int]] = {}
            days = [when(one, source)[:10] for one, source in heads(self._highlights)]
            for text in set(days):
                known[text] = _span(text)
            spans = [known[text] for text in days]
            table = np.array(spans, np.int64).reshape(-1, 2)
            self._days = table[:, 0], table[:, 1]
        return self._days

    def allowed(self, query: Query) -> Mask | None:
        """The passages that pass the query's filters; None without filters. Shape (passages,)."""
        masks = [
            np.logical_or.reduce([self.passages(kind, value) for value in values])
            for kind, values in (("author", query.authors), ("title", query.titles))
            if values
        ]
        masks += [self.passages("tag", value) for value in query.tags]
        if query.colors:
            masks.append(np.logical_or.reduce([self.passages("color", value) for value in query.colors]))
        masks += [~self.passages(kind, value) for kind, value in query.excluded_filters]
        if query.before:
            masks.append((self.days()[1] < query.before.toordinal()) & (self.days()[1] > 0))
        if query.after:
            masks.append(self.days()[0] >= query.after.toordinal())
        return np.logical_and.reduce(masks) if masks else None


def _tags(highlight: Head, source: Source) -> Iterable[str]:
    """The tags of a highlight and of its source. A favourite without a tag for it gets one."""
    own = [tag.lstrip("#") for tag in highlight.tags]
    marked = (FAVOURITE,) if highlight.favorite and not any(map(is_favourite, own)) else ()
    return (*own, *marked, *(tag.lstrip("#") for tag in source.tags))


def when(highlight: Head, source: Source) -> str:
    """When it was highlighted, else the date of its source, else ""; ISO 8601 or a prefix of it."""
    return highlight.added or source.date or ""


def _span(text: str) -> tuple[int, int]:
    """First and last ordinal day of an ISO date or a prefix of one; (0, 0) if it is none."""
    try:
        year, month, day = (*(int(part) for part in text.split("-")), 0, 0)[:3]
        first = date(year, month or 1, day or 1)
        if day:
            return first.toordinal(), first.toordinal()
        after = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
        return first.toordinal(), after.toordinal() - 1
    except ValueError:
        return 0, 0
