"""Compiles a library's texts: from words to terms, from terms to postings.

Every distinct word is analysed once; the rest is arithmetic on arrays. The name of a term says what it is:

    "=word"     a word as written (a surface term)
    "en:stem"   its stem in a language
    "~人工"     two neighbouring characters of a script without blanks, or one that stands alone
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.runtime.heap import release_free_memory
from bot.search.arrays import Bytes, Floats, Ints, Longs, Mask, Shorts
from bot.search.bm25 import Field, Postings, Ranking, concatenate, count_terms, make_postings, normalise
from bot.search.documents import SOURCE_FIELDS, AnalysedTexts, ids_of, read_fields
from bot.search.lexicon import TermNames
from bot.search.streams import TermSequence, WordTerms, concatenated_ranges
from bot.search.terms import STOP_WORD, Terms
from bot.text.language_detection import detect
from bot.text.stemming import ENGLISH
from corpus.model import Highlight, Source
from corpus.passages import NotePassages, Passages

POSTING_PARTS = 8
"""Terms are compiled in this many parts: compiling needs several times the memory of its result."""

MAX_SAMPLES = 8
"""Highlights of a source that are read to detect its language."""

SAMPLE_CHARS = 600
"""Code points of each of these highlights."""

FIRST_LOOK_CHARS, SECOND_LOOK_CHARS = 400, 2_000
"""Code points of the samples that are looked at first, which are enough to recognise English, and then, for other languages."""

MAX_DETECTED = 1 << 14
_detected: dict[bytes, str | None] = {}
"""Languages by the digest of the text that they were detected in, since most sources stay the same when a library changes. The
texts themselves would be a copy of much of the library."""


@dataclass(frozen=True, slots=True)
class CompiledTexts:
    """A library's texts after compiling. `bot.search.index.Index` explains each part."""

    terms: TermNames
    postings: Postings
    surface_terms: WordTerms
    stem_terms: TermSequence
    analysed: AnalysedTexts


def languages_of(
    sources: Sequence[Source],
    highlights: Sequence[Highlight],
    source_of: Ints,
    before: AnalysedTexts | None = None,
) -> list[str | None]:
    """A language code for each source; None if its text does not tell. Languages that `before` knows are not detected again."""
    found = _known_languages(highlights, source_of, before) if before is not None else {}
    texts: dict[int, list[str]] = {}
    for number, highlight in _of_others(found, highlights, source_of):
        samples = texts.setdefault(number, [sources[number].title])
        if len(samples) <= MAX_SAMPLES:
            samples.append(highlight.plain[:SAMPLE_CHARS])
    found.update((number, _language(samples)) for number, samples in texts.items())
    return [found[number] for number in range(len(sources))]


def with_usual(detected: Sequence[str | None]) -> list[str]:
    """These languages; each unknown one is replaced by the language of most sources."""
    known = Counter(language for language in detected if language)
    usual = known.most_common(1)[0][0] if known else ENGLISH
    return [language or usual for language in detected]


def _known_languages(
    highlights: Sequence[Highlight], source_of: Ints, before: AnalysedTexts
) -> dict[int, str | None]:
    """The languages of sources whose highlights all come from one note that `before` has too."""
    if not isinstance(highlights, Passages) or not isinstance(before.highlights, Passages):
        return {}
    old = dict(_only_notes(before.highlights, before.source_of))
    by_note = {id(note): number for number, note in old.items()}
    now = _only_notes(highlights, source_of)
    return {number: before.languages[by_note[id(note)]] for number, note in now if id(note) in by_note}


def _only_notes(highlights: Passages, source_of: Ints) -> Iterable[tuple[int, NotePassages]]:
    """The numbers of sources that a single note has, each with that note; notes of several sources are left out."""
    begins = itertools.accumulate(map(len, highlights.parts), initial=0)
    notes = [(int(source_of[begin]), note) for begin, note in zip(begins, highlights.parts, strict=False)]
    counts = Counter(number for number, _ in notes)
    shared = {source for note in highlights.parts if len(note.sources) > 1 for source in note.sources}
    return (
        (number, note)
        for number, note in notes
        if counts[number] == 1 and len(note.sources) == 1 and note.sources[0] not in shared
    )


def _of_others(
    known: Container[int], highlights: Sequence[Highlight], source_of: Ints
) -> Iterable[tuple[int, Highlight]]:
    """The highlights of sources whose language is not known, each with the number of its source."""
    if not isinstance(highlights, Passages):
        return zip(source_of.tolist(), highlights, strict=True)
    begins = itertools.accumulate(map(len, highlights.parts), initial=0)
    return (
        pair
        for begin, note in zip(begins, highlights.parts, strict=False)
        if len(note.sources) > 1 or int(source_of[begin]) not in known
        for pair in zip(source_of[begin : begin + len(note)].tolist(), note, strict=True)
        if pair[0] not in known
    )


def _language(samples: Sequence[str]) -> str | None:
    """The language of a source, by its title and some of its highlights."""
    text = "\n".join(samples)[:SECOND_LOOK_CHARS]
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if digest not in _detected:
        if len(_detected) >= MAX_DETECTED:
            _detected.clear()
        first = detect(text[:FIRST_LOOK_CHARS])
        shown = first == ENGLISH or len(text) <= FIRST_LOOK_CHARS
        _detected[digest] = first if shown else detect(text)
    return _detected[digest]


def compile_texts(
    highlights: Sequence[Highlight],
    sources: Sequence[Source],
    source_of: Ints,
    detected: Sequence[str | None],
    ranking: Ranking,
    before: AnalysedTexts | None = None,
) -> CompiledTexts:
    """Terms, postings and term sequences of a library. `detected` has a language code for each source, as far as it is known.

    Highlights that are in `before` are not read again.
    """
    terms = before.terms if before is not None else Terms()
    streams = read_fields(highlights, sources, ranking, before, terms.words)
    terms.learn()
    own = {name: stream for name, stream in streams.items() if name not in SOURCE_FIELDS}
    ids = ids_of(highlights, before)
    analysed = AnalysedTexts(highlights, own, terms, source_of, tuple(detected), ids)
    compiler = _FieldCompiler(terms, source_of, with_usual(detected), ranking, len(highlights))
    for name, stream in streams.items():
        compiler.add(name, stream)
    del streams, stream
    terms.names.packed()
    used = compiler.used()
    numbers = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
    stem = TermSequence(numbers[compiler.text_stems.ids], compiler.text_stems.offsets)
    surface = WordTerms(compiler.text, numbers[terms.surface])
    return CompiledTexts(TermNames(terms.names, used), compiler.postings(used), surface, stem, analysed)


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The terms of one kind (surface or stem) in one field."""

    parameters: Field
    stream: TermSequence
    """The numbers of the words for surface terms, those of their names for stems."""
    lengths: Longs
    """Length of each text in stems, without stop words. Shape (texts,)."""
    mean_length: float
    """Mean of the lengths over all passages."""
    text_of: Ints | None
    """The text of each passage, if passages share texts. Shape (passages,)."""


class _FieldCompiler:
    """Collects the terms of each field, then makes postings of them.

    Memory counts here: at 1,000,000 passages the sequences take gigabytes. Each is dropped as soon as it is not needed.
    """

    def __init__(
        self, terms: Terms, source_of: Ints, languages: Sequence[str], ranking: Ranking, size: int
    ) -> None:
        self.surface: list[FieldTerms] = []
        self.stems: list[FieldTerms] = []
        self.text = self.text_stems = TermSequence(np.zeros(0, np.int32), np.zeros(size + 1, np.int64))
        """The words of the passages' own text, and their stems."""
        self._used_words = np.zeros(len(terms.words), np.bool_)
        self._terms = terms
        self._source_of = source_of
        self._ranking = ranking
        self._size = size
        self._codes = list(dict.fromkeys(languages))
        self._language_of_source: Shorts = np.array(
            [self._codes.index(language) for language in languages], np.int16
        )

    def add(self, name: str, stream: TermSequence) -> None:
        """Adds a field, given as word numbers."""
        shared = name in SOURCE_FIELDS
        language_of = self._language_of_source
        if not shared:
            language_of = language_of[self._source_of] if len(self._source_of) else np.zeros(0, np.int16)
        stems_or_none = self._terms.stem_terms(stream, language_of, self._codes)
        stems = stems_or_none.filtered(stems_or_none.ids >= 0)
        self._used_words[stream.ids] = True
        if name == "text":
            self.text, self.text_stems = stream, stems
        lengths = np.diff(stems.offsets)
        text_of = self._source_of if shared else None
        mean = float((lengths if text_of is None else lengths[text_of]).mean()) if self._size else 0.0
        parameters = self._ranking.fields[name]
        keep = stems_or_none.ids != STOP_WORD
        if not self._ranking.surface_weight:
            keep[:] = False
        self.surface.append(FieldTerms(parameters, stream.filtered(keep), lengths, mean, text_of))
        self.stems.append(FieldTerms(parameters, stems, lengths, mean, text_of))

    def used(self) -> Mask:
        """Which names are terms of these texts. Shape (names,). The others belong to notes that were deleted or became private."""
        used = np.zeros(len(self._terms.names), np.bool_)
        used[self._terms.surface[self._used_words]] = True
        for stem in self.stems:
            used[stem.stream.ids] = True
        return used

    def postings(self, used: Mask) -> Postings:
        """The postings of the names that are terms. Drops the sequences."""
        owner = self._owners()
        owns = used & (owner == np.arange(len(owner)))
        row_of_name = np.where(owns, np.cumsum(owns) - 1, -1).astype(np.int32)
        rows = row_of_name[owner][used]
        row_of_word = row_of_name[self._terms.surface]
        fields = []
        for kind, row_of in ((self.surface, row_of_word), (self.stems, row_of_name)):
            while kind:
                fields.append(_FieldRows.of(kind.pop(0), row_of))
        parts = list(_postings(fields, int(owns.sum()), self._size, self._ranking.k1))
        del fields
        release_free_memory()
        return replace(concatenate(parts), rows=rows)

    def _owners(self) -> Ints:
        """For each name, the name whose postings it uses. A word as written shares those of its stem if neither has another stem
        or form; all others have their own. Shape (names,)."""
        size, surface = len(self._terms.names), self._terms.surface
        counts = np.zeros(size, np.int64)
        for one in self.stems:
            counts += np.bincount(one.stream.ids, minlength=size)
        for one in self.surface:
            of_words = np.bincount(one.stream.ids, minlength=len(surface))
            np.add.at(counts, surface, of_words)
        written = np.full(size, -1, np.int32)
        several = np.zeros(size, np.bool_)
        for row in self._terms.stems.values():
            words = np.flatnonzero((row >= 0) & self._used_words)
            stems = row[words]
            written[stems] = surface[words]
            several[stems[written[stems] != surface[words]]] = True
        alone = np.flatnonzero((written >= 0) & ~several & (counts > 0))
        alone = alone[counts[alone] == counts[written[alone]]]
        owners = np.arange(size, dtype=np.int32)
        owners[written[alone]] = alone
        return owners


_NO_TERMS = TermSequence(np.zeros(0, np.int32), np.zeros(1, np.int64))


@dataclass(frozen=True, slots=True)
class _FieldRows:
    """What occurs in a field, as rows of the postings."""

    field: FieldTerms
    """Without its stream, which is dropped."""
    rows: Ints
    owners: Ints
    """The text that each row occurs in. Shape as `rows`."""

    @classmethod
    def of(cls, field: FieldTerms, row_of: Ints) -> "_FieldRows":
        """`row_of` has the row of each number in the field's stream; -1 if it has none."""
        rows = row_of[field.stream.ids]
        kept = rows >= 0
        return cls(replace(field, stream=_NO_TERMS), rows[kept], field.stream.owners()[kept])

    def parted(self, part_of: Bytes, parts: int) -> "list[tuple[Ints, Ints]]":
        """Rows and owners of each part, in the order of the texts. `part_of` has the part of each row of the postings."""
        parts_of_rows = part_of[self.rows]
        chosen = (parts_of_rows == part for part in range(parts))
        return [(self.rows[places], self.owners[places]) for places in chosen]


def _postings(fields: list[_FieldRows], count: int, size: int, k1: float) -> Iterable[Postings]:
    """`count` rows of postings, in `POSTING_PARTS` parts. Empties the list."""
    occurrences = np.zeros(count, np.int64)
    for field in fields:
        occurrences += np.bincount(field.rows, minlength=count)
    before = np.append(np.int64(0), np.cumsum(occurrences))
    found = np.searchsorted(before, np.linspace(0, before[-1], POSTING_PARTS + 1)).tolist()
    bounds = [*found[:-1], count]
    part_of = np.repeat(np.arange(POSTING_PARTS, dtype=np.uint8), np.diff(bounds))
    parted: list[tuple[FieldTerms, list[tuple[Ints, Ints]]]] = []
    while fields:
        parted.append((fields[0].field, fields.pop(0).parted(part_of, POSTING_PARTS)))
    for begin, end in itertools.pairwise(bounds):
        parts = [_weighted(terms, *own.pop(0), size, begin) for terms, own in parted]
        keys = np.concatenate([keys for keys, _ in parts])
        values = np.concatenate([values for _, values in parts])
        del parts
        yield make_postings(keys, values, end - begin, size, k1)


def _weighted(field: FieldTerms, rows: Ints, owners: Ints, size: int, begin: int) -> tuple[Longs, Floats]:
    """Keys and weighted frequencies of these rows, which begin at `begin`, in a field. `owners` are the texts that they occur in.

    A key is `(row - begin) * size + passage`. Texts that several passages share are repeated for each of them.
    """
    count = max(len(field.lengths), 1)
    keys, counts = count_terms(rows, owners, begin, count)
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
