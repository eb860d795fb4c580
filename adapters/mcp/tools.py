"""What an assistant can ask the library, as plain functions: arguments in, JSON out. Nothing here knows the protocol.

Every passage is word for word as in the notes, with its link, authors, title and date. Private notes are not in the library.
"""

from collections.abc import Sequence
from typing import TypeAlias

from adapters import json_output
from adapters.json_output import Json
from bot.access.rate_limit import RateLimit
from bot.answering import listing, lookup, themes
from bot.answering.answer import answer
from bot.answering.word_filters import local_today
from bot.chat.conversation import Bot
from bot.model import Question, Quote
from bot.schedule.plan import Filter, Theme
from corpus.errors import AnalectsError

Object: TypeAlias = dict[str, Json]

MAX_HIGHLIGHTS = 50
"""Highlights in one result."""
MAX_SOURCES = 200
"""Sources in one result."""
MAX_QUESTION_CHARS = 4000
"""Longer questions are refused. In code points."""


class ToolError(AnalectsError):
    """A tool could not do what was asked. The message says why, and what to do."""


class Tools:
    """The tools, always over the current notes: `bot.index` is replaced when notes change."""

    def __init__(self, bot: Bot, questions_per_minute: int) -> None:
        self._bot = bot
        self._limit = RateLimit(questions_per_minute)

    def search(self, query: str, limit: int, client: str = "") -> Object:
        """Highlights that answer a question, best first, each with the part that answers as `quote`.

        `weak` is true if nothing fits well and only the nearest highlight is given. `missing` lists the question's words that no
        highlight has. Raises ToolError if this client has asked too often.
        """
        self._count(client)
        if len(query) > MAX_QUESTION_CHARS:
            raise ToolError(
                f"The question is longer than {MAX_QUESTION_CHARS} characters: ask a shorter one."
            )
        found = answer(
            Question(query, _clamped(limit, MAX_HIGHLIGHTS), fill=True), self._bot.index, self._bot.embedding
        )
        return {
            "found": found.found,
            "weak": found.weak,
            "highlights": _highlights(found.quotes),
            "total": found.total,
            "missing": list(found.missing),
            "corrected": dict(found.corrected),
            "filters": dict(found.filters),
        }

    def random(self, limit: int, tag: str, author: str, title: str, client: str = "") -> Object:
        """Random highlights with this tag, by this author and from this title; "" means any. Raises ToolError."""
        self._count(client)
        filters: list[Filter] = [Filter("tag", tag), Filter("by", author), Filter("from", title)]
        theme = Theme(tuple(filter_ for filter_ in filters if filter_.value.strip()))
        index = self._bot.index
        if (unmatched := themes.unmatched(theme, index)) is not None:
            similar = f" Similar: {', '.join(unmatched.suggestions)}." if unmatched.suggestions else ""
            raise ToolError(f"Nothing in the library has the {unmatched.facet} {unmatched.name!r}.{similar}")
        within = themes.fitting(theme, index, local_today())
        return {
            "highlights": _highlights(
                listing.at_random(index, _clamped(limit, MAX_HIGHLIGHTS), self._bot.random, within)
            )
        }

    def sources(self, limit: int, offset: int) -> Object:
        """What was read, most highlights first."""
        page = listing.sources(self._bot.index, _clamped(limit, MAX_SOURCES), max(offset, 0))
        return {
            "sources": [
                {
                    "title": counted.source.title,
                    "authors": list(counted.source.authors),
                    "category": counted.source.category,
                    "url": counted.source.url,
                    "tags": list(counted.source.tags),
                    "date": counted.source.date,
                    "highlights": counted.highlights,
                }
                for counted in page.sources
            ],
            "total": page.total,
        }

    def highlight(self, name: str) -> Object:
        """The highlight with an id. Raises ToolError if there is none."""
        found = lookup.of_ids([name], self._bot.index)
        if not found:
            raise ToolError(
                "No highlight has this id. It may have been deleted or become private; search again."
            )
        return json_output.highlight(found[0].highlight)

    def _count(self, client: str) -> None:
        if self._limit.is_reached(client):
            raise ToolError(
                f"More than {self._limit.limit} questions in a minute: wait a minute, or raise QUESTIONS_PER_MINUTE."
            )
        self._limit.record(client)


def _clamped(number: int, maximum: int) -> int:
    return max(1, min(number, maximum))


def _highlights(quotes: Sequence[Quote]) -> list[Json]:
    """The quotes' highlights, each with its quoted part as `quote`."""
    return [{**json_output.highlight(quote.highlight), "quote": quote.text} for quote in quotes]
