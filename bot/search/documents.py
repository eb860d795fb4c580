"""A library's texts as arrays of word numbers. Every distinct word is analysed once. When a library changes, only the new
highlights are analysed."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from bot.search.arrays import Ids, Ints, Longs, Unsigned
from bot.search.bm25 import Ranking
from bot.search.lexicon import Lexicon
from bot.search.streams import Numbering, TermSequence, concatenated_ranges, interleaved
from bot.search.terms import Terms
from bot.text.analysis import forms, raw_words
from corpus.model import Highlight, Source
from corpus.passages import Passages, heads

SOURCE_FIELDS = ("title", "authors")
"""Fields that all highlights of a source share."""


@dataclass(frozen=True, slots=True)
class AnalysedTexts:
    """The words of each passage, and how often each occurs. When a library changes, everything that stayed the same is taken from
    here and not read again.
    """

    highlights: Sequence[Highlight]
    sources: tuple[Source, ...]
    streams: Mapping[str, TermSequence]
    """The fields, as numbers in `terms.words`: a text for each passage, or for each source (`SOURCE_FIELDS`)."""
    terms: Terms
    """The terms of the words. When the library changes, the next one adds its own words to these same terms."""
    source_of: Ints
    """The number of each passage's source. Shape (passages,)."""
    languages: tuple[str | None, ...]
    """The detected language of each source."""
    ids: Ids
    """The id of each passage. Shape (passages,)."""
    lengths: Mapping[str, Ints]
    """The length of each field in stems, without stop words. Shape of each: (passages,)."""
    counts: Unsigned
    """The counts of each posting; see `bot.search.occurrences`. Shape as the postings."""

    def places(self, highlights: Sequence[Highlight]) -> Longs:
        """The place of each of these highlights in `highlights`; -1 if it is not there. Packed highlights are compared note by
        note, by identity."""
        if isinstance(highlights, Passages) and isinstance(self.highlights, Passages):
            starts = accumulate(map(len, self.highlights.parts), initial=0)
            begins = {id(part): begin for part, begin in zip(self.highlights.parts, starts, strict=False)}
            firsts = np.array([begins.get(id(part), -1) for part in highlights.parts], np.int64)
            counts = np.fromiter(map(len, highlights.parts), np.int64, len(highlights.parts))
            places = np.repeat(firsts, counts)
            within = np.arange(len(highlights)) - np.repeat(np.cumsum(counts) - counts, counts)
            return np.where(places < 0, -1, places + within)
        return _places(self.highlights, highlights)

    def places_of_sources(self, sources: Sequence[Source]) -> Longs:
        """The place of each of these sources in `sources`, by identity; -1 if it is not there."""
        return _places(self.sources, sources)


def _places(before: Sequence[object], now: Sequence[object]) -> Longs:
    known = {id(item): place for place, item in enumerate(before)}
    return np.array([known.get(id(item), -1) for item in now], np.int64)


def ids_of(highlights: Sequence[Highlight], places: Longs, before: AnalysedTexts | None) -> Ids:
    """The ids of highlights in UTF-8. `places` has the place of each in `before`; -1 for a new one. Shape (highlights,)."""
    fresh = np.flatnonzero(places < 0)
    if before is None or not len(before.ids) or len(fresh) == len(highlights):
        return np.array([head.id.encode() for head, _ in heads(highlights)], np.bytes_)
    added = np.array([highlights[place].id.encode() for place in fresh.tolist()], np.bytes_)
    found = before.ids[places].astype(np.promote_types(before.ids.dtype, added.dtype), copy=False)
    found[fresh] = added
    return found


def read_fields(
    highlights: Sequence[Highlight],
    sources: Sequence[Source],
    ranking: Ranking,
    places: Longs,
    before: AnalysedTexts | None,
    words: Lexicon,
) -> dict[str, TermSequence]:
    """Each field as numbers of words in `words`. That lexicon already has the words of `before`; new ones are added. `places` has
    the place of each highlight in `before`; -1 for a new one."""
    reader = FieldReader(words)
    if before is None:
        for name, values in _fields(highlights, sources, ranking).items():
            reader.read(name, values)
        return reader.streams()
    places_of_sources = before.places_of_sources(sources)
    fresh = [highlights[place] for place in np.flatnonzero(places < 0).tolist()]
    fresh_sources = [sources[place] for place in np.flatnonzero(places_of_sources < 0).tolist()]
    for name, values in _fields(fresh, fresh_sources, ranking).items():
        reader.read(name, values)
    return {
        name: interleaved(
            before.streams[name], stream, places_of_sources if name in SOURCE_FIELDS else places
        )
        for name, stream in reader.streams().items()
    }


class FieldReader:
    """Splits texts into words. Every distinct raw word is normalised once, in `streams`, after all fields are read."""

    def __init__(self, words: Lexicon) -> None:
        self._words = words
        self._raw = Numbering()
        self._streams: dict[str, tuple[array[int], array[int]]] = {}

    def read(self, name: str, texts: Iterable[str]) -> None:
        """Reads a field: one text for each passage or source."""
        ids, offsets, number = array("i"), array("q", [0]), self._raw.__getitem__
        for text in texts:
            ids.extend(map(number, raw_words(text)))
            offsets.append(len(ids))
        self._streams[name] = (ids, offsets)

    def streams(self) -> dict[str, TermSequence]:
        """Each field as numbers of normalised words. A raw word may become several words, or none."""
        number, flat, counts = self._words.number, array("i"), array("q")
        for raw in self._raw:
            normalised = forms.__wrapped__(raw)  # past the cache, since each raw word occurs here once
            counts.append(len(normalised))
            flat.extend(map(number, normalised))
        widths = np.frombuffer(counts, np.int64).astype(np.int32) if counts else np.zeros(0, np.int32)
        words = np.frombuffer(flat, np.int32) if flat else np.zeros(0, np.int32)
        firsts = (np.cumsum(widths) - widths).astype(np.int32)
        streams = {}
        for name, (ids, offsets) in self._streams.items():
            raw_ids = np.frombuffer(ids, np.int32) if ids else np.zeros(0, np.int32)
            raw_offsets = np.frombuffer(offsets, np.int64)
            if (widths[raw_ids] == 1).all():
                streams[name] = TermSequence(words[firsts[raw_ids]], raw_offsets)
                continue
            new_offsets: Longs = np.append(0, np.cumsum(widths[raw_ids], dtype=np.int64))
            positions = concatenated_ranges(firsts[raw_ids], widths[raw_ids])
            streams[name] = TermSequence(words[positions], new_offsets[raw_offsets])
        return streams


def _fields(
    highlights: Sequence[Highlight], sources: Sequence[Source], ranking: Ranking
) -> Mapping[str, Iterable[str]]:
    """The texts of each field: one per highlight, or one per source if its highlights share it."""
    fields: dict[str, Iterable[str]] = {
        "text": (highlight.plain for highlight in highlights),
        "title": (source.title for source in sources),
        "authors": ("\n".join(source.authors) for source in sources),
        "chapter": (highlight.chapter or "" for highlight in highlights),
        "tags": ("\n".join((*highlight.tags, *highlight.source.tags)) for highlight in highlights),
        "remark": (highlight.remark or "" for highlight in highlights),
    }
    return {name: values for name, values in fields.items() if name in ranking.fields}
