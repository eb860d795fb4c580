"""Readwise's API over HTTP: pages of the export, and the Daily Review, one request at a time, each retried if that may help.

    async with ReadwiseClient(token, "https://readwise.io/api/v2/") as client:
        await client.check_token()
        async for page in client.pages():
            …

Only GET requests, so every one can be repeated. After a 429 it waits as long as
`Retry-After` says (the documented limit is 240 requests a minute, which several replicas share).
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
"""Answers are held in memory, so longer ones are refused. A page of 1,000 highlights has about 1 MB."""

MAX_ATTEMPTS = 4
"""How often a failing request is tried in one run. The next run tries again anyway."""
MAX_LIMITED = 20
"""How often in a row a request waits because Readwise says so. Several replicas may share a token's limit."""
MAX_RETRY_AFTER_S = 900.0
"""A longer wait is left to the next run."""
FIRST_WAIT_S = 1.0

Sleep = Callable[[float], Awaitable[object]]


class _AgainError(Exception):
    """The request may work when it is sent again."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        """Seconds that the service asked to wait, with a 429."""


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
        self.waiting: Callable[[float], None] = _log_wait
        """Called with the seconds that the service asked to wait."""
        self.server_time: datetime | None = None
        """The service's clock at the first answer: its own times are compared with this."""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def check_token(self) -> None:
        """Checks the token: Readwise answers a valid one without a body. Raises SourceError."""
        await self._get("auth/", {}, _no_body, attempts=1)

    async def pages(
        self, updated_after: datetime | None = None, source_ids: Sequence[int] = ()
    ) -> AsyncIterator[Page]:
        """All pages: of everything, of what changed since `updated_after`, or of these sources; with deleted ones."""
        asked = {"includeDeleted": "true"}
        if updated_after is not None:
            asked["updatedAfter"] = updated_after.astimezone(UTC).isoformat()
        if source_ids:
            asked["ids"] = ",".join(map(str, source_ids))
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            page = await self._page(asked if cursor is None else {**asked, "pageCursor": cursor})
            cursor = None if page.next_cursor in (None, "") else str(page.next_cursor)
            if cursor in seen:
                raise UnusableAnswerError(
                    "Readwise gave the same page cursor twice: its pages go in a circle"
                )
            yield page
            if cursor is None:
                return
            seen.add(cursor)

    async def _page(self, asked: Mapping[str, str]) -> Page:
        return await self._get("export/", asked, _decoded)

    async def review(self) -> list[WireReviewed]:
        """The highlights of the current Daily Review."""
        return await self._get("review/", {}, _decoded_review)

    async def _get(
        self,
        path: str,
        asked: Mapping[str, str],
        decoded: Callable[[bytes], Decoded],
        attempts: int = MAX_ATTEMPTS,
    ) -> Decoded:
        retrying = AsyncRetrying(
            sleep=self._wait_for,
            stop=partial(_enough, attempts),
            wait=self._wait,
            retry=retry_if_exception_type(_AgainError),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return decoded(await self._get_once(path, asked))
        except _AgainError as error:
            raise OutOfReachError(f"Readwise cannot be reached: {error}") from None
        raise AssertionError

    async def _get_once(self, path: str, asked: Mapping[str, str]) -> bytes:
        assert self._session is not None
        headers = {"Authorization": f"Token {self._token.get_secret_value()}"}
        try:
            async with self._session.get(
                self._url + path, params=asked, headers=headers, allow_redirects=False
            ) as answer:
                self._note_time(answer.headers)
                _raise_for_status(answer.status, answer.headers)
                return await _body(answer)
        except TimeoutError:
            raise _AgainError("no answer in time") from None
        except aiohttp.ClientConnectorError as error:
            raise _AgainError(error.strerror or "no connection") from None
        except (
            aiohttp.ClientError,
            OSError,
            ValueError,
        ) as error:  # the text of the error may hold the headers
            raise _AgainError(f"the connection broke ({type(error).__name__})") from None

    def _note_time(self, headers: Mapping[str, str]) -> None:
        if self.server_time is None:
            self.server_time = _http_date(headers.get("Date"))

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        asked = error.wait_s if isinstance(error, _AgainError) else None
        if asked is not None:  # with jitter, so that replicas do not all return at the same moment
            return asked + self._rng.uniform(0.0, min(5.0, 0.1 + asked / 10))
        exponential: float = FIRST_WAIT_S * 2 ** (state.attempt_number - 1)
        return exponential * self._rng.uniform(0.5, 1.0)

    async def _wait_for(self, seconds: float) -> None:
        self.waiting(seconds)
        await self._sleep(seconds)


def _no_body(body: bytes) -> None:
    if body.strip():
        raise UnusableAnswerError(
            "the check of the token returned an unexpected page; is READWISE_API_URL right?"
        )


def _enough(attempts: int, state: RetryCallState) -> bool:
    """Whether to give up after this many attempts (a stop rule of tenacity)."""
    if attempts == 1:
        return True
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, _AgainError) and error.wait_s is not None:
        return error.wait_s > MAX_RETRY_AFTER_S or state.attempt_number >= MAX_LIMITED
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
        raise _AgainError(f"it asks to wait for {wait_s:.0f} seconds (429)", wait_s)
    if status >= 500 or status in (408, 425):
        raise _AgainError(f"it answers with an error (HTTP {status})")
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


def _decoded(body: bytes) -> Page:
    """Decodes a page. An answer that is no JSON is often a proxy's error page, so the request is tried again."""
    try:
        return msgspec.json.decode(body, type=Page, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _AgainError("its answer is not a page of highlights in JSON") from None


def _decoded_review(body: bytes) -> list[WireReviewed]:
    """Decodes a Daily Review."""
    try:
        return msgspec.json.decode(body, type=WireReview, strict=False).highlights
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _AgainError("its answer is not a Daily Review in JSON") from None


def _retry_after(value: str | None) -> float:
    """Seconds to wait, from a number or a date in the header; a minute if it has neither."""
    try:
        return max(0.0, float(value or ""))
    except ValueError:
        pass
    moment = _http_date(value)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment is not None else 60.0


def _http_date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else found.replace(tzinfo=UTC)


def _log_wait(seconds: float) -> None:
    if seconds >= 10:
        log.info("Readwise: the next request in %(wait_s).0f s", {"wait_s": seconds})
