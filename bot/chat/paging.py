"""What a button shows again: quotes by their ids or links, and pages of an answer whose question cannot be read again.

What such an answer found is stored by ids (`bot.state.found_lists`).
"""

from dataclasses import replace

from bot.answering import lookup
from bot.answering.answer import all_quotes
from bot.chat import wording
from bot.chat.arrival import QuotesById, QuotesByLink
from bot.chat.conversation import Bot
from bot.chat.replies import Notice, Picks
from bot.chat.requests import Command
from bot.model import Answer, Question, Quote
from bot.search.index import Index
from bot.state.found_lists import FoundList, FoundQuote

MAX_FOUND = 150
"""Quotes of an answer that can be paged."""


def find_all(reply: Answer, bot: Bot) -> FoundList:
    """Everything that answers the question of `reply`, up to `MAX_FOUND` quotes."""
    question = Question(reply.question, reply.limit or len(reply.quotes))
    total, quotes = all_quotes(question, bot.index, bot.embedding, MAX_FOUND)
    found = (FoundQuote(quote.highlight.id, quote.spans, quote.marks, quote.sentence) for quote in quotes)
    return FoundList(tuple(found), total)


def page_of(found: FoundList, bot: Bot, offset: int, limit: int) -> Answer:
    """The quotes from `offset` on. Highlights that are gone or have changed since are neither shown nor counted."""
    index, shown = bot.index, found.quotes[offset : offset + limit]
    passages = index.passages_of_ids(quote.highlight for quote in found.quotes)
    quotes = []
    for stored in shown:
        passage = passages.get(stored.highlight)
        highlight = None if passage is None else index.library.highlights[passage]
        if highlight is not None and stored.spans and stored.spans[-1][1] <= len(highlight.plain):
            quotes.append(Quote(highlight, stored.spans, stored.marks, 0.0, stored.sentence))
    there = sum(quote.highlight in passages for quote in found.quotes)
    total = min(found.total, max(there, offset + len(quotes)))
    reply = Answer("", tuple(quotes), offset, total, limit=limit)
    return replace(reply, alike=bot.embedding is not None, drawable=bot.pictures)


def quotes_again(request: QuotesById | QuotesByLink, index: Index) -> Picks | Notice:
    """The quotes that were shown before; a notice if none of them is left."""
    match request:
        case QuotesById():
            quotes = lookup.of_ids(request.ids, index)
        case QuotesByLink():
            quotes = lookup.of_links(request.links, index)
    return Picks(quotes, Command("random", limit=len(quotes))) if quotes else Notice(wording.OLD_BUTTON)
