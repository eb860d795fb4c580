"""The questions that an assistant can ask the library, as plain functions: arguments in, JSON out. Nothing here knows the
protocol.

Every passage is word for word as in the notes, with its link, authors, title and date. Private notes are not in the library at all.
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
"""In one result."""
MAX_SOURCES = 200
"""In one result."""
MAX_QUESTION_CHARS = 4000
"""Code points; longer ones are no questions."""


class ToolError(AnalectsError):
    """A tool could not do what was asked; the sentence says why and what to do."""


class Tools:
    """The tools over the notes of now: `bot.index` changes when the notes do."""

    def __init__(self, bot: Bot, questions_per_minute: int) -> None:
        self._bot = bot
        self._limit = RateLimit(questions_per_minute)

    def search(self, query: str, limit: int, client: str = "") -> Object:
        """Highlights that answer a question, best first, each with the part that answers as `quote`.

        `weak` is true if nothing fits well and only the nearest is given. `missing` has the question's words that no highlight
        holds. Raises ToolError if this client has asked too often.
        """
        self._count(client)
        if len(query) > MAX_QUESTION_CHARS:
            raise ToolError(
                f"The question is longer than {MAX_QUESTION_CHARS} characters: ask a shorter one."
            )
        found = answer(Question(query, _within(limit, MAX_HIGHLIGHTS)), self._bot.index, self._bot.embedding)
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
        """Highlights by chance, of those with this tag, by this author, from this title; "" means any. Raises ToolError."""
        self._count(client)
        wanted: list[Filter] = [Filter("tag", tag), Filter("by", author), Filter("from", title)]
        theme = Theme(tuple(one for one in wanted if one.value.strip()))
        index = self._bot.index
        if (wrong := themes.unmatched(theme, index)) is not None:
            names = f" Similar: {', '.join(wrong.suggestions)}." if wrong.suggestions else ""
            raise ToolError(f"Nothing in the library has the {wrong.facet} {wrong.name!r}.{names}")
        within = themes.fitting(theme, index, local_today())
        return {
            "highlights": _highlights(
                listing.at_random(index, _within(limit, MAX_HIGHLIGHTS), self._bot.random, within)
            )
        }

    def sources(self, limit: int, offset: int) -> Object:
        """What was read, most highlights first."""
        page = listing.sources(self._bot.index, _within(limit, MAX_SOURCES), max(offset, 0))
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


def _within(asked: int, most: int) -> int:
    return max(1, min(asked, most))


def _highlights(quotes: Sequence[Quote]) -> list[Json]:
    """Highlights, each with the part that is quoted of it."""
    return [{**json_output.highlight(quote.highlight), "quote": quote.text} for quote in quotes]
