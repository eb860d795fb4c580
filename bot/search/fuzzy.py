"""Words by spelling: finds those near a misspelt one without comparing it with every word."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class _WordsOfOneLength:
    words: list[str]
    letters: NDArray[np.uint32]
    """One bit for each letter of a word, chosen by the letter's code point modulo 32. Shape (words,)."""

    @classmethod
    def of(cls, words: list[str]) -> "_WordsOfOneLength":
        characters = np.array(words, f"U{len(words[0])}").view(np.uint32).reshape(len(words), -1)
        bits = np.left_shift(np.uint32(1), characters & np.uint32(31))
        return cls(words, np.bitwise_or.reduce(bits, axis=1))


class FuzzyWords:
    """A vocabulary that can be searched for words that are written nearly alike."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[int, list[str]] = {}
        self._by_length: dict[int, _WordsOfOneLength] = {}
        for word in words:
            self._words.setdefault(len(word), []).append(word)

    def prepare(self) -> None:
        """Computes the letters of all words and imports rapidfuzz, so that the first search does not wait for it."""
        for length in self._words:
            self._of_length(length)
        self.within_edits("word", 1)

    def within_edits(self, word: str, max_edits: int) -> list[tuple[str, int]]:
        """The words at most `max_edits` edits away, each with its distance.

        The distance is optimal string alignment: insertions, deletions, replacements and swaps of neighbours. One edit
        changes at most two of the letters that a word has, so only words whose letters differ in no more than that are
        compared: about one in thirty.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        letters = _WordsOfOneLength.of([word]).letters[0]
        found: list[tuple[str, int]] = []
        for length in range(max(len(word) - max_edits, 1), len(word) + max_edits + 1):
            known = self._of_length(length)
            if known is None:
                continue
            places = np.flatnonzero(np.bitwise_count(known.letters ^ letters) <= 2 * max_edits)
            candidates = [known.words[place] for place in places.tolist()]
            near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=max_edits, limit=None)
            found += [(one, int(distance)) for one, distance, _ in near]
        return found

    def _of_length(self, length: int) -> _WordsOfOneLength | None:
        if length not in self._by_length and length in self._words:
            self._by_length[length] = _WordsOfOneLength.of(self._words[length])
        return self._by_length.get(length)
