"""A library's texts after compiling, and what the next library takes over from them: everything about the passages that it shares
with the one before."""

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
    """By the numbers of the words' names in the lexicon, which stay the same when the library changes."""
    languages: tuple[str, ...]
    """Code of each source's language."""
    analysed: AnalysedTexts


class Kept:
    """The passages that are taken over: their words and their language are as before, and so is their order."""

    def __init__(
        self, before: CompiledTexts, places: Longs, source_of: Ints, languages: Sequence[str]
    ) -> None:
        """`places` are the new passages' places among those before; -1 for one that is new. The rest is about the new library."""
        self._before = before
        known = before.analysed
        codes = {code: number for number, code in enumerate({*before.languages, *languages})}
        now = np.array([codes[one] for one in languages], np.int16)[source_of]
        then = np.array([codes[one] for one in before.languages], np.int16)[known.source_of]
        same = (places >= 0) & (now == then[places])
        if (np.diff(places[same]) <= 0).any():  # sorted anew: then they are compiled anew, too
            same[:] = False
        self.places = np.where(same, places, -1)
        """The place of each passage among those before; -1 if it is compiled anew. Shape (passages,)."""
        self._numbers = np.full(len(known.highlights), -1, np.int32)
        self._numbers[places[same]] = np.flatnonzero(same)
        self._occurrences = Occurrences(before.postings.offsets, before.postings.passages, known.counts)

    def rows(self, names: int) -> Ints:
        """The row of the postings before for each of so many names in the lexicon; -1 if it had none. Shape (names,)."""
        rows = self._before.postings.rows
        assert rows is not None  # whatever is compiled has rows
        terms = self._before.terms.numbers_of(np.arange(names, dtype=np.int32))
        return np.where(terms >= 0, rows[terms], -1).astype(np.int32)

    def frequencies(self, rows: Ints) -> Longs:
        """The number of these passages in each of these rows of those before. Shape as `rows`."""
        return np.where(rows >= 0, self._occurrences.frequencies_without(self._numbers < 0)[rows], 0)

    def with_fresh(self, rows: Ints, fresh: Occurrences) -> Occurrences:
        """The occurrences of these passages, in these `rows` of those before, together with those of all other passages."""
        return self._occurrences.moved(rows, self._numbers).merged(fresh, len(self.places))

    def lengths(self, field: str, fresh: Ints) -> Ints:
        """The length of a field of each passage. `fresh` are those of the passages that are compiled anew."""
        lengths = self._before.analysed.lengths[field][self.places]
        lengths[self.places < 0] = fresh
        return lengths

    def stems(self, numbers: Ints, fresh: TermSequence) -> TermSequence:
        """The stems of each passage. `numbers` are the terms of all names in the lexicon now."""
        before, places = self._before.stem_terms, self._before.terms.places()
        renumbered = numbers[places]
        if not np.array_equal(renumbered, np.arange(len(places))):
            before = TermSequence(renumbered[before.ids], before.offsets)
        return interleaved(before, fresh, self.places)

    def digests(self, fresh: UInt64s) -> UInt64s:
        """The digest of each passage. `fresh` are those of the passages that are compiled anew."""
        digests = self._before.digests[self.places]
        digests[self.places < 0] = fresh
        return digests
