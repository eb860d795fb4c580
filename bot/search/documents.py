"""A library's texts as arrays of word numbers, so that a library of which little changed is not read again.

Every distinct word is analysed once; of a changed library only the words of the new highlights are.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.search.arrays import Longs
from bot.search.bm25 import Ranking
from bot.search.streams import Numbers, TermSequence, gathered
from bot.text.analysis import forms, raw_words
from corpus.model import Highlight, Source

if TYPE_CHECKING:
    from bot.search.terms import Terms

OF_SOURCE = ("title", "authors")
"""Fields of which all highlights of a source share one text."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """The words of each passage, so that a library of which little changed is compiled without reading it again."""

    highlights: Sequence[Highlight]
    words: Sequence[str]
    streams: Mapping[str, TermSequence]
    """Words of the fields that belong to the passages, as numbers in `words`."""
    terms: "Terms | None" = None
    """What is known of the words; it grows with each library that is made from this one."""

    def places(self, highlights: Iterable[Highlight]) -> Longs:
        """Where each of these, the very object, stands in `highlights`; -1 where it does not."""
        known = {id(highlight): place for place, highlight in enumerate(self.highlights)}
        return np.array([known.get(id(highlight), -1) for highlight in highlights], np.int64)


def analysed(
    highlights: Sequence[Highlight],
    sources: Sequence[Source],
    ranking: Ranking,
    before: Analysed | None,
    numbers: Numbers,
) -> tuple[list[str], dict[str, TermSequence]]:
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


def _woven(old: TermSequence, new: TermSequence, places: Longs) -> TermSequence:
    """Texts of both in a new order: `places` in `old`, -1 for the next of `new`."""
    fresh = places < 0
    nexts = np.cumsum(fresh) - 1
    starts = np.where(fresh, new.ends[nexts] + len(old.items), old.ends[places])
    counts = np.where(fresh, np.diff(new.ends, append=0)[nexts], np.diff(old.ends, append=0)[places])
    items = np.concatenate((old.items, new.items))[gathered(starts, counts)]
    return TermSequence(items, np.append(np.int64(0), np.cumsum(counts, dtype=np.int64)))


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

    def words(self) -> tuple[list[str], dict[str, TermSequence]]:
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
                streams[name] = TermSequence(words[firsts[written]], ends_)
                continue
            grown: Longs = np.append(0, np.cumsum(widths[written], dtype=np.int64))
            positions = gathered(firsts[written], widths[written])
            streams[name] = TermSequence(words[positions], grown[ends_])
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
