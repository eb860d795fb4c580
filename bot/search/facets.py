"""Authors, titles, tags and dates of a library: what filters, listings and completion go by.

Made when first asked for: a plain question needs none of it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.search.arrays import Ints, Longs, Mask
from bot.search.fuzzy import Spelled
from bot.search.query import Query
from bot.text.analysis import fold, rows_of_unspaced, tokens, words
from corpus.model import Highlight, Library, Source

CLOSE = 80
"""Of 100: names at least this alike (rapidfuzz's ratios) may be meant by a mistyped one."""


def key(name: str) -> str:
    """A name as it is compared: folded words with single blanks."""
    return " ".join(fold(word) for word in words(name))


@dataclass(frozen=True, slots=True)
class Names:
    """The distinct names of one kind, and the highlights or sources that each belongs to."""

    names: tuple[str, ...]
    """As first written, those with the most members first."""
    keys: tuple[str, ...]
    """The same, as compared."""
    members: tuple[Longs, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, int]]) -> "Names":
        """Groups (name, member) pairs, members ascending; names that differ only in case or accents are one."""
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

    def meant(self, value: str, whole: bool = False) -> list[int]:
        """Numbers of the names that `value` may mean: the closest kind of match that any name has.

        The same name (only where `whole`); all words of the value; their beginnings; alike by letters.
        """
        sought = key(value)
        if not sought:
            return []
        if whole and sought in self.keys:
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
        return held or self.alike(sought)

    def alike(self, sought: str, most: int = 3) -> list[int]:
        """Numbers of the names written nearly like `sought`, the nearest first."""
        from rapidfuzz import fuzz, process

        if len(sought) < 4:
            return []
        found = process.extract(
            sought, self.keys, scorer=fuzz.token_set_ratio, limit=most, score_cutoff=CLOSE
        ) or process.extract(sought, self.keys, scorer=_best_part, limit=most, score_cutoff=CLOSE)
        top = found[0][1] if found else 0.0
        return [number for _, score, number in found if score >= top - 5]

    def complete(self, typed: str, most: int) -> list[str]:
        """Names for what is typed so far: beginnings, then beginnings of words, then near ones."""
        sought = key(typed)
        if not sought:
            return list(self.names[:most])
        starting = [number for number, name in enumerate(self.keys) if name.startswith(sought)]
        inside = [
            number
            for number, name in enumerate(self.keys)
            if f" {sought}" in name and not name.startswith(sought)
        ]
        found = [*starting, *inside]
        if len(found) < most:
            found += [number for number in self.alike(sought, most) if number not in set(found)]
        return [self.names[number] for number in found[:most]]


def _best_part(left: str, right: str, *, score_cutoff: float | None = None, **_: object) -> float:
    """The lowest, over the words of `left`, of the likeness to the nearest word of `right`."""
    from rapidfuzz import fuzz

    scores = (max((fuzz.ratio(one, other) for other in right.split()), default=0.0) for one in left.split())
    worst = min(scores, default=0.0)
    return worst if worst >= (score_cutoff or 0) else 0.0


class NameWords:
    """The words that names are made of, also found where they are misspelt."""

    def __init__(self, names: Names) -> None:
        self.held: dict[str, list[int]] = {}
        """For each word the numbers of the names that hold it."""
        for number, name in enumerate(names.keys):
            for word in dict.fromkeys(name.split()):
                self.held.setdefault(word, []).append(number)
        self.spelled = Spelled(word for word in self.held if len(word) > 3)
        self._sorted = sorted(self.held)

    def beginning(self, start: str) -> list[str]:
        """The words that begin so."""
        first = bisect_left(self._sorted, start)
        return self._sorted[first : bisect_left(self._sorted, start + "\U0010ffff", first)]


class Facets:
    """Names and dates of the passages of a library, each made when first needed."""

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
        """Of "author" and "title" the members are numbers of sources, of "tag" those of passages."""
        if kind not in self._names:
            self._names[kind] = Names.of(self._pairs(kind))
        return self._names[kind]

    def prepare(self) -> None:
        """Makes what names are recognised by in a question."""
        for kind in ("author", "title"):
            self.words(kind)
            self.unspaced(kind)

    def words(self, kind: str) -> "NameWords":
        """The words of the names of a kind."""
        if kind not in self._by_word:
            self._by_word[kind] = NameWords(self.names(kind))
        return self._by_word[kind]

    def unspaced(self, kind: str) -> dict[str, list[int]]:
        """The parts of the names of a kind that are in scripts without blanks, folded, and the numbers of those names."""
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
        return (
            (tag.lstrip("#"), number)
            for number, highlight in enumerate(self._highlights)
            for tag in (*highlight.tags, *highlight.source.tags)
        )

    def passages(self, kind: str, value: str) -> Mask:
        """The passages whose author, title or tag `value` means. Shape (passages,)."""
        names = self.names(kind)
        members = [names.members[number] for number in names.meant(value, whole=kind == "tag")]
        chosen = np.concatenate(members) if members else np.zeros(0, np.int64)
        mask = np.zeros(len(self._highlights), np.bool_)
        if kind == "tag":
            mask[chosen] = True
            return mask
        wanted = np.zeros(len(self._sources), np.bool_)
        wanted[chosen] = True
        return wanted[self._source_of] if len(self._source_of) else mask

    def newest_first(self) -> Longs:
        """All passages, the latest first, the undated last; those of a day as in the library."""
        if self._newest is None:
            dates = np.array([when(highlight) for highlight in self._highlights], "U19")
            order = np.argsort(dates, kind="stable")[::-1]
            _, runs = np.unique(dates[order][::-1], return_inverse=True)
            self._newest = np.lexsort((order, -runs[::-1])) if len(order) else order
            self._newest = order[self._newest]
        return self._newest

    def days(self) -> tuple[Longs, Longs]:
        """The first and the last day that each passage may be of, as proleptic ordinals; 0 where undated."""
        if self._days is None:
            known: dict[str, tuple[int, int]] = {}
            for text in {when(highlight)[:10] for highlight in self._highlights}:
                known[text] = _span(text)
            spans = [known[when(highlight)[:10]] for highlight in self._highlights]
            table = np.array(spans, np.int64).reshape(-1, 2)
            self._days = table[:, 0], table[:, 1]
        return self._days

    def allowed(self, query: Query) -> Mask | None:
        """The passages that the question's filters leave; None where it has none. Shape (passages,)."""
        masks = [
            np.logical_or.reduce([self.passages(kind, value) for value in values])
            for kind, values in (("author", query.authors), ("title", query.titles))
            if values
        ]
        masks += [self.passages("tag", value) for value in query.tags]
        masks += [~self.passages(kind, value) for kind, value in query.excluded_filters]
        if query.before:
            masks.append((self.days()[1] < query.before.toordinal()) & (self.days()[1] > 0))
        if query.after:
            masks.append(self.days()[0] > query.after.toordinal())
        return np.logical_and.reduce(masks) if masks else None


def when(highlight: Highlight) -> str:
    """When it was highlighted, else the source's date, else nothing; ISO 8601 or a prefix."""
    return highlight.added or highlight.source.date or ""


def _span(text: str) -> tuple[int, int]:
    """First and last ordinal day of an ISO date or its prefix; (0, 0) where it is none."""
    try:
        year, month, day = (*(int(part) for part in text.split("-")), 0, 0)[:3]
        first = date(year, month or 1, day or 1)
        if day:
            return first.toordinal(), first.toordinal()
        after = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
        return first.toordinal(), after.toordinal() - 1
    except ValueError:
        return 0, 0
