"""Authors, titles, tags, colors and dates of a library, for filters, lists and completion.

Each is computed when it is first needed: a plain question needs none of them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.search.arrays import Ints, Longs, Mask
from bot.search.favourites import FAVOURITE, is_favourite
from bot.search.fuzzy import FuzzyWords
from bot.search.query import Query
from bot.text.analysis import fold, rows_of_unspaced, tokens, words
from corpus.model import Library, Source
from corpus.passages import Head, heads

MIN_NAME_RATIO = 80
"""Similarity (rapidfuzz, 0 to 100) that a name needs to be taken for a mistyped one."""

MAX_RATIO_GAP = 5
"""Names this much less similar than the best one are taken too."""

MIN_FUZZY_LENGTH = 4
"""Characters that a typed name needs to be compared by similarity."""
PASSAGE_KINDS = ("tag", "color")
"""Kinds of names that belong to single passages, not to sources."""

MAX_FUZZY_LENGTH = 100
"""Longer names are not compared by their spelling."""


def key(name: str) -> str:
    """The form in which names are compared: folded words with single blanks."""
    return " ".join(fold(word) for word in words(name))


@dataclass(frozen=True, slots=True)
class Names:
    """The distinct names of one kind, and the passages or sources of each."""

    names: tuple[str, ...]
    """As first written, the name with the most members first."""
    keys: tuple[str, ...]
    """The same names in the form in which they are compared; see `key`."""
    members: tuple[Longs, ...]
    """Numbers of the passages or sources of each name, ascending."""

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, int]]) -> "Names":
        """Groups (name, member) pairs; members must ascend. Names that differ only in case or accents are one."""
        written: dict[str, str] = {}
        members: dict[str, list[int]] = {}
        known: dict[str, str] = {}
        for name, member in pairs:
            compared = known.get(name)
            if compared is None:
                compared = known[name] = key(name)
            if compared:
                written.setdefault(compared, name)
                held = members.setdefault(compared, [])
                if member not in held[-1:]:
                    held.append(member)
        order = sorted(members, key=lambda compared: -len(members[compared]))
        arrays = tuple(np.array(members[compared], np.int64) for compared in order)
        return cls(tuple(written[compared] for compared in order), tuple(order), arrays)

    def find(self, value: str, prefer_exact: bool = False) -> list[int]:
        """Numbers of the names that `value` may mean: those with the closest kind of match that any name has.

        Kinds, closest first: the same name (only with `prefer_exact`); the words of `value` in a row; all its words; words
        that begin like its words; similar spelling.
        """
        sought = key(value)
        if not sought:
            return []
        if prefer_exact and sought in self.keys:
            return [self.keys.index(sought)]
        padded = f" {sought} "
        parts = sought.split()
        held = [number for number, name in enumerate(self.keys) if padded in f" {name} "]
        held = held or [number for number, name in enumerate(self.keys) if set(parts) <= set(name.split())]
        held = held or [
            number
            for number, name in enumerate(self.keys)
            if len(sought) > 2 and all(f" {part}" in f" {name}" for part in parts)
        ]
        return held or self.similar(sought)

    def similar(self, sought: str, limit: int = 3) -> list[int]:
        """Numbers of the names that are spelled nearly like `sought` (a `key`), the most similar first."""
        from rapidfuzz import fuzz, process

        if not MIN_FUZZY_LENGTH <= len(sought) <= MAX_FUZZY_LENGTH:
            return []
        found = process.extract(
            sought, self.keys, scorer=fuzz.token_set_ratio, limit=limit, score_cutoff=MIN_NAME_RATIO
        ) or process.extract(
            sought, self.keys, scorer=_word_by_word, limit=limit, score_cutoff=MIN_NAME_RATIO
        )
        top = found[0][1] if found else 0.0
        return [number for _, score, number in found if score >= top - MAX_RATIO_GAP]

    def complete(self, typed: str, limit: int) -> list[str]:
        """Names for what is typed so far: names that begin with it, then names with a word that does, then similar ones."""
        sought = key(typed)
        if not sought:
            return list(self.names[:limit])
        starting = [number for number, name in enumerate(self.keys) if name.startswith(sought)]
        inside = [
            number
            for number, name in enumerate(self.keys)
            if f" {sought}" in name and not name.startswith(sought)
        ]
        found = [*starting, *inside]
        if len(found) < limit:
            found += [number for number in self.similar(sought, limit) if number not in set(found)]
        return [self.names[number] for number in found[:limit]]


def _word_by_word(left: str, right: str, *, score_cutoff: float | None = None, **_: object) -> float:
    """A scorer for rapidfuzz: each word of `left` against its most similar word of `right`; the lowest of these ratios."""
    from rapidfuzz import fuzz

    cutoff, words, worst = score_cutoff or 0.0, right.split(), 100.0
    for one in left.split():
        worst = min(worst, max((fuzz.ratio(one, other) for other in words), default=0.0))
        if worst < cutoff:
            return 0.0
    return worst


class NameWords:
    """The words that names consist of. They are found even if misspelt."""

    def __init__(self, names: Names) -> None:
        self.names_with: dict[str, list[int]] = {}
        """For each word, the numbers of the names that contain it."""
        for number, name in enumerate(names.keys):
            for word in dict.fromkeys(name.split()):
                self.names_with.setdefault(word, []).append(number)
        self.fuzzy_words = FuzzyWords(word for word in self.names_with if len(word) >= MIN_FUZZY_LENGTH)
        self._sorted = sorted(self.names_with)

    def starting_with(self, start: str) -> list[str]:
        """The words that begin with `start`."""
        first = bisect_left(self._sorted, start)
        return self._sorted[first : bisect_left(self._sorted, start + "\U0010ffff", first)]


class Facets:
    """Names and dates of the passages of a library, each computed when first needed."""

    def __init__(self, library: Library, sources: Sequence[Source], source_of: Ints) -> None:
        self._highlights = library.highlights
        self._sources = sources
        self._source_of = source_of
        self._names: dict[str, Names] = {}
        self._by_word: dict[str, NameWords] = {}
        self._unspaced: dict[str, dict[str, list[int]]] = {}
        self._days: tuple[Longs, Longs] | None = None
        self._newest: Longs | None = None

    def names(self, kind: str) -> Names:
        """The names of a kind: "author", "title", "tag" or "color". Members are passages for tags and colors, otherwise
        sources."""
        if kind not in self._names:
            self._names[kind] = Names.of(self._pairs(kind))
        return self._names[kind]

    def prepare(self) -> None:
        """Computes now what recognising names in a question needs."""
        for kind in ("author", "title"):
            self.words(kind)
            self.unspaced(kind)

    def words(self, kind: str) -> NameWords:
        """The words of the names of a kind."""
        if kind not in self._by_word:
            self._by_word[kind] = NameWords(self.names(kind))
        return self._by_word[kind]

    def unspaced(self, kind: str) -> dict[str, list[int]]:
        """For the names of a kind: each part in a script without blanks, folded, with the numbers of the names that contain it."""
        if kind not in self._unspaced:
            held: dict[str, list[int]] = {}
            for number, name in enumerate(self.names(kind).names):
                for row in () if name.isascii() else rows_of_unspaced(tokens(name)):
                    held.setdefault("".join(fold(token.word) for token in row), []).append(number)
            self._unspaced[kind] = held
        return self._unspaced[kind]

    def _pairs(self, kind: str) -> Iterable[tuple[str, int]]:
        if kind == "author":
            return ((name, number) for number, one in enumerate(self._sources) for name in one.authors)
        if kind == "title":
            return ((source.title, number) for number, source in enumerate(self._sources))
        if kind == "color":
            return (
                (one.color, number) for number, (one, _) in enumerate(heads(self._highlights)) if one.color
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
        """The same for lists: there, a name of any kind that is typed exactly means that one alone."""
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
    """The tags of a highlight and of its source; a favourite that has no tag for it gets one."""
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
