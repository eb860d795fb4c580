"""The settings that managers chose for a server or channel (`bot.state.chosen`), as the rules need them.

They are cached for some seconds: other replicas see a change soon, and most questions cost no query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from logging import getLogger
from time import monotonic

from cachetools import TTLCache

from bot.state.chosen import ChosenStore, Kind, MemoryChosen, PostingChoices, ServerChoices

log = getLogger("analects.rules")

REREAD_AFTER_S = 5.0
"""Seconds for which a choice is cached."""
MAX_CACHED = 10_000


@dataclass(slots=True)
class Choices:
    """Reads and changes choices."""

    store: ChosenStore = field(default_factory=MemoryChosen)
    clock: Callable[[], float] = monotonic
    _texts: TTLCache[tuple[Kind, str], str] = field(init=False)
    """Encoded; "" if nothing was chosen."""

    def __post_init__(self) -> None:
        self._texts = TTLCache(MAX_CACHED, REREAD_AFTER_S, timer=lambda: self.clock())

    async def of_server(self, server: str) -> ServerChoices:
        """The settings chosen for a server ("discord:123")."""
        text = await self._read("server", server)
        try:
            return ServerChoices.decode(text) if text else ServerChoices()
        except ValueError:
            log.warning("the settings of %(place)s cannot be read", {"place": server})
            return ServerChoices()

    async def of_posting(self, channel: str) -> PostingChoices:
        """How the digests of a channel ("discord:123") are posted."""
        text = await self._read("posting", channel)
        try:
            return PostingChoices.decode(text) if text else PostingChoices()
        except ValueError:
            return PostingChoices()

    async def set_server(self, server: str, choices: ServerChoices) -> None:
        """Stores what was chosen for a server. Raises StateError."""
        await self._write("server", server, choices.encode())

    async def set_posting(self, channel: str, choices: PostingChoices) -> None:
        """Stores how digests are posted. Raises StateError."""
        await self._write("posting", channel, choices.encode())

    async def _read(self, kind: Kind, place: str) -> str:
        known = self._texts.get((kind, place))
        if known is None:
            known = self._texts[kind, place] = await self.store.load_chosen(kind, place) or ""
        return known

    async def _write(self, kind: Kind, place: str, text: str) -> None:
        await self.store.save_chosen(kind, place, text)
        self._texts[kind, place] = text
