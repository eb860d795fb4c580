"""Words to terms: their stems in a language, or pairs of characters, each with a number that stays.

A library that changes is compiled again and again: what was once learnt of a word is not asked for twice.
"""

from collections.abc import Sequence

import numpy as np

from bot.search.arrays import Ints, Mask, Shorts
from bot.search.streams import Numbers, TermSequence, numbered
from bot.text.analysis import fold, is_unspaced
from bot.text.stemming import stems
from bot.text.stop_words import stop_words

STOP, LAST, UNKNOWN = -1, -2, -3
"""No term: a stop word; the last character of a row, as pairs begin at the first; not yet looked at."""


class Terms:
    """Word numbers of a field to term numbers; words as written and what they mean are numbered apart."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.numbers = Numbers(numbered(words))
        """Of the words."""
        self.written = Numbers()
        self.meant = Numbers()
        self._words: Sequence[str] = ()
        self._surface = np.zeros(0, np.int32)
        self._unspaced = np.zeros(0, np.bool_)
        self._stems: dict[str, Ints] = {}

    def learn(self, words: Sequence[str]) -> None:
        """Takes up the words behind those that it knows."""
        fresh = words[len(self._words) :]
        surface = np.array([self.written["=" + fold(word)] for word in fresh], np.int32)
        unspaced = np.array([is_unspaced(word) for word in fresh], np.bool_)
        unknown = np.full(len(fresh), UNKNOWN, np.int32)
        self._stems = {language: np.append(row, unknown) for language, row in self._stems.items()}
        self._surface = np.append(self._surface, surface)
        self._unspaced = np.append(self._unspaced, unspaced)
        self._words = words

    def surfaces(self, stream: TermSequence) -> TermSequence:
        return TermSequence(self._surface[stream.items] if len(stream.items) else stream.items, stream.ends)

    def meanings(self, stream: TermSequence, language_of: Shorts, languages: Sequence[str]) -> TermSequence:
        """A stem or a pair of characters for each word; negative where it has none.

        Shape as `stream`; `language_of` has a number in `languages` for each text.
        """
        items = stream.items
        if not len(items):
            return stream
        owners = stream.owners()
        tongues = language_of[owners]
        terms = np.empty(len(items), np.int32)
        for tongue, language in enumerate(languages):
            own = slice(None) if len(languages) == 1 else tongues == tongue
            terms[own] = self._stemmed(items[own], language)
        unspaced = self._unspaced[items]
        if unspaced.any():
            terms[unspaced] = self._pairs(items, owners, unspaced)
        return TermSequence(terms, stream.ends)

    def _stemmed(self, items: Ints, language: str) -> Ints:
        """Terms of the stems of these words, learnt where they are not known yet."""
        row = self._stems.get(language)
        if row is None:
            row = self._stems[language] = np.full(len(self._words), UNKNOWN, np.int32)
        found: Ints = row[items]
        asked = np.zeros(len(row), np.bool_)
        asked[items[found == UNKNOWN]] = True
        needed = np.flatnonzero(asked & ~self._unspaced)
        if len(needed):
            words = [self._words[number] for number in needed.tolist()]
            stop = stop_words(language)
            row[needed] = [
                STOP if fold(word) in stop else self.meant[f"{language}:{stem}"]
                for word, stem in zip(words, stems(language, words), strict=True)
            ]
            found = row[items]
        return found

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
        return self.meant["~" + "".join(fold(self._words[number]) for number in characters)]
