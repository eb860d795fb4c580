"""Readwise's API over HTTP: the pages of the export, and the Daily Review. Requests are sent one at a time, and retried if that
may help.

    async with ReadwiseClient(token, "https://readwise.io/api/v2/") as client:
        await client.check_token()
        async for page in client.pages():
            …

All requests are GET requests, so each can be repeated. After a 429, the client waits as long as `Retry-After` says. The
documented limit is 240 requests a minute; several replicas share it.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from logging import getLogger
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
import msgspec
from pydantic import SecretStr
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from adapters.sources.errors import OutOfReachError, RefusedTokenError, UnusableAnswerError
from adapters.sources.readwise_types import Page, WireReview, WireReviewed

log = getLogger("analects.sources")
Decoded = TypeVar("Decoded")

TIMEOUT = aiohttp.ClientTimeout(total=180, sock_connect=10, sock_read=60)
MAX_PAGE_BYTES = 64 * 1024 * 1024
"""Longer answers are refused, because answers are held in memory. A page of 1,000 highlights has about 1 MB."""

MAX_ATTEMPTS = 4
"""How many times a failing request is sent in one run. The next run tries again."""
MAX_RATE_LIMITED = 20
"""How many times in a row one request waits because Readwise answers 429. Several replicas may share a token's limit."""
MAX_RETRY_AFTER_S = 900.0
"""If Readwise asks to wait longer, the run ends; the next run tries again."""
FIRST_WAIT_S = 1.0

Sleep = Callable[[float], Awaitable[object]]


class _RetryableError(Exception):
    """The request may work when it is sent again."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        """Seconds that the service asked to wait in a 429 answer; None for any other failure."""


class ReadwiseClient:
    """The export of one account. Methods raise SourceError."""

    def __init__(
        self, token: SecretStr, api_url: str, sleep: Sleep = asyncio.sleep, rng: random.Random | None = None
    ) -> None:
        self._token = token
        self._url = api_url
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 -- spreads requests, guards nothing
        self._session: aiohttp.ClientSession | None = None
        self.on_wait: Callable[[float], None] = _log_wait
        """Called with the seconds that the service asked to wait."""
        self.server_time: datetime | None = None
        """What the service's clock said at the first answer. Times that the service sends are compared with this clock, not
        ours."""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def check_token(self) -> None:
        """Checks the token. To a valid one, Readwise sends an empty answer. Raises SourceError."""
        await self._get("auth/", {}, _check_is_empty, attempts=1)

    async def pages(
        self, updated_after: datetime | None = None, source_ids: Sequence[int] = ()
    ) -> AsyncIterator[Page]:
        """Yields the pages of the export: everything, only what changed since `updated_after`, or only these sources. Deleted
        highlights are included."""
        parameters = {"includeDeleted": "true"}
        if updated_after is not None:
            parameters["updatedAfter"] = updated_after.astimezone(UTC).isoformat()
        if source_ids:
            parameters["ids"] = ",".join(map(str, source_ids))
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            page = await self._page(parameters if cursor is None else {**parameters, "pageCursor": cursor})
            cursor = None if page.next_cursor in (None, "") else str(page.next_cursor)
            if cursor in seen:
                raise UnusableAnswerError(
                    "Readwise gave the same page cursor twice: its pages go in a circle"
                )
            yield page
            if cursor is None:
                return
            seen.add(cursor)

    async def _page(self, parameters: Mapping[str, str]) -> Page:
        return await self._get("export/", parameters, _decode_page)

    async def review(self) -> list[WireReviewed]:
        """The highlights of the current Daily Review."""
        return await self._get("review/", {}, _decode_review)

    async def _get(
        self,
        path: str,
        parameters: Mapping[str, str],
        decode: Callable[[bytes], Decoded],
        attempts: int = MAX_ATTEMPTS,
    ) -> Decoded:
        retrying = AsyncRetrying(
            sleep=self._wait_for,
            stop=partial(_should_give_up, attempts),
            wait=self._wait,
            retry=retry_if_exception_type(_RetryableError),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return decode(await self._get_once(path, parameters))
        except _RetryableError as error:
            raise OutOfReachError(f"Readwise cannot be reached: {error}") from None
        raise AssertionError

    async def _get_once(self, path: str, parameters: Mapping[str, str]) -> bytes:
        assert self._session is not None
        headers = {"Authorization": f"Token {self._token.get_secret_value()}"}
        try:
            async with self._session.get(
                self._url + path, params=parameters, headers=headers, allow_redirects=False
            ) as answer:
                self._note_time(answer.headers)
                _raise_for_status(answer.status, answer.headers)
                return await _body(answer)
        except TimeoutError:
            raise _RetryableError("no answer in time") from None
        except aiohttp.ClientConnectorError as error:
            raise _RetryableError(error.strerror or "no connection") from None
        except (
            aiohttp.ClientError,
            OSError,
            ValueError,
        ) as error:  # not the error's text: it may contain the headers, and with them the token
            raise _RetryableError(f"the connection broke ({type(error).__name__})") from None

    def _note_time(self, headers: Mapping[str, str]) -> None:
        if self.server_time is None:
            self.server_time = _http_date(headers.get("Date"))

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        asked_s = error.wait_s if isinstance(error, _RetryableError) else None
        if asked_s is not None:  # with jitter, so that replicas do not all return at the same moment
            return asked_s + self._rng.uniform(0.0, min(5.0, 0.1 + asked_s / 10))
        backoff_s: float = FIRST_WAIT_S * 2 ** (state.attempt_number - 1)
        return backoff_s * self._rng.uniform(0.5, 1.0)

    async def _wait_for(self, seconds: float) -> None:
        self.on_wait(seconds)
        await self._sleep(seconds)


def _check_is_empty(body: bytes) -> None:
    if body.strip():
        raise UnusableAnswerError(
            "the check of the token returned an unexpected page; is READWISE_API_URL right?"
        )


def _should_give_up(attempts: int, state: RetryCallState) -> bool:
    """Whether to give up after this many attempts (a stop rule of tenacity)."""
    if attempts == 1:
        return True
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, _RetryableError) and error.wait_s is not None:
        return error.wait_s > MAX_RETRY_AFTER_S or state.attempt_number >= MAX_RATE_LIMITED
    return state.attempt_number >= attempts


def _raise_for_status(status: int, headers: Mapping[str, str]) -> None:
    if status in (200, 204):
        return
    if status in (401, 403):
        raise RefusedTokenError(
            "READWISE_TOKEN",
            "Readwise refuses this token",
            "take a new one from https://readwise.io/access_token",
        )
    if status == 429:
        wait_s = _retry_after(headers.get("Retry-After"))
        raise _RetryableError(f"it asks to wait for {wait_s:.0f} seconds (429)", wait_s)
    if status >= 500 or status in (408, 425):
        raise _RetryableError(f"it answers with an error (HTTP {status})")
    if 300 <= status < 400:
        raise UnusableAnswerError(f"READWISE_API_URL: that address redirects (HTTP {status}); use its target")
    raise UnusableAnswerError(f"Readwise refuses the request (HTTP {status}); is READWISE_API_URL right?")


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in answer.content.iter_chunked(256 * 1024):
        size += len(part)
        if size > MAX_PAGE_BYTES:
            raise UnusableAnswerError(f"Readwise sent a page of more than {MAX_PAGE_BYTES // 2**20} MB")
        parts.append(part)
    return b"".join(parts)


def _decode_page(body: bytes) -> Page:
    """Decodes a page. An answer that is not JSON is often a proxy's error page, so the request is tried again."""
    try:
        return msgspec.json.decode(body, type=Page, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _RetryableError("its answer is not a page of highlights in JSON") from None


def _decode_review(body: bytes) -> list[WireReviewed]:
    """Decodes a Daily Review."""
    try:
        return msgspec.json.decode(body, type=WireReview, strict=False).highlights
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _RetryableError("its answer is not a Daily Review in JSON") from None


def _retry_after(value: str | None) -> float:
    """Seconds to wait, from the number or the date in the header; 60 if it has neither."""
    try:
        return max(0.0, float(value or ""))
    except ValueError:
        pass
    until = _http_date(value)
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until is not None else 60.0


def _http_date(value: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return date if date is None or date.tzinfo is not None else date.replace(tzinfo=UTC)


def _log_wait(seconds: float) -> None:
    if seconds >= 10:
        log.info("Readwise: the next request in %(wait_s).0f s", {"wait_s": seconds})
