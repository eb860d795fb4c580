"""A library's texts after compiling, and what is reused from them when the library changes: everything that was computed for the
passages that stayed the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.arrays import Ints, Longs, UInt64s
from bot.search.bm25 import Postings
from bot.search.documents import AnalysedTexts
from bot.search.lexicon import TermNames
from bot.search.occurrences import Occurrences
from bot.search.streams import TermSequence, WordTerms, interleaved


@dataclass(frozen=True, slots=True)
class CompiledTexts:
    """A library's texts after compiling. `bot.search.index.Index` explains each part."""

    terms: TermNames
    postings: Postings
    surface_terms: WordTerms
    stem_terms: TermSequence
    digests: UInt64s
    """The digest of each passage's words; see `WordTerms.digests`. It is computed from the numbers of the words' names in the
    lexicon, which stay the same when the library changes. Shape (passages,)."""
    languages: tuple[str, ...]
    """The language code of each source."""
    analysed: AnalysedTexts

    @property
    def unused_names(self) -> int:
        """How many names in the lexicon no passage has: they were those of notes that changed."""
        return len(self.analysed.terms.names) - len(self.terms)


class ReusedPassages:
    """The passages that are reused: their words, their language and their order are the same as in the library before."""

    def __init__(
        self, before: CompiledTexts, places: Longs, source_of: Ints, languages: Sequence[str]
    ) -> None:
        """`places` has the place of each passage in the library before; -1 for a new one. `source_of` and `languages` are those of
        the new library."""
        self._before = before
        known = before.analysed
        codes = {code: number for number, code in enumerate({*before.languages, *languages})}
        now = np.array([codes[language] for language in languages], np.int16)[source_of]
        then = np.array([codes[language] for language in before.languages], np.int16)[known.source_of]
        same = (places >= 0) & (now == then[places])
        if (np.diff(places[same]) <= 0).any():  # the order changed: all of them are compiled again
            same[:] = False
        self.places = np.where(same, places, -1)
        """The place of each passage in the library before; -1 if it is compiled again. Shape (passages,)."""
        self._numbers = np.full(len(known.highlights), -1, np.int32)
        self._numbers[places[same]] = np.flatnonzero(same)
        self._occurrences = Occurrences(before.postings.offsets, before.postings.passages, known.counts)
        self._gone = self._occurrences.of_passages(self._numbers < 0)

    @property
    def share(self) -> float:
        """The share of the new library's passages that are reused."""
        return float((self.places >= 0).mean()) if len(self.places) else 1.0

    def rows(self, names: int) -> Ints:
        """For each of the lexicon's first `names` names, its row in the old postings; -1 if it had none. Shape (names,)."""
        rows = self._before.postings.rows
        assert rows is not None  # compiled postings always have rows
        terms = self._before.terms.numbers_of(np.arange(names, dtype=np.int32))
        return np.where(terms >= 0, rows[terms], -1).astype(np.int32)

    def frequencies(self, rows: Ints) -> Longs:
        """How many of the reused passages each of these old rows contains; 0 for a row of -1. Shape as `rows`."""
        return np.where(rows >= 0, self._occurrences.frequencies_without(self._gone)[rows], 0)

    def with_fresh(self, rows: Ints, fresh: Occurrences) -> Occurrences:
        """The occurrences in all passages: those in the reused ones, from these old `rows`, and the `fresh` ones in all others."""
        return self._occurrences.updated(rows, self._gone, self._numbers, fresh)

    def lengths(self, field: str, fresh: Ints) -> Ints:
        """The length of a field in each passage. `fresh` has the lengths of the passages that are compiled again."""
        lengths = self._before.analysed.lengths[field][self.places]
        lengths[self.places < 0] = fresh
        return lengths

    def stems(self, numbers: Ints, fresh: TermSequence) -> TermSequence:
        """The stems of each passage. `fresh` has those of the passages that are compiled again, `numbers` the new term of each name
        in the lexicon."""
        before, places = self._before.stem_terms, self._before.terms.places()
        renumbered = numbers[places]
        if not np.array_equal(renumbered, np.arange(len(places))):
            before = TermSequence(renumbered[before.ids], before.offsets)
        return interleaved(before, fresh, self.places)

    def digests(self, fresh: UInt64s) -> UInt64s:
        """The digest of each passage. `fresh` has the digests of the passages that are compiled again."""
        digests = self._before.digests[self.places]
        digests[self.places < 0] = fresh
        return digests
