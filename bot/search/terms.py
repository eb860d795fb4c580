"""From words to terms: the word as written, its stem in a language, or bigrams of characters. Each term has a number that stays the
same.

A changed library is compiled again and again. What is known about a word (its folded form, its stems) is kept from one
compilation to the next, and on disk.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from bot.search.arrays import Ints, Mask, Shorts
from bot.search.lexicon import Lexicon
from bot.search.streams import TermSequence
from bot.text.analysis import fold, is_unspaced
from bot.text.stemming import stems
from bot.text.stop_words import stop_words

STOP_WORD, LAST_OF_ROW, UNKNOWN = -1, -2, -3
"""Numbers that stand for no term: a stop word, the last character of a row (bigrams are numbered at their first character), a
word that has not been stemmed yet."""

WORDS_PER_STEP = 8_192
"""Words that are stemmed at once: while they are, each is several strings."""


class Terms:
    """Maps word numbers to term numbers."""

    def __init__(
        self,
        words: Lexicon | None = None,
        names: Lexicon | None = None,
        surface: Ints | None = None,
        unspaced: Mask | None = None,
        stems: Mapping[str, Ints] | None = None,
    ) -> None:
        """Without arguments, no word is known. Otherwise each known word has an entry in `surface` (its surface term), `unspaced`
        (whether it is of a script without blanks) and `stems` (its stem in each language)."""
        self.words = words if words is not None else Lexicon()
        """The words, normalised."""
        self.names = names if names is not None else Lexicon()
        """The names of all terms; see `bot.search.build`."""
        self.surface = np.zeros(0, np.int32) if surface is None else surface
        self.unspaced = np.zeros(0, np.bool_) if unspaced is None else unspaced
        self.stems = dict(stems or {})

    def learn(self) -> None:
        """Looks up the words that were added to `words`."""
        fresh = self.words.names(len(self.surface))
        number = self.names.number
        surface = np.array([number("=" + fold(word)) for word in fresh], np.int32)
        unspaced = np.array([is_unspaced(word) for word in fresh], np.bool_)
        unknown = np.full(len(fresh), UNKNOWN, np.int32)
        self.stems = {language: np.append(row, unknown) for language, row in self.stems.items()}
        self.surface = np.append(self.surface, surface)
        self.unspaced = np.append(self.unspaced, unspaced)

    def stem_terms(self, stream: TermSequence, language_of: Shorts, languages: Sequence[str]) -> TermSequence:
        """The stem or bigram of each word; a negative number if it has none.

        Shape as `stream`. `language_of` holds, for each text, an index into `languages`.
        """
        ids = stream.ids
        if not len(ids):
            return stream
        if len(languages) == 1:
            terms = self._stemmed(ids, languages[0])
        else:
            languages_of_ids = language_of[stream.owners()]
            terms = np.empty(len(ids), np.int32)
            for number, language in enumerate(languages):
                own = languages_of_ids == number
                terms[own] = self._stemmed(ids[own], language)
        unspaced = self.unspaced[ids]
        if unspaced.any():
            terms[unspaced] = self._bigrams(ids, stream.owners(), unspaced)
        return TermSequence(terms, stream.offsets)

    def _stemmed(self, ids: Ints, language: str) -> Ints:
        """Stem terms of these words. Words that this language has not seen yet are stemmed now."""
        row = self.stems.get(language)
        if row is None:
            row = self.stems[language] = np.full(len(self.words), UNKNOWN, np.int32)
        terms: Ints = row[ids]
        used = np.zeros(len(row), np.bool_)
        used[ids[terms == UNKNOWN]] = True
        needed = np.flatnonzero(used & ~self.unspaced)
        stop = stop_words(language)
        for begin in range(0, len(needed), WORDS_PER_STEP):
            own = needed[begin : begin + WORDS_PER_STEP]
            words = self.words.of(own.astype(np.int32))
            row[own] = [
                STOP_WORD if fold(word) in stop else self.names.number(f"{language}:{stem}")
                for word, stem in zip(words, stems(language, words), strict=True)
            ]
        return row[ids] if len(needed) else terms

    def _bigrams(self, ids: Ints, owners: Ints, unspaced: Mask) -> Ints:
        """Terms of unspaced characters: each with its right neighbour. The last of a row has none; a lone one is its own term."""
        joined = np.zeros(len(ids) + 1, np.bool_)
        joined[1:-1] = unspaced[:-1] & unspaced[1:] & (owners[:-1] == owners[1:])
        before, after = joined[:-1], joined[1:]
        right = np.append(ids[1:], 0)
        names = np.where(after, ids.astype(np.int64) * len(self.words) + right, np.int64(-1) - ids)
        distinct, places = np.unique(names[unspaced], return_inverse=True)
        terms = np.array([self._bigram(name) for name in distinct.tolist()], np.int32)[places]
        terms[(before & ~after)[unspaced]] = LAST_OF_ROW
        return terms

    def _bigram(self, name: int) -> int:
        """The term for a pair of word numbers packed into one number; a negative `name` stands for a lone character."""
        characters = (-1 - name,) if name < 0 else divmod(name, len(self.words))
        return self.names.number("~" + "".join(fold(self.words[number]) for number in characters))
