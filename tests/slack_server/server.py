"""The server: one workspace with one app, on a port of 127.0.0.1."""

# ruff: noqa: ASYNC109  (each wait has a time limit, and says what did not come)

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType

from aiohttp import web

from tests.slack_server.arrivals import Arrivals
from tests.slack_server.chat import CHAT
from tests.slack_server.conversations import methods
from tests.slack_server.core import Core, Installation, Timing
from tests.slack_server.faults import Faults
from tests.slack_server.interactions import Interactions
from tests.slack_server.people import People
from tests.slack_server.steps_and_links import STEPS_AND_LINKS, StepsAndLinks
from tests.slack_server.to_app.delivery import Deliveries
from tests.slack_server.to_app.http_mode import HttpMode
from tests.slack_server.to_app.response_urls import ResponseUrls
from tests.slack_server.to_app.socket_mode import SocketMode
from tests.slack_server.uploads import Uploads
from tests.slack_server.views import VIEWS
from tests.slack_server.web_api import WebApi
from tests.slack_server.workspace import Workspace


class SlackServer(People, Interactions, Arrivals, StepsAndLinks):
    """A Slack workspace, as an app sees it.

        async with SlackServer() as slack:
            ann = slack.user("ann")
            general = slack.channel("general", [ann])
            ... start the bot with slack.settings ...
            question = await slack.mention(ann, general, "what about sleep?")
            answer = await slack.reply_to(question)
            assert "sleep" in slack.visible_text(answer)

    `installation` has the tokens, scopes and subscriptions, `timing` Slack's times, which tests shorten. Port 0 means any
    free port. `clock` returns the seconds since 1970, from which the ts of messages are made.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        installation: Installation | None = None,
        timing: Timing | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.core = Core(installation or Installation(), timing or Timing(), clock)
        self.sockets = SocketMode(self.core, seed)
        self.http: HttpMode | None = None
        self.deliveries = Deliveries(self.core, self.sockets)
        self.sockets.deliveries = self.deliveries
        self.uploads = Uploads(self.core)
        methods_by_name = {
            **CHAT,
            **STEPS_AND_LINKS,
            **VIEWS,
            **self.uploads.methods,
            **methods(self.sockets.new_url),
        }
        self.api = WebApi(self.core, methods_by_name)
        self.urls = ResponseUrls(self.core, self.api)
        self.core.echo = self.echo
        self.app = web.Application(client_max_size=4 * 1024 * 1024)
        self.app.router.add_route("*", "/api/{method}", self.api.handle)
        self.app.router.add_post("/hooks/{name}", self.urls.handle)
        self.app.router.add_post("/upload/{id}", self.uploads.handle)
        self.app.router.add_get("/link/", self.sockets.handle)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    # Settings for the bot

    @property
    def installation(self) -> Installation:
        return self.core.installation

    @property
    def workspace(self) -> Workspace:
        return self.core.workspace

    @property
    def faults(self) -> Faults:
        return self.core.faults

    @property
    def base_url(self) -> str:
        return self.core.base

    @property
    def api_url(self) -> str:
        """The base of the Web API, ending in `/api/`."""
        return f"{self.core.base}/api/"

    @property
    def bot_user(self) -> str:
        return self.core.bot_user

    @property
    def settings(self) -> dict[str, str]:
        """The bot's environment for this workspace in Socket Mode."""
        return {
            "SLACK_BOT_TOKEN": self.installation.bot_token,
            "SLACK_APP_TOKEN": self.installation.app_token,
            "SLACK_API_URL": self.api_url,
        }

    @property
    def http_settings(self) -> dict[str, str]:
        """The bot's environment for HTTP mode. `use_http` then gives Slack the bot's URL."""
        return {
            "SLACK_BOT_TOKEN": self.installation.bot_token,
            "SLACK_SIGNING_SECRET": self.installation.signing_secret,
            "SLACK_API_URL": self.api_url,
        }

    # Start and stop

    async def __aenter__(self) -> SlackServer:
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await self.come_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.core.stop()
        self._abort_connections()
        if self.http is not None:
            await self.http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def come_back(self) -> None:
        """Starts to listen. After `go_down`, it listens on the same port again."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        self._port = self._runner.addresses[0][1]
        self.core.base = f"http://127.0.0.1:{self._port}"

    async def go_down(self) -> None:
        """Simulates a network failure: connections break, new ones are refused."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self._abort_connections()

    def _abort_connections(self) -> None:
        server = self._runner.server if self._runner is not None else None
        for connection in server.connections if server is not None else []:
            if isinstance(connection.transport, asyncio.Transport):
                connection.transport.abort()

    # Changes of the installation

    def revoke(self, token: str | None = None, error: str = "token_revoked") -> None:
        """From now on refuses a token (None: the bot token). After an uninstall, Slack's error is `account_inactive`."""
        self.installation.dead_tokens[token or self.installation.bot_token] = error

    def use_http(self, url: str) -> HttpMode:
        """From now on Slack sends requests to this URL instead of using sockets."""
        self.http = HttpMode(self.core, url)
        self.http.deliveries = self.deliveries
        self.deliveries.transport = self.http
        return self.http

    async def connected(self, sockets: int = 1, timeout: float = 30.0) -> None:
        """Waits until the app has this many sockets open."""
        await self.until(lambda: len(self.sockets.live) >= sockets, timeout, f"{sockets} open sockets")
