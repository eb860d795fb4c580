"""Results of a question that cannot be read again, so that the next page can be shown: ids of highlights, no text.

A slash command leaves no message on the platform, and a button has no room for the question, whose text is not stored either.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Protocol

from cachetools import TTLCache

from bot.model import Span

FOUND_RETENTION_S = 30 * 86400.0
"""How long a list can be paged, in seconds."""
MAX_IN_MEMORY = 2_000


@dataclass(frozen=True, slots=True)
class FoundQuote:
    """A quote by the id of its highlight and the places of its words."""

    highlight: str
    spans: tuple[Span, ...]
    marks: tuple[Span, ...] = ()
    sentence: Span | None = None


@dataclass(frozen=True, slots=True)
class FoundList:
    """The best quotes that answer a question, in order."""

    quotes: tuple[FoundQuote, ...]
    total: int
    """How many highlights fit; `quotes` may hold fewer."""

    def encode(self) -> str:
        """As JSON: the ids, and numbers."""
        rows = [[quote.highlight, quote.spans, quote.marks, quote.sentence] for quote in self.quotes]
        return json.dumps([self.total, rows], separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> "FoundList":
        """The list in `text`. Raises ValueError."""
        try:
            total, rows = json.loads(text)
            quotes = tuple(
                FoundQuote(
                    str(highlight),
                    tuple((int(start), int(end)) for start, end in spans),
                    tuple((int(start), int(end)) for start, end in marks),
                    (int(sentence[0]), int(sentence[1])) if sentence else None,
                )
                for highlight, spans, marks, sentence in rows
            )
            return cls(quotes, int(total))
        except (TypeError, KeyError, IndexError) as error:
            raise ValueError(type(error).__name__) from None


class FoundLists(Protocol):
    """Stores lists by a key that is made up for each."""

    async def save_found(self, key: str, found: FoundList) -> None:
        """Stores a list, or leaves one that is stored already."""

    async def load_found(self, key: str) -> FoundList | None:
        """The list; None if it is not, or no longer, stored."""


class MemoryFoundLists:
    """Implements `FoundLists` for the life of the process."""

    def __init__(self, clock: Callable[[], float] = time) -> None:
        self._lists: TTLCache[str, FoundList] = TTLCache(MAX_IN_MEMORY, FOUND_RETENTION_S, timer=clock)

    async def save_found(self, key: str, found: FoundList) -> None:
        self._lists.setdefault(key, found)

    async def load_found(self, key: str) -> FoundList | None:
        return self._lists.get(key)
