"""A question to its answer: parse, search, decide whether anything fits, choose, quote."""

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bot.answering.evidence import LEAST, NEAR, evidence, fitting, speaking, strongest
from bot.answering.filters import _allowed
from bot.answering.paging import paged
from bot.answering.quoting import Search, quoted
from bot.answering.suggestions import nearest
from bot.model import Answer, Question, Quote
from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index
from bot.search.query import Query, parse
from bot.search.query_terms import QueryTerm, written
from bot.understanding.intent import Intent, understood

if TYPE_CHECKING:
    from bot.answering.fusion import Fused
    from bot.semantic.embedding import Embedding, Similarities

MOST_QUOTES = 200
"""Highlights that are told to fit a question, at most."""


NAMED = 1.25
"""What the score of a passage by who is named, or from what is named, counts beside another's."""


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
        from bot.answering.fusion import fitting as fitting_both

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
    meaning: Intent, most: int, allowed: Mask | None, index: Index, near: float = 0.0
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


def _all_of(allowed: Mask, wanted: Sequence[QueryTerm], index: Index) -> tuple[Longs, Floats]:
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
    meaning: Intent, near: "Similarities", most: int, allowed: Mask | None, index: Index
) -> "tuple[Fused, float]":
    """What ranks by words and nearness together, and how much speaks for the best of it: `LEAST` is enough."""
    from bot.answering.fusion import likelihood

    both = fusion(meaning, near, most, allowed, index)
    likely = likelihood(both, meaning, near.language, index)
    return both, speaking(both.by_words, meaning) if likely is None else LEAST + likely - 0.5


def fusion(
    meaning: Intent,
    near: "Similarities",
    most: int,
    allowed: Mask | None,
    index: Index,
    weight: float | None = None,
) -> "Fused":
    """The best passages by words and nearness together, a cosine counting `weight` (None: as it is fitted)."""
    from bot.answering.fusion import MEANING, POOL, fused

    return fused(
        _best(meaning, POOL, allowed, index),
        near.cosines,
        lambda found, scores: evidence(meaning, found, scores, index),
        most,
        allowed,
        MEANING if weight is None else weight,
    )


def _nearness(
    query: Query, meaning: Intent, index: Index, embedding: "Embedding | None"
) -> "Similarities | None":
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
