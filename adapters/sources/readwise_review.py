"""Readwise's Daily Review: `GET /api/v2/review/` (https://readwise.io/api_deets)."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from adapters.sources.errors import SourceError
from adapters.sources.readwise_client import ReadwiseClient
from adapters.sources.readwise_types import WireReviewed
from bot.digest.daily_review import REVIEW_TIMEOUT_S, ReviewedHighlight, ReviewError

MAX_AGE_S = 600.0
"""A review is fetched again after this many seconds. Until then, all channels show the same one."""


@dataclass(slots=True)
class ReadwiseReview:
    """Implements `DailyReview`. A failure is remembered as long as a review, so that not every channel waits for the next one."""

    token: SecretStr
    api_url: str
    """Base of the API, ending in "/"."""
    clock: Callable[[], float] = time.monotonic
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _last: tuple[float, Sequence[ReviewedHighlight] | str] | None = None
    """When the review was last fetched, and the review, or a sentence that says why there is none."""

    async def today(self) -> Sequence[ReviewedHighlight]:
        async with self._lock:
            if self._last is None or self.clock() - self._last[0] > MAX_AGE_S:
                self._last = (self.clock(), await self._fetched())
            found = self._last[1]
        if isinstance(found, str):
            raise ReviewError(found)
        return found

    async def _fetched(self) -> Sequence[ReviewedHighlight] | str:
        """The review, or a sentence that says why there is none."""
        try:
            async with (
                asyncio.timeout(REVIEW_TIMEOUT_S / 2),
                ReadwiseClient(self.token, self.api_url) as client,
            ):
                return [_reviewed(wire) for wire in await client.review()]
        except TimeoutError:
            return f"Readwise gave no Daily Review in {REVIEW_TIMEOUT_S / 2:.0f} seconds"
        except SourceError as error:
            return str(error)


def _reviewed(wire: WireReviewed) -> ReviewedHighlight:
    readwise_link = f"https://readwise.io/open/{wire.id}" if wire.id is not None else None
    links = tuple(link for link in (readwise_link, wire.highlight_url, wire.url) if link)
    return ReviewedHighlight(wire.text or "", wire.title or "", links)
