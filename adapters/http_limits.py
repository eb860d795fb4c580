"""Limits how long a request may take to arrive, and how many connections may wait to send one. aiohttp has no such limits.

A connection that does not send a complete head in time is closed. If too many connections have not sent one yet, the oldest is
closed. So idle connections cannot use up the open files of the process, and nobody has to wait because of them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

HEAD_TIMEOUT_S = 5.0
"""How long the first head of a connection may take, in seconds."""
BODY_TIMEOUT_S = 10.0
"""How long a body may take, in seconds. Slack itself gives up after three seconds."""
KEEPALIVE_S = 20.0
"""How long a connection may wait for its next request, in seconds."""
MAX_SILENT_CONNECTIONS = 500
"""How many connections may have sent no head yet: half of the 1,024 files that a process may usually open."""
BACKLOG = 128
"""How many connections are accepted at once. There are fewer than may be silent, so that each one is read before it can be closed
to make space for others."""

Connection = RequestHandler
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


_UNREADABLE = (aiohttp.ClientPayloadError, aiohttp.http.HttpProcessingError, web.RequestPayloadError)


def is_about_this_program(record: logging.LogRecord) -> bool:
    """A filter for aiohttp's log. It drops broken requests, because they are not errors of this program."""
    return not (record.exc_info and isinstance(record.exc_info[1], _UNREADABLE))


class SilentConnections:
    """The connections that have not sent a head yet, the oldest first."""

    def __init__(self) -> None:
        self._closing_at: dict[Connection, asyncio.TimerHandle] = {}

    def add(self, connection: Connection) -> None:
        """Adds a connection that was opened. Closes the oldest if there are too many."""
        if len(self._closing_at) >= MAX_SILENT_CONNECTIONS:
            self._close(next(iter(self._closing_at)))
        loop = asyncio.get_running_loop()
        self._closing_at[connection] = loop.call_later(HEAD_TIMEOUT_S, self._close, connection)

    def remove(self, connection: Connection) -> None:
        """Removes a connection that has sent a head."""
        timer = self._closing_at.pop(connection, None)
        if timer is not None:
            timer.cancel()

    def clear(self) -> None:
        """Removes all connections, when the server stops."""
        for connection in list(self._closing_at):
            self.remove(connection)

    def _close(self, connection: Connection) -> None:
        self.remove(connection)
        connection.force_close()


async def read_body(request: web.Request) -> web.Response | None:
    """Reads the body, so that the handler gets it from memory. Returns None, or the response to send if the body cannot be read."""
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
        # Broken gzip or chunks. Slack signs its requests, and nobody can check the signature of a body that cannot be read: 401.
        response = web.Response(status=401, text="the body cannot be read")
        response.force_close()
        return response
    return None
