"""The best passages as quotes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.excerpt import Match, excerpt
from bot.model import Quote, Span
from bot.search.arrays import Floats, Longs
from bot.search.index import Index
from bot.search.query import Query
from bot.search.query_terms import QueryTerm
from bot.text.analysis import Token, fold, tokens, words
from bot.text.sentences import LOOKED_AT
from corpus.model import Highlight

if TYPE_CHECKING:
    from bot.semantic.embedding import Similarities


@dataclass(frozen=True, slots=True)
class Search:
    """What a question became, and what it found: passages best first."""

    query: Query
    wanted: tuple[QueryTerm, ...]
    corrections: dict[str, str]
    passages: Longs
    scores: Floats
    sources: frozenset[int] = frozenset()
    """Numbers of the sources that the question names."""
    near: "Similarities | None" = None
    close: frozenset[int] = frozenset()
    """Passages that words alone would not have brought."""


def quoted(passage: int, score: float, search: Search, index: Index) -> Quote:
    """The quote of a passage: the part that answers, and the words in it that matched."""
    highlight = index.library.highlights[passage]
    if search.near is not None and passage in search.close:
        return _by_meaning(highlight, search.near.sentence(passage), score)
    found = tokens(highlight.plain[:LOOKED_AT])
    matches = [
        Match(found[place].start, found[place].end, number, search.wanted[number].idf)
        for place, number in index.matches(search.wanted, passage, found)
    ]
    matches += _phrase_matches(search.query.phrases, found, len(search.wanted))
    spans = excerpt(highlight.plain, matches)
    marks = sorted({(match.start, match.end) for match in matches})
    inside = [mark for mark in marks if any(start <= mark[0] and mark[1] <= end for start, end in spans)]
    return Quote(highlight, spans, _merged(inside), round(score, 4))


def _by_meaning(highlight: Highlight, sentence: Span | None, score: float) -> Quote:
    """A quote without matched words: the part around the sentence that is nearest to the question."""
    start, end = sentence or (0, 0)
    spans = excerpt(highlight.plain, [Match(start, end, 0, 1.0)] if sentence else ())
    inside = [(max(start, one[0]), min(end, one[1])) for one in spans if one[0] < end and start < one[1]]
    return Quote(highlight, spans, (), round(score, 4), inside[0] if inside else spans[0])


def _merged(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Marks that touch, as those of neighbouring characters do, as one."""
    result: list[tuple[int, int]] = []
    for start, end in marks:
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def _phrase_matches(phrases: Iterable[str], found: Sequence[Token], first: int) -> list[Match]:
    """The words of the exact phrases where they stand together; heavier than any single word."""
    folded = [fold(token.word) for token in found]
    result = []
    for number, phrase in enumerate(phrases, first):
        sought = [fold(word) for word in words(phrase)]
        for place in range(len(folded) - len(sought) + 1):
            if folded[place] == sought[0] and folded[place : place + len(sought)] == sought:
                result += [
                    Match(one.start, one.end, number, 100.0) for one in found[place : place + len(sought)]
                ]
    return result
