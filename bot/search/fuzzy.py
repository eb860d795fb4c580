"""A library's words by how they are spelled: those near a misspelt one, without comparing it with each."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one length."""

    words: list[str]
    letters: NDArray[np.uint32]
    """A bit for each letter that a word has, by the letter's number modulo 32."""

    @classmethod
    def of(cls, words: list[str]) -> "_Words":
        characters = np.array(words, f"U{len(words[0])}").view(np.uint32).reshape(len(words), -1)
        bits = np.left_shift(np.uint32(1), characters & np.uint32(31))
        return cls(words, np.bitwise_or.reduce(bits, axis=1))


class Spelled:
    """Words, by their lengths and letters."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[int, list[str]] = {}
        self._made: dict[int, _Words] = {}
        for word in words:
            self._words.setdefault(len(word), []).append(word)

    def prepare(self) -> None:
        """Looks at the letters of all words and loads what compares them, which otherwise waits until it is needed."""
        for length in self._words:
            self._of(length)
        self.near("word", 1)

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        """The words at most `most` edits away, and how many: insertions, deletions, replacements, neighbours exchanged.

        An edit changes at most two letters of those that a word has. Only words that differ in no more than that are
        compared: one in thirty.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        letters = _Words.of([word]).letters[0]
        near: list[tuple[str, int]] = []
        for length in range(max(len(word) - most, 1), len(word) + most + 1):
            known = self._of(length)
            if known is None:
                continue
            places = np.flatnonzero(np.bitwise_count(known.letters ^ letters) <= 2 * most)
            alike = [known.words[place] for place in places.tolist()]
            found = process.extract(word, alike, scorer=OSA.distance, score_cutoff=most, limit=None)
            near += [(one, int(distance)) for one, distance, _ in found]
        return near

    def _of(self, length: int) -> _Words | None:
        if length not in self._made and length in self._words:
            self._made[length] = _Words.of(self._words[length])
        return self._made.get(length)
