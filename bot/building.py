"""A library's texts as arrays of term numbers, and those as postings.

Every distinct word is analysed once; the rest is arithmetic on arrays. A term's name says what it is:
"=word" a word as written, "en:stem" its stem in a language, "~人工" two neighbouring characters of a script
without blanks (or one that stands alone).
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.analysis import fold, forms, is_unspaced, raw_words
from bot.languages import ENGLISH, detect, stems, stop_words
from bot.ranking import (
    Field,
    Floats,
    Ints,
    Longs,
    Mask,
    Postings,
    Ranking,
    Shorts,
    compiled,
    frequencies,
    joined,
    normalised,
)
from corpus.model import Highlight, Source

STOP, LAST, UNKNOWN = -1, -2, -3
"""No term: a stop word; the last character of a row, as pairs begin at the first; not yet looked at."""


class Numbers(dict[str, int]):
    """Numbers names in the order in which they are first asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Stream:
    """Texts laid end to end: text t has `items[ends[t]:ends[t + 1]]`."""

    items: Ints
    ends: Longs

    def owners(self) -> Ints:
        """The text of each item."""
        return np.repeat(np.arange(len(self.ends) - 1, dtype=np.int32), np.diff(self.ends))

    def kept(self, keep: Mask) -> "Stream":
        """The same texts with only some of their items."""
        if keep.all():
            return self
        counts = np.append(np.int32(0), np.cumsum(keep, dtype=np.int32))
        return Stream(self.items[keep], counts[self.ends].astype(np.int64))


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a library's texts become; see `Index` for the meaning of each part."""

    terms: dict[str, int]
    postings: Postings
    written: Stream
    meant: Stream


def gathered(starts: Longs | Ints, counts: Longs | Ints) -> Longs | Ints:
    """Positions of several ranges, one after the other: each range's start, counted on."""
    begins: Longs = np.cumsum(counts, dtype=np.int64)
    begins -= counts
    shifts: Longs = starts - begins
    total = int(counts.sum())
    if int(starts.max(initial=0)) + total < 2**31:
        near: Ints = np.repeat(shifts.astype(np.int32), counts)
        near += np.arange(total, dtype=np.int32)
        return near
    far: Longs = np.repeat(shifts, counts) + np.arange(total, dtype=np.int64)
    return far


def languages_of(sources: Sequence[Source], highlights: Sequence[Highlight], source_of: Ints) -> list[str]:
    """A language code for each source; where its text does not tell, that of most of the others."""
    texts: dict[int, list[str]] = {}
    for number, highlight in zip(source_of.tolist(), highlights, strict=True):
        sample = texts.setdefault(number, [sources[number].title])
        if len(sample) < 9:
            sample.append(highlight.plain[:600])
    found = [_language(texts.get(number, [])) for number in range(len(sources))]
    known = Counter(language for language in found if language)
    usual = known.most_common(1)[0][0] if known else ENGLISH
    return [language or usual for language in found]


def _language(sample: Iterable[str]) -> str | None:
    """A short look, and a longer one where it finds no English."""
    text = "\n".join(sample)
    first = detect(text[:400])
    return first if first == ENGLISH or len(text) <= 400 else detect(text[:2000])


class Texts:
    """Reads fields; afterwards knows every distinct word of them."""

    def __init__(self) -> None:
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
        number, flat, counts = Numbers(), array("i"), array("q")
        for raw in self._raw:
            found = forms(raw)
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


class Terms:
    """Word numbers of a field to term numbers."""

    def __init__(self, words: list[str], languages: Sequence[str]) -> None:
        self.number = Numbers()
        self._words = words
        self._languages = languages
        self._surface = np.array([self.number["=" + fold(word)] for word in words], np.int32)
        self.first_meaning = len(self.number)
        self._unspaced = np.array([is_unspaced(word) for word in words], np.bool_)
        self._stems = np.full((len(languages), len(words)), UNKNOWN, np.int32)

    def surfaces(self, stream: Stream) -> Stream:
        return Stream(self._surface[stream.items] if len(stream.items) else stream.items, stream.ends)

    def meanings(self, stream: Stream, language_of: Shorts) -> Stream:
        """A stem or a pair of characters for each word; negative where it has none.

        Shape as `stream`; `language_of` has a number in `languages` for each text.
        """
        items = stream.items
        if not len(items):
            return stream
        owners = stream.owners()
        tongues = language_of[owners]
        self._learn(items, tongues)
        terms = self._stems[tongues, items]
        unspaced = self._unspaced[items]
        if unspaced.any():
            terms[unspaced] = self._pairs(items, owners, unspaced)
        return Stream(terms, stream.ends)

    def _learn(self, items: Ints, tongues: Shorts) -> None:
        """Stems of the words of these languages that are not known yet."""
        for tongue, language in enumerate(self._languages):
            row = self._stems[tongue]
            needed = np.unique(items[tongues == tongue])
            needed = needed[(row[needed] == UNKNOWN) & ~self._unspaced[needed]]
            words = [self._words[number] for number in needed.tolist()]
            stop = stop_words(language)
            row[needed] = [
                STOP if fold(word) in stop else self.number[f"{language}:{stem}"]
                for word, stem in zip(words, stems(language, words), strict=True)
            ]

    def _pairs(self, items: Ints, owners: Ints, unspaced: Mask) -> Ints:
        """Terms of the characters: each with the next one; the last of a row has none, a lone one itself."""
        joined = np.zeros(len(items) + 1, np.bool_)
        joined[1:-1] = unspaced[:-1] & unspaced[1:] & (owners[:-1] == owners[1:])
        before, after = joined[:-1], joined[1:]
        nexts = np.append(items[1:], 0)
        names = np.where(after, items.astype(np.int64) * len(self._words) + nexts, np.int64(-1) - items)
        distinct, places = np.unique(names[unspaced], return_inverse=True)
        numbers = np.array([self._pair(name) for name in distinct.tolist()], np.int32)[places]
        numbers[(before & ~after)[unspaced]] = LAST
        return numbers

    def _pair(self, name: int) -> int:
        characters = (-1 - name,) if name < 0 else divmod(name, len(self._words))
        return self.number["~" + "".join(fold(self._words[number]) for number in characters)]


def build(
    highlights: Sequence[Highlight],
    sources: Sequence[Source],
    source_of: Ints,
    languages: Sequence[str],
    ranking: Ranking,
) -> Compiled:
    """Terms, postings and streams of a library; `languages` has a code for each source."""
    texts = Texts()
    for name, values in _fields(highlights, sources, ranking).items():
        texts.read(name, values)
    words, streams = texts.words()
    codes = list(dict.fromkeys(languages))
    by_source = np.array([codes.index(language) for language in languages], np.int16)
    by_passage = by_source[source_of] if len(source_of) else np.zeros(0, np.int16)
    terms = Terms(words, codes)
    size = len(highlights)
    written = meant = Stream(np.zeros(0, np.int32), np.zeros(size + 1, np.int64))
    found: list[FieldTerms] = []
    for name, stream in streams.items():
        of_source = name in _OF_SOURCE
        meanings = terms.meanings(stream, by_source if of_source else by_passage)
        surfaces = terms.surfaces(stream)
        if name == "text":
            written, meant = surfaces, meanings.kept(meanings.items >= 0)
        lengths = np.bincount(meanings.owners()[meanings.items >= 0], minlength=len(meanings.ends) - 1)
        owner_of = source_of if of_source else None
        mean = float(lengths[owner_of].mean() if owner_of is not None else lengths.mean()) if size else 0.0
        setting = ranking.fields[name]
        keep = meanings.items != STOP if ranking.surface else np.zeros(len(meanings.items), np.bool_)
        found.append(FieldTerms(setting, surfaces.kept(keep), lengths, mean, owner_of))
        found.append(FieldTerms(setting, meanings.kept(meanings.items >= 0), lengths, mean, owner_of))
    del streams, stream, meanings, surfaces
    first = terms.first_meaning
    postings = joined(
        _postings(found[::2], 0, first, size, ranking.k1),
        _postings(found[1::2], first, len(terms.number), size, ranking.k1),
    )
    return Compiled(dict(terms.number), postings, written, meant)


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The terms of one kind in one field."""

    setting: Field
    stream: Stream
    lengths: Longs
    """Of each text in stems, stop words left out."""
    mean: float
    """Of the lengths, over the passages."""
    owner_of: Ints | None
    """The text of each passage, where several share one."""


def _postings(fields: Sequence[FieldTerms], first: int, last: int, size: int, k1: float) -> Postings:
    """Postings of the terms from `first` to `last`, numbered from 0."""
    parts = [_weighted(one, first, size) for one in fields]
    keys = np.concatenate([keys for keys, _ in parts])
    values = np.concatenate([values for _, values in parts])
    del parts
    return compiled(keys, values, last - first, size, k1)


_OF_SOURCE = ("title", "authors")


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


def _weighted(field: FieldTerms, first: int, size: int) -> tuple[Longs, Floats]:
    """Keys (`(term - first) * size + passage`), ascending, and weighted frequencies of a field."""
    count = max(len(field.lengths), 1)
    keys, counts = frequencies(field.stream.items, field.stream.owners(), first, count)
    texts = (keys % count).astype(np.int32)
    values = normalised(counts, field.lengths[texts], field.setting, field.mean)
    if field.owner_of is None:
        return keys, values
    by_text = np.argsort(field.owner_of, kind="stable")
    per_text = np.bincount(field.owner_of, minlength=count)
    copies = per_text[texts]
    passages = by_text[gathered((np.cumsum(per_text) - per_text)[texts], copies)]
    return np.repeat(keys // count, copies) * size + passages, np.repeat(values, copies)
