"""A library's texts as arrays of word numbers, so that a library of which little changed is not read again.

Every distinct word is analysed once; of a changed library only the words of the new highlights are.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.analysis import forms, raw_words
from bot.ranking import Ints, Longs, Mask, Ranking
from corpus.model import Highlight, Source

if TYPE_CHECKING:
    from bot.terms import Terms

OF_SOURCE = ("title", "authors")
"""Fields of which all highlights of a source share one text."""


STEP = 2_000
"""Names that are numbered at once, in about a millisecond."""


class Numbers(dict[str, int]):
    """Numbers names in the order in which they are first asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


def numbered(names: Sequence[str]) -> dict[str, int]:
    """The number of each name, made in steps between which other threads run."""
    made: dict[str, int] = {}
    for begin in range(0, len(names), STEP):
        made.update(zip(names[begin : begin + STEP], range(begin, len(names)), strict=False))
    return made


@dataclass(frozen=True, slots=True)
class Stream:
    """Texts laid end to end: text t has `items[ends[t]:ends[t + 1]]`."""

    items: Ints
    ends: Longs

    def owners(self) -> Ints:
        """The text of each item."""
        held = np.flatnonzero(self.ends[1:] > self.ends[:-1])
        steps = np.zeros(len(self.items), np.int32)
        steps[self.ends[held]] = np.diff(held, prepend=0)
        return np.cumsum(steps, out=steps)  # unlike `repeat` it lets other threads run

    def kept(self, keep: Mask) -> "Stream":
        """The same texts with only some of their items."""
        if keep.all():
            return self
        counts = np.append(np.int32(0), np.cumsum(keep, dtype=np.int32))
        return Stream(self.items[keep], counts[self.ends].astype(np.int64))


@dataclass(frozen=True, slots=True)
class Analysed:
    """The words of each passage, so that a library of which little changed is compiled without reading it again."""

    highlights: Sequence[Highlight]
    words: Sequence[str]
    streams: Mapping[str, Stream]
    """Words of the fields that belong to the passages, as numbers in `words`."""
    terms: "Terms | None" = None
    """What is known of the words; it grows with each library that is made from this one."""

    def places(self, highlights: Iterable[Highlight]) -> Longs:
        """Where each of these, the very object, stands in `highlights`; -1 where it does not."""
        known = {id(highlight): place for place, highlight in enumerate(self.highlights)}
        return np.array([known.get(id(highlight), -1) for highlight in highlights], np.int64)


def gathered(starts: Longs | Ints, counts: Longs | Ints) -> Longs | Ints:
    """Positions of several ranges, one after the other: each range's start, counted on."""
    held = counts > 0
    starts, counts = starts[held], counts[held]
    total = int(counts.sum())
    far = int(starts.max(initial=0)) + total >= 2**31
    steps: Ints | Longs = np.ones(total, np.int64) if far else np.ones(total, np.int32)
    if total:
        steps[0] = starts[0]
        steps[np.cumsum(counts[:-1])] = starts[1:] - starts[:-1] - counts[:-1] + 1
    np.cumsum(steps, out=steps)
    return steps


def analysed(
    highlights: Sequence[Highlight],
    sources: Sequence[Source],
    ranking: Ranking,
    before: Analysed | None,
    numbers: Numbers,
) -> tuple[list[str], dict[str, Stream]]:
    """The words of all fields, and each field as numbers of them. `numbers` has those of `before`, and takes up the others."""
    texts = Texts(numbers)
    if before is None:
        for name, values in _fields(highlights, sources, ranking).items():
            texts.read(name, values)
        return texts.words()
    places = before.places(highlights)
    fresh = [highlights[place] for place in np.flatnonzero(places < 0).tolist()]
    for name, values in _fields(fresh, sources, ranking).items():
        texts.read(name, values)
    words, streams = texts.words()
    for name, stream in before.streams.items():
        streams[name] = _woven(stream, streams[name], places)
    return words, streams


def _woven(old: Stream, new: Stream, places: Longs) -> Stream:
    """Texts of both in a new order: `places` in `old`, -1 for the next of `new`."""
    fresh = places < 0
    nexts = np.cumsum(fresh) - 1
    starts = np.where(fresh, new.ends[nexts] + len(old.items), old.ends[places])
    counts = np.where(fresh, np.diff(new.ends, append=0)[nexts], np.diff(old.ends, append=0)[places])
    items = np.concatenate((old.items, new.items))[gathered(starts, counts)]
    return Stream(items, np.append(np.int64(0), np.cumsum(counts, dtype=np.int64)))


class Texts:
    """Reads fields; afterwards every distinct word of them is known, behind those that are so already."""

    def __init__(self, known: Numbers) -> None:
        self._known = known
        self._raw = Numbers()
        self._streams: dict[str, tuple[array[int], array[int]]] = {}

    def read(self, name: str, texts: Iterable[str]) -> None:
        items, ends, number = array("i"), array("q", [0]), self._raw.__getitem__
        for text in texts:
            items.extend(map(number, raw_words(text)))
            ends.append(len(items))
        self._streams[name] = (items, ends)

    def words(self) -> tuple[list[str], dict[str, Stream]]:
        """All distinct normalised words, and each field as numbers of them."""
        number, flat, counts = self._known, array("i"), array("q")
        for raw in self._raw:
            found = forms.__wrapped__(raw)  # each is asked for once
            counts.append(len(found))
            flat.extend(map(number.__getitem__, found))
        widths = np.frombuffer(counts, np.int64).astype(np.int32) if counts else np.zeros(0, np.int32)
        words = np.frombuffer(flat, np.int32) if flat else np.zeros(0, np.int32)
        firsts = (np.cumsum(widths) - widths).astype(np.int32)
        streams = {}
        for name, (items, ends) in self._streams.items():
            written = np.frombuffer(items, np.int32) if items else np.zeros(0, np.int32)
            ends_ = np.frombuffer(ends, np.int64)
            if (widths[written] == 1).all():
                streams[name] = Stream(words[firsts[written]], ends_)
                continue
            grown: Longs = np.append(0, np.cumsum(widths[written], dtype=np.int64))
            positions = gathered(firsts[written], widths[written])
            streams[name] = Stream(words[positions], grown[ends_])
        return list(number), streams


def _fields(
    highlights: Sequence[Highlight], sources: Sequence[Source], ranking: Ranking
) -> Mapping[str, Iterable[str]]:
    """Texts of each field, one for each highlight, or for each source where all its highlights share it."""
    fields: dict[str, Iterable[str]] = {
        "text": (highlight.plain for highlight in highlights),
        "title": (source.title for source in sources),
        "authors": ("\n".join(source.authors) for source in sources),
        "chapter": (highlight.chapter or "" for highlight in highlights),
        "tags": ("\n".join((*highlight.tags, *highlight.source.tags)) for highlight in highlights),
        "remark": (highlight.remark or "" for highlight in highlights),
    }
    return {name: values for name, values in fields.items() if name in ranking.fields}
