"""A question to its answer: parse, search, decide whether anything fits, choose, quote."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bot.analysis import Token, fold, tokens, words
from bot.excerpt import LOOKED_AT, Match, excerpt
from bot.fitting import LEAST, NEAR, evidence, fitting, speaking, strongest
from bot.index import Index
from bot.model import Answer, Question, Quote, Span
from bot.nearest import nearest
from bot.query import Query, parse
from bot.ranking import Floats, Longs, Mask
from bot.understanding import Meaning, understood
from bot.wanted import Wanted, written
from corpus.model import Highlight

if TYPE_CHECKING:
    from bot.meaning.embedding import Embedding, Near
    from bot.meaning.fusing import Fused

MOST_QUOTES = 200
"""Highlights that are told to fit a question, at most."""


NAMED = 1.25
"""What the score of a passage by who is named, or from what is named, counts beside another's."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a question became, and what it found: passages best first."""

    query: Query
    wanted: tuple[Wanted, ...]
    corrections: dict[str, str]
    passages: Longs
    scores: Floats
    sources: frozenset[int] = frozenset()
    """Numbers of the sources that the question names."""
    near: "Near | None" = None
    close: frozenset[int] = frozenset()
    """Passages that words alone would not have brought."""


def answer(question: Question, index: Index, embedding: "Embedding | None" = None) -> Answer:
    """The quotes of `index` that answer `question`; never fails, whatever was typed."""
    began = perf_counter()
    search = look(question.text, index, embedding)
    total, quotes = _quotes(search, index, question.offset, max(question.limit, 0))
    return Answer(
        question=question.text,
        quotes=tuple(quotes),
        offset=question.offset,
        total=total,
        corrected=search.corrections,
        filters=search.query.filters,
        looked_for=tuple(written(search.wanted) or dict.fromkeys(word.typed for word in search.wanted)),
        nearest=() if total else nearest(search.query, search.wanted, search.sources, index),
        took_ms=(perf_counter() - began) * 1000,
    )


def look(text: str, index: Index, embedding: "Embedding | None" = None) -> Search:
    """Everything that fits a question, best first, at most `MOST_QUOTES`; near in meaning too, where that can be told."""
    query = parse(text)
    allowed = _allowed(query, index)
    meaning = understood(query, index)
    passages, scores = np.zeros(0, np.int64), np.zeros(0, np.float32)
    if query.phrases and not query.text.strip() and allowed is not None:
        passages, scores = _all_of(allowed, meaning.wanted, index)
    elif meaning.only_names:
        theirs = index.of_sources(meaning.sources)
        passages, scores = _all_of(theirs if allowed is None else theirs & allowed, (), index)
    elif (near := _nearness(query, meaning, index, embedding)) is not None:
        from bot.meaning.fusing import fitting as fitting_both

        both, speaks = _together(meaning, near, MOST_QUOTES, allowed, index)
        close: frozenset[int] = frozenset()
        if query.phrases or speaks >= LEAST:
            passages, scores, close = fitting_both(both, bool(query.phrases))
        return Search(
            query, meaning.wanted, meaning.corrections, passages, scores, meaning.sources, near, close
        )
    elif meaning.wanted:
        passages, scores = _best(meaning, MOST_QUOTES, allowed, index, near=NEAR)
        found = evidence(meaning, passages, scores, index)
        keep = fitting(found, scores) & (bool(query.phrases) or speaking(strongest(found), meaning) >= LEAST)
        passages, scores = passages[keep], scores[keep]
    elif query.selects and allowed is not None:
        passages, scores = _all_of(allowed, (), index)
    return Search(query, meaning.wanted, meaning.corrections, passages, scores, meaning.sources)


def _best(
    meaning: Meaning, most: int, allowed: Mask | None, index: Index, near: float = 0.0
) -> tuple[Longs, Floats]:
    """The best passages, those by who is named or from what is named before others that are as good."""
    passages, scores = index.best(meaning.wanted, most, allowed, near)
    if not meaning.sources:
        return passages, scores
    scores = scores * np.where(
        np.isin(index.source_of[passages], list(meaning.sources)), np.float32(NAMED), np.float32(1)
    )
    order = np.argsort(-scores, kind="stable")
    return passages[order], scores[order]


def _all_of(allowed: Mask, wanted: Sequence[Wanted], index: Index) -> tuple[Longs, Floats]:
    """The passages that a filter or phrase leaves: the best `MOST_QUOTES` by `wanted`, then the others, newest first."""
    best, scores = (
        index.best(wanted, MOST_QUOTES, allowed)
        if wanted
        else (np.zeros(0, np.int64), np.zeros(0, np.float32))
    )
    left = allowed.copy()
    left[best] = False
    newest = index.facets.newest_first()
    others = newest[left[newest]]
    return np.append(best, others), np.append(scores, np.zeros(len(others), np.float32))


def _together(
    meaning: Meaning, near: "Near", most: int, allowed: Mask | None, index: Index
) -> "tuple[Fused, float]":
    """What ranks by words and nearness together, and how much speaks for the best of it: `LEAST` is enough."""
    from bot.meaning.fusing import likelihood

    both = fusion(meaning, near, most, allowed, index)
    likely = likelihood(both, meaning, near.language, index)
    return both, speaking(both.by_words, meaning) if likely is None else LEAST + likely - 0.5


def fusion(
    meaning: Meaning,
    near: "Near",
    most: int,
    allowed: Mask | None,
    index: Index,
    weight: float | None = None,
) -> "Fused":
    """The best passages by words and nearness together, a cosine counting `weight` (None: as it is fitted)."""
    from bot.meaning.fusing import MEANING, POOL, fused

    return fused(
        _best(meaning, POOL, allowed, index),
        near.cosines,
        lambda found, scores: evidence(meaning, found, scores, index),
        most,
        allowed,
        MEANING if weight is None else weight,
    )


def _nearness(query: Query, meaning: Meaning, index: Index, embedding: "Embedding | None") -> "Near | None":
    """How near the passages are to what is asked; None where there is no model, or no word is looked for."""
    if embedding is None or not meaning.wanted:
        return None
    return embedding.near(meaning.asked or query.text, index)


def ranked(
    text: str, index: Index, most: int, embedding: "Embedding | None" = None
) -> tuple[Longs, Floats, float]:
    """The raw ranking of a question, nothing refused: passages, best first, their scores, how much speaks for the best."""
    query = parse(text)
    meaning, allowed = understood(query, index), _allowed(query, index)
    near = _nearness(query, meaning, index, embedding)
    if near is not None:
        both, speaks = _together(meaning, near, most, allowed, index)
        return both.passages, both.scores, speaks
    passages, scores = _best(meaning, most, allowed, index)
    return passages, scores, speaking(strongest(evidence(meaning, passages, scores, index)), meaning)


def _allowed(query: Query, index: Index) -> Mask | None:
    """The passages that filters, phrases and exclusions leave; None where the question has none of them."""
    masks = [index.quotable, index.facets.allowed(query)]
    masks += [index.holding_phrase(words(phrase)) for phrase in query.phrases]
    for value in query.excluded:
        masks += [~mask for mask in _held(value, index)]
    given = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(given) if given else None


def _held(value: str, index: Index) -> Iterable[Mask]:
    """The passages that hold an excluded word in any form, or an excluded phrase."""
    found = words(value)
    yield index.holding_phrase(found)
    if len(found) == 1:
        for word in index.wanted(tokens(value)):
            yield index.holding(word)


def _quotes(search: Search, index: Index, offset: int, limit: int) -> tuple[int, list[Quote]]:
    """How many passages fit, less repeated texts, and the quotes of the page asked for."""
    distinct = index.distinct(search.passages)
    end = offset + limit
    order = paged(index.source_of[search.passages[distinct]].tolist(), limit, end + MOST_QUOTES)
    quotes: dict[str, Quote] = {}
    repeated = 0
    for place in distinct[order].tolist():
        if len(quotes) >= end:
            break
        quote = quoted(int(search.passages[place]), float(search.scores[place]), search, index)
        repeated += quote.text in quotes
        quotes.setdefault(quote.text, quote)
    return len(distinct) - repeated, list(quotes.values())[offset:end]


def paged(sources: Sequence[int], limit: int, most: int) -> list[int]:
    """The first `most` places of a ranking, so ordered that no page is all of one source if others fit too.

    `sources` has the source of each ranked passage. Only the last third of a page of `limit` gives way, so
    the best passage stays first.
    """
    waiting = list(range(len(sources)))
    order: list[int] = []
    while waiting and len(order) < most and limit > 1:
        page: list[int] = []
        counts: Counter[int] = Counter()
        for place in waiting:
            if len(page) == limit:
                break
            if counts[sources[place]] < limit - max(1, limit // 3):
                page.append(place)
                counts[sources[place]] += 1
        left = [place for place in waiting if place not in page] if len(page) < limit else []
        page = sorted(page + left[: limit - len(page)])
        order += page
        waiting = [place for place in waiting if place not in set(page)]
    return (order + waiting)[:most]


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
