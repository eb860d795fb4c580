"""Compiles a library's texts: from words to terms, from terms to postings.

Every distinct word is analysed once; the rest is arithmetic on arrays. When a library changes, only the passages that changed are
compiled (`bot.search.compiled`). The name of a term says what it is:

    "=word"     a word as written (a surface term)
    "en:stem"   its stem in a language
    "~人工"     two neighbouring characters of a script without blanks, or one that stands alone
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.runtime.heap import release_free_memory
from bot.search.arrays import Bytes, Ints, Longs, Mask, Shorts, Unsigned
from bot.search.bm25 import Postings, Ranking, count_terms
from bot.search.compiled import CompiledTexts, ReusedPassages
from bot.search.documents import SOURCE_FIELDS, AnalysedTexts, ids_of, read_fields
from bot.search.languages import with_usual
from bot.search.lexicon import TermNames
from bot.search.occurrences import Occurrences, packed
from bot.search.streams import TermSequence, WordTerms, concatenated_ranges
from bot.search.terms import STOP_WORD, Terms
from corpus.model import Highlight, Source

MIN_UNUSED_NAMES = 10_000
"""So many names of words that only deleted notes had take about 3 MB. A lexicon with fewer of them is not made again."""
MIN_REUSED_SHARE = 0.5
"""To insert new occurrences into the old ones takes several times the memory of all of them. If fewer passages than this share are
reused, all are counted anew, part by part."""
POSTING_PARTS = 8
"""Number of parts in which postings are computed, one after the other: computing needs several times the memory of its result."""


def compile_texts(
    highlights: Sequence[Highlight],
    sources: tuple[Source, ...],
    source_of: Ints,
    detected: Sequence[str | None],
    ranking: Ranking,
    before: CompiledTexts | None = None,
) -> CompiledTexts:
    """Computes the terms, postings and term sequences of a library. `detected` has each source's language code; None if unknown.

    `before` is the library before a change, compiled with the same ranking. Its highlights are not read again, except when most of
    its lexicon is of deleted notes. Apart from the numbers of the terms, the result is the same without it.
    """
    if before is not None and before.unused_names > max(MIN_UNUSED_NAMES, len(before.terms)):
        before = None  # a lexicon only grows
    known = before.analysed if before is not None else None
    terms = known.terms if known is not None else Terms()
    places = known.places(highlights) if known is not None else np.full(len(highlights), -1, np.int64)
    streams = read_fields(highlights, sources, ranking, places, known, terms.words)
    terms.learn()
    languages = with_usual(detected)
    reused = ReusedPassages(before, places, source_of, languages) if before is not None else None
    if reused is not None and reused.share < MIN_REUSED_SHARE:
        reused = None
    fresh = np.flatnonzero(reused.places < 0) if reused is not None else np.arange(len(highlights))
    changed_sources, changed_source_of = np.unique(source_of[fresh], return_inverse=True)
    changed_languages = [languages[number] for number in changed_sources.tolist()]
    compiler = _FieldCompiler(terms, changed_source_of.astype(np.int32), changed_languages, ranking)
    for name, stream in streams.items():
        texts = changed_sources.astype(np.int64) if name in SOURCE_FIELDS else fresh
        compiler.add(name, stream if reused is None else stream.taken(texts))
    terms.names.packed()
    lengths, text, text_stems = compiler.lengths, compiler.text, compiler.text_stems
    rows = reused.rows(len(terms.names)) if reused is not None else np.zeros(0, np.int32)
    frequencies = reused.frequencies(rows) if reused is not None else np.zeros(len(terms.names), np.int64)
    table = _TermTable.of(terms, streams.values(), compiler, frequencies)
    occurrences = compiler.occurrences(table.row_of_name)
    if reused is not None:
        occurrences = replace(occurrences, passages=fresh.astype(np.int32)[occurrences.passages])
        occurrences = reused.with_fresh(rows[table.owners], occurrences)
        lengths = {name: reused.lengths(name, own) for name, own in lengths.items()}
    weights = occurrences.weights(lengths, len(highlights), ranking)
    postings = Postings(occurrences.offsets, occurrences.passages, weights, table.rows)
    stems = TermSequence(table.numbers[text_stems.ids], text_stems.offsets)
    digests = WordTerms(text, terms.surface).digests()
    if reused is not None:
        stems, digests = reused.stems(table.numbers, stems), reused.digests(digests)
    written = WordTerms(streams.get("text", text), table.numbers[terms.surface])
    analysed = AnalysedTexts(
        highlights, sources, streams, terms, source_of, tuple(detected), ids_of(highlights, places, known),
        lengths, occurrences.counts,
    )  # fmt: skip
    names = TermNames(terms.names, table.used)
    return CompiledTexts(names, postings, written, stems, digests, tuple(languages), analysed)


@dataclass(frozen=True, slots=True)
class _TermTable:
    """The names in the lexicon that are terms of the library, and the rows of their postings."""

    used: Mask
    """Which names are terms. The others occurred only in notes that were deleted or became private. Shape (names,)."""
    numbers: Ints
    """The number of the term that each name is; -1 if it is no term. Shape (names,)."""
    rows: Ints
    """The row of each term. Shape (terms,)."""
    owners: Ints
    """The name that owns each row. Shape (rows,)."""
    row_of_name: Ints
    """The row that each name owns; -1 if it owns none. Shape (names,)."""

    @classmethod
    def of(
        cls, terms: Terms, streams: Iterable[TermSequence], compiler: "_FieldCompiler", frequencies: Longs
    ) -> "_TermTable":
        """`frequencies` says how many of the reused passages contain each name. Shape (names,)."""
        size = len(terms.names)
        words = np.zeros(len(terms.words), np.bool_)
        for stream in streams:
            words[stream.ids] = True
        used = frequencies > 0
        used[terms.surface[words]] = True
        for stem in compiler.stems:
            used[stem.stream.ids] = True
        owner = _owners(terms, words, compiler.totals(), frequencies)
        owns = used & (owner == np.arange(size))
        row_of_name = np.where(owns, np.cumsum(owns) - 1, -1).astype(np.int32)
        numbers = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
        return cls(
            used, numbers, row_of_name[owner][used], np.flatnonzero(owns).astype(np.int32), row_of_name
        )


def _owners(terms: Terms, used_words: Mask, totals: Longs, frequencies: Longs) -> Ints:
    """For each name, the name whose postings it uses. Shape (names,).

    A surface term and its stem share postings if the word has no other stem and the stem no other word. All other names have their
    own. `totals` counts occurrences in the passages that are compiled, `frequencies` the reused passages.
    """
    size, surface = len(terms.names), terms.surface
    written = np.full(size, -1, np.int32)
    several = np.zeros(size, np.bool_)
    for row in terms.stems.values():
        words = np.flatnonzero((row >= 0) & used_words)
        stems = row[words]
        written[stems] = surface[words]
        several[stems[written[stems] != surface[words]]] = True
    alone = np.flatnonzero((written >= 0) & ~several & (totals + frequencies > 0))
    of_words = written[alone]
    alone = alone[(totals[alone] == totals[of_words]) & (frequencies[alone] == frequencies[of_words])]
    owners = np.arange(size, dtype=np.int32)
    owners[written[alone]] = alone
    return owners


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The terms of one kind (surface or stem) in one field."""

    name: str
    stream: TermSequence
    """Numbers of words for surface terms, numbers of names in the lexicon for stems."""
    texts: int
    """The number of texts."""
    text_of: Ints | None
    """The text of each passage, if passages share texts. Shape (passages,)."""


class _FieldCompiler:
    """Collects the terms of each field of some passages, then counts them.

    Memory counts here: at 1,000,000 passages the sequences take gigabytes. Each is dropped as soon as it is not needed.
    """

    def __init__(self, terms: Terms, source_of: Ints, languages: Sequence[str], ranking: Ranking) -> None:
        size = len(source_of)
        self.surface: list[FieldTerms] = []
        self.stems: list[FieldTerms] = []
        self.text = self.text_stems = TermSequence(np.zeros(0, np.int32), np.zeros(size + 1, np.int64))
        """The words of the passages' own text, and their stems."""
        self.lengths: dict[str, Ints] = {}
        """The length of each field in stems, without stop words. Shape of each: (passages,)."""
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
        if name == "text":
            self.text, self.text_stems = stream, stems
        lengths = np.diff(stems.offsets).astype(np.int32)
        text_of = self._source_of if shared else None
        self.lengths[name] = lengths if text_of is None else lengths[text_of]
        keep = stems_or_none.ids != STOP_WORD
        if not self._ranking.surface_weight:
            keep[:] = False
        self.surface.append(FieldTerms(name, stream.filtered(keep), len(lengths), text_of))
        self.stems.append(FieldTerms(name, stems, len(lengths), text_of))

    def totals(self) -> Longs:
        """How often each name occurs. Shape (names,)."""
        size, surface = len(self._terms.names), self._terms.surface
        totals = np.zeros(size, np.int64)
        for field in self.stems:
            totals += np.bincount(field.stream.ids, minlength=size)
        for field in self.surface:
            of_words = np.bincount(field.stream.ids, minlength=len(surface))
            np.add.at(totals, surface, of_words)
        return totals

    def occurrences(self, row_of_name: Ints) -> Occurrences:
        """How often each row occurs in each passage. Drops the sequences."""
        row_of_word = row_of_name[self._terms.surface]
        fields = []
        for kind, row_of in ((self.surface, row_of_word), (self.stems, row_of_name)):
            while kind:
                fields.append(_FieldRows.of(kind.pop(0), row_of))
        parts = list(_occurrences(fields, int(row_of_name.max(initial=-1)) + 1, self._size))
        del fields
        release_free_memory()
        return Occurrences.joined(parts)


_NO_TERMS = TermSequence(np.zeros(0, np.int32), np.zeros(1, np.int64))


@dataclass(frozen=True, slots=True)
class _FieldRows:
    """The occurrences in one field: the row of the postings and the text of each."""

    field: FieldTerms
    """The field without its stream, which is dropped to save memory."""
    rows: Ints
    owners: Ints
    """The text that each row occurs in. Shape as `rows`."""

    @classmethod
    def of(cls, field: FieldTerms, row_of: Ints) -> "_FieldRows":
        """`row_of` has a row for each number that can occur in the field's stream; -1 if there is none."""
        rows = row_of[field.stream.ids]
        has_row = rows >= 0
        return cls(replace(field, stream=_NO_TERMS), rows[has_row], field.stream.owners()[has_row])

    def parted(self, part_of: Bytes, parts: int) -> "list[tuple[Ints, Ints]]":
        """Divides rows and owners into parts; each keeps the order of the texts. `part_of` has the part of each row of the
        postings."""
        parts_of_rows = part_of[self.rows]
        chosen = (parts_of_rows == part for part in range(parts))
        return [(self.rows[places], self.owners[places]) for places in chosen]


def _occurrences(fields: list[_FieldRows], count: int, size: int) -> Iterable[Occurrences]:
    """The occurrences of `count` rows in `size` passages, in `POSTING_PARTS` parts. Empties the list."""
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
        parts = [_counted(terms, *rest.pop(0), size, begin) for terms, rest in parted]
        keys = np.concatenate([keys for keys, _ in parts])
        counts = np.concatenate([counts for _, counts in parts])
        del parts
        yield _summed(keys, counts, end - begin, size)


def _counted(field: FieldTerms, rows: Ints, owners: Ints, size: int, begin: int) -> tuple[Longs, Unsigned]:
    """Keys and packed counts of a part of the rows in one field. The part begins at row `begin`; `owners` has the text of each row.

    A key is `(row - begin) * size + passage`. Texts that several passages share are repeated for each of them.
    """
    texts = max(field.texts, 1)
    keys, numbers = count_terms(rows, owners, begin, texts)
    counts = packed(field.name, numbers)
    if field.text_of is None:
        return keys, counts
    by_text = np.argsort(field.text_of, kind="stable")
    passages_per_text = np.bincount(field.text_of, minlength=texts)
    text = keys % texts
    copies = passages_per_text[text]
    firsts = (np.cumsum(passages_per_text) - passages_per_text)[text]
    passages = by_text[concatenated_ranges(firsts, copies)]
    return np.repeat(keys // texts, copies) * size + passages, np.repeat(counts, copies)


def _summed(keys: Longs, counts: Unsigned, rows: int, size: int) -> Occurrences:
    """The occurrences with these keys, which may come in any order. A key of several fields gets the counts of all of them."""
    if len(keys):
        order = np.argsort(keys, kind="stable")
        keys, counts = keys[order], counts[order]
        del order
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        keys, counts = keys[first], np.bitwise_or.reduceat(counts, first)
    offsets = np.searchsorted(keys, np.arange(rows + 1) * size).astype(np.int64)
    keys %= max(size, 1)
    return Occurrences(offsets, keys.astype(np.int32), counts)
