"""How long a request may take to arrive, and how many connections may wait for one. aiohttp itself has no such limit.

A connection that sends no whole head in time is closed. If too many connections have not sent one yet, the oldest is closed to
make room, so that idle connections neither use up the files of the process nor keep anybody waiting.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

HEAD_TIMEOUT_S = 5.0
"""For the first head of a connection, in seconds."""
BODY_TIMEOUT_S = 10.0
"""For a body, in seconds. Slack gives up after three."""
KEEPALIVE_S = 20.0
"""How long a connection may wait for its next request, in seconds."""
MAX_SILENT_CONNECTIONS = 500
"""Connections that have not sent a head yet: half of the 1,024 files that a process may usually open."""
BACKLOG = 128
"""Connections accepted at once; fewer than may be silent, so that each is read once before it can be closed for another."""

Connection = RequestHandler
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


_UNREADABLE = (aiohttp.ClientPayloadError, aiohttp.http.HttpProcessingError, web.RequestPayloadError)


def is_about_this_program(record: logging.LogRecord) -> bool:
    """A filter for aiohttp's log: a broken request from a stranger is no error of this program."""
    return not (record.exc_info and isinstance(record.exc_info[1], _UNREADABLE))


class SilentConnections:
    """The connections that have not sent a head yet, the oldest first."""

    def __init__(self) -> None:
        self._closing_at: dict[Connection, asyncio.TimerHandle] = {}

    def add(self, connection: Connection) -> None:
        """A connection was opened."""
        if len(self._closing_at) >= MAX_SILENT_CONNECTIONS:
            self._close(next(iter(self._closing_at)))
        loop = asyncio.get_running_loop()
        self._closing_at[connection] = loop.call_later(HEAD_TIMEOUT_S, self._close, connection)

    def remove(self, connection: Connection) -> None:
        """The connection has sent a head."""
        timer = self._closing_at.pop(connection, None)
        if timer is not None:
            timer.cancel()

    def clear(self) -> None:
        """The server stops."""
        for connection in list(self._closing_at):
            self.remove(connection)

    def _close(self, connection: Connection) -> None:
        self.remove(connection)
        connection.force_close()


async def read_body(request: web.Request) -> web.Response | None:
    """Reads the body; the handler gets it from memory. If that fails, the response to send."""
    if not request.can_read_body:
        return None
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            await request.read()
    except TimeoutError:
        response = web.Response(status=408, text="the body did not arrive in time")
        response.force_close()
        return response
    except _UNREADABLE:
        # Broken gzip or chunks. Whoever may send something here signs what they send.
        response = web.Response(status=401, text="the body cannot be read")
        response.force_close()
        return response
    return None
