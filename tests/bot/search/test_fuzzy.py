"""`FuzzyWords` finds the same similar words as comparing every word."""

import string

import numpy as np
import pytest
from rapidfuzz.distance import OSA

from bot.search.fuzzy import FuzzyWords


def random_words(count: int, alphabet: str, longest: int) -> list[str]:
    generator = np.random.default_rng(count)
    lengths = generator.integers(1, longest + 1, count)
    return ["".join(generator.choice(list(alphabet), length)) for length in lengths.tolist()]


@pytest.mark.slow
@pytest.mark.parametrize("alphabet", ["abc", string.ascii_lowercase, "aäöüßéèABC", "אבגдежαβγ𐐷"])
@pytest.mark.parametrize("max_edits", [1, 2])
def test_similar_words_are_the_same_as_by_comparing_every_word(alphabet: str, max_edits: int) -> None:
    words = random_words(3_000, alphabet, 7)
    fuzzy_words = FuzzyWords(words)
    matches = 0
    for typed in [*random_words(60, alphabet, 8), "".join(reversed(words[5])), words[7], "x" * 40]:
        expected = sorted((word, OSA.distance(typed, word)) for word in words)
        expected = [(word, distance) for word, distance in expected if distance <= max_edits]
        assert sorted(fuzzy_words.within_edits(typed, max_edits)) == expected
        matches += len(expected)
    assert matches


def test_an_empty_vocabulary_has_no_similar_words() -> None:
    fuzzy_words = FuzzyWords([])
    fuzzy_words.prepare()
    assert fuzzy_words.within_edits("word", 2) == []
