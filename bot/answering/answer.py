"""From a question to its answer: find, decide, quote. The package's docstring shows the order of steps."""

from collections.abc import Collection, Iterable
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bot.answering.decision import AnswerOutcome
from bot.answering.find import MAX_QUOTES, Findings, find
from bot.answering.first_page import count_on_first_page
from bot.answering.paging import paginate
from bot.answering.quoting import quoted
from bot.answering.suggestions import missing_words, suggestions
from bot.model import Answer, Question, Quote
from bot.search.index import Index
from bot.search.query_terms import displayed_words

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding


def answer(question: Question, index: Index, embedding: "Embedding | None" = None) -> Answer:
    """The quotes of `index` that answer `question`; never fails, whatever was typed."""
    return explained_answer(question, index, embedding)[0]


def explained_answer(
    question: Question, index: Index, embedding: "Embedding | None" = None
) -> tuple[Answer, Findings]:
    """The same answer, with the findings it was made from: their decision says why the question was answered or refused."""
    began = perf_counter()
    found = find(question.text, index, embedding, question.today)
    limit = max(question.limit, 0)
    total, quotes_with_passages = _quotes(found, index, limit, question.offset + limit)
    page = quotes_with_passages[question.offset :]
    if not (question.offset or question.fill):
        page = page[: count_on_first_page(found, [passage for _, passage in page], index)]
    quotes, shown = [quote for quote, _ in page], [passage for _, passage in page]
    terms = found.intent.terms
    reply = Answer(
        question=question.text,
        quotes=tuple(quotes),
        offset=question.offset,
        limit=question.limit,
        total=total,
        corrected=found.intent.corrections,
        filters=found.query.filters,
        looked_for=tuple(displayed_words(terms) or dict.fromkeys(term.typed for term in terms)),
        suggestions=() if total else suggestions(found, index),
        weak=bool(quotes) and found.decision.outcome is AnswerOutcome.WEAK,
        missing=missing_words(terms),
        not_quoted=_rarest_word_not_quoted(found, shown) if shown else None,
        took_ms=(perf_counter() - began) * 1000,
        word_filter=found.word_filter,
    )
    return reply, found


def all_quotes(
    question: Question, index: Index, embedding: "Embedding | None", count: int
) -> tuple[int, list[Quote]]:
    """The number of quotes that answer `question`, and the first `count` of them, in pages of `question.limit`."""
    found = find(question.text, index, embedding, question.today)
    total, quotes = _quotes(found, index, max(question.limit, 1), count)
    return total, [quote for quote, _ in quotes]


def _rarest_word_not_quoted(found: Findings, shown: Collection[int]) -> str | None:
    """The rarest word of the question, if none of these passages has it in any form or field."""
    places = [place for place, passage in enumerate(found.result.passages.tolist()) if passage in shown]
    is_quoted: list[bool] = np.logical_or.reduce(found.result.holds[:, places], axis=1).tolist()
    weighed = [
        (term, quoted) for term, quoted in zip(found.result.terms, is_quoted, strict=True) if term.weight
    ]
    rarest, is_rarest_quoted = max(
        weighed, key=lambda pair: (pair[0].weight, not pair[1]), default=(None, True)
    )
    if rarest is None or is_rarest_quoted:
        return None
    lacking = displayed_words(term for term, quoted in weighed if not quoted)
    return next((word for word in lacking if rarest.typed in word), None)


def _quotes(found: Findings, index: Index, limit: int, end: int) -> tuple[int, list[tuple[Quote, int]]]:
    """The number of passages that may be quoted, without repeated texts; the first `end` quotes with their passages, in pages of
    `limit`."""
    passages, scores = found.result.passages, found.result.scores
    distinct = index.without_repeats(passages).tolist()
    order: Iterable[int] = range(len(distinct))
    if not found.query.newest:
        sources = index.source_of[passages].tolist()
        order = islice(paginate([sources[place] for place in distinct], limit), end + MAX_QUOTES)
    quotes: dict[str, tuple[Quote, int]] = {}
    repeated = 0
    for number in order:
        if len(quotes) >= end:
            break
        place = distinct[number]
        passage = passages.item(place)
        quote = quoted(passage, scores.item(place), found, index)
        repeated += quote.text in quotes
        quotes.setdefault(quote.text, (quote, passage))
    return len(distinct) - repeated, list(quotes.values())[:end]
