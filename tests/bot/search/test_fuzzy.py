"""Finding similar words gives the same as comparing every word."""

import string

import numpy as np
import pytest
from rapidfuzz.distance import OSA

from bot.search.fuzzy import FuzzyWords


def made_up(count: int, alphabet: str, longest: int) -> list[str]:
    generator = np.random.default_rng(count)
    lengths = generator.integers(1, longest + 1, count)
    return ["".join(generator.choice(list(alphabet), length)) for length in lengths.tolist()]


@pytest.mark.slow
@pytest.mark.parametrize("alphabet", ["abc", string.ascii_lowercase, "aäöüßéèABC", "אבגдежαβγ𐐷"])
@pytest.mark.parametrize("max_edits", [1, 2])
def test_similar_words_are_those_that_comparing_every_word_finds(alphabet: str, max_edits: int) -> None:
    words = made_up(3_000, alphabet, 7)
    words_known = FuzzyWords(words)
    near = 0
    for asked in [*made_up(60, alphabet, 8), "".join(reversed(words[5])), words[7], "x" * 40]:
        expected = sorted((word, OSA.distance(asked, word)) for word in words)
        expected = [(word, distance) for word, distance in expected if distance <= max_edits]
        assert sorted(words_known.within_edits(asked, max_edits)) == expected
        near += len(expected)
    assert near


def test_an_empty_vocabulary_has_no_similar_words() -> None:
    words_known = FuzzyWords([])
    words_known.prepare()
    assert words_known.within_edits("word", 2) == []
