"""Saves messages to Readwise: `POST /api/v2/highlights/` (https://readwise.io/api_deets).

Readwise stores the same text with the same title, author and source address only once, so a request may be repeated.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
from pydantic import SecretStr
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
)

from bot.runtime.backoff import backoff
from bot.saving.store import Kept, SaveError, TooLongError
from corpus.formats.saved_message import SavedMessage

MAX_TEXT_CHARS = 8_191
"""Readwise's limit for the text of a highlight."""
MAX_FIELD_CHARS = 511
"""Readwise's limit for a title and for a source address."""
MAX_TRIES, MAX_RETRY_S = 4, 20.0
MAX_ASKED_WAIT_S = 10.0
"""If Readwise asks to wait longer (429), saving fails, and the person is asked to try again."""
_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)

Sleep = Callable[[float], Awaitable[None]]


class _RetryableError(SaveError):
    """The request may work when it is sent again."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class ReadwiseMessages:
    """Implements `MessageStore`. Saved messages come back with the next fetch from Readwise."""

    token: SecretStr
    api_url: str
    """Base of the API, ending in "/"."""
    sleep: Sleep = field(default=asyncio.sleep)

    async def save(self, key: str, message: SavedMessage) -> Kept:
        del key  # Readwise recognises a message by its text, title, author and address
        if len(message.text) > MAX_TEXT_CHARS:
            raise TooLongError(MAX_TEXT_CHARS)
        retrying = AsyncRetrying(
            sleep=self.sleep,
            stop=stop_after_attempt(MAX_TRIES) | stop_after_delay(MAX_RETRY_S),
            wait=_wait,
            retry=retry_if_exception_type(_RetryableError),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                await self._post(message)
        return Kept.MAYBE_BEFORE

    async def _post(self, message: SavedMessage) -> None:
        headers = {"Authorization": f"Token {self.token.get_secret_value()}"}
        body = {"highlights": [as_highlight(message)]}
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as session,
                session.post(
                    f"{self.api_url}highlights/", json=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                status, retry_after = answer.status, answer.headers.get("Retry-After", "")
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise _RetryableError(f"Readwise cannot be reached ({type(error).__name__})") from None
        if status == 429:
            wait_s = float(retry_after) if retry_after.isdecimal() else 5.0
            if wait_s > MAX_ASKED_WAIT_S:
                raise SaveError("Readwise asks to wait longer (429)")
            raise _RetryableError("Readwise asks to wait (429)", wait_s)
        if status >= 500:
            raise _RetryableError(f"Readwise answers with an error (HTTP {status})")
        if status in (401, 403):
            raise SaveError("Readwise refuses READWISE_TOKEN")
        if status != 200:
            raise SaveError(f"Readwise refuses the highlight (HTTP {status})")


def as_highlight(message: SavedMessage) -> dict[str, str]:
    """The message in the format of Readwise's API. Tags stand at the beginning of the note as ".tag"; Readwise reads them from
    there."""
    tags = " ".join(f".{'-'.join(tag.split())}" for tag in message.tags)
    fields = {
        "text": message.text,
        "title": message.title[:MAX_FIELD_CHARS],
        "author": message.author,
        "source_url": message.link[:MAX_FIELD_CHARS],
        "highlight_url": message.link,
        "source_type": "analects",
        "category": "articles",
        "note": "\n".join(filter(None, (tags, message.remark))),
        "highlighted_at": message.saved,
    }
    return {name: value for name, value in fields.items() if value}


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    asked_s = error.wait_s if isinstance(error, _RetryableError) else None
    return asked_s if asked_s is not None else backoff(state.attempt_number, 0.5, 4.0)
