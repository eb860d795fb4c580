"""Calls Slack's Web API over one session. Nothing is retried here, and failures become PostErrors (`bot.delivery.target`).

The retry handlers of slack-sdk are off: they would repeat a post whose connection broke, and could so post twice.
"""

from collections.abc import Callable, Mapping
from logging import getLogger
from types import TracebackType
from typing import Self

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.response_trace import response_trace
from adapters.slack.errors import TokenError, error_code, retry_after, translate
from bot.delivery.target import LimitedError, UncertainError, UndeliverableError, UnsentError
from bot.runtime.clock_check import ClockCheck

log = getLogger("analects.slack")

TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
KEEPALIVE_S = 15.0
"""In seconds. An idle connection is not reused after that: Slack may have closed it, and nobody would know whether a post on it
arrived."""
_GET_METHODS = frozenset({
    "bots.info", "conversations.history", "conversations.info", "conversations.members", "conversations.replies", "users.info",
})  # fmt: skip

Body = Mapping[str, object]


def _ignore(reason: str) -> None:
    del reason


class Api:
    """The Web API with the bot's token. Its methods raise PostError."""

    def __init__(
        self,
        token: str,
        api_url: str,
        command: str = "/highlight",
        *,
        on_token_doubted: Callable[[str], None] = _ignore,
        on_rate_limit: Callable[[], None] = lambda: None,
        clock: ClockCheck | None = None,
    ) -> None:
        """`command` is the app's slash command, which texts name. `on_token_doubted` is called with the error code when an answer
        of Slack raises a doubt whether the bot token works, `on_rate_limit` when Slack asks to wait (429). `clock` learns the
        date of each answer."""
        self.command = command
        self._token = token
        self._url = api_url
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._on_token_doubted = on_token_doubted
        self.refused: str | None = None
        """Why Slack refuses the bot token; None while it works. While it is refused, only `auth.test` is called."""
        self._on_rate_limit = on_rate_limit
        self._clock = clock

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=100, keepalive_timeout=KEEPALIVE_S)
        trace = response_trace(self._on_rate_limit, self._clock)
        self._session = aiohttp.ClientSession(connector=connector, timeout=TIMEOUT, trace_configs=[trace])
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

    def use_token(self, token: str) -> None:
        """Uses this bot token for all further calls."""
        self._token = token
        if self._client is not None:
            self._client.token = token

    async def call(self, method: str, **arguments: object) -> tuple[Body, Mapping[str, str]]:
        """Calls a method once and returns body and headers. Methods that only read are called by GET, because they take no JSON."""
        parameters = {name: value for name, value in arguments.items() if value is not None}
        token = parameters.pop("token", None)
        headers = {"Authorization": f"Bearer {token}"} if token else None
        if self.refused is not None and not token and method != "auth.test":
            raise TokenError(self.refused)
        try:
            if method in _GET_METHODS:
                response = await self.client.api_call(
                    method, http_verb="GET", params=parameters, headers=headers
                )
            else:
                response = await self.client.api_call(method, json=parameters, headers=headers)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            translated = translate(error)
            if isinstance(translated, TokenError) and not token and method != "auth.test":
                # only `auth.test` decides whether a token works: nothing was posted, and a later try may work
                self._on_token_doubted(str(translated))
                raise UnsentError(str(translated)) from None
            raise translated from None
        body = response.data
        return body if isinstance(body, dict) else {}, response.headers

    async def upload(self, channel: str, thread: str | None, png: bytes, name: str, alt_text: str) -> None:
        """Posts a picture to a conversation, with `alt_text` for screen readers. Raises PostError."""
        try:
            await self.client.files_upload_v2(
                channel=channel, thread_ts=thread, content=png, filename=name, title=name, alt_txt=alt_text
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise translate(error) from None

    async def respond(self, url: str, body: Body) -> None:
        """Posts to a response_url once."""
        try:
            async with self.session.post(url, json=body) as response:
                text = await response.text()
                status, wait = response.status, retry_after(response.headers)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise translate(error) from None
        if status == 429:
            raise LimitedError("ratelimited", wait)
        if status >= 500:
            raise UncertainError(f"HTTP {status}")
        if status >= 400 or error_code(text):
            raise UndeliverableError(f"response_url: {error_code(text) or status}")
