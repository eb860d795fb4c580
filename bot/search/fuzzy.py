"""Finds the words that are spelled nearly like a misspelt one, without comparing it with every word."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WORDS_PER_STEP = 8_192
"""Words that are compared at once: a step needs little memory, and other threads run between steps."""


@dataclass(frozen=True, slots=True)
class _WordsOfOneLength:
    words: str
    """The words, one after the other: a string for each of them would take five times the memory."""
    length: int
    letters: NDArray[np.uint32]
    """One bit for each letter of a word, chosen by the letter's code point modulo 32. Shape (words,)."""

    @classmethod
    def of(cls, words: str, length: int) -> "_WordsOfOneLength":
        letters = np.empty(len(words) // length, np.uint32)
        for first in range(0, len(letters), WORDS_PER_STEP):
            part = words[first * length : (first + WORDS_PER_STEP) * length]
            characters = np.frombuffer(part.encode("utf-32-le", "surrogatepass"), np.uint32)
            bits = np.left_shift(np.uint32(1), characters.reshape(-1, length) & np.uint32(31))
            np.bitwise_or.reduce(bits, axis=1, out=letters[first : first + WORDS_PER_STEP])
        return cls(words, length, letters)

    def with_more(self, words: str) -> "_WordsOfOneLength":
        letters = np.append(self.letters, self.of(words, self.length).letters)
        return _WordsOfOneLength(self.words + words, self.length, letters)

    def word(self, place: int) -> str:
        return self.words[place * self.length : (place + 1) * self.length]


class FuzzyWords:
    """A vocabulary that can be searched for words that are written nearly alike."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._by_length: dict[int, _WordsOfOneLength] = {}
        self.add(words)

    def add(self, words: Iterable[str]) -> None:
        """Adds words. Others may search meanwhile."""
        pending: dict[int, list[str]] = {}
        for word in words:
            pending.setdefault(len(word), []).append(word)
        for length, held in pending.items():
            known, joined = self._by_length.get(length), "".join(held)
            fresh = _WordsOfOneLength.of(joined, length) if known is None else known.with_more(joined)
            self._by_length[length] = fresh

    def prepare(self) -> None:
        """Imports rapidfuzz, so that the first search does not wait for it."""
        self.within_edits("word", 1)

    def within_edits(self, word: str, max_edits: int) -> list[tuple[str, int]]:
        """The words at most `max_edits` edits away, each with its distance.

        The distance is optimal string alignment: insertions, deletions, replacements and swaps of neighbours. One edit
        changes at most two of the letters that a word has, so only words whose letters differ in no more than that are
        compared: about one in thirty.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        letters = _WordsOfOneLength.of(word, len(word)).letters[0]
        found: list[tuple[str, int]] = []
        for length in range(max(len(word) - max_edits, 1), len(word) + max_edits + 1):
            known = self._by_length.get(length)
            if known is None:
                continue
            places = np.flatnonzero(np.bitwise_count(known.letters ^ letters) <= 2 * max_edits)
            candidates = list(map(known.word, places.tolist()))
            near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=max_edits, limit=None)
            found += [(one, int(distance)) for one, distance, _ in near]
        return found
