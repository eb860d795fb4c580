"""Names of authors, titles, tags and colors: how they are compared, found while someone types, and found even if misspelt."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bot.search.arrays import Longs
from bot.search.fuzzy import FuzzyWords
from bot.text.analysis import fold, rows_of_unspaced, tokens, words
from corpus.model import Source

MIN_NAME_RATIO = 80
"""Similarity (rapidfuzz, 0 to 100) that a name needs to be what a mistyped name meant."""

MAX_RATIO_GAP = 5
"""Names that are at most this much less similar than the best one match too."""

MIN_FUZZY_LENGTH = 4
"""Characters that a typed name needs before it is compared by spelling."""

MAX_FUZZY_LENGTH = 100
"""Longer names are not compared by their spelling."""


SOURCE_KINDS = ("author", "title")
"""Kinds of names that belong to sources."""


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
    def of(cls, pairs: Iterable[tuple[str, int]], keys: Mapping[str, str] | None = None) -> "Names":
        """Groups (name, member) pairs; members must ascend. Names that differ only in case or accents are one.

        `keys` are the keys of names, as far as they are known.
        """
        written: dict[str, str] = {}
        members: dict[str, list[int]] = {}
        known = dict(keys or {})
        for name, member in pairs:
            compared = known.get(name)
            if compared is None:
                compared = known[name] = key(name)
            if compared:
                written.setdefault(compared, name)
                numbers = members.setdefault(compared, [])
                if member not in numbers[-1:]:
                    numbers.append(member)
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
        matching = [number for number, name in enumerate(self.keys) if padded in f" {name} "]
        matching = matching or [
            number for number, name in enumerate(self.keys) if set(parts) <= set(name.split())
        ]
        matching = matching or [
            number
            for number, name in enumerate(self.keys)
            if len(sought) > 2 and all(f" {part}" in f" {name}" for part in parts)
        ]
        return matching or self.similar(sought)

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
        """Names that complete what is typed so far: those that begin with it, then those with a word that does, then similar
        ones."""
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
    """A scorer for rapidfuzz: compares each word of `left` with its most similar word of `right` and returns the lowest ratio."""
    from rapidfuzz import fuzz

    cutoff, words, worst = score_cutoff or 0.0, right.split(), 100.0
    for word in left.split():
        worst = min(worst, max((fuzz.ratio(word, other) for other in words), default=0.0))
        if worst < cutoff:
            return 0.0
    return worst


class NameWords:
    """The words of names, which can be found even if misspelt."""

    def __init__(self, names: Names) -> None:
        self.names_with: dict[str, list[int]] = {}
        """For each word, the numbers of the names that contain it."""
        for number, name in enumerate(names.keys):
            for word in dict.fromkeys(name.split()):
                self.names_with.setdefault(word, []).append(number)

    @cached_property
    def fuzzy_words(self) -> FuzzyWords:
        """The words that are long enough to be compared by their spelling."""
        return FuzzyWords(word for word in self.names_with if len(word) >= MIN_FUZZY_LENGTH)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.names_with)

    def prepare(self) -> None:
        """Computes what only a question with a misspelt or shortened name needs."""
        _ = self.fuzzy_words, self._sorted

    def starting_with(self, start: str) -> list[str]:
        """The words that begin with `start`."""
        first = bisect_left(self._sorted, start)
        return self._sorted[first : bisect_left(self._sorted, start + "\U0010ffff", first)]


class SourceNames:
    """The names of a library's authors and titles. Their members are numbers of sources. Other sources need a new object."""

    def __init__(self, sources: Sequence[Source], keys: Mapping[str, str] | None = None) -> None:
        """`keys` are those of the stored index, which take a tenth of the time to read that they take to compute."""
        self._sources = sources
        self._keys = keys
        self._names: dict[str, Names] = {}
        self._by_word: dict[str, NameWords] = {}
        self._unspaced: dict[str, dict[str, list[int]]] = {}

    def __len__(self) -> int:
        """The number of sources."""
        return len(self._sources)

    def prepare(self) -> None:
        """Computes in advance what is needed to recognise names in a question."""
        for kind in SOURCE_KINDS:
            self.words(kind).prepare()
            self.unspaced(kind)

    def names(self, kind: str) -> Names:
        """The names of a kind: "author" or "title"."""
        if kind not in self._names:
            if kind == "author":
                pairs = [
                    (name, number) for number, source in enumerate(self._sources) for name in source.authors
                ]
            else:
                pairs = [(source.title, number) for number, source in enumerate(self._sources)]
            self._names[kind] = Names.of(pairs, self._keys)
            if len(self._names) == len(SOURCE_KINDS):
                self._keys = None
        return self._names[kind]

    def keys(self) -> dict[str, str]:
        """The key of each name, to be stored with the index."""
        names = dict.fromkeys(name for source in self._sources for name in (source.title, *source.authors))
        return {name: key(name) for name in names}

    def words(self, kind: str) -> NameWords:
        """The words of the names of a kind."""
        if kind not in self._by_word:
            self._by_word[kind] = NameWords(self.names(kind))
        return self._by_word[kind]

    def unspaced(self, kind: str) -> dict[str, list[int]]:
        """For the names of a kind: each part in a script without blanks, folded, with the numbers of the names that contain it."""
        if kind not in self._unspaced:
            numbers_of: dict[str, list[int]] = {}
            for number, name in enumerate(self.names(kind).names):
                for row in () if name.isascii() else rows_of_unspaced(tokens(name)):
                    numbers_of.setdefault("".join(fold(token.word) for token in row), []).append(number)
            self._unspaced[kind] = numbers_of
        return self._unspaced[kind]
