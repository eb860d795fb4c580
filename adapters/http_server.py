"""The HTTP server: `/healthz` (200 while it runs), `/readyz` (200 while the bot is ready, else 503; JSON), `/metrics`, and Slack's
requests.
"""

import asyncio
from collections.abc import Awaitable, Callable
from logging import getLogger

from aiohttp import web

from adapters.http_limits import (
    BACKLOG,
    KEEPALIVE_S,
    Connection,
    SilentConnections,
    is_about_this_program,
    read_body,
)
from adapters.metrics import Metrics
from bot.runtime.health import Health
from bot.settings import SettingsError

log = getLogger("analects.http")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MAX_BODY_BYTES = 1024 * 1024


class HttpServer:
    """Serves health, metrics, and the paths that other parts add. Port 0 means any free port."""

    def __init__(self, health: Health, metrics: Metrics) -> None:
        self._health = health
        self._metrics = metrics
        self._silent = SilentConnections()
        self._app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[self._within_limits])
        self._app.router.add_get("/healthz", self._alive)
        self._app.router.add_get("/readyz", self._ready)
        self._app.router.add_get("/metrics", self._metrics_page)
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self.port: int | None = None

    def post(self, path: str, handler: Handler) -> None:
        """Adds a handler for POST requests to a path; call it before `start`."""
        self._app.router.add_post(path, handler)

    def get(self, path: str, handler: Handler) -> None:
        """Adds a handler for GET requests to a path; call it before `start`."""
        self._app.router.add_get(path, handler)

    async def start(self, host: str, port: int, needed: bool) -> None:
        """Starts to listen. If that fails, raises SettingsError if the server is `needed`, else writes it to the log."""
        runner = web.AppRunner(
            self._app, access_log=None, shutdown_timeout=1.0, keepalive_timeout=KEEPALIVE_S
        )
        await runner.setup()
        getLogger("aiohttp.server").addFilter(is_about_this_program)
        handlers = runner.server
        assert handlers is not None

        def connected() -> Connection:
            connection = handlers()
            self._silent.add(connection)
            return connection

        try:
            self._server = await asyncio.get_running_loop().create_server(
                connected, host, port, backlog=BACKLOG
            )
        except OSError as error:
            await runner.cleanup()
            problem = SettingsError(
                "HTTP_HOST, HTTP_PORT",
                f"cannot listen on {host}:{port}: {error.strerror or 'error_response'}",
                "choose another port",
            )
            if needed:
                raise problem from None
            log.warning("%(error)s. There is no /healthz", {"error": str(problem)})
            return
        self._runner = runner
        self.port = int(self._server.sockets[0].getsockname()[1])
        log.info("listening on http://%(host)s:%(port)d", {"host": host, "port": self.port})

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._silent.clear()

    @web.middleware
    async def _within_limits(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._silent.remove(request.protocol)
        error_response = await read_body(request)
        return error_response if error_response is not None else await handler(request)

    async def _alive(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        del request
        report = self._health.report()
        return web.json_response(report, status=200 if report["ready"] else 503)

    async def _metrics_page(self, request: web.Request) -> web.Response:
        body, content_type = self._metrics.exposed(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})
