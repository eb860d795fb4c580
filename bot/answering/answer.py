"""A question to its answer: find, decide, quote. The package's docstring shows the order of steps."""

from time import perf_counter
from typing import TYPE_CHECKING

from bot.answering.find import MAX_QUOTES, Findings, find
from bot.answering.paging import paginate
from bot.answering.quoting import quoted
from bot.answering.suggestions import suggestions
from bot.model import Answer, Question, Quote
from bot.search.index import Index
from bot.search.query_terms import displayed_words

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding


def answer(question: Question, index: Index, embedding: "Embedding | None" = None) -> Answer:
    """The quotes of `index` that answer `question`; never fails, whatever was typed."""
    began = perf_counter()
    found = find(question.text, index, embedding)
    limit = max(question.limit, 0)
    total, all_quotes = _quotes(found, index, limit, question.offset + limit)
    quotes = all_quotes[question.offset :]
    terms = found.intent.terms
    return Answer(
        question=question.text,
        quotes=tuple(quotes),
        offset=question.offset,
        limit=question.limit,
        total=total,
        corrected=found.intent.corrections,
        filters=found.query.filters,
        looked_for=tuple(displayed_words(terms) or dict.fromkeys(term.typed for term in terms)),
        suggestions=() if total else suggestions(found, index),
        took_ms=(perf_counter() - began) * 1000,
    )


def all_quotes(
    question: Question, index: Index, embedding: "Embedding | None" = None, count: int = 150
) -> tuple[int, list[Quote]]:
    """The number of quotes that answer `question`, and the first `count` of them, in pages of `question.limit`."""
    return _quotes(find(question.text, index, embedding), index, max(question.limit, 1), count)


def _quotes(found: Findings, index: Index, limit: int, end: int) -> tuple[int, list[Quote]]:
    """The number of passages that may be quoted, without repeated texts, and the first `end` quotes, in pages of `limit`."""
    passages, scores = found.result.passages, found.result.scores
    distinct = index.without_repeats(passages)
    order = paginate(index.source_of[passages[distinct]].tolist(), limit, end + MAX_QUOTES)
    quotes: dict[str, Quote] = {}
    repeated = 0
    for place in distinct[order].tolist():
        if len(quotes) >= end:
            break
        quote = quoted(int(passages[place]), float(scores[place]), found, index)
        repeated += quote.text in quotes
        quotes.setdefault(quote.text, quote)
    return len(distinct) - repeated, list(quotes.values())[:end]
