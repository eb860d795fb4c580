"""Names and their numbers, packed: hundreds of thousands of words take a sixth of what a dictionary of strings takes.

The names stand one after the other as UTF-8, each ended by a line feed, which no name contains. A name is found by its CRC-32:
`hashes` has those of all names in ascending order, `order` the number of the name that each belongs to. These arrays may lie in
memory or be mapped from a file.
"""

import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from threading import Lock

import numpy as np

from bot.search.arrays import Bytes, Ints, Longs, Mask, Unsigned
from bot.search.fuzzy import FuzzyWords
from bot.search.streams import concatenated_ranges

MIN_RECENT = 8_192
"""New names are kept in a dictionary until there are at least this many and they are an eighth of all names;
then they are packed."""

MAX_REMEMBERED = 1_024
"""Terms whose numbers are remembered."""

NAMES_PER_STEP = 4_096
"""Names that are unpacked at once. Other threads run between such steps."""


@dataclass(frozen=True, slots=True)
class PackedNames:
    """Names that no longer change."""

    text: Bytes
    """Every name in UTF-8, each followed by a line feed."""
    offsets: Longs
    """Where each name begins, and where the last one ends. Shape (names + 1,)."""
    hashes: Unsigned
    """CRC-32 of the names, ascending. Shape (names,)."""
    order: Ints
    """The number of the name that each hash belongs to. Shape (names,)."""

    @classmethod
    def empty(cls) -> "PackedNames":
        return cls(
            np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.int32)
        )

    def with_more(self, names: Mapping[str, int]) -> "PackedNames":
        """These names and others after them, in the order of `names`."""
        added = [_encoded(name) + b"\n" for name in names]
        text = np.concatenate((self.text, np.frombuffer(b"".join(added), np.uint8)))
        lengths = np.fromiter(map(len, added), np.int64, len(added))
        offsets = np.concatenate((self.offsets, self.offsets[-1] + np.cumsum(lengths)))
        fresh = np.fromiter((zlib.crc32(one[:-1]) for one in added), np.uint32, len(added))
        first = np.int32(len(self.order))
        hashes = np.concatenate((self.hashes, fresh))
        order = np.concatenate((self.order, np.arange(first, first + len(added), dtype=np.int32)))
        places = np.argsort(hashes, kind="stable")
        return PackedNames(text, offsets, hashes[places], order[places])

    def only(self, keep: Mask) -> "PackedNames":
        """The names for which `keep` is true, in order. Shape of `keep`: (names,)."""
        if keep.all():
            return self
        counts = np.diff(self.offsets)[keep]
        text = self.text[concatenated_ranges(self.offsets[:-1][keep], counts)]
        numbers = (np.cumsum(keep) - 1).astype(np.int32)
        kept = keep[self.order]
        offsets = np.append(np.int64(0), np.cumsum(counts))
        return PackedNames(text, offsets, self.hashes[kept], numbers[self.order[kept]])


class Lexicon:
    """Numbers names in the order in which they are added. Names are added by one thread at a time; any may look them up."""

    def __init__(self, packed: PackedNames | None = None) -> None:
        self._recent: dict[str, int] = {}
        self._written, self._looked_at, self._lock = FuzzyWords(), 0, Lock()
        self._set(packed or PackedNames.empty())

    def written_words(self) -> FuzzyWords:
        """The words as written that consist of letters alone. Packed names are looked at only once."""
        with self._lock:
            end = len(self._packed[0].order)
            for begin in range(self._looked_at, end, 8 * NAMES_PER_STEP):
                names = self.names(begin, min(begin + 8 * NAMES_PER_STEP, end))
                self._written.add(name[1:] for name in names if name[:1] == "=" and name[1:].isalpha())
            self._looked_at = end
        return self._written

    def _set(self, packed: PackedNames) -> None:
        views = (packed.hashes.data, packed.order.data, packed.offsets.data, packed.text.data)
        self._packed = packed, views

    def __len__(self) -> int:
        return len(self._packed[0].order) + len(self._recent)

    def get(self, name: str) -> int | None:
        """The number of a name; None if it has none."""
        recent = self._recent.get(name)
        if recent is not None:
            return recent
        hashes, order, offsets, text = self._packed[1]
        encoded = _encoded(name)
        sought = zlib.crc32(encoded)
        place, size = bisect_left(hashes, sought), len(hashes)
        while place < size and hashes[place] == sought:
            number: int = order[place]
            if text[offsets[number] : offsets[number + 1] - 1] == encoded:
                return number
            place += 1
        return None

    def number(self, name: str) -> int:
        """The number of a name, which is added if it is new."""
        found = self.get(name)
        if found is None:
            found = self._recent[name] = len(self)
            if len(self._recent) >= max(MIN_RECENT, len(self) // 8):
                self._pack()
        return found

    def __getitem__(self, number: int) -> str:
        packed = self._packed[0]
        if number >= len(packed.order):
            return self.names(number, number + 1)[0]
        _, _, offsets, text = self._packed[1]
        return bytes(text[offsets[number] : offsets[number + 1] - 1]).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        for begin in range(0, len(self), NAMES_PER_STEP):
            yield from self.names(begin, begin + NAMES_PER_STEP)

    def names(self, begin: int, end: int | None = None) -> list[str]:
        """The names with the numbers from `begin` to `end` (without it: to the last)."""
        packed = self._packed[0]
        if end is None or end > len(packed.order):
            packed = self.packed()
        last = len(packed.order) if end is None else min(end, len(packed.order))
        if begin >= last:
            return []
        text = packed.text[packed.offsets[begin] : packed.offsets[last] - 1]
        return text.tobytes().decode("utf-8", "surrogatepass").split("\n")

    def of(self, numbers: Ints) -> list[str]:
        """The names with these numbers, which ascend."""
        found: list[str] = []
        for at in range(0, len(numbers), NAMES_PER_STEP):
            part = numbers[at : at + NAMES_PER_STEP]
            first, last = int(part[0]), int(part[-1])
            if last - first > 8 * len(part):
                found += [self[number] for number in part.tolist()]
            else:
                names = self.names(first, last + 1)
                found += [names[number - first] for number in part.tolist()]
        return found

    def packed(self) -> PackedNames:
        """All names, packed. Only the thread that adds names may call this; any thread may read names that are packed already."""
        if self._recent:
            self._pack()
        return self._packed[0]

    def _pack(self) -> None:
        self._set(self._packed[0].with_more(self._recent))
        self._recent = {}


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _term(lexicon: Lexicon, numbers: Ints | None, size: int, name: str) -> int | None:
    """See `TermNames.get`. A name that is added for a later index is no term of this one."""
    number = lexicon.get(name)
    if number is None or numbers is None:
        return number if number is None or number < size else None
    if number >= len(numbers):
        return None
    term: int = numbers.item(number)
    return term if term >= 0 else None


class TermNames:
    """The terms of an index by their names, numbered in the order of the lexicon, without the names that no passage has."""

    get: Callable[[str], int | None]
    """The number of the term with this name; None if there is none. What was asked last is remembered: each word of a question is
    looked up several times."""

    def __init__(self, lexicon: Lexicon, used: Mask | None = None) -> None:
        """`used`: whether each name in the lexicon is a term; None if all are. Shape (names,)."""
        self._lexicon = lexicon
        self._numbers: Ints | None = None
        self._places: Ints | None = None
        self._size = len(lexicon)
        if used is not None and not (used.all() and len(used) == len(lexicon)):
            self._numbers = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
            self._places = np.flatnonzero(used).astype(np.int32)
            self._size = len(self._places)
        self.get = lru_cache(MAX_REMEMBERED)(partial(_term, lexicon, self._numbers, self._size))

    def __len__(self) -> int:
        return self._size

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __getitem__(self, name: str) -> int:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def name(self, term: int) -> str:
        """The name of the term with this number."""
        return self._lexicon[term if self._places is None else int(self._places[term])]

    def __iter__(self) -> Iterator[str]:
        """All names, in the order of their numbers."""
        for begin in range(0, self._size, NAMES_PER_STEP):
            end = min(begin + NAMES_PER_STEP, self._size)
            if self._places is None:
                yield from self._lexicon.names(begin, end)
            else:
                yield from self._lexicon.of(self._places[begin:end])

    def items(self) -> Iterator[tuple[str, int]]:
        return ((name, number) for number, name in enumerate(self))

    def numbers_of(self, places: Ints) -> Ints:
        """The terms of these names in the lexicon; -1 if a name is no term of this index. Shape as `places`."""
        if self._numbers is None:
            return np.where((places >= 0) & (places < self._size), places, -1).astype(np.int32)
        known = (places >= 0) & (places < len(self._numbers))
        return np.where(known, self._numbers[np.where(known, places, 0)], -1).astype(np.int32)

    def places(self) -> Ints:
        """The number in the lexicon of each term. Shape (terms,)."""
        return np.arange(self._size, dtype=np.int32) if self._places is None else self._places

    def within_edits(self, word: str, max_edits: int) -> list[tuple[str, int]]:
        """The words as written that are nearly this one; see `FuzzyWords.within_edits`."""
        near = self._lexicon.written_words().within_edits(word, max_edits)
        return [(one, edits) for one, edits in near if f"={one}" in self]

    @property
    def lexicon(self) -> Lexicon:
        """The names, and others that are no terms."""
        return self._lexicon

    def packed(self) -> PackedNames:
        """The names alone, in the order of their numbers."""
        packed = self._lexicon.packed()
        keep = np.zeros(len(packed.order), np.bool_)
        keep[slice(self._size) if self._places is None else self._places] = True
        return packed.only(keep)
