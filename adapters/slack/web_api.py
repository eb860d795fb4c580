"""Calls of Slack's Web API: one session, no retries by themselves, failures in the words of `bot.delivery.target`.

slack-sdk would repeat a post whose connection broke, and so post twice: its retry handlers are off. It keeps a 5xx with a text
body as a string, so the status is looked at first.
"""

from collections.abc import Callable, Mapping
from logging import getLogger
from types import TracebackType
from typing import Self

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.rate_limit_trace import of_limits
from adapters.slack.errors import TokenError, _wait, _word, translate
from bot.delivery.target import LimitedError, UncertainError, UndeliverableError

log = getLogger("analects.slack")

TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
KEEPALIVE = 15.0
"""Seconds for which a connection is used again: a post on one that the other end has just closed has no certain outcome."""


_READING = frozenset({
    "conversations.history", "conversations.info", "conversations.members", "conversations.replies", "users.info",
})  # fmt: skip

Body = Mapping[str, object]


def _nothing(reason: str) -> None:
    del reason


class Api:
    """The Web API with the bot's token. Methods raise PostError."""

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._url = api_url
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self.dead: Callable[[str], None] = _nothing
        """Told when Slack says that the token is dead."""
        self.limited: Callable[[], None] = lambda: None
        """Told when Slack asks to wait."""

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=100, keepalive_timeout=KEEPALIVE)
        counting = of_limits(lambda: self.limited())
        self._session = aiohttp.ClientSession(connector=connector, timeout=TIMEOUT, trace_configs=[counting])
        self._client = AsyncWebClient(
            token=self._token, base_url=self._url, session=self._session, retry_handlers=[]
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def client(self) -> AsyncWebClient:
        assert self._client is not None
        return self._client

    @property
    def session(self) -> aiohttp.ClientSession:
        assert self._session is not None
        return self._session

    async def call(self, method: str, **arguments: object) -> tuple[Body, Mapping[str, str]]:
        """Calls a method once: its answer and the headers. Methods that read take no JSON."""
        given = {name: value for name, value in arguments.items() if value is not None}
        token = given.pop("token", None)
        headers = {"Authorization": f"Bearer {token}"} if token else None
        try:
            if method in _READING:
                response = await self.client.api_call(method, http_verb="GET", params=given, headers=headers)
            else:
                response = await self.client.api_call(method, json=given, headers=headers)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            translated = translate(error)
            if isinstance(translated, TokenError) and not token:
                self.dead(str(translated))
            raise translated from None
        body = response.data
        return body if isinstance(body, dict) else {}, response.headers

    async def respond(self, url: str, body: Body) -> None:
        """Posts to a response_url, once."""
        try:
            async with self.session.post(url, json=body) as response:
                text = await response.text()
                status, wait = response.status, _wait(response.headers)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise translate(error) from None
        if status == 429:
            raise LimitedError("ratelimited", wait)
        if status >= 500:
            raise UncertainError(f"HTTP {status}")
        if status >= 400:
            raise UndeliverableError(f"response_url: {_word(text) or status}")
