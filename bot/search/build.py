"""Compiles a library's texts: from words to terms, from terms to postings.

Every distinct word is analysed once; the rest is arithmetic on arrays. The name of a term says what it is:

    "=word"     a word as written (a surface term)
    "en:stem"   its stem in a language
    "~人工"     two neighbouring characters of a script without blanks, or one that stands alone
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.runtime.heap import release_free_memory
from bot.search.arrays import Floats, Ints, Longs, Mask, Shorts
from bot.search.bm25 import Field, Postings, Ranking, concatenate, count_terms, make_postings, normalise
from bot.search.documents import SOURCE_FIELDS, AnalysedTexts, read_fields
from bot.search.lexicon import TermNames
from bot.search.streams import TermSequence, concatenated_ranges
from bot.search.terms import STOP_WORD, Terms
from bot.text.language_detection import detect
from bot.text.stemming import ENGLISH
from corpus.model import Highlight, Source

POSTING_PARTS = 8
"""Terms are compiled in this many parts: compiling needs several times the memory of its result."""

MAX_SAMPLES = 8
"""Highlights of a source by which its language is detected."""

SAMPLE_CHARS = 600
"""Code points of each of these highlights."""

FIRST_LOOK_CHARS, SECOND_LOOK_CHARS = 400, 2_000
"""Code points of the samples that are looked at: English shows itself in the first, other languages need the second."""


@dataclass(frozen=True, slots=True)
class CompiledTexts:
    """What a library's texts become. `bot.search.index.Index` explains each part."""

    terms: TermNames
    postings: Postings
    surface_terms: TermSequence
    stem_terms: TermSequence
    analysed: AnalysedTexts


def languages_of(sources: Sequence[Source], highlights: Sequence[Highlight], source_of: Ints) -> list[str]:
    """A language code for each source. Where its text does not tell, the language of most sources."""
    texts: dict[int, list[str]] = {}
    for number, highlight in zip(source_of.tolist(), highlights, strict=True):
        samples = texts.setdefault(number, [sources[number].title])
        if len(samples) <= MAX_SAMPLES:
            samples.append(highlight.plain[:SAMPLE_CHARS])
    detected = [_language(tuple(texts.get(number, ()))) for number in range(len(sources))]
    known = Counter(language for language in detected if language)
    usual = known.most_common(1)[0][0] if known else ENGLISH
    return [language or usual for language in detected]


@lru_cache(maxsize=1 << 14)
def _language(samples: tuple[str, ...]) -> str | None:
    """The language of a source. Cached, since most sources stay the same when a library changes."""
    text = "\n".join(samples)
    first = detect(text[:FIRST_LOOK_CHARS])
    if first == ENGLISH or len(text) <= FIRST_LOOK_CHARS:
        return first
    return detect(text[:SECOND_LOOK_CHARS])


def compile_texts(
    highlights: Sequence[Highlight],
    sources: Sequence[Source],
    source_of: Ints,
    languages: Sequence[str],
    ranking: Ranking,
    before: AnalysedTexts | None = None,
) -> CompiledTexts:
    """Terms, postings and term sequences of a library. `languages` has a code for each source.

    Highlights that are in `before` are not read again.
    """
    terms = before.terms if before is not None else Terms()
    streams = read_fields(highlights, sources, ranking, before, terms.words)
    terms.learn()
    own = {name: stream for name, stream in streams.items() if name not in SOURCE_FIELDS}
    analysed = AnalysedTexts(highlights, own, terms)
    compiler = _FieldCompiler(terms, source_of, languages, ranking, len(highlights))
    for name, stream in streams.items():
        compiler.add(name, stream)
    del streams, stream
    terms.names.packed()
    used = compiler.used()
    numbers = (np.cumsum(used) - 1).astype(np.int32)
    surface = TermSequence(numbers[compiler.text_surface.ids], compiler.text_surface.offsets)
    stem = TermSequence(numbers[compiler.text_stems.ids], compiler.text_stems.offsets)
    postings = compiler.postings(numbers, int(used.sum()))
    return CompiledTexts(TermNames(terms.names, used), postings, surface, stem, analysed)


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The terms of one kind (surface or stem) in one field."""

    parameters: Field
    stream: TermSequence
    lengths: Longs
    """Length of each text in stems, without stop words. Shape (texts,)."""
    mean_length: float
    """Mean of the lengths over all passages."""
    text_of: Ints | None
    """The text of each passage, where passages share texts. Shape (passages,)."""


class _FieldCompiler:
    """Collects the terms of each field, then makes postings of them.

    Memory counts here: at 1,000,000 passages the sequences take gigabytes. Each is dropped as soon as it is not needed.
    """

    def __init__(
        self, terms: Terms, source_of: Ints, languages: Sequence[str], ranking: Ranking, size: int
    ) -> None:
        self.surface: list[FieldTerms] = []
        self.stems: list[FieldTerms] = []
        self.all_surface: list[TermSequence] = []
        """The surface terms of each field, stop words included."""
        empty = TermSequence(np.zeros(0, np.int32), np.zeros(size + 1, np.int64))
        self.text_surface = self.text_stems = empty
        """Those of the passages' own text."""
        self._terms = terms
        self._source_of = source_of
        self._ranking = ranking
        self._size = size
        self._codes = list(dict.fromkeys(languages))
        self._language_of_source: Shorts = np.array([self._codes.index(one) for one in languages], np.int16)

    def add(self, name: str, stream: TermSequence) -> None:
        """Adds a field, given as word numbers."""
        shared = name in SOURCE_FIELDS
        language_of = self._language_of_source
        if not shared:
            language_of = language_of[self._source_of] if len(self._source_of) else np.zeros(0, np.int16)
        stems_or_none = self._terms.stem_terms(stream, language_of, self._codes)
        surface = self._terms.surface_terms(stream)
        stems = stems_or_none.filtered(stems_or_none.ids >= 0)
        if name == "text":
            self.text_surface, self.text_stems = surface, stems
        lengths = np.diff(stems.offsets)
        text_of = self._source_of if shared else None
        mean = float((lengths if text_of is None else lengths[text_of]).mean()) if self._size else 0.0
        parameters = self._ranking.fields[name]
        keep = stems_or_none.ids != STOP_WORD
        if not self._ranking.surface_weight:
            keep[:] = False
        self.surface.append(FieldTerms(parameters, surface.filtered(keep), lengths, mean, text_of))
        self.stems.append(FieldTerms(parameters, stems, lengths, mean, text_of))
        self.all_surface.append(surface)

    def used(self) -> Mask:
        """Which names are terms of these texts. Shape (names,). The others belong to notes that were deleted or became private."""
        used = np.zeros(len(self._terms.names), np.bool_)
        for sequence in (*self.all_surface, *(one.stream for one in self.stems)):
            used[sequence.ids] = True
        return used

    def postings(self, numbers: Ints, count: int) -> Postings:
        """The postings of all terms, whose new numbers are given. Drops the sequences."""
        self.all_surface = []
        parts = list(_postings([*self.surface, *self.stems], numbers, count, self._size, self._ranking.k1))
        self.surface, self.stems = [], []
        release_free_memory()
        return concatenate(parts)


def _postings(
    fields: Sequence[FieldTerms], numbers: Ints, count: int, size: int, k1: float
) -> Iterable[Postings]:
    """The postings of `count` terms, in `POSTING_PARTS` parts. `numbers` has the final number of each term."""
    occurrences = np.zeros(count, np.int64)
    for one in fields:
        occurrences += np.bincount(numbers[one.stream.ids], minlength=count)
    before = np.append(np.int64(0), np.cumsum(occurrences))
    bounds = np.searchsorted(before, np.linspace(0, before[-1], POSTING_PARTS + 1)).tolist()
    for begin, end in itertools.pairwise((*bounds[:-1], count)):
        parts = [_weighted(one, numbers, size, begin, end) for one in fields]
        keys = np.concatenate([keys for keys, _ in parts])
        values = np.concatenate([values for _, values in parts])
        del parts
        yield make_postings(keys, values, end - begin, size, k1)


def _weighted(field: FieldTerms, numbers: Ints, size: int, begin: int, end: int) -> tuple[Longs, Floats]:
    """Keys and weighted frequencies of the terms `begin` to `end` in a field.

    A key is `(term - begin) * size + passage`. Texts that several passages share are repeated for each of them.
    """
    count = max(len(field.lengths), 1)
    terms = numbers[field.stream.ids]
    chosen = (terms >= begin) & (terms < end)
    keys, counts = count_terms(terms[chosen], field.stream.owners()[chosen], begin, count)
    texts = (keys % count).astype(np.int32)
    values = normalise(counts, field.lengths[texts], field.parameters, field.mean_length)
    if field.text_of is None:
        return keys, values
    by_text = np.argsort(field.text_of, kind="stable")
    passages_per_text = np.bincount(field.text_of, minlength=count)
    copies = passages_per_text[texts]
    firsts = (np.cumsum(passages_per_text) - passages_per_text)[texts]
    passages = by_text[concatenated_ranges(firsts, copies)]
    return np.repeat(keys // count, copies) * size + passages, np.repeat(values, copies)
