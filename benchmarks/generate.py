"""Generates libraries of any size, with word frequencies of real text and passages as long as in people's notes.

The same size and seed give the same library on every machine.
"""

from collections.abc import Sequence

import numpy as np

from corpus.model import Highlight, Library, Source

_BEGINS = "b br c ch d dr f fl g gr h j k l m n p pl qu r s sh st t tr v w z".split()  # noqa: SIM905
_MIDDLES = "a e i o u ai ea ou".split()  # noqa: SIM905
_ENDS = ["", "", "n", "r", "l", "s", "nd", "st", "ck", "m"]
_FREQUENT = "the of and a to in is that it was for on are with as his they be at one have this from".split()  # noqa: SIM905

ZIPF_EXPONENT = 1.07
"""Exponent of Zipf's law: the word of rank r is r^-1.07 times as frequent as the first."""

HIGHLIGHTS_PER_SOURCE = 20
"""Number of highlights in each source."""

MEDIAN_WORDS, SPREAD = 32, 0.8
"""Length of a highlight: log-normal, as measured on real notes (median 184 characters, 10 % over 356)."""


def vocabulary(size: int) -> list[str]:
    """Returns distinct words: the most frequent English ones, then made-up ones."""
    syllables = [
        begin + middle + end for begin in _BEGINS for middle in _MIDDLES for end in dict.fromkeys(_ENDS)
    ]
    generator = np.random.default_rng(size)
    words = dict.fromkeys(_FREQUENT)
    while len(words) < size:
        parts = generator.integers(0, len(syllables), (size, 3))
        counts = generator.integers(1, 4, size)
        for row, count in zip(parts.tolist(), counts.tolist(), strict=True):
            words["".join(syllables[part] for part in row[:count])] = None
    return list(words)[:size]


def library(size: int, seed: int = 0) -> Library:
    """Returns a library of `size` highlights. Its vocabulary grows with the square root of its length (Heaps' law)."""
    generator = np.random.default_rng(seed)
    words = np.array(vocabulary(int(120 * (size * MEDIAN_WORDS) ** 0.5)), object)
    likely = np.cumsum(np.arange(1, len(words) + 1, dtype=np.float64) ** -ZIPF_EXPONENT)
    lengths = np.clip(generator.lognormal(np.log(MEDIAN_WORDS), SPREAD, size), 3, 600).astype(np.int64)
    highlights: list[Highlight] = []
    sources: list[Source] = []
    for first in range(0, size, HIGHLIGHTS_PER_SOURCE):
        chunk = lengths[first : first + HIGHLIGHTS_PER_SOURCE]
        drawn = words[np.searchsorted(likely, generator.random(int(chunk.sum()) + 8) * likely[-1])].tolist()
        title, author = " ".join(drawn[:5]).title(), " ".join(drawn[5:7]).title()
        source = Source(title, (author,), "books", tags=(drawn[7],))
        sources.append(source)
        place = 8
        for number, length in enumerate(chunk.tolist(), first):
            text = _text(drawn[place : place + length])
            place += length
            highlights.append(
                Highlight(f"{number:016x}", text, text, source, path=f"{first}.md", line=number)
            )
    return Library(tuple(sources), tuple(highlights))


def _text(words: Sequence[str]) -> str:
    """Joins words to sentences of twelve words."""
    sentences = (" ".join(words[at : at + 12]).capitalize() + "." for at in range(0, len(words), 12))
    return " ".join(sentences)


def questions(made: Library, count: int = 200, seed: int = 1) -> list[str]:
    """Returns questions: 6 to 12 words from one passage, stop words included."""
    generator = np.random.default_rng(seed)
    result: list[str] = []
    while len(result) < count:
        passage = made.highlights[int(generator.integers(len(made.highlights)))]
        words = passage.plain.replace(".", "").lower().split()
        length = int(generator.integers(6, 13))
        if len(words) >= length:
            chosen = np.sort(generator.choice(len(words), length, replace=False))
            result.append(" ".join(words[position] for position in chosen.tolist()))
    return result
